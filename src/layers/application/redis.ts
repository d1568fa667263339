/** Redis: the first value of a segment. https://redis.io/docs/latest/develop/reference/protocol-spec/ (RESP2). */

import { isTo, namedOnly, textAt } from '../../dissect/named-only.ts'
import type { Reading } from '../../dissect/reading.ts'

const PORT = 6379
const KINDS = '+-:$*'
const MOST_WORDS = 8

/** The first byte behind the line that begins at `at`; -1: it goes on. */
function afterLine(view: DataView, at: number, end: number): number {
  for (let i = at; i + 1 < end; i++) if (view.getUint8(i) === 0x0d && view.getUint8(i + 1) === 0x0a) return i + 2
  return -1
}

/** One value and where it ends; of a string that is cut what is there. */
function valueAt(r: Reading, at: number): { readonly text: string; readonly end: number } {
  const after = afterLine(r.view, at, r.body)
  if (after < 0) return { text: '', end: r.body }
  const line = textAt(r, at + 1, after - 2)
  const kind = textAt(r, at, at + 1)
  if (kind !== '$') return { text: kind === '-' ? `Error: ${line}` : line, end: after }
  const length = Number(line)
  if (!(length >= 0)) return { text: '', end: after }
  const end = Math.min(after + length, r.body)
  return { text: textAt(r, after, end), end: Math.min(end + 2, r.body) }
}

function words(r: Reading): string {
  const way = isTo(r, PORT) ? 'Request' : 'Response'
  if (textAt(r, r.start, r.start + 1) !== '*') return `${way}: ${valueAt(r, r.start).text}`.trimEnd()
  const texts: string[] = []
  for (let at = afterLine(r.view, r.start, r.body); at > 0 && at < r.body && texts.length < MOST_WORDS; ) {
    const { text, end } = valueAt(r, at)
    texts.push(text)
    at = end
  }
  return `${way}: ${texts.join(' ')}`.trimEnd()
}

export const redis = namedOnly({
  name: 'resp',
  title: 'REdis Serialization Protocol',
  attach: [['tcp.port', PORT]],
  is(view, at, end) {
    if (end - at < 3 || !KINDS.includes(String.fromCharCode(view.getUint8(at)))) return false
    return afterLine(view, at, Math.min(end, at + 512)) > 0
  },
  words,
})
