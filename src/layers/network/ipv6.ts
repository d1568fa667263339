/** Internet Protocol version 6. RFC 8200 section 3. */
import { ipv6Text } from '../../bytes/address.ts'
import { hex } from '../../bytes/integers.ts'
import { ipv6 as address, bits, nameOf, u8, u16 } from '../../dissect/field.ts'
import { defineLayer } from '../../dissect/layer.ts'
import { codepointName, congestionName, dsFieldText } from '../../dissect/numbers/dscp.ts'
import { IP_PROTOCOLS } from '../../dissect/numbers/ip-protocols.ts'
import { Limit } from '../../dissect/stop.ts'
import { limitTo, nextByIpProtocol, truncated, unknownVersion } from '../../dissect/walk.ts'

const HEADER_SIZE = 40

const fields = {
  version: bits(1, 'ipv6.version', 'Version', 0, 0, 4),
  trafficClass: bits(4, 'ipv6.tclass', 'Traffic Class', 0, 4, 8, {
    base: 'hex',
    text: (value) => `0x${hex(value, 2)} (${dsFieldText(value)})`,
    children: [
      bits(4, 'ipv6.tclass.dscp', 'Differentiated Services Codepoint', 0, 4, 6, { names: codepointName }),
      bits(4, 'ipv6.tclass.ecn', 'Explicit Congestion Notification', 0, 10, 2, { names: congestionName }),
    ],
  }),
  flowLabel: bits(4, 'ipv6.flow', 'Flow Label', 0, 12, 20, {
    base: 'hex',
    type: 'uint24',
    line: (value, r) => `.... ${nibbles(r.view.getUint32(r.start) & 0xfffff)} = Flow Label: 0x${hex(value, 5)}`,
  }),
  payloadLength: u16('ipv6.plen', 'Payload Length', 4, {
    // RFC 2675: the hop-by-hop option says it.
    text: (value, r) =>
      value === 0 && r.start + 7 <= r.body && r.view.getUint8(r.start + 6) === 0 ? '0 (Jumbogram)' : String(value),
  }),
  nextHeader: u8('ipv6.nxt', 'Next Header', 6, { names: IP_PROTOCOLS }),
  hopLimit: u8('ipv6.hlim', 'Hop Limit', 7),
  source: address('ipv6.src', 'Source Address', 8, { also: ['ipv6.addr'] }),
  destination: address('ipv6.dst', 'Destination Address', 24, { also: ['ipv6.addr'] }),
}

/** Twenty bits in groups of four; tshark draws the flow label in 24. */
function nibbles(value: number): string {
  return [16, 12, 8, 4, 0].map((shift) => ((value >>> shift) & 15).toString(2).padStart(4, '0')).join(' ')
}

export const ipv6 = defineLayer({
  name: 'ipv6',
  title: 'Internet Protocol Version 6',
  label: 'IPv6',
  role: 'network',
  fields,
  ends: [fields.source, fields.destination],
  attach: [
    ['ethertype', 0x86dd],
    ['link.type', 229],
    ['ip.proto', 41],
  ],
  step(view, at, end, walk) {
    if (end - at < HEADER_SIZE) return truncated(walk, HEADER_SIZE)
    if (fields.version.read(view, at) !== 6) return unknownVersion(walk)
    // 0 means a jumbogram or offload (RFC 2675), or truly nothing; the frame then says how much there is.
    const payload = fields.payloadLength.read(view, at)
    const nextHeader = fields.nextHeader.read(view, at)
    if (payload !== 0) limitTo(walk, at + HEADER_SIZE + payload, Limit.Ipv6PayloadLength)
    walk.isLaterFragment = false
    nextByIpProtocol(walk, nextHeader)
    return at + HEADER_SIZE
  },
  heading(r) {
    if (r.body - r.start < HEADER_SIZE) return 'Internet Protocol Version 6'
    return `Internet Protocol Version 6, Src: ${ipv6Text(r.view, r.start + 8)}, Dst: ${ipv6Text(r.view, r.start + 24)}`
  },
  info(r) {
    if (r.body - r.start < HEADER_SIZE) return undefined
    const next = fields.nextHeader.read(r.view, r.start)
    return `${nameOf(IP_PROTOCOLS, next) ?? 'Unknown'} (${next})`
  },
})
