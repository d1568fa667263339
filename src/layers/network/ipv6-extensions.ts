/** IPv6 extension headers: hop-by-hop, fragment, destination options. RFC 8200 section 4. */
import { hex } from '../../bytes/integers.ts'
import { assemblyField } from '../../dissect/assembly-nodes.ts'
import { bits, flag, u8, u32, varying } from '../../dissect/field.ts'
import { defineLayer, type Layer } from '../../dissect/layer.ts'
import { IP_PROTOCOLS } from '../../dissect/numbers/ip-protocols.ts'
import { nextByIpProtocol, nextIsData, truncated, type Walk } from '../../dissect/walk.ts'
import { extensionLength, UNIT } from './ipv6-extension-length.ts'
import { IPV6_OPTION_FIELDS, ipv6OptionNodes } from './ipv6-options.ts'

const FRAGMENT_SIZE = 8

function stepByLength(view: DataView, at: number, end: number, walk: Walk): number {
  if (end - at < UNIT) return truncated(walk, UNIT)
  const length = (view.getUint8(at + 1) + 1) * UNIT
  if (end - at < length) return truncated(walk, length)
  nextByIpProtocol(walk, view.getUint8(at))
  return at + length
}

function optionsHeader(name: string, title: string, number: number): Layer {
  return defineLayer({
    name,
    title,
    label: 'IPv6',
    role: 'network',
    fields: {
      next: u8(`${name}.nxt`, 'Next Header', 0, { names: IP_PROTOCOLS }),
      length: u8(`${name}.len`, 'Length', 1),
      octets: extensionLength(`${name}.len_oct`),
      options: varying(
        'none',
        '',
        'Options',
        (r) =>
          ipv6OptionNodes(r).map((node) => ({
            value: undefined,
            start: node.start,
            end: node.end,
            text: node.text,
            children: node.children,
          })),
        { members: IPV6_OPTION_FIELDS },
      ),
    },
    attach: [['ip.proto', number]],
    step: stepByLength,
  })
}

export const ipv6HopByHop = optionsHeader('ipv6.hopopts', 'IPv6 Hop-by-Hop Option', 0)
export const ipv6Destination = optionsHeader('ipv6.dstopts', 'Destination Options for IPv6', 60)

const fragment = {
  next: u8('ipv6.fraghdr.nxt', 'Next header', 0, { names: IP_PROTOCOLS }),
  reserved: u8('ipv6.fraghdr.reserved_octet', 'Reserved octet', 1, { base: 'hex' }),
  offset: bits(2, 'ipv6.fraghdr.offset', 'Offset', 2, 0, 13, { text: (value) => `${value} (${value * 8} bytes)` }),
  reservedBits: bits(2, 'ipv6.fraghdr.reserved_bits', 'Reserved bits', 2, 13, 2),
  more: flag(2, 'ipv6.fraghdr.more', 'More Fragments', 2, 15, { words: ['Yes', 'No'] }),
  identification: u32('ipv6.fraghdr.ident', 'Identification', 4, { base: 'hex' }),
  fragments: assemblyField({
    part: 'ipv6.fragment',
    parts: 'ipv6.fragments',
    hasBytes: false,
    whole: 'ipv6.reassembled',
    wholeIn: 'ipv6.reassembled.in',
    heading: 'IPv6 Fragments',
    partLabel: 'IPv6 Fragment',
    errorLabel: 'Defragmentation error',
    unit: 'Fragment',
    title: 'Reassembled IPv6',
  }),
}

/** RFC 8200 section 4.5. */
export const ipv6Fragment = defineLayer({
  name: 'ipv6.fraghdr',
  title: 'Fragment Header for IPv6',
  label: 'IPv6',
  role: 'network',
  fields: fragment,
  attach: [['ip.proto', 44]],
  step(view, at, end, walk) {
    if (end - at < FRAGMENT_SIZE) return truncated(walk, FRAGMENT_SIZE)
    const offset = fragment.offset.read(view, at)
    if (offset !== 0 || fragment.more.read(view, at) === 1) walk.isFragment = true
    walk.isLaterFragment = offset !== 0
    if (walk.isLaterFragment) nextIsData(walk)
    else nextByIpProtocol(walk, fragment.next.read(view, at))
    return at + FRAGMENT_SIZE
  },
  info(r) {
    if (r.body - r.start < FRAGMENT_SIZE) return undefined
    const offset = fragment.offset.read(r.view, r.start)
    const more = fragment.more.read(r.view, r.start) === 1 ? 'y' : 'n'
    const id = hex(fragment.identification.read(r.view, r.start), 8)
    return `IPv6 fragment (off=${offset * 8} more=${more} ident=0x${id} nxt=${fragment.next.read(r.view, r.start)})`
  },
})
