/** PostgreSQL: the kinds of messages in a segment. PostgreSQL documentation, chapter "Frontend/Backend Protocol". */

import { isTo, namedOnly } from '../../dissect/named-only.ts'
import type { Reading } from '../../dissect/reading.ts'

const PORT = 5432
const LENGTH = 4
/** Versions and requests that stand where a first message has no kind: 3.0, cancelling, TLS, GSSAPI. */
const FIRST = [196_608, 80_877_102, 80_877_103, 80_877_104]
const MOST = 16

const isKind = (byte: number) =>
  (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x31 && byte <= 0x33)

const isFirst = (view: DataView, at: number, end: number) =>
  end - at >= LENGTH + 4 && view.getUint32(at) === end - at && FIRST.includes(view.getUint32(at + LENGTH))

/** Where the message with a kind at `at` ends, as it says; -1: none begins there. */
function messageEnd(view: DataView, at: number, end: number): number {
  if (end - at < 1 + LENGTH || !isKind(view.getUint8(at))) return -1
  const length = view.getUint32(at + 1)
  return length < LENGTH || length > 1 << 30 ? -1 : at + 1 + length
}

function words(r: Reading): string {
  const kinds: string[] = []
  if (!isFirst(r.view, r.start, r.body))
    for (let at = r.start; at >= 0 && at < r.body && kinds.length < MOST; ) {
      const end = messageEnd(r.view, at, r.body)
      if (end >= 0) kinds.push(String.fromCharCode(r.view.getUint8(at)))
      at = end
    }
  return `${isTo(r, PORT) ? '>' : '<'}${kinds.join('/')}`
}

export const postgresql = namedOnly({
  name: 'pgsql',
  title: 'PostgreSQL',
  attach: [['tcp.port', PORT]],
  is: (view, at, end) => isFirst(view, at, end) || messageEnd(view, at, end) >= 0,
  words,
})
