/** GENEVE: any protocol inside UDP, with options. RFC 8926. */
import { bytesText } from '../../bytes/address.ts'
import { hex } from '../../bytes/integers.ts'
import {
  bits,
  type Field,
  flag,
  flagsText,
  nodeOf,
  numberText,
  remark,
  TRUE,
  u8,
  u16,
  u24,
  varying,
} from '../../dissect/field.ts'
import { defineLayer } from '../../dissect/layer.ts'
import { looksLikeEthernet, looksLikeIp } from '../../dissect/looks-like.ts'
import type { Node } from '../../dissect/node.ts'
import { ETHER_TYPES } from '../../dissect/numbers/ether-types.ts'
import { geneveClassName } from '../../dissect/numbers/geneve-classes.ts'
import type { Reading } from '../../dissect/reading.ts'
import { nextByEtherType, truncated, unknownVersion } from '../../dissect/walk.ts'
import { GENEVE_MEANING_FIELDS, geneveOptionMeaning } from './geneve-meaning.ts'

const FIXED_SIZE = 8
const OPTION_HEADER = 4
/** Lengths of options count words of four bytes, their own headers apart. */
const WORD = 4
const CRITICAL = 0x80
const ETHERNET = 0x6558

const option = {
  class: u16('geneve.option.class', 'Class', -1, { base: 'hex', names: geneveClassName }),
  type: u8('geneve.option.type', 'Type', -1, { base: 'hex' }),
  isCritical: flag(1, 'geneve.option.type.critical', 'Critical Option', -1, 0, { words: TRUE }),
  flags: u8('geneve.option.flags', 'Flags', -1, { base: 'hex' }),
  length: u8('geneve.option.length', 'Length', -1),
  data: varying('bytes', 'geneve.option.unknown.data', 'Unknown Option Data', () => []),
}

const line = (
  field: Field,
  value: number | string,
  start: number,
  end: number,
  text: string,
  children: readonly Node[] = [],
) => nodeOf(field, { value, start, end, text, children })

/** The option at `at`, or undefined when its length passes `end`. */
function optionNode(r: Reading, at: number, end: number): Node | undefined {
  if (at + OPTION_HEADER > end) return undefined
  const { view } = r
  const classNumber = view.getUint16(at)
  const type = view.getUint8(at + 2)
  const length = OPTION_HEADER + (view.getUint8(at + 3) & 0x1f) * WORD
  if (at + length > end) return undefined
  const meaning = geneveOptionMeaning(view, at, length)
  const classText = numberText(option.class, classNumber)
  const typeText = `0x${hex(type, 2)} (${type & CRITICAL ? 'Critical' : 'Non-critical'})`
  const children = [
    line(option.class, classNumber, at, at + 2, `Class: ${classText}`),
    line(option.type, type, at + 2, at + 3, `Type: ${typeText}`),
    line(option.length, length, at + 3, at + 4, `Length: ${length} bytes`),
  ]
  if (meaning?.isAllOfIt === true) children.push(...meaning.nodes)
  else if (length > OPTION_HEADER) {
    const data = bytesText(view, at + OPTION_HEADER, length - OPTION_HEADER)
    const label = meaning === undefined ? 'Unknown Option Data' : 'Option Data'
    children.push(line(option.data, data, at + OPTION_HEADER, at + length, `${label}: ${data}`, meaning?.nodes ?? []))
  }
  return remark(`${meaning?.name ?? 'Unknown'}, Class: ${classText} Type: ${typeText}`, at, at + length, children)
}

function optionNodes(r: Reading, end: number): Node[] {
  const nodes: Node[] = []
  let at = r.start + FIXED_SIZE
  while (at < end) {
    const node = optionNode(r, at, end)
    if (node === undefined) {
      nodes.push(remark(`[An option at byte ${at - r.start} of the header passes the options' end]`, at, end))
      break
    }
    nodes.push(node)
    at = node.end
  }
  return nodes
}

const optionsLength = bits(1, 'geneve.option.length', 'Length', 0, 2, 6, {
  scale: WORD,
  line: (value) => `Length: ${value} bytes`,
})

const fields = {
  version: bits(1, 'geneve.version', 'Version', 0, 0, 2, { line: (value) => `Version: ${value}` }),
  optionsLength,
  flags: u8('geneve.flags', 'Flags', 1, {
    base: 'hex',
    text: (value) =>
      flagsText(2, value, [
        [0x80, 'Operations, Administration and Management Frame'],
        [0x40, 'Critical Options Present'],
        [0x3f, 'Reserved'],
      ]),
    children: [
      flag(1, 'geneve.flags.oam', 'Operations, Administration and Management Frame', 1, 0, { words: TRUE }),
      flag(1, 'geneve.flags.critical', 'Critical Options Present', 1, 1, { words: TRUE }),
      bits(1, 'geneve.flags.reserved', 'Reserved', 1, 2, 6, {
        type: 'boolean',
        text: (value) => (value === 0 ? 'False' : 'True'),
      }),
    ],
  }),
  protocol: u16('geneve.proto_type', 'Protocol Type', 2, { base: 'hex', names: ETHER_TYPES }),
  vni: u24('geneve.vni', 'Virtual Network Identifier (VNI)', 4, { base: 'hex_dec' }),
  reserved: u8('geneve.reserved', 'Reserved', 7, { base: 'hex', hidden: true }),
  options: varying(
    'bytes',
    'geneve.options',
    'Geneve Options',
    (r) => {
      if (r.body - r.start <= FIXED_SIZE) return []
      const start = r.start + FIXED_SIZE
      const end = Math.min(r.body, start + optionsLength.read(r.view, r.start))
      if (end <= start) return []
      const text = `Options: (${end - start} bytes)`
      return [{ value: bytesText(r.view, start, end - start), start, end, text, children: optionNodes(r, end) }]
    },
    { members: [...Object.values(option), ...GENEVE_MEANING_FIELDS] },
  ),
}

export const geneve = defineLayer({
  name: 'geneve',
  title: 'Generic Network Virtualization Encapsulation',
  label: 'Geneve',
  role: 'tunnel',
  fields,
  scope: fields.vni,
  attach: [['udp.port', 6081]],
  step(view, at, end, walk) {
    if (end - at < FIXED_SIZE) return truncated(walk, FIXED_SIZE)
    if (fields.version.read(view, at) !== 0) return unknownVersion(walk)
    const length = FIXED_SIZE + optionsLength.read(view, at)
    if (end - at < length) return truncated(walk, length)
    nextByEtherType(walk, fields.protocol.read(view, at))
    return at + length
  },
  heading(r) {
    if (r.body - r.start < FIXED_SIZE) return 'Generic Network Virtualization Encapsulation'
    return `Generic Network Virtualization Encapsulation, VNI: 0x${hex(fields.vni.read(r.view, r.start), 6)}`
  },
  /** Version 0, reserved bits zero, options that fill their length exactly, and a payload that could be what is named. */
  recognise(view, at, end) {
    if (end - at < FIXED_SIZE || fields.version.read(view, at) !== 0) return false
    if ((view.getUint8(at + 1) & 0x3f) !== 0 || view.getUint8(at + 7) !== 0) return false
    const payload = at + FIXED_SIZE + optionsLength.read(view, at)
    let position = at + FIXED_SIZE
    while (position < payload) {
      if (position + OPTION_HEADER > end) return false
      position += OPTION_HEADER + (view.getUint8(position + 3) & 0x1f) * WORD
    }
    if (position !== payload) return false
    const protocol = fields.protocol.read(view, at)
    return protocol === ETHERNET ? looksLikeEthernet(view, payload, end) : looksLikeIp(view, payload, end, protocol)
  },
})
