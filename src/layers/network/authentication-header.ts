/** IP Authentication Header. RFC 4302. */

import { bytesText } from '../../bytes/address.ts'
import { hex } from '../../bytes/integers.ts'
import { bytes, u8, u32, varying } from '../../dissect/field.ts'
import { defineLayer } from '../../dissect/layer.ts'
import { IP_PROTOCOLS } from '../../dissect/numbers/ip-protocols.ts'
import { malformed, nextByIpProtocol, truncated } from '../../dissect/walk.ts'

const FIXED_SIZE = 12
/** The length counts words of four bytes, two less than there are. */
const lengthOf = (words: number) => (words + 2) * 4

const fields = {
  next: u8('ah.next_header', 'Next header', 0, { names: IP_PROTOCOLS }),
  length: u8('ah.length', 'Length', 1, { text: (value) => `${value} (${lengthOf(value)} bytes)` }),
  reserved: bytes('ah.reserved', 'Reserved', 2, 2),
  index: u32('ah.spi', 'AH SPI', 4, { base: 'hex' }),
  sequence: u32('ah.sequence', 'AH Sequence', 8),
  check: varying('bytes', 'ah.icv', 'AH ICV', (r) => {
    const start = r.start + FIXED_SIZE
    return start >= r.body ? [] : [{ value: bytesText(r.view, start, r.body - start), start, end: r.body }]
  }),
}

export const authenticationHeader = defineLayer({
  name: 'ah',
  title: 'Authentication Header',
  role: 'network',
  fields,
  attach: [['ip.proto', 51]],
  step(view, at, end, walk) {
    if (end - at < FIXED_SIZE) return truncated(walk, FIXED_SIZE)
    const length = lengthOf(fields.length.read(view, at))
    if (length < FIXED_SIZE) return malformed(walk)
    if (end - at < length) return truncated(walk, length)
    nextByIpProtocol(walk, fields.next.read(view, at))
    return at + length
  },
  info: (r) => (r.body - r.start < FIXED_SIZE ? undefined : `AH (SPI=0x${hex(fields.index.read(r.view, r.start), 8)})`),
})
