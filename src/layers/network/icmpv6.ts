/** ICMP for IPv6, RFC 4443, with the heads of neighbour discovery, RFC 4861. */

import { ipv6Text, macText } from '../../bytes/address.ts'
import { onesComplementSum } from '../../bytes/checksum.ts'
import { hex } from '../../bytes/integers.ts'
import { ipv6 as address, bytes, flag, nameOf, nodeOf, remark, u8, u16, u32, varying } from '../../dissect/field.ts'
import { finalDestination } from '../../dissect/final-destination.ts'
import { defineLayer } from '../../dissect/layer.ts'
import type { Node } from '../../dissect/node.ts'
import { CHECKSUM_STATUS } from '../../dissect/numbers/checksum-status.ts'
import type { Reading } from '../../dissect/reading.ts'
import { beginQuote, nextIsData, truncated } from '../../dissect/walk.ts'

const HEADER_SIZE = 8
const ICMPV6 = 58
const TARGET_END = 24
const Type = {
  tooBig: 2,
  parameter: 4,
  echo: 128,
  echoReply: 129,
  routerSolicitation: 133,
  routerAdvertisement: 134,
  neighborSolicitation: 135,
  neighborAdvertisement: 136,
} as const

const TYPES: Readonly<Record<number, string>> = {
  1: 'Destination Unreachable',
  2: 'Packet Too Big',
  3: 'Time Exceeded',
  4: 'Parameter Problem',
  128: 'Echo (ping) request',
  129: 'Echo (ping) reply',
  130: 'Multicast Listener Query',
  131: 'Multicast Listener Report',
  132: 'Multicast Listener Done',
  133: 'Router Solicitation',
  134: 'Router Advertisement',
  135: 'Neighbor Solicitation',
  136: 'Neighbor Advertisement',
  137: 'Redirect',
  143: 'Multicast Listener Report Message v2',
}

const CODES: Readonly<Record<number, readonly string[]>> = {
  1: [
    'no route to destination',
    'Administratively prohibited',
    'Beyond scope of source address',
    'Address unreachable',
    'Port unreachable',
    'Source address failed ingress/egress policy',
    'Reject route to destination',
    'Error in Source Routing Header',
  ],
  3: ['hop limit exceeded in transit', 'fragment reassembly time exceeded'],
  4: [
    'erroneous header field encountered',
    'unrecognized Next Header type encountered',
    'unrecognized IPv6 option encountered',
    'IPv6 First Fragment has incomplete IPv6 Header Chain',
  ],
}

const typeOf = (r: Reading) => r.view.getUint8(r.start)
const codeOf = (r: Reading) => r.view.getUint8(r.start + 1)
const isEcho = (r: Reading) => typeOf(r) === Type.echo || typeOf(r) === Type.echoReply
const isNeighbor = (r: Reading) => typeOf(r) === Type.neighborSolicitation || typeOf(r) === Type.neighborAdvertisement
const isAdvertisement = (r: Reading) => typeOf(r) === Type.neighborAdvertisement

/** Start of the IPv6 header around the message; extension headers may lie between. */
function ipv6Start(r: Reading): number | undefined {
  const { walk } = r
  for (let depth = r.depth - 1; depth >= 0; depth--) {
    if (walk.layer[depth] === walk.tables.ipv6) return walk.start[depth]
  }
  return undefined
}

/** The sum covers a pseudo-header: both addresses, the length, the protocol. RFC 8200 section 8.1. */
function checksumText(value: number, r: Reading): string {
  const text = `0x${hex(value, 4)}`
  const { end, claimed } = r
  const around = ipv6Start(r)
  if (around === undefined || claimed > end || r.walk.isFragment || r.depth >= r.walk.quote)
    return `${text} [unverified]`
  const sender = onesComplementSum(r.view, around + 8, 16, end - r.start + ICMPV6)
  const pseudo = onesComplementSum(r.view, finalDestination(r.view, around, r.start), 16, sender)
  const sum = onesComplementSum(r.view, r.start, end - r.start, pseudo)
  if (sum === 0xffff) return `${text} [correct]`
  const should = onesComplementSum(r.view, r.start, end - r.start, pseudo + 0xffff - value)
  return `${text} incorrect, should be 0x${hex(~should & 0xffff, 4)}`
}

const optionType = u8('icmpv6.opt.type', 'Type', -1)
const optionLength = u8('icmpv6.opt.length', 'Length', -1)

/** Options of neighbour discovery: type, length in units of eight bytes. RFC 4861 section 4.6. */
function optionNodes(r: Reading): Node[] {
  const nodes: Node[] = []
  for (let at = r.start + TARGET_END; at + 8 <= r.body; ) {
    const type = r.view.getUint8(at)
    const units = r.view.getUint8(at + 1)
    const end = at + units * 8
    if (units === 0 || end > r.body) break
    const isAddress = (type === 1 || type === 2) && units === 1
    const name = type === 1 ? 'Source link-layer address' : type === 2 ? 'Target link-layer address' : `Type ${type}`
    const words = isAddress ? ` : ${macText(r.view, at + 2)}` : ''
    nodes.push(
      remark(`ICMPv6 Option (${name}${words})`, at, end, [
        nodeOf(optionType, { value: type, start: at, end: at + 1, text: `Type: ${name} (${type})` }),
        nodeOf(optionLength, {
          value: units,
          start: at + 1,
          end: at + 2,
          text: `Length: ${units} (${units * 8} bytes)`,
        }),
      ]),
    )
    at = end
  }
  return nodes
}

const fields = {
  type: u8('icmpv6.type', 'Type', 0, { names: TYPES }),
  code: u8('icmpv6.code', 'Code', 1, {
    text: (value, r) => {
      const name = CODES[typeOf(r)]?.[value]
      return name === undefined ? String(value) : `${value} (${name})`
    },
  }),
  checksum: u16('icmpv6.checksum', 'Checksum', 2, { base: 'hex', text: checksumText }),
  checksumStatus: varying(
    'uint8',
    'icmpv6.checksum.status',
    'Checksum Status',
    (r) => {
      if (r.start + 4 > r.body) return []
      const text = checksumText(r.view.getUint16(r.start + 2), r)
      const value = text.endsWith('[correct]') ? 1 : text.includes('incorrect') ? 0 : 2
      return [
        {
          value,
          start: r.start + 4,
          end: r.start + 4,
          text: `[Checksum Status: ${['Bad', 'Good', 'Unverified'][value]}]`,
        },
      ]
    },
    { generated: true, names: CHECKSUM_STATUS },
  ),
  identifier: u16('icmpv6.echo.identifier', 'Identifier', 4, { base: 'hex', when: isEcho }),
  sequence: u16('icmpv6.echo.sequence_number', 'Sequence', 6, { when: isEcho }),
  mtu: u32('icmpv6.mtu', 'MTU', 4, { when: (r) => typeOf(r) === Type.tooBig }),
  pointer: u32('icmpv6.pointer', 'Pointer', 4, { when: (r) => typeOf(r) === Type.parameter }),
  reserved: bytes('icmpv6.reserved', 'Reserved', 4, 4, {
    when: (r) =>
      typeOf(r) === 1 ||
      typeOf(r) === 3 ||
      typeOf(r) === Type.neighborSolicitation ||
      typeOf(r) === Type.routerSolicitation,
  }),
  router: flag(4, 'icmpv6.nd.na.flag.r', 'Router', 4, 0, { when: isAdvertisement }),
  solicited: flag(4, 'icmpv6.nd.na.flag.s', 'Solicited', 4, 1, { when: isAdvertisement }),
  override: flag(4, 'icmpv6.nd.na.flag.o', 'Override', 4, 2, { when: isAdvertisement }),
  solicitedTarget: address('icmpv6.nd.ns.target_address', 'Target Address', 8, {
    when: (r) => typeOf(r) === Type.neighborSolicitation,
  }),
  advertisedTarget: address('icmpv6.nd.na.target_address', 'Target Address', 8, { when: isAdvertisement }),
  options: varying(
    'none',
    '',
    'ICMPv6 Options',
    (r) => {
      if (r.body - r.start < TARGET_END || !isNeighbor(r)) return []
      return optionNodes(r).map((node) => ({
        value: undefined,
        start: node.start,
        end: node.end,
        text: node.text,
        children: node.children,
      }))
    },
    { members: [optionType, optionLength] },
  ),
  requestFrame: varying(
    'uint32',
    'icmpv6.resp_to',
    'Response To',
    (r) => {
      const frame = r.notes?.requestFrame
      return frame === undefined ? [] : [{ value: frame, start: r.body, end: r.body }]
    },
    { generated: true },
  ),
  responseTime: varying(
    'string',
    'icmpv6.resptime',
    'Response Time',
    (r) => {
      const time = r.notes?.responseTime
      return time === undefined
        ? []
        : [{ value: time, start: r.body, end: r.body, text: `[Response Time: ${time} ms]` }]
    },
    { generated: true },
  ),
}

export const icmpv6 = defineLayer({
  name: 'icmpv6',
  title: 'Internet Control Message Protocol v6',
  label: 'ICMPv6',
  role: 'transport',
  fields,
  attach: [['ip.proto', ICMPV6]],
  step(view, at, end, walk) {
    if (end - at < HEADER_SIZE) return truncated(walk, HEADER_SIZE)
    const type = fields.type.read(view, at)
    // Below 128 all are errors, and quote.
    if (type < 128) beginQuote(walk, view, at + HEADER_SIZE)
    else if (type <= Type.echoReply) nextIsData(walk)
    else return end
    return at + HEADER_SIZE
  },
  info(r) {
    if (r.body - r.start < HEADER_SIZE) return r.body === r.start ? undefined : nameOf(TYPES, typeOf(r))
    const type = typeOf(r)
    const name = nameOf(TYPES, type) ?? 'Unknown'
    const around = ipv6Start(r)
    if (isEcho(r)) {
      const id = hex(fields.identifier.read(r.view, r.start), 4)
      const hopLimit = around === undefined ? 0 : r.view.getUint8(around + 7)
      const request = r.notes?.requestFrame
      const answers = request === undefined ? '' : ` (request in ${request})`
      return `${name} id=0x${id}, seq=${fields.sequence.read(r.view, r.start)}, hop limit=${hopLimit}${answers}`
    }
    if (isNeighbor(r) && r.body - r.start >= TARGET_END) return `${name} ${neighborText(r, type)}`
    const code = CODES[type]?.[codeOf(r)]
    return code === undefined ? name : `${name} (${code})`
  },
})

function neighborText(r: Reading, type: number): string {
  const target = ipv6Text(r.view, r.start + 8)
  const hasAddress = r.body - r.start >= TARGET_END + 8 && r.view.getUint8(r.start + TARGET_END + 1) === 1
  const mac = hasAddress ? macText(r.view, r.start + TARGET_END + 2) : undefined
  if (type === Type.neighborSolicitation) return `for ${target}${mac === undefined ? '' : ` from ${mac}`}`
  const set = [
    [fields.router, 'rtr'],
    [fields.solicited, 'sol'],
    [fields.override, 'ovr'],
  ] as const
  const flags = set.filter(([one]) => one.read(r.view, r.start) === 1).map(([, word]) => word)
  return `${target} (${flags.join(', ')})${mac === undefined ? '' : ` is at ${mac}`}`
}
