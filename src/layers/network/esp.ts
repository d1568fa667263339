/** Encapsulating Security Payload: named, and left closed. RFC 4303. */
import { hex } from '../../bytes/integers.ts'
import { u32 } from '../../dissect/field.ts'
import { defineLayer } from '../../dissect/layer.ts'
import { truncated } from '../../dissect/walk.ts'

const HEADER_SIZE = 8

const fields = {
  index: u32('esp.spi', 'ESP SPI', 0, { base: 'hex_dec' }),
  sequence: u32('esp.sequence', 'ESP Sequence', 4),
}

export const esp = defineLayer({
  name: 'esp',
  title: 'Encapsulating Security Payload',
  role: 'transport',
  fields,
  attach: [['ip.proto', 50]],
  step(_view, at, end, walk) {
    if (end - at < HEADER_SIZE) return truncated(walk, HEADER_SIZE)
    return at + HEADER_SIZE
  },
  info: (r) =>
    r.body - r.start < HEADER_SIZE ? undefined : `ESP (SPI=0x${hex(fields.index.read(r.view, r.start), 8)})`,
})
