/** Network Service Header: followed to what it carries. RFC 8300. */
import { bytesText } from '../../bytes/address.ts'
import { bits, u8, u24, varying } from '../../dissect/field.ts'
import { defineLayer } from '../../dissect/layer.ts'
import { malformed, nextByEtherType, nextIsData, truncated, unknownVersion } from '../../dissect/walk.ts'

const FIXED_SIZE = 8
const CONTEXT = 16

/** RFC 8300 section 2.2. */
const NEXT: Readonly<Record<number, string>> = { 1: 'IPv4', 2: 'IPv6', 3: 'Ethernet', 4: 'NSH', 5: 'MPLS' }
const ETHER_TYPE: Readonly<Record<number, number>> = { 1: 0x0800, 2: 0x86dd, 3: 0x6558, 4: 0x894f, 5: 0x8847 }

const fields = {
  version: bits(2, 'nsh.version', 'Version', 0, 0, 2, { base: 'dec_hex' }),
  operations: bits(2, 'nsh.Obit', 'O Bit', 0, 2, 1),
  timeToLive: bits(2, 'nsh.ttl', 'Time to live', 0, 4, 6, { base: 'hex' }),
  length: bits(2, 'nsh.length', 'Length', 0, 10, 6, { base: 'dec_hex' }),
  metadataType: u8('nsh.mdtype', 'MD Type', 2, { base: 'dec_hex' }),
  next: u8('nsh.nextproto', 'Next Protocol', 3, { base: 'dec_hex', names: NEXT }),
  path: u24('nsh.spi', 'SPI', 4, { base: 'dec_hex' }),
  index: u8('nsh.si', 'SI', 7, { base: 'dec_hex' }),
  context: varying('bytes', 'nsh.contextheader', 'Context Header', (r) => {
    const start = r.start + FIXED_SIZE
    if (r.body - start < CONTEXT || r.view.getUint8(r.start + 2) !== 1) return []
    return [0, 4, 8, 12].map((offset) => {
      const at = start + offset
      return { value: bytesText(r.view, at, 4), start: at, end: at + 4 }
    })
  }),
}

export const nsh = defineLayer({
  name: 'nsh',
  title: 'Network Service Header',
  role: 'link',
  fields,
  attach: [['ethertype', 0x894f]],
  step(view, at, end, walk) {
    if (end - at < FIXED_SIZE) return truncated(walk, FIXED_SIZE)
    if (fields.version.read(view, at) !== 0) return unknownVersion(walk)
    const length = fields.length.read(view, at) * 4
    if (length < FIXED_SIZE) return malformed(walk)
    if (end - at < length) return truncated(walk, length)
    const etherType = ETHER_TYPE[fields.next.read(view, at)]
    if (etherType === undefined) nextIsData(walk)
    else nextByEtherType(walk, etherType)
    return at + length
  },
})
