/**
 * Generic UDP Encapsulation: an IP protocol inside UDP. draft-ietf-intarea-gue-09; variant 1 is an IP packet with no header
 * in front. Foo-over-UDP, which has no header at all either, has no port of its own. Wireshark knows neither.
 */
import { bits, u8, u16 } from '../../dissect/field.ts'
import { defineLayer } from '../../dissect/layer.ts'
import { looksLikeIp } from '../../dissect/looks-like.ts'
import { IP_PROTOCOLS } from '../../dissect/numbers/ip-protocols.ts'
import type { Reading } from '../../dissect/reading.ts'
import { nextByIpProtocol, nextByIpVersion, nextIsData, truncated, unknownVersion } from '../../dissect/walk.ts'

const FIXED_SIZE = 4
const WORD = 4
const CONTROL = 0x20

/** Of variant 1 the first bits are the IP header's. */
const hasHeader = (r: Reading) => r.view.getUint8(r.start) >> 6 === 0

const headerWords = bits(1, 'ovl.gue.hdr_len', 'Header Length', 0, 3, 5, { scale: WORD, when: hasHeader })
const fields = {
  variant: bits(1, 'ovl.gue.variant', 'Variant', 0, 0, 2, { when: hasHeader }),
  control: bits(1, 'ovl.gue.control', 'Control message', 0, 2, 1, { when: hasHeader }),
  headerWords,
  protocol: u8('ovl.gue.proto', 'Protocol', 1, { names: IP_PROTOCOLS, when: hasHeader }),
  flags: u16('ovl.gue.flags', 'Flags', 2, { base: 'hex', when: hasHeader }),
}

export const gue = defineLayer({
  name: 'gue',
  title: 'Generic UDP Encapsulation',
  role: 'tunnel',
  fields,
  attach: [['udp.port', 6080]],
  step(view, at, end, walk) {
    if (end - at < FIXED_SIZE) return truncated(walk, FIXED_SIZE)
    const first = view.getUint8(at)
    if (first >> 6 === 1) {
      nextByIpVersion(walk, view, at)
      return at
    }
    if (first >> 6 !== 0) return unknownVersion(walk)
    const size = FIXED_SIZE + headerWords.read(view, at)
    if (end - at < size) return truncated(walk, size)
    if ((first & CONTROL) !== 0) nextIsData(walk)
    else nextByIpProtocol(walk, fields.protocol.read(view, at))
    return at + size
  },
  /** An IP packet that fills the datagram exactly: the variant without header, and what Foo-over-UDP mostly carries. */
  recognise(view, at, end) {
    if (end - at < FIXED_SIZE + 4) return false
    const version = view.getUint8(at) >> 4
    if (version === 4) return view.getUint16(at + 2) === end - at && looksLikeIp(view, at, end, 0x0800)
    return version === 6 && view.getUint16(at + 4) + 40 === end - at && looksLikeIp(view, at, end, 0x86dd)
  },
  info(r) {
    if (r.body - r.start < FIXED_SIZE || !hasHeader(r)) return undefined
    return (r.view.getUint8(r.start) & CONTROL) === 0 ? undefined : `Control message ${r.view.getUint8(r.start + 1)}`
  },
})
