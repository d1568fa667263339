/** Generic Routing Encapsulation: RFC 2784, key and sequence number of RFC 2890, the acknowledgment of RFC 2637. */
import { hex } from '../../bytes/integers.ts'
import { bits, type Field, flag, flagsText, nameOf, u16, varying } from '../../dissect/field.ts'
import { defineLayer } from '../../dissect/layer.ts'
import { ETHER_TYPES } from '../../dissect/numbers/ether-types.ts'
import type { Reading } from '../../dissect/reading.ts'
import { nextByEtherType, nextIsData, truncated } from '../../dissect/walk.ts'

const FIXED_SIZE = 4
const WORD = 4
const CHECKSUM = 0x8000
const ROUTING = 0x4000
const KEY = 0x2000
const SEQUENCE = 0x1000
const ACKNOWLEDGMENT = 0x0080
const VERSION = 7

const PROTOCOLS: Readonly<Record<number, string>> = {
  ...ETHER_TYPES,
  2048: 'IP',
  8939: 'ERSPAN Type III',
  34827: 'PPP',
  35006: 'ERSPAN',
}

/** Whether the four bytes of checksum and offset are there. */
const hasChecksum = (flags: number) => (flags & (CHECKSUM | ROUTING)) !== 0

/** The optional word that `mask` announces lies behind those before it. */
function word(name: string, label: string, mask: number, before: readonly number[], base: 'dec' | 'hex'): Field {
  return varying(
    'uint32',
    name,
    label,
    (r: Reading) => {
      if (r.start + FIXED_SIZE > r.body) return []
      const flags = r.view.getUint16(r.start)
      if ((flags & mask) === 0) return []
      const there = before.filter((other) => (flags & other) !== 0).length + (hasChecksum(flags) ? 1 : 0)
      const start = r.start + FIXED_SIZE + there * WORD
      return start + WORD > r.body ? [] : [{ value: r.view.getUint32(start), start, end: start + WORD }]
    },
    { base, size: WORD },
  )
}

const NAMES: readonly (readonly [number, string])[] = [
  [CHECKSUM, 'Checksum'],
  [ROUTING, 'Routing'],
  [KEY, 'Key'],
  [SEQUENCE, 'Sequence Number'],
]

const fields = {
  flags: u16('gre.flags_and_version', 'Flags and Version', 0, {
    base: 'hex',
    text: (value) => flagsText(4, value, NAMES),
    children: [
      flag(2, 'gre.flags.checksum', 'Checksum Bit', 0, 0, { words: ['Yes', 'No'] }),
      flag(2, 'gre.flags.routing', 'Routing Bit', 0, 1, { words: ['Yes', 'No'] }),
      flag(2, 'gre.flags.key', 'Key Bit', 0, 2, { words: ['Yes', 'No'] }),
      flag(2, 'gre.flags.sequence_number', 'Sequence Number Bit', 0, 3, { words: ['Yes', 'No'] }),
      flag(2, 'gre.flags.strict_source_route', 'Strict Source Route Bit', 0, 4, { words: ['Yes', 'No'] }),
      bits(2, 'gre.flags.recursion_control', 'Recursion control', 0, 5, 3),
      flag(2, 'gre.flags.ack', 'Acknowledgment', 0, 8, {
        words: ['Yes', 'No'],
        when: (r) => (r.view.getUint16(r.start) & VERSION) === 1,
      }),
      bits(2, 'gre.flags.reserved', 'Flags (Reserved)', 0, 8, 5, {
        when: (r) => (r.view.getUint16(r.start) & VERSION) !== 1,
      }),
      bits(2, 'gre.flags.version', 'Version', 0, 13, 3, {
        names: (value) => (value === 0 ? 'GRE' : value === 1 ? 'Enhanced GRE' : undefined),
      }),
    ],
  }),
  protocol: u16('gre.proto', 'Protocol Type', 2, { base: 'hex', names: PROTOCOLS }),
  checksum: u16('gre.checksum', 'Checksum', 4, {
    base: 'hex',
    when: (r) => (r.view.getUint16(r.start) & CHECKSUM) !== 0,
  }),
  offset: u16('gre.offset', 'Offset', 6, { when: (r) => hasChecksum(r.view.getUint16(r.start)) }),
  key: word('gre.key', 'Key', KEY, [], 'hex'),
  sequence: word('gre.sequence_number', 'Sequence Number', SEQUENCE, [KEY], 'dec'),
  acknowledgment: word('gre.ack_number', 'Acknowledgment Number', ACKNOWLEDGMENT, [KEY, SEQUENCE], 'dec'),
}

const words = (flags: number) =>
  (hasChecksum(flags) ? 1 : 0) +
  (flags & KEY ? 1 : 0) +
  (flags & SEQUENCE ? 1 : 0) +
  ((flags & VERSION) === 1 && flags & ACKNOWLEDGMENT ? 1 : 0)

export const gre = defineLayer({
  name: 'gre',
  title: 'Generic Routing Encapsulation',
  role: 'tunnel',
  fields,
  attach: [
    ['ip.proto', 47],
    // In UDP, RFC 8086.
    ['udp.port', 4754],
  ],
  step(view, at, end, walk) {
    if (end - at < FIXED_SIZE) return truncated(walk, FIXED_SIZE)
    const flags = fields.flags.read(view, at)
    const length = FIXED_SIZE + words(flags) * WORD
    if (end - at < length) return truncated(walk, length)
    // The list of source routes that RFC 1701 has behind the header ends with an entry of its own; nobody sends it.
    if ((flags & ROUTING) !== 0 || (flags & VERSION) > 1) nextIsData(walk)
    else nextByEtherType(walk, fields.protocol.read(view, at))
    return at + length
  },
  heading(r) {
    if (r.body - r.start < FIXED_SIZE) return 'Generic Routing Encapsulation'
    const protocol = fields.protocol.read(r.view, r.start)
    return `Generic Routing Encapsulation (${nameOf(PROTOCOLS, protocol) ?? `0x${hex(protocol, 4)} - unknown`})`
  },
  info(r) {
    if (r.body - r.start < FIXED_SIZE) return undefined
    const protocol = fields.protocol.read(r.view, r.start)
    return `Encapsulated ${nameOf(PROTOCOLS, protocol) ?? `0x${hex(protocol, 4)} (unknown)`}`
  },
})
