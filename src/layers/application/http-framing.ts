/** Where a message of HTTP/1 ends in its stream. RFC 9112 sections 6 and 7. */
import { shownBytes } from '../../dissect/format-text.ts'
import { type Framing, Measure, type Progress } from '../../dissect/framing.ts'
import { HttpExchanges } from './http-exchanges.ts'
import { chunkSize, Head, isHttp1, lineEnd, Message, mayBecomeMessage, messageKind, textEnd } from './http-head.ts'

/** A head that is longer is none. */
const MAX_HEAD = 65_536
/** A chunk's first line, extensions included. */
const MAX_CHUNK_LINE = 4096
/** Bytes of a first line that are said while a message is not whole. */
const MAX_WORDS = 4096
const SPACE = 0x20

const head = new Head()

/** Parts of a message, as `progress` has them. */
const Part = { head: 0, chunks: 1, trailers: 2 } as const

/** The position after the line that `progress` looks at; -1: it goes on. */
function lineEndOf(view: DataView, start: number, end: number, progress: Progress): number {
  const after = lineEnd(view, start + Math.max(progress.looked, progress.searched), end)
  if (after < 0) progress.searched = end - start
  return after
}

/** The position after the next blank line that is not the message's first; -1: there is none yet. */
function blankLineEnd(view: DataView, start: number, end: number, progress: Progress): number {
  for (;;) {
    const at = start + progress.looked
    const after = lineEndOf(view, start, end, progress)
    if (after < 0 || (at > start && textEnd(view, at, after) === at)) return after
    progress.looked = after - start
  }
}

function statusAt(view: DataView, start: number, end: number): number {
  let at = start
  while (at < end && view.getUint8(at) !== SPACE) at++
  let code = 0
  for (at++; at < end && code < 100; at++) {
    const digit = view.getUint8(at) - 0x30
    if (digit < 0 || digit > 9) break
    code = code * 10 + digit
  }
  return code
}

/** Of methods that matter for the answer, the name; of others that of one that does not. */
function methodAt(view: DataView, at: number): string {
  const first = view.getUint8(at)
  if (first === 0x48) return 'HEAD'
  return first === 0x43 && view.getUint8(at + 3) === 0x4e ? 'CONNECT' : 'GET'
}

/** An informational answer comes before the real one (RFC 9110 section 15.2); switching protocols is a real one. */
export const isInterim = (code: number) => code >= 100 && code < 200 && code !== 101

/** RFC 9112 section 6.3: answers that have no body whatever their header fields say. */
function isBodiless(code: number, method: string | undefined): boolean {
  if (code < 200 || code === 204 || code === 304 || method === 'HEAD') return true
  return method === 'CONNECT' && code < 300
}

/** The position behind the last chunk and its trailers. */
function chunksEnd(view: DataView, start: number, end: number, progress: Progress): number {
  while (progress.part === Part.chunks) {
    const at = start + progress.looked
    if (at >= end) return Measure.more
    const after = lineEndOf(view, start, end, progress)
    if (after < 0) return end - at > MAX_CHUNK_LINE ? end : Measure.more
    const size = chunkSize(view, at, after)
    if (size < 0) return end
    if (size === 0) {
      progress.part = Part.trailers
      progress.looked = after - start
      break
    }
    const next = after + size + 2
    progress.looked = next - start
    if (next > end) return next
  }
  const after = blankLineEnd(view, start, end, progress)
  if (after >= 0) return after
  return end - start - progress.looked > MAX_HEAD ? end : Measure.more
}

export const httpFraming: Framing = {
  measure(view, start, end, progress, memory) {
    if (progress.part !== Part.head) return chunksEnd(view, start, end, progress)
    const kind = messageKind(view, start, end)
    if (kind === Message.none) return mayBecomeMessage(view, start, end) ? Measure.more : Measure.none
    if (progress.body === 0) {
      const after = blankLineEnd(view, start, end, progress)
      if (after < 0) return end - start > MAX_HEAD ? Measure.none : Measure.more
      progress.body = after - start
      progress.looked = progress.body
    }
    const body = start + progress.body
    head.read(view, start, body)
    const isResponse = kind === Message.response
    if (isResponse) {
      const method = memory.exchanges instanceof HttpExchanges ? memory.exchanges.nextMethod : undefined
      if (isBodiless(statusAt(view, start, body), method)) return body
    }
    if (head.isChunked) {
      progress.part = Part.chunks
      return chunksEnd(view, start, end, progress)
    }
    if (head.length >= 0) return body + head.length
    return isResponse ? Measure.untilFin : body
  },
  keep(view, start, end, memory) {
    const kind = messageKind(view, start, end)
    if (kind === Message.none || (kind === Message.response && isInterim(statusAt(view, start, end)))) return
    const exchanges = memory.exchanges instanceof HttpExchanges ? memory.exchanges : new HttpExchanges()
    memory.exchanges = exchanges
    if (kind === Message.request) exchanges.passRequest(methodAt(view, start))
    else exchanges.passAnswer()
    memory.bytes = exchanges.bytes
  },
  starts: isHttp1,
  words(view, start, end) {
    if (messageKind(view, start, end) === Message.none) return undefined
    const after = lineEnd(view, start, Math.min(end, start + MAX_HEAD))
    if (after < 0) return undefined
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
    return `${shownBytes(bytes, start, Math.min(textEnd(view, start, after), start + MAX_WORDS))} `
  },
  separator: '',
}
