/** Questions and resource records as nodes of the tree. RFC 1035 sections 3.2 and 4.1.2, RFC 2181, RFC 6762. */

import { hex } from '../../bytes/integers.ts'
import { expert } from '../../dissect/expert.ts'
import { bitPicture, type Field, nodeOf, remark, u16, u32, varying } from '../../dissect/field.ts'
import { wordNode } from '../../dissect/field-nodes.ts'
import { shown } from '../../dissect/format-text.ts'
import type { Node } from '../../dissect/node.ts'
import { DATA_FIELDS, dataOf, nameNode, secondsNode } from './dns-data.ts'
import type { Message, Question, ResourceRecord } from './dns-message.ts'
import { CLASSES, longTypeName, Type, typeName } from './dns-numbers.ts'
import { OPT_FIELDS, optHeaderNodes, optionNodes } from './dns-opt.ts'

/** The top bit of a class, which multicast DNS uses for itself. RFC 6762 sections 5.4 and 10.2. */
const MULTICAST_BIT = 0x8000
const TTL_TOP_BIT = 0x8000_0000

const text = (name: string, label: string) => varying('string', name, label, () => [])

const field = {
  queryName: text('dns.qry.name', 'Name'),
  queryNameLength: varying('uint16', 'dns.qry.name.len', 'Name Length', () => [], { generated: true }),
  labels: varying('uint16', 'dns.count.labels', 'Label Count', () => [], { generated: true }),
  queryType: u16('dns.qry.type', 'Type', -1, { names: longTypeName }),
  queryClass: u16('dns.qry.class', 'Class', -1, { base: 'hex', names: CLASSES }),
  unicast: varying('boolean', 'dns.qry.qu', '"QU" question', () => []),
  name: text('dns.resp.name', 'Name'),
  type: u16('dns.resp.type', 'Type', -1, { names: longTypeName }),
  class: u16('dns.resp.class', 'Class', -1, { base: 'hex', names: CLASSES }),
  flush: varying('boolean', 'dns.resp.cache_flush', 'Cache flush', () => []),
  ttl: u32('dns.resp.ttl', 'Time to live', -1),
  length: u16('dns.resp.len', 'Data length', -1),
  srvService: text('dns.srv.service', 'Service'),
  srvProtocol: text('dns.srv.proto', 'Protocol'),
  srvName: text('dns.srv.name', 'Name'),
} as const

/** What may lie beneath a question or a record. */
export const RECORD_FIELDS: readonly Field[] = [...Object.values(field), ...DATA_FIELDS, ...OPT_FIELDS]

const className = (value: number) => CLASSES[value] ?? 'Unknown'

/** The class, and for multicast what its top bit says. */
function classNodes(m: Message, of: Field, bit: Field, at: number, isMulticast: boolean): Node[] {
  const value = m.r.view.getUint16(at)
  if (!isMulticast) return [wordNode(m.r, of, at)]
  const masked = value & ~MULTICAST_BIT
  const name = CLASSES[masked] ?? 'Unknown'
  const isSet = (value & MULTICAST_BIT) !== 0
  return [
    nodeOf(of, {
      value: masked,
      start: at,
      end: at + 2,
      text: `${bitPicture(value, 16, 0x7fff)} = Class: ${name} (0x${hex(masked, 4)})`,
    }),
    nodeOf(bit, {
      value: isSet ? 1 : 0,
      start: at,
      end: at + 2,
      text: `${bitPicture(value, 16, MULTICAST_BIT)} = ${bit.label}: ${isSet ? 'True' : 'False'}`,
    }),
  ]
}

/** What the top bit of an answer's class adds to a line. */
const flushWords = (value: number, isMulticast: boolean) =>
  isMulticast && (value & MULTICAST_BIT) !== 0 ? ', cache flush' : ''
const classWords = (value: number, isMulticast: boolean) => className(isMulticast ? value & ~MULTICAST_BIT : value)

/** Whether the answer is wanted by unicast or, like the question, by multicast. */
function questionBit(question: Question, isMulticast: boolean): string {
  if (!isMulticast) return ''
  return question.class & MULTICAST_BIT ? ', "QU" question' : ', "QM" question'
}

export function questionNode(m: Message, question: Question, isMulticast: boolean): Node {
  const { start, name, type, end } = question
  const bit = questionBit(question, isMulticast)
  // tshark counts neither for names of one character.
  const length = name.text.length > 1 ? Buffer.byteLength(name.text) : 0
  const labels = length === 0 ? 0 : name.text.split('.').length
  const heading = `${shown(name.text)}: type ${typeName(type)}, class ${classWords(question.class, isMulticast)}${bit}`
  return remark(heading, start, end, [
    nameNode(field.queryName, name.text, start, name.end),
    nodeOf(field.queryNameLength, { value: length, start, end: name.end }),
    nodeOf(field.labels, { value: labels, start, end: name.end }),
    wordNode(m.r, field.queryType, name.end),
    ...classNodes(m, field.queryClass, field.unicast, name.end + 2, isMulticast),
  ])
}

export function questionInfo(question: Question, isMulticast: boolean): string {
  return ` ${typeName(question.type)} ${shown(question.name.text)}${questionBit(question, isMulticast)}`
}

export function recordNode(m: Message, record: ResourceRecord, isMulticast: boolean): Node {
  const { start, name, type, dataStart, end } = record
  if (type === Type.opt) return optNode(m, record)
  const data = dataOf(m, record)
  const bit = flushWords(record.class, isMulticast)
  const heading = `${shown(name.text)}: type ${typeName(type)}, class ${classWords(record.class, isMulticast)}${bit}${data.heading}`
  return remark(heading, start, end, [
    ...ownerNodes(record),
    wordNode(m.r, field.type, name.end),
    ...classNodes(m, field.class, field.flush, name.end + 2, isMulticast),
    ttlNode(m, name.end + 4),
    wordNode(m.r, field.length, dataStart - 2),
    ...data.nodes,
  ])
}

export function recordInfo(m: Message, record: ResourceRecord, isMulticast: boolean): string {
  return ` ${typeName(record.type)}${flushWords(record.class, isMulticast)}${dataOf(m, record).info}`
}

/** A record of EDNS, whose class and TTL are none. */
function optNode(m: Message, { start, name, dataStart, end, isWhole }: ResourceRecord): Node {
  return remark(`${shown(name.text)}: type OPT`, start, end, [
    nameNode(field.name, name.text, start, name.end),
    wordNode(m.r, field.type, name.end),
    ...optHeaderNodes(m, name.end + 2),
    wordNode(m.r, field.length, dataStart - 2),
    ...(isWhole ? optionNodes(m, dataStart, end) : []),
  ])
}

/** RFC 2181 section 8: a TTL has 31 bits. */
function ttlNode(m: Message, at: number): Node {
  const node = secondsNode(m, field.ttl, at)
  if (m.r.view.getUint32(at) < TTL_TOP_BIT) return node
  return {
    ...node,
    children: [expert('Warning', 'Protocol', 'The uppermost bit of the TTL is set (RFC 2181, section 8)', at, at + 4)],
  }
}

/** The record's name; that of a service is shown in its parts. */
function ownerNodes({ type, start, name }: ResourceRecord): Node[] {
  const [service, protocol, ...domain] = name.text.split('.')
  if (type !== Type.srv || service === undefined || protocol === undefined)
    return [nameNode(field.name, name.text, start, name.end)]
  const nodes = [
    nameNode(field.srvService, service, start, name.end),
    nameNode(field.srvProtocol, protocol, start, name.end),
  ]
  if (domain.length > 0) nodes.push(nameNode(field.srvName, domain.join('.'), start, name.end))
  return nodes
}
