/** Where TLS records end in their stream; whole ones that follow each other are shown together. RFC 8446 section 5.1. */
import { type Framing, Measure } from '../../dissect/framing.ts'
import { isContentType, isTlsRecord, RECORD_HEADER } from './tls-records.ts'

const MAJOR_VERSION = 3

/** Whether the bytes may begin a record, as far as they are there. */
function mayBeRecord(view: DataView, at: number, end: number): boolean {
  return isContentType(view.getUint8(at)) && (at + 1 >= end || view.getUint8(at + 1) === MAJOR_VERSION)
}

export const tlsFraming: Framing = {
  measure(view, start, end) {
    let at = start
    while (at < end) {
      // What is no record ends them; it is shown with those before.
      if (!mayBeRecord(view, at, end)) return at === start ? Measure.none : end
      const next = end - at < RECORD_HEADER ? Measure.more : at + RECORD_HEADER + view.getUint16(at + 3)
      if (next < 0 || next > end) return at === start ? next : at
      at = next
    }
    return at
  },
  starts: isTlsRecord,
  words: () => '',
  isNamedEarly: true,
  separator: ', ',
}
