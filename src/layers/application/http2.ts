/** HTTP/2, and so gRPC: the frames of a segment by kind and stream. RFC 9113 sections 3.4, 4.1 and 6. */
import { readUint24 } from '../../bytes/integers.ts'
import { isHttp2Preface, PREFACE_LENGTH } from '../../dissect/http2-preface.ts'
import { namedOnly } from '../../dissect/named-only.ts'
import type { Reading } from '../../dissect/reading.ts'

const HEAD = 9
/** Longer frames have to be agreed upon first, and are hardly ever (section 4.2). */
const LONGEST = 1 << 20
const KINDS = [
  ...['DATA', 'HEADERS', 'PRIORITY', 'RST_STREAM', 'SETTINGS', 'PUSH_PROMISE', 'PING', 'GOAWAY', 'WINDOW_UPDATE'],
  'CONTINUATION',
]
const MOST = 16

/** Where the frame at `at` ends, as it says; -1: none begins there. */
function frameEnd(view: DataView, at: number, end: number): number {
  if (end - at < HEAD) return -1
  const length = readUint24(view, at)
  const kind = view.getUint8(at + 3)
  const stream = view.getUint32(at + 5)
  if (length > LONGEST || kind >= KINDS.length || stream >= 0x8000_0000) return -1
  // What is of a stream, and what is of none.
  const isOfNone = kind === 4 || kind === 6 || kind === 7
  return isOfNone ? (stream === 0 ? at + HEAD + length : -1) : stream === 0 && kind !== 8 ? -1 : at + HEAD + length
}

function words(r: Reading): string {
  const found: string[] = []
  let at = r.start
  if (isHttp2Preface(r.view, at, r.body)) {
    found.push('Magic')
    at += PREFACE_LENGTH
  }
  while (at >= 0 && at < r.body && found.length < MOST) {
    const end = frameEnd(r.view, at, r.body)
    if (end >= 0) found.push(`${KINDS[r.view.getUint8(at + 3)]}[${r.view.getUint32(at + 5)}]`)
    at = end
  }
  return found.join(', ')
}

export const http2 = namedOnly({
  name: 'http2',
  title: 'HyperText Transfer Protocol 2',
  recognise: isHttp2Preface,
  is: (view, at, end) => isHttp2Preface(view, at, end) || frameEnd(view, at, end) >= 0,
  words,
})
