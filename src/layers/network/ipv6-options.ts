/** Options of IPv6's hop-by-hop and destination headers: RFC 8200 section 4.2, and IANA's list. */
import { bytesText } from '../../bytes/address.ts'
import { hex } from '../../bytes/integers.ts'
import { bits, childNodes, type Field, flag, nodeOf, remark, u8, u16, u32, varying } from '../../dissect/field.ts'
import type { Node } from '../../dissect/node.ts'
import type { Reading } from '../../dissect/reading.ts'

const NAMES: Readonly<Record<number, string>> = {
  0: 'Pad1',
  1: 'PadN',
  4: 'Tunnel Encapsulation Limit',
  5: 'Router Alert',
  38: 'Quick-Start',
  99: 'RPL Option',
  194: 'Jumbo Payload',
  201: 'Home Address',
}
const PAD1 = 0
const PADN = 1

const ACTIONS = [
  'Skip and continue',
  'Discard',
  'Discard and send ICMP',
  'Discard and send ICMP if not multicast',
] as const

// Places count from the option's first byte.
const type = u8('ipv6.opt.type', 'Type', 0, {
  base: 'hex',
  names: (value) => NAMES[value] ?? 'Unknown',
  children: [
    bits(1, 'ipv6.opt.type.action', 'Action', 0, 0, 2, { names: (value) => ACTIONS[value] }),
    flag(1, 'ipv6.opt.type.change', 'May Change', 0, 2, { words: ['Yes', 'No'] }),
    bits(1, 'ipv6.opt.type.rest', 'Low-Order Bits', 0, 3, 5, { base: 'hex', text: (value) => `0x${hex(value, 2)}` }),
  ],
})
const length = u8('ipv6.opt.length', 'Length', 1)
const padding = varying('bytes', 'ipv6.opt.padn', 'PadN', () => [])
/** Options of one number, and how many bytes it has. */
const VALUES: Readonly<Record<number, Field>> = {
  4: u8('ipv6.opt.tel', 'Tunnel Encapsulation Limit', 2),
  5: u16('ipv6.opt.router_alert', 'Router Alert', 2, { names: { 0: 'MLD', 1: 'RSVP' } }),
  194: u32('ipv6.opt.jumbo', 'Payload Length', 2),
}

/** For the list of fields. */
export const IPV6_OPTION_FIELDS: readonly Field[] = [type, length, padding, ...Object.values(VALUES)]

/** The option of `size` bytes at `at`, header included. */
function optionNode(r: Reading, at: number, size: number): Node {
  const number = r.view.getUint8(at)
  const name = NAMES[number] ?? `Unknown (0x${hex(number, 2)})`
  if (number === PAD1) {
    const [line] = childNodes([type], { ...r, start: at, body: at + 1 })
    return remark(name, at, at + 1, [
      ...(line === undefined ? [] : [{ ...line, children: [] }]),
      remark(name, at, at + 1),
    ])
  }
  const children = childNodes([type, length], { ...r, start: at, body: at + size })
  const value = VALUES[number]
  const data = at + 2
  const text = size > 2 ? bytesText(r.view, data, size - 2) : '<none>'
  if (value !== undefined && value.size === size - 2)
    children.push(...value.nodes({ ...r, start: at, body: at + size }))
  else if (number === PADN)
    children.push(nodeOf(padding, { value: size > 2 ? text : '', start: data, end: at + size, text: `PadN: ${text}` }))
  else if (size > 2) children.push(remark(`${name}: ${text}`, data, at + size))
  return remark(name, at, at + size, children)
}

/** The options of the header, as far as they lie within it. */
export function ipv6OptionNodes(r: Reading): Node[] {
  const nodes: Node[] = []
  for (let at = r.start + 2; at < r.body; ) {
    const number = r.view.getUint8(at)
    const size = number === PAD1 ? 1 : at + 1 < r.body ? r.view.getUint8(at + 1) + 2 : 0
    if (size === 0 || at + size > r.body) break
    nodes.push(optionNode(r, at, size))
    at += size
  }
  return nodes
}
