/** EDNS: the record that carries options, and the options. RFC 6891 section 6.1, RFC 7873, RFC 7871. */
import { bytesText, ipv4Text, ipv6Text } from '../../bytes/address.ts'
import { hex } from '../../bytes/integers.ts'
import { bitPicture, type Field, nodeOf, u8, u16, varying } from '../../dissect/field.ts'
import { byteNode, bytesNode, wordNode } from '../../dissect/field-nodes.ts'
import type { Node } from '../../dissect/node.ts'
import type { Message } from './dns-message.ts'
import { OPTIONS, Option } from './dns-numbers.ts'

const COOKIE_SIZE = 8
const OPTION_HEADER = 4
/** RFC 3225: the sender wants DNSSEC's records. */
const DNSSEC_OK = 0x8000

const raw = (name: string, label: string) => varying('bytes', name, label, () => [])

const field = {
  payloadSize: u16('dns.rr.udp_payload_size', 'UDP payload size', -1),
  extendedRcode: u8('dns.resp.ext_rcode', 'Higher bits in extended RCODE', -1, { base: 'hex' }),
  ednsVersion: u8('dns.resp.edns0_version', 'EDNS0 version', -1),
  z: u16('dns.resp.z', 'Z', -1, { base: 'hex' }),
  zDo: varying('boolean', 'dns.resp.z.do', 'DO bit', () => []),
  zReserved: u16('dns.resp.z.reserved', 'Reserved', -1, { base: 'hex' }),
  option: varying('none', 'dns.opt', 'Option', () => []),
  optionCode: u16('dns.opt.code', 'Option Code', -1, { names: OPTIONS }),
  optionLength: u16('dns.opt.len', 'Option Length', -1),
  optionData: raw('dns.opt.data', 'Option Data'),
  clientCookie: raw('dns.opt.cookie.client', 'Client Cookie'),
  serverCookie: raw('dns.opt.cookie.server', 'Server Cookie'),
  subnetFamily: u16('dns.opt.client.family', 'Family', -1, { names: { 1: 'IPv4', 2: 'IPv6' } }),
  subnetSource: u8('dns.opt.client.netmask', 'Source Netmask', -1),
  subnetScope: u8('dns.opt.client.scope', 'Scope Netmask', -1),
  subnetAddress: raw('dns.opt.client.addr', 'Client Subnet'),
} as const

/** What may lie beneath such a record, apart from what all records have. */
export const OPT_FIELDS: readonly Field[] = Object.values(field)

/** What stands at `at`, in place of the class and the TTL of other records. */
export function optHeaderNodes(m: Message, at: number): Node[] {
  const z = m.r.view.getUint16(at + 4)
  const place = { start: at + 4, end: at + 6 }
  const isAccepted = (z & DNSSEC_OK) !== 0
  const dnssec = `${bitPicture(z, 16, DNSSEC_OK)} = DO bit: ${isAccepted ? 'Accepts' : 'Cannot handle'} DNSSEC security RRs`
  const reserved = z & ~DNSSEC_OK
  const rest = `${bitPicture(z, 16, 0x7fff)} = Reserved: 0x${hex(reserved, 4)}`
  return [
    wordNode(m.r, field.payloadSize, at),
    byteNode(m.r, field.extendedRcode, at + 2),
    byteNode(m.r, field.ednsVersion, at + 3),
    {
      ...wordNode(m.r, field.z, at + 4),
      children: [
        nodeOf(field.zDo, { value: isAccepted ? 1 : 0, ...place, text: dnssec }),
        nodeOf(field.zReserved, { value: reserved, ...place, text: rest }),
      ],
    },
  ]
}

/** The options in `[start, end)`, as far as they fit. */
export function optionNodes(m: Message, start: number, end: number): Node[] {
  const nodes: Node[] = []
  for (let at = start; at + OPTION_HEADER <= end; ) {
    const code = m.r.view.getUint16(at)
    const data = at + OPTION_HEADER
    const stop = data + m.r.view.getUint16(at + 2)
    if (stop > end) break
    const children = [
      wordNode(m.r, field.optionCode, at),
      wordNode(m.r, field.optionLength, at + 2),
      bytesNode(m.r, field.optionData, data, stop),
      ...optionBody(m, code, data, stop),
    ]
    nodes.push(
      nodeOf(field.option, {
        value: undefined,
        start: at,
        end: stop,
        text: `Option: ${OPTIONS[code] ?? `Unknown (${code})`}`,
        children,
      }),
    )
    at = stop
  }
  return nodes
}

function optionBody(m: Message, code: number, start: number, end: number): Node[] {
  if (code === Option.cookie && end - start >= COOKIE_SIZE) {
    const server = start + COOKIE_SIZE
    return [bytesNode(m.r, field.clientCookie, start, server), bytesNode(m.r, field.serverCookie, server, end)]
  }
  if (code === Option.clientSubnet && end - start >= 4) {
    return [
      wordNode(m.r, field.subnetFamily, start),
      byteNode(m.r, field.subnetSource, start + 2),
      byteNode(m.r, field.subnetScope, start + 3),
      subnetNode(m, m.r.view.getUint16(start), start + 4, end),
    ]
  }
  return []
}

/** RFC 7871 section 6: the address ends with the last byte that its mask reaches. */
function subnetNode(m: Message, family: number, start: number, end: number): Node {
  const size = family === 1 ? 4 : family === 2 ? 16 : 0
  if (size === 0 || end - start > size) return bytesNode(m.r, field.subnetAddress, start, end)
  const padded = new Uint8Array(size)
  padded.set(m.r.bytes.subarray(start, end))
  const view = new DataView(padded.buffer)
  const address = size === 4 ? ipv4Text(view, 0) : ipv6Text(view, 0)
  return nodeOf(field.subnetAddress, {
    value: bytesText(m.r.view, start, end - start),
    start,
    end,
    text: `Client Subnet: ${address}`,
  })
}
