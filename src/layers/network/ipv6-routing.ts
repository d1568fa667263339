/**
 * IPv6's routing header: RFC 8200 section 4.4. What its types carry: segment routing (RFC 8754), source routes (RFC 5095
 * says why nobody sends them), the home address of mobile IPv6 (RFC 6275).
 */
import { bytesText, ipv6Text } from '../../bytes/address.ts'
import { bytes, type Field, type Occurrence, u8, varying } from '../../dissect/field.ts'
import { defineLayer } from '../../dissect/layer.ts'
import { IP_PROTOCOLS } from '../../dissect/numbers/ip-protocols.ts'
import type { Reading } from '../../dissect/reading.ts'
import { nextByIpProtocol, truncated } from '../../dissect/walk.ts'
import { extensionLength, UNIT } from './ipv6-extension-length.ts'

const FIXED_SIZE = 8
const ADDRESS = 16

const Type = { source: 0, mobile: 2, segments: 4 } as const
const TYPES: Readonly<Record<number, string>> = { 0: 'Source Route', 2: 'Type 2 Routing', 4: 'Segment Routing' }

const typeOf = (r: Reading) => (r.start + 3 <= r.body ? r.view.getUint8(r.start + 2) : -1)
const isOf =
  (...types: readonly number[]) =>
  (r: Reading) =>
    types.includes(typeOf(r))
const isSegments = isOf(Type.segments)

/** The addresses of headers of one type, each worded by `line`. */
function addresses(name: string, label: string, type: number, line: (index: number, address: string) => string): Field {
  return varying('ipv6', name, label, (r) => {
    const found: Occurrence[] = []
    if (typeOf(r) !== type) return found
    // TLVs may follow the segments: the last entry says how many there are.
    const room = Math.floor((r.body - r.start - FIXED_SIZE) / ADDRESS)
    const count = type === Type.segments ? Math.min(room, r.view.getUint8(r.start + 4) + 1) : room
    for (let index = 0; index < count; index++) {
      const start = r.start + FIXED_SIZE + index * ADDRESS
      const value = ipv6Text(r.view, start)
      found.push({ value, start, end: start + ADDRESS, text: line(index, value) })
    }
    return found
  })
}

const fields = {
  next: u8('ipv6.routing.nxt', 'Next Header', 0, { names: IP_PROTOCOLS }),
  length: u8('ipv6.routing.len', 'Length', 1),
  octets: extensionLength('ipv6.routing.len_oct'),
  type: u8('ipv6.routing.type', 'Type', 2, { names: TYPES }),
  segmentsLeft: u8('ipv6.routing.segleft', 'Segments Left', 3),
  lastEntry: u8('ipv6.routing.srh.last_entry', 'Last Entry', 4, { when: isSegments }),
  flags: u8('ipv6.routing.srh.flags', 'Flags', 5, { base: 'hex', when: isSegments }),
  tag: bytes('ipv6.routing.srh.tag', 'Tag', 6, 2, { when: isSegments }),
  segments: addresses('ipv6.routing.srh.addr', 'Address', Type.segments, (index, text) => `Address[${index}]: ${text}`),
  sourceReserved: bytes('ipv6.routing.src.reserved', 'Reserved', 4, 4, { when: isOf(Type.source) }),
  sourceRoute: addresses(
    'ipv6.routing.src.addr',
    'Address',
    Type.source,
    (index, text) => `Address[${index + 1}]: ${text}`,
  ),
  mobileReserved: bytes('ipv6.routing.mipv6.reserved', 'Reserved', 4, 4, { when: isOf(Type.mobile) }),
  homeAddress: addresses(
    'ipv6.routing.mipv6.home_address',
    'Home Address',
    Type.mobile,
    (index, text) => `Address[${index + 1}]: ${text}`,
  ),
  other: varying('bytes', 'ipv6.routing.unknown_data', 'Type-Specific Data', (r) => {
    const start = r.start + 4
    if (start >= r.body || TYPES[typeOf(r)] !== undefined) return []
    return [{ value: bytesText(r.view, start, r.body - start), start, end: r.body }]
  }),
}

export const ipv6Routing = defineLayer({
  name: 'ipv6.routing',
  title: 'Routing Header for IPv6',
  label: 'IPv6',
  role: 'network',
  fields,
  attach: [['ip.proto', 43]],
  step(view, at, end, walk) {
    if (end - at < FIXED_SIZE) return truncated(walk, FIXED_SIZE)
    const length = (view.getUint8(at + 1) + 1) * UNIT
    if (end - at < length) return truncated(walk, length)
    nextByIpProtocol(walk, view.getUint8(at))
    return at + length
  },
  heading(r) {
    const type = typeOf(r)
    return type < 0 ? 'Routing Header for IPv6' : `Routing Header for IPv6 (${TYPES[type] ?? `Unknown type ${type}`})`
  },
})
