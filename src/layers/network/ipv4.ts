/** Internet Protocol version 4. RFC 791; the second byte as RFC 2474 and RFC 3168 have it. */

import { bytesText, ipv4Text } from '../../bytes/address.ts'
import { hex } from '../../bytes/integers.ts'
import { assemblyField } from '../../dissect/assembly-nodes.ts'
import { expert } from '../../dissect/expert.ts'
import {
  ipv4 as address,
  bits,
  flag,
  flagsText,
  nameOf,
  nodeOf,
  remark,
  u8,
  u16,
  varying,
} from '../../dissect/field.ts'
import { defineLayer } from '../../dissect/layer.ts'
import type { Node } from '../../dissect/node.ts'
import { CHECKSUM_STATUS } from '../../dissect/numbers/checksum-status.ts'
import { codepointName, congestionName, dsFieldText } from '../../dissect/numbers/dscp.ts'
import { IP_PROTOCOLS } from '../../dissect/numbers/ip-protocols.ts'
import type { Reading } from '../../dissect/reading.ts'
import { Limit } from '../../dissect/stop.ts'
import { limitTo, malformed, nextByIpProtocol, nextIsData, truncated, unknownVersion } from '../../dissect/walk.ts'

const FIXED_SIZE = 20
const CHECKSUM_UNVERIFIED = 2

/** RFC 791 section 3.1 and IANA's list: option type byte → words. */
const OPTION_NAMES: Readonly<Record<number, string>> = {
  0: 'End of Options List (EOL)',
  1: 'No Operation (NOP)',
  7: 'Record Route',
  68: 'Time Stamp',
  82: 'Traceroute',
  130: 'Security',
  131: 'Loose Source Route',
  136: 'Stream ID',
  137: 'Strict Source Route',
  148: 'Router Alert',
}

const optionType = u8('ip.opt.type', 'Type', -1)
const optionLength = u8('ip.opt.len', 'Length', -1)

const headerLength = bits(1, 'ip.hdr_len', 'Header Length', 0, 4, 4, {
  scale: 4,
  text: (value) => `${value} bytes (${value / 4})`,
})

/** Options one after another between the fixed header and the payload; a length that makes no sense ends the list. */
function optionNodes(r: Reading): Node[] {
  const nodes: Node[] = []
  let at = r.start + FIXED_SIZE
  const end = Math.min(r.body, r.start + headerLength.read(r.view, r.start))
  while (at < end) {
    const type = r.view.getUint8(at)
    const isSingle = type < 2
    const length = isSingle ? 1 : at + 1 < end ? r.view.getUint8(at + 1) : 0
    if (length === 0 || at + length > end) break
    const name = OPTION_NAMES[type] ?? `Unknown (0x${hex(type, 2)})`
    const children = [nodeOf(optionType, { value: type, start: at, end: at + 1, text: `Type: ${type}` })]
    if (!isSingle) {
      children.push(nodeOf(optionLength, { value: length, start: at + 1, end: at + 2 }))
      if (length > 2) children.push(remark(`Data: ${bytesText(r.view, at + 2, length - 2)}`, at + 2, at + length))
    }
    nodes.push(remark(`IP Option - ${name}${isSingle ? '' : ` (${length} bytes)`}`, at, at + length, children))
    at += length
    if (type === 0) break
  }
  return nodes
}

const fields = {
  version: bits(1, 'ip.version', 'Version', 0, 0, 4),
  headerLength,
  dsField: u8('ip.dsfield', 'Differentiated Services Field', 1, {
    base: 'hex',
    text: (value) => `0x${hex(value, 2)} (${dsFieldText(value)})`,
    children: [
      bits(1, 'ip.dsfield.dscp', 'Differentiated Services Codepoint', 1, 0, 6, { names: codepointName }),
      bits(1, 'ip.dsfield.ecn', 'Explicit Congestion Notification', 1, 6, 2, { names: congestionName }),
    ],
  }),
  totalLength: u16('ip.len', 'Total Length', 2, {
    beneath(value, r) {
      const there = r.walk.claimBefore(r.depth) - r.start
      if (value <= there || r.depth >= r.walk.quote) return []
      const start = r.start + 2
      return [expert('Error', 'Protocol', `IPv4 total length exceeds packet length (${there} bytes)`, start, start + 2)]
    },
  }),
  identification: u16('ip.id', 'Identification', 4, { base: 'hex_dec' }),
  flags: bits(1, 'ip.flags', 'Flags', 6, 0, 3, {
    base: 'hex',
    text: (value) =>
      flagsText(1, value, [
        [4, 'Reserved bit'],
        [2, "Don't fragment"],
        [1, 'More fragments'],
      ]),
    children: [
      flag(1, 'ip.flags.rb', 'Reserved bit', 6, 0),
      flag(1, 'ip.flags.df', "Don't fragment", 6, 1),
      flag(1, 'ip.flags.mf', 'More fragments', 6, 2),
    ],
  }),
  /** In units of eight bytes, as `-T fields` prints it; the tree says bytes. */
  fragmentOffset: bits(2, 'ip.frag_offset', 'Fragment Offset', 6, 3, 13, { text: (value) => String(value * 8) }),
  timeToLive: u8('ip.ttl', 'Time to Live', 8),
  protocol: u8('ip.proto', 'Protocol', 9, { names: IP_PROTOCOLS }),
  checksum: u16('ip.checksum', 'Header Checksum', 10, {
    base: 'hex',
    text: (value) => `0x${hex(value, 4)} [validation disabled]`,
  }),
  checksumStatus: varying(
    'uint8',
    'ip.checksum.status',
    'Header checksum status',
    (r) => {
      const at = r.start + 12
      return at > r.body
        ? []
        : [{ value: CHECKSUM_UNVERIFIED, start: at, end: at, text: '[Header checksum status: Unverified]' }]
    },
    { generated: true, names: CHECKSUM_STATUS },
  ),
  source: address('ip.src', 'Source Address', 12, { also: ['ip.addr'] }),
  destination: address('ip.dst', 'Destination Address', 16, { also: ['ip.addr'] }),
  options: varying(
    'none',
    '',
    'Options',
    (r) => {
      if (r.body - r.start <= FIXED_SIZE) return []
      const start = r.start + FIXED_SIZE
      const end = Math.min(r.body, r.start + headerLength.read(r.view, r.start))
      if (end <= start) return []
      return [{ value: undefined, start, end, text: `Options: (${end - start} bytes)`, children: optionNodes(r) }]
    },
    { members: [optionType, optionLength] },
  ),
  fragments: assemblyField({
    part: 'ip.fragment',
    parts: 'ip.fragments',
    hasBytes: true,
    whole: 'ip.reassembled',
    wholeIn: 'ip.reassembled_in',
    heading: 'IPv4 Fragments',
    partLabel: 'IPv4 Fragment',
    errorLabel: 'Defragmentation error',
    unit: 'Fragment',
    title: 'Reassembled IPv4',
  }),
}

export const ipv4 = defineLayer({
  name: 'ip',
  title: 'Internet Protocol Version 4',
  label: 'IPv4',
  role: 'network',
  fields,
  ends: [fields.source, fields.destination],
  attach: [
    ['ethertype', 0x0800],
    ['link.type', 228],
    ['ip.proto', 4],
  ],
  step(view, at, end, walk) {
    if (end - at < FIXED_SIZE) return truncated(walk, FIXED_SIZE)
    if (fields.version.read(view, at) !== 4) return unknownVersion(walk)
    const length = headerLength.read(view, at)
    if (length < FIXED_SIZE) return malformed(walk)
    if (end - at < length) return truncated(walk, length)
    // 0 stands for "see the frame": segmentation offload and BIG TCP leave it so.
    const total = fields.totalLength.read(view, at)
    if (total !== 0) {
      if (total < length) return malformed(walk)
      limitTo(walk, at + total, Limit.Ipv4TotalLength)
    }
    const fragment = view.getUint16(at + 6) & 0x3fff
    if (fragment !== 0) walk.isFragment = true
    walk.isLaterFragment = (fragment & 0x1fff) !== 0
    if (walk.isLaterFragment) nextIsData(walk)
    else nextByIpProtocol(walk, fields.protocol.read(view, at))
    return at + length
  },
  heading(r) {
    if (r.body - r.start < FIXED_SIZE) return 'Internet Protocol Version 4'
    return `Internet Protocol Version 4, Src: ${ipv4Text(r.view, r.start + 12)}, Dst: ${ipv4Text(r.view, r.start + 16)}`
  },
  info(r) {
    if (r.body - r.start < FIXED_SIZE) return undefined
    const protocol = fields.protocol.read(r.view, r.start)
    const offset = fields.fragmentOffset.read(r.view, r.start)
    const name = nameOf(IP_PROTOCOLS, protocol) ?? 'Unknown'
    if (offset === 0 && r.notes?.isHeld !== true) return `${name} (${protocol})`
    const id = hex(fields.identification.read(r.view, r.start), 4)
    return `Fragmented IP protocol (proto=${name} ${protocol}, off=${offset * 8}, ID=${id})`
  },
})
