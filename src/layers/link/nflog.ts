/**
 * Linux netfilter log, LINKTYPE_NFLOG (239): what a rule with the target NFLOG hands out, one IP packet among its attributes.
 * Numbers of the attributes' heads are in the byte order of the machine that captured, those inside in network order.
 */
import { bytesText } from '../../bytes/address.ts'
import {
  bitPicture,
  bits,
  type Field,
  nodeOf,
  numberText,
  type Occurrence,
  u8,
  u16,
  u32,
  varying,
} from '../../dissect/field.ts'
import { defineLayer } from '../../dissect/layer.ts'
import type { Node } from '../../dissect/node.ts'
import { ETHER_TYPES } from '../../dissect/numbers/ether-types.ts'
import type { Reading } from '../../dissect/reading.ts'
import { Limit } from '../../dissect/stop.ts'
import { limitTo, malformed, nextByIpVersion, nextIsData, truncated } from '../../dissect/walk.ts'

const HEADER_SIZE = 4
const ATTRIBUTE_HEADER = 4
/** The upper bit says that attributes are nested; none of these are. */
const TYPE_MASK = 0x7fff
/** linux/netfilter/nfnetlink_log.h: nfulnl_attr_type. */
const Attribute = {
  packet: 1,
  in: 4,
  out: 5,
  physicalIn: 6,
  physicalOut: 7,
  payload: 9,
  prefix: 10,
  user: 11,
  group: 14,
}

const NAMES: Readonly<Record<number, string>> = {
  1: 'NFULA_PACKET_HDR',
  2: 'NFULA_MARK',
  3: 'NFULA_TIMESTAMP',
  4: 'NFULA_IFINDEX_INDEV',
  5: 'NFULA_IFINDEX_OUTDEV',
  6: 'NFULA_IFINDEX_PHYSINDEV',
  7: 'NFULA_IFINDEX_PHYSOUTDEV',
  8: 'NFULA_HWADDR',
  9: 'NFULA_PAYLOAD',
  10: 'NFULA_PREFIX',
  11: 'NFULA_UID',
  12: 'NFULA_SEQ',
  13: 'NFULA_SEQ_GLOBAL',
  14: 'NFULA_GID',
  15: 'NFULA_HWTYPE',
  16: 'NFULA_HWHEADER',
  17: 'NFULA_HWLEN',
}
const AF_INET = 2
const AF_INET6 = 10

/** Whether lengths are little-endian: attributes are short, so the first one's larger byte tells. */
function isLittleEndian(view: DataView, at: number): boolean {
  return view.getUint16(at, true) <= view.getUint16(at)
}

const inside = {
  length: u16('nflog.tlv_length', 'Length', -1),
  type: bits(2, 'nflog.tlv_type', 'Type', -1, 1, 15, { names: NAMES }),
  protocol: u16('nflog.protocol', 'HW protocol', -1, { base: 'hex', names: ETHER_TYPES }),
  hook: u8('nflog.hook', 'Netfilter hook', -1, {
    names: { 0: 'PreRouting', 1: 'Local in', 2: 'Forward', 3: 'Local out', 4: 'PostRouting' },
  }),
  in: u32('nflog.ifindex_indev', 'IFINDEX_INDEV', -1),
  out: u32('nflog.ifindex_outdev', 'IFINDEX_OUTDEV', -1),
  physicalIn: u32('nflog.ifindex_physindev', 'IFINDEX_PHYSINDEV', -1),
  physicalOut: u32('nflog.ifindex_physoutdev', 'IFINDEX_PHYSOUTDEV', -1),
  prefix: varying('string', 'nflog.prefix', 'Prefix', () => []),
  user: varying('int32', 'nflog.uid', 'UID', () => []),
  group: varying('int32', 'nflog.gid', 'GID', () => []),
  value: varying('bytes', 'nflog.tlv_value', 'Value', () => []),
}

const NUMBERS: Readonly<Record<number, Field>> = {
  [Attribute.in]: inside.in,
  [Attribute.out]: inside.out,
  [Attribute.physicalIn]: inside.physicalIn,
  [Attribute.physicalOut]: inside.physicalOut,
  [Attribute.user]: inside.user,
  [Attribute.group]: inside.group,
}

const utf8 = new TextDecoder()

const typeLine = (type: number) => `${bitPicture(type, 16, TYPE_MASK)} = Type: ${numberText(inside.type, type)}`

/** What an attribute says, from `start` to `end`. */
function meaning(r: Reading, type: number, start: number, end: number): Node[] {
  const { view } = r
  const number = NUMBERS[type]
  if (number !== undefined && end - start === 4) {
    const value = number.type === 'int32' ? view.getInt32(start) : view.getUint32(start)
    return [nodeOf(number, { value, start, end })]
  }
  if (type === Attribute.packet && end - start === 4) {
    const hook = nodeOf(inside.hook, { value: view.getUint8(start + 2), start: start + 2, end: start + 3 })
    return [nodeOf(inside.protocol, { value: view.getUint16(start), start, end: start + 2 }), hook]
  }
  if (type === Attribute.prefix) {
    const value = utf8.decode(r.bytes.subarray(start, end)).replace(/\0.*$/s, '')
    return [nodeOf(inside.prefix, { value, start, end })]
  }
  if (type === Attribute.payload || end === start) return []
  return [nodeOf(inside.value, { value: bytesText(view, start, end - start), start, end })]
}

function attributes(r: Reading): Occurrence[] {
  const found: Occurrence[] = []
  let at = r.start + HEADER_SIZE
  while (at + ATTRIBUTE_HEADER <= r.body) {
    const little = isLittleEndian(r.view, at)
    const length = r.view.getUint16(at, little)
    const type = r.view.getUint16(at + 2, little) & TYPE_MASK
    // The payload itself is the next layer's.
    const end = type === Attribute.payload ? at + ATTRIBUTE_HEADER : at + length
    if (length < ATTRIBUTE_HEADER || end > r.body) break
    const children = [
      nodeOf(inside.length, { value: length, start: at, end: at + 2 }),
      nodeOf(inside.type, { value: type, start: at + 2, end: at + 4, text: typeLine(type) }),
      ...meaning(r, type, at + ATTRIBUTE_HEADER, end),
    ]
    const text = `TLV Type: ${NAMES[type] ?? 'Unknown'} (${type}), Length: ${length}`
    found.push({ value: bytesText(r.view, at, end - at), start: at, end, text, children })
    at += (length + 3) & ~3
  }
  return found
}

const fields = {
  family: u8('nflog.family', 'Family', 0, { names: { 2: 'IPv4', 7: 'Bridge', 10: 'IPv6' } }),
  version: u8('nflog.version', 'Version', 1),
  resource: u16('nflog.res_id', 'Resource id', 2),
  attributes: varying('bytes', 'nflog.tlv', 'TLV', attributes, { members: Object.values(inside) }),
}

export const nflog = defineLayer({
  name: 'nflog',
  title: 'Linux Netfilter NFLOG',
  role: 'link',
  fields,
  attach: [['link.type', 239]],
  step(view, start, end, walk) {
    if (end - start < HEADER_SIZE) return truncated(walk, HEADER_SIZE)
    let at = start + HEADER_SIZE
    while (at < end) {
      if (end - at < ATTRIBUTE_HEADER) return truncated(walk, at + ATTRIBUTE_HEADER - start)
      const little = isLittleEndian(view, at)
      const length = view.getUint16(at, little)
      if (length < ATTRIBUTE_HEADER) return malformed(walk)
      if ((view.getUint16(at + 2, little) & TYPE_MASK) !== Attribute.payload) {
        at += (length + 3) & ~3
        continue
      }
      const body = at + ATTRIBUTE_HEADER
      limitTo(walk, at + length, Limit.OwnLength)
      const family = view.getUint8(start)
      if (family === AF_INET || family === AF_INET6) nextByIpVersion(walk, view, body)
      else nextIsData(walk)
      return body
    }
    // Of an attribute that passes the frame only its beginning is there.
    return at > end ? truncated(walk, at - start) : end
  },
})
