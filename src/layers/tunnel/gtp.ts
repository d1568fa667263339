/** GTP-U: a mobile network's packets inside UDP. 3GPP TS 29.281; the PDU session container of TS 38.415. */
import {
  bits,
  type Field,
  flag,
  nameOf,
  nodeOf,
  type Occurrence,
  remark,
  u8,
  u16,
  u32,
  varying,
} from '../../dissect/field.ts'
import { defineLayer } from '../../dissect/layer.ts'
import type { Node } from '../../dissect/node.ts'
import type { Reading } from '../../dissect/reading.ts'
import { Limit } from '../../dissect/stop.ts'
import { limitTo, malformed, nextByIpVersion, truncated, unknownVersion } from '../../dissect/walk.ts'

const FIXED_SIZE = 8
/** With sequence number, N-PDU number or extension headers, of which all three then have their place. */
const LONG_SIZE = 12
const OPTIONAL = 0x07
const EXTENSION = 0x04
const SEQUENCE = 0x02
const NPDU = 0x01
/** Lengths of extension headers count four bytes. */
const WORD = 4
const T_PDU = 0xff
const PDU_SESSION = 0x85

const MESSAGES: Readonly<Record<number, string>> = {
  1: 'Echo request',
  2: 'Echo response',
  26: 'Error indication',
  31: 'Supported extension header notification',
  254: 'End Marker',
  255: 'T-PDU',
}

const EXTENSIONS: Readonly<Record<number, string>> = {
  0: 'No more extension headers',
  1: 'MBMS support indication',
  2: 'MS Info Change Reporting support indication',
  32: 'Service Class Indicator',
  64: 'UDP Port number',
  129: 'RAN container',
  130: 'Long PDCP PDU number',
  131: 'Xw RAN container',
  132: 'NR RAN container',
  133: 'PDU Session container',
  192: 'PDCP PDU number',
  193: 'Suspend Request',
  194: 'Suspend Response',
}

const flagsOf = (r: Reading) => (r.start < r.body ? r.view.getUint8(r.start) : 0)
const has = (mask: number) => (r: Reading) => (flagsOf(r) & mask) !== 0
const YES = { words: ['Yes', 'No'] } as const

// Places count from the extension header's first byte.
const extension = {
  length: u8('gtp.ext_hdr.length', 'Extension Header Length', 0),
  pduType: bits(1, 'gtp.ext_hdr.pdu_ses_con.pdu_type', 'PDU Type', 1, 0, 4, {
    names: { 0: 'DL PDU SESSION INFORMATION', 1: 'UL PDU SESSION INFORMATION' },
  }),
  flow: bits(1, 'gtp.ext_hdr.pdu_ses_con.qos_flow_id', 'QoS Flow Identifier (QFI)', 2, 2, 6),
  next: varying('uint8', 'gtp.ext_hdr.next', 'Next extension header type', () => [], {
    base: 'hex',
    size: 1,
    names: EXTENSIONS,
  }),
}

const nextNode = (r: Reading, at: number) =>
  nodeOf(extension.next, { value: r.view.getUint8(at), start: at, end: at + 1 })

/** The extension headers one after another, as far as they are there. */
function extensions(r: Reading): Occurrence[] {
  const found: Occurrence[] = []
  if (!has(EXTENSION)(r) || r.start + LONG_SIZE > r.body) return found
  let type = r.view.getUint8(r.start + LONG_SIZE - 1)
  for (let at = r.start + LONG_SIZE; type !== 0 && at < r.body; ) {
    const size = r.view.getUint8(at) * WORD
    if (size === 0 || at + size > r.body) break
    const reading = { ...r, start: at, body: at + size }
    const children: Node[] = [...extension.length.nodes(reading)]
    if (type === PDU_SESSION) {
      const inside = [...extension.pduType.nodes(reading), ...extension.flow.nodes(reading)]
      children.push(remark('PDU Session Container', at + 1, at + size - 1, inside))
    }
    children.push(nextNode(r, at + size - 1))
    const name = EXTENSIONS[type] ?? `Unknown 0x${type.toString(16).padStart(2, '0')}`
    found.push({ value: undefined, start: at, end: at + size, text: `Extension header (${name})`, children })
    type = r.view.getUint8(at + size - 1)
    at += size
  }
  return found
}

const fields = {
  flags: u8('gtp.flags', 'Flags', 0, {
    base: 'hex',
    children: [
      bits(1, 'gtp.flags.version', 'Version', 0, 0, 3, { names: { 1: 'GTP release 99 version' } }),
      bits(1, 'gtp.flags.payload', 'Protocol type', 0, 3, 1, { names: { 0: "GTP'", 1: 'GTP' } }),
      bits(1, 'gtp.flags.reserved', 'Reserved', 0, 4, 1),
      flag(1, 'gtp.flags.e', 'Is Next Extension Header present?', 0, 5, YES),
      flag(1, 'gtp.flags.s', 'Is Sequence Number present?', 0, 6, YES),
      flag(1, 'gtp.flags.pn', 'Is N-PDU number present?', 0, 7, YES),
    ],
  }),
  message: u8('gtp.message', 'Message Type', 1, { base: 'hex', names: MESSAGES }),
  length: u16('gtp.length', 'Length', 2),
  tunnel: u32('gtp.teid', 'TEID', 4, { base: 'hex_dec' }),
  sequence: u16('gtp.seq_number', 'Sequence number', 8, { base: 'hex_dec', when: has(SEQUENCE) }),
  packet: u8('gtp.npdu_number', 'N-PDU Number', 10, { base: 'hex', when: has(NPDU) }),
  next: varying(
    'uint8',
    'gtp.ext_hdr.next',
    'Next extension header type',
    (r) => {
      if (!has(EXTENSION)(r) || r.start + LONG_SIZE > r.body) return []
      const at = r.start + LONG_SIZE - 1
      return [{ value: r.view.getUint8(at), start: at, end: at + 1 }]
    },
    { base: 'hex', size: 1, names: EXTENSIONS },
  ),
  extensions: varying('none', 'gtp.ext_hdr', 'Extension header', extensions, {
    members: Object.values(extension) as Field[],
  }),
}

export const gtp = defineLayer({
  name: 'gtp',
  title: 'GPRS Tunneling Protocol',
  role: 'tunnel',
  fields,
  attach: [['udp.port', 2152]],
  step(view, at, end, walk) {
    if (end - at < FIXED_SIZE) return truncated(walk, FIXED_SIZE)
    const flags = view.getUint8(at)
    // Version 1, and not GTP' of charging.
    if (flags >> 4 !== 3) return unknownVersion(walk)
    limitTo(walk, at + FIXED_SIZE + fields.length.read(view, at), Limit.OwnLength)
    let body = at + FIXED_SIZE
    if ((flags & OPTIONAL) !== 0) {
      if (walk.limit - at < LONG_SIZE) return truncated(walk, LONG_SIZE)
      body = at + LONG_SIZE
    }
    let next = (flags & EXTENSION) === 0 ? 0 : view.getUint8(body - 1)
    while (next !== 0) {
      if (body >= walk.limit) return truncated(walk, body + 1 - at)
      const size = view.getUint8(body) * WORD
      if (size === 0) return malformed(walk)
      if (body + size > walk.limit) return truncated(walk, body + size - at)
      body += size
      next = view.getUint8(body - 1)
    }
    if (fields.message.read(view, at) !== T_PDU) return walk.limit
    nextByIpVersion(walk, view, body)
    return body
  },
  info(r) {
    if (r.body - r.start < FIXED_SIZE) return undefined
    const message = fields.message.read(r.view, r.start)
    return nameOf(MESSAGES, message) ?? `Unknown: ${message}`
  },
})
