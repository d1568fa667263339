/**
 * Who an IPv6 packet is for in the end: a routing header with segments left sends it on from its destination address, and
 * checksums are made for the last one. RFC 8200 section 8.1, RFC 8754 section 2.
 */
const HEADER_SIZE = 40
const UNIT = 8
const ADDRESS = 16
const ROUTING = 43
/** Hop-by-hop and destination options, which may stand before it. */
const OPTIONS = [0, 60]
const SEGMENT_ROUTING = 4

/** Where the address lies, of the header at `ip` whose extension headers end at `transport`, all of them captured. */
export function finalDestination(view: DataView, ip: number, transport: number): number {
  let next = view.getUint8(ip + 6)
  let at = ip + HEADER_SIZE
  while (at + UNIT <= transport && (next === ROUTING || OPTIONS.includes(next))) {
    const end = at + (view.getUint8(at + 1) + 1) * UNIT
    if (next === ROUTING && view.getUint8(at + 3) > 0 && end <= transport && end - at >= UNIT + ADDRESS) {
      // Segments are listed from the last one to the first.
      return view.getUint8(at + 2) === SEGMENT_ROUTING ? at + UNIT : end - ADDRESS
    }
    next = view.getUint8(at)
    at = end
  }
  return ip + 24
}
