/** What resource records say, by their type. RFC 1035 section 3.3, RFC 3596, RFC 2782, RFC 6672. */
import { ipv4Text, ipv6Text } from '../../bytes/address.ts'
import { type Field, nodeOf, u8, u16, u32, varying } from '../../dissect/field.ts'
import { byteNode, bytesNode, wordNode } from '../../dissect/field-nodes.ts'
import { shown, utf8Text } from '../../dissect/format-text.ts'
import type { Node } from '../../dissect/node.ts'
import { type Message, nameAt, type ResourceRecord } from './dns-message.ts'
import { Type } from './dns-numbers.ts'

const text = (name: string, label: string) => varying('string', name, label, () => [])

const field = {
  a: varying('ipv4', 'dns.a', 'Address', () => []),
  aaaa: varying('ipv6', 'dns.aaaa', 'AAAA Address', () => []),
  cname: text('dns.cname', 'CNAME'),
  dname: text('dns.dname', 'Dname'),
  ns: text('dns.ns', 'Name Server'),
  ptr: text('dns.ptr.domain_name', 'Domain Name'),
  soaName: text('dns.soa.mname', 'Primary name server'),
  soaMailbox: text('dns.soa.rname', "Responsible authority's mailbox"),
  soaSerial: u32('dns.soa.serial_number', 'Serial Number', -1),
  soaRefresh: u32('dns.soa.refresh_interval', 'Refresh Interval', -1),
  soaRetry: u32('dns.soa.retry_interval', 'Retry Interval', -1),
  soaExpire: u32('dns.soa.expire_limit', 'Expire limit', -1),
  soaMinimum: u32('dns.soa.minimum_ttl', 'Minimum TTL', -1),
  mxPreference: u16('dns.mx.preference', 'Preference', -1),
  mxExchange: text('dns.mx.mail_exchange', 'Mail Exchange'),
  txtLength: u8('dns.txt.length', 'TXT Length', -1),
  txt: text('dns.txt', 'TXT'),
  srvPriority: u16('dns.srv.priority', 'Priority', -1),
  srvWeight: u16('dns.srv.weight', 'Weight', -1),
  srvPort: u16('dns.srv.port', 'Port', -1),
  srvTarget: text('dns.srv.target', 'Target'),
  data: varying('bytes', 'dns.data', 'Data', () => []),
} as const

/** What may be a record's data. */
export const DATA_FIELDS: readonly Field[] = Object.values(field)

/** What a record's data says: behind the heading, in the Info column, and line by line. */
export interface Data {
  readonly heading: string
  readonly info: string
  readonly nodes: readonly Node[]
}

const SILENT: Data = { heading: '', info: '', nodes: [] }

/** A name, or a part of one. */
export const nameNode = (of: Field, value: string, start: number, end: number): Node =>
  nodeOf(of, { value, start, end, text: `${of.label}: ${shown(value)}` })

const UNITS = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
] as const

/** `1 day, 1 hour`. */
function durationWords(seconds: number): string {
  let left = seconds
  const parts: string[] = []
  for (const [size, unit] of UNITS) {
    const count = Math.floor(left / size)
    left %= size
    if (count > 0) parts.push(`${count} ${unit}${count === 1 ? '' : 's'}`)
  }
  return parts.join(', ') || '0 seconds'
}

/** Seconds, and in words how long they are. */
export function secondsNode(m: Message, of: Field, at: number): Node {
  const value = m.r.view.getUint32(at)
  return nodeOf(of, { value, start: at, end: at + 4, text: `${of.label}: ${value} (${durationWords(value)})` })
}

/** The data of a record; nothing where it is cut, or is not what its type wants. */
export function dataOf(m: Message, record: ResourceRecord): Data {
  const { type, dataStart: at, end, isWhole } = record
  if (!isWhole) return SILENT
  const { view } = m.r
  switch (type) {
    case Type.a:
      return end - at === 4 ? addressData(field.a, ipv4Text(view, at), at, end) : SILENT
    case Type.aaaa:
      return end - at === 16 ? addressData(field.aaaa, ipv6Text(view, at), at, end) : SILENT
    case Type.cname:
      return nameData(m, field.cname, ', cname ', at, end)
    case Type.dname:
      return nameData(m, field.dname, ', dname ', at, end)
    case Type.ns:
      return nameData(m, field.ns, ', ns ', at, end)
    case Type.ptr:
      return nameData(m, field.ptr, ', ', at, end)
    case Type.soa:
      return soaData(m, at, end)
    case Type.mx:
      return mxData(m, at, end)
    case Type.srv:
      return srvData(m, at, end)
    case Type.txt:
      return { ...SILENT, nodes: txtNodes(m, at, end) }
    default:
      return end > at && type !== Type.opt ? { ...SILENT, nodes: [bytesNode(m.r, field.data, at, end)] } : SILENT
  }
}

const addressData = (of: Field, value: string, start: number, end: number): Data => ({
  heading: `, addr ${value}`,
  info: ` ${value}`,
  nodes: [nodeOf(of, { value, start, end })],
})

function nameData(m: Message, of: Field, words: string, at: number, end: number): Data {
  const name = nameAt(m, at)
  if (name === undefined || name.end > end) return SILENT
  const value = shown(name.text)
  return { heading: `${words}${value}`, info: ` ${value}`, nodes: [nameNode(of, name.text, at, name.end)] }
}

function soaData(m: Message, at: number, end: number): Data {
  const server = nameAt(m, at)
  const mailbox = server === undefined ? undefined : nameAt(m, server.end)
  if (server === undefined || mailbox === undefined || mailbox.end + 20 > end) return SILENT
  const numbers = mailbox.end
  return {
    heading: `, mname ${shown(server.text)}`,
    info: ` ${shown(server.text)}`,
    nodes: [
      nameNode(field.soaName, server.text, at, server.end),
      nameNode(field.soaMailbox, mailbox.text, server.end, mailbox.end),
      nodeOf(field.soaSerial, { value: m.r.view.getUint32(numbers), start: numbers, end: numbers + 4 }),
      secondsNode(m, field.soaRefresh, numbers + 4),
      secondsNode(m, field.soaRetry, numbers + 8),
      secondsNode(m, field.soaExpire, numbers + 12),
      secondsNode(m, field.soaMinimum, numbers + 16),
    ],
  }
}

function mxData(m: Message, at: number, end: number): Data {
  const name = at + 2 > end ? undefined : nameAt(m, at + 2)
  if (name === undefined || name.end > end) return SILENT
  const preference = m.r.view.getUint16(at)
  const value = shown(name.text)
  return {
    heading: `, preference ${preference}, mx ${value}`,
    info: ` ${preference} ${value}`,
    nodes: [wordNode(m.r, field.mxPreference, at), nameNode(field.mxExchange, name.text, at + 2, name.end)],
  }
}

function srvData(m: Message, at: number, end: number): Data {
  const target = at + 6 > end ? undefined : nameAt(m, at + 6)
  if (target === undefined || target.end > end) return SILENT
  const { view } = m.r
  const [priority, weight, port] = [view.getUint16(at), view.getUint16(at + 2), view.getUint16(at + 4)]
  const value = shown(target.text)
  return {
    heading: `, priority ${priority}, weight ${weight}, port ${port}, target ${value}`,
    info: ` ${priority} ${weight} ${port} ${value}`,
    nodes: [
      wordNode(m.r, field.srvPriority, at),
      wordNode(m.r, field.srvWeight, at + 2),
      wordNode(m.r, field.srvPort, at + 4),
      nameNode(field.srvTarget, target.text, at + 6, target.end),
    ],
  }
}

function txtNodes(m: Message, start: number, end: number): Node[] {
  const nodes: Node[] = []
  for (let at = start; at < end; ) {
    const stop = at + 1 + m.r.view.getUint8(at)
    if (stop > end) break
    nodes.push(byteNode(m.r, field.txtLength, at), nameNode(field.txt, utf8Text(m.r.bytes, at + 1, stop), at + 1, stop))
    at = stop
  }
  return nodes
}
