/** What stands in brackets: `[0:4]`, `[2-5]`, `[:4]`, `[4:]`, `[-1]`, several of them with commas. Of bytes and of layers. */
import { filterError, type Span } from './filter-error.ts'

export interface Range {
  /** Negative: from the end, -1 is the last. */
  readonly first: number
  /** Inclusive; negative as `first`. Undefined: see `length`. */
  readonly last: number | undefined
  /** How many; undefined together with `last`: up to the end. */
  readonly length: number | undefined
}

const NUMBER = '[-+]?\\d{1,9}'
const ONE = new RegExp(`^\\s*(${NUMBER})\\s*$`)
const FROM_TO = new RegExp(`^\\s*(${NUMBER})\\s*-\\s*(${NUMBER})\\s*$`)
const LENGTH = new RegExp(`^\\s*(${NUMBER})?\\s*:\\s*(\\d{1,9})?\\s*$`)

/** `content` begins at `place.start + 1`. @throws UsageError */
export function parseRanges(content: string, text: string, place: Span): Range[] {
  return content.split(',').map((part) => {
    const range = rangeOf(part)
    if (range !== undefined) return range
    throw filterError(
      `[${content}] is not a range: [4], [0:4] (from, how many), [2-5] (from, to), [:4], [4:] or several with commas`,
      text,
      place,
    )
  })
}

function rangeOf(part: string): Range | undefined {
  const one = ONE.exec(part)
  if (one !== null) return { first: Number(one[1]), last: undefined, length: 1 }
  const fromTo = FROM_TO.exec(part)
  if (fromTo !== null) {
    const [first, last] = [Number(fromTo[1]), Number(fromTo[2])]
    const isForward = first >= 0 === last >= 0 ? first <= last : first >= 0
    return isForward ? { first, last, length: undefined } : undefined
  }
  const found = LENGTH.exec(part)
  if (found === null || (found[1] === undefined && found[2] === undefined)) return undefined
  const length = found[2] === undefined ? undefined : Number(found[2])
  return length === 0 ? undefined : { first: Number(found[1] ?? 0), last: undefined, length }
}

/** A range of something with `size` elements as `[from, to)`; undefined where it does not lie inside. */
export function within(range: Range, size: number): { readonly from: number; readonly to: number } | undefined {
  const from = range.first < 0 ? size + range.first : range.first
  let to = size
  if (range.length !== undefined) to = from + range.length
  else if (range.last !== undefined) to = (range.last < 0 ? size + range.last : range.last) + 1
  return from < 0 || from >= to || to > size ? undefined : { from, to }
}

/** Whether the `ordinal`th of `count` layers, counted from 1, is in one of the ranges. */
export function hasLayer(ranges: readonly Range[], ordinal: number, count: number): boolean {
  return ranges.some(({ first, last, length }) => {
    const from = first < 0 ? count + 1 + first : first
    let to = Number.POSITIVE_INFINITY
    if (length !== undefined) to = from + length - 1
    else if (last !== undefined) to = last < 0 ? count + 1 + last : last
    return ordinal >= from && ordinal <= to
  })
}
