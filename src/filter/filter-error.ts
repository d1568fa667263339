/** Errors in a filter: what is wrong, and a caret under the place. */
import { UsageError } from '../errors.ts'

/** A stretch `[start, end)` of a filter's text. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** More of a long filter than this is not repeated on either side of the place. */
const AROUND = 60

/** The error for a place in `text`; one that lies after the last character points just behind it. */
export function filterError(message: string, text: string, place: Span): UsageError {
  const from = Math.max(0, place.start - AROUND)
  const to = Math.min(text.length, place.start + AROUND)
  const before = from > 0 ? '…' : ''
  const shown = text.slice(from, to).replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ')
  const width = Math.max(1, Math.min(place.end, to) - place.start)
  const caret = `${' '.repeat(before.length + place.start - from)}^${'~'.repeat(width - 1)}`
  return new UsageError(`filter: ${message}\n    ${before}${shown}${to < text.length ? '…' : ''}\n    ${caret}`)
}

/** Throws the error for a place of the filter at hand. */
export type Fail = (message: string, place: Span) => never
