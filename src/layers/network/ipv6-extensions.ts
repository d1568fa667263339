/** IPv6 extension headers: hop-by-hop, routing, fragment, destination options. RFC 8200 section 4. */
import { bytesText } from '../../bytes/address.ts'
import { hex } from '../../bytes/integers.ts'
import { assemblyField } from '../../dissect/assembly-nodes.ts'
import { bits, flag, nodeOf, remark, u8, u32, varying } from '../../dissect/field.ts'
import { defineLayer, type Layer } from '../../dissect/layer.ts'
import type { Node } from '../../dissect/node.ts'
import { IP_PROTOCOLS } from '../../dissect/numbers/ip-protocols.ts'
import type { Reading } from '../../dissect/reading.ts'
import { nextByIpProtocol, nextIsData, truncated, type Walk } from '../../dissect/walk.ts'

const FRAGMENT_SIZE = 8
/** Hdr Ext Len counts units of eight bytes beyond the first eight. */
const UNIT = 8

/** RFC 8200 section 4.2 and IANA's list. */
const OPTION_NAMES: Readonly<Record<number, string>> = {
  0: 'Pad1',
  1: 'PadN',
  4: 'Tunnel Encapsulation Limit',
  5: 'Router Alert',
  38: 'Quick-Start',
  99: 'RPL Option',
  194: 'Jumbo Payload',
  201: 'Home Address',
}

function stepByLength(view: DataView, at: number, end: number, walk: Walk): number {
  if (end - at < UNIT) return truncated(walk, UNIT)
  const length = (view.getUint8(at + 1) + 1) * UNIT
  if (end - at < length) return truncated(walk, length)
  nextByIpProtocol(walk, view.getUint8(at))
  return at + length
}

const optionType = u8('ipv6.opt.type', 'Type', -1, { base: 'hex' })
const optionLength = u8('ipv6.opt.length', 'Length', -1)

function optionNodes(r: Reading): Node[] {
  const nodes: Node[] = []
  for (let at = r.start + 2; at < r.body; ) {
    const type = r.view.getUint8(at)
    const length = type === 0 ? 1 : at + 1 < r.body ? r.view.getUint8(at + 1) + 2 : 0
    if (length === 0 || at + length > r.body) break
    const name = OPTION_NAMES[type] ?? `Unknown (0x${hex(type, 2)})`
    const children = [
      nodeOf(optionType, { value: type, start: at, end: at + 1, text: `Type: ${name} (0x${hex(type, 2)})` }),
    ]
    if (type !== 0) {
      children.push(nodeOf(optionLength, { value: length - 2, start: at + 1, end: at + 2 }))
      if (length > 2) children.push(remark(`${name}: ${bytesText(r.view, at + 2, length - 2)}`, at + 2, at + length))
    }
    nodes.push(remark(name, at, at + length, children))
    at += length
  }
  return nodes
}

function optionsHeader(name: string, title: string, number: number): Layer {
  return defineLayer({
    name,
    title,
    label: 'IPv6',
    role: 'network',
    fields: {
      next: u8(`${name}.nxt`, 'Next Header', 0, { names: IP_PROTOCOLS }),
      length: u8(`${name}.len`, 'Length', 1, { text: (value) => `${value} (${(value + 1) * UNIT} bytes)` }),
      options: varying(
        'none',
        '',
        'Options',
        (r) =>
          optionNodes(r).map((node) => ({
            value: undefined,
            start: node.start,
            end: node.end,
            text: node.text,
            children: node.children,
          })),
        { members: [optionType, optionLength] },
      ),
    },
    attach: [['ip.proto', number]],
    step: stepByLength,
  })
}

export const ipv6HopByHop = optionsHeader('ipv6.hopopts', 'IPv6 Hop-by-Hop Option', 0)
export const ipv6Destination = optionsHeader('ipv6.dstopts', 'Destination Options for IPv6', 60)

/** RFC 8200 section 4.4; segment routing (RFC 8754) has the same first four bytes. */
export const ipv6Routing = defineLayer({
  name: 'ipv6.routing',
  title: 'Routing Header for IPv6',
  label: 'IPv6',
  role: 'network',
  fields: {
    next: u8('ipv6.routing.nxt', 'Next Header', 0, { names: IP_PROTOCOLS }),
    length: u8('ipv6.routing.len', 'Length', 1, { text: (value) => `${value} (${(value + 1) * UNIT} bytes)` }),
    type: u8('ipv6.routing.type', 'Type', 2),
    segmentsLeft: u8('ipv6.routing.segleft', 'Segments Left', 3),
  },
  attach: [['ip.proto', 43]],
  step: stepByLength,
})

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
