/** Spans of time in a table of 64-bit floats: nanoseconds since the capture's clock began, NaN where nothing was seen. */
import type { Instant } from '../bytes/time.ts'
import type { CaptureRecord } from '../capture/record.ts'

/** Widens the span at `[first]`, `[last]` to hold `now`; of a packet without a time nothing is kept. */
export function stretch(floats: Float64Array, first: number, last: number, now: number): void {
  const from = floats[first] as number
  if (now < from || Number.isNaN(from)) floats[first] = now
  const to = floats[last] as number
  if (now > to || Number.isNaN(to)) floats[last] = now
}

/**
 * Nanoseconds of records since the whole second of the first one; exact for a hundred days. Times are in a typed array,
 * so that reckoning with them never begins with small integers that then grow too large.
 */
export class Clock {
  private readonly beginning = new Float64Array(1)
  private hasBegun = false

  /** `began`: the second in which it begins, where it is not the first record's. */
  constructor(began?: number) {
    if (began === undefined) return
    this.hasBegun = true
    this.beginning[0] = began
  }

  get began(): number {
    return this.beginning[0] as number
  }

  /** NaN for a record without a time. */
  at(record: CaptureRecord): number {
    if (!this.hasBegun) {
      this.hasBegun = true
      this.beginning[0] = record.seconds
    }
    return record.hasTime ? (record.seconds - (this.beginning[0] as number)) * 1e9 + record.nanoseconds : Number.NaN
  }
}

/** A clock's time as an instant. */
export function instantAt(time: number, began: number): Instant {
  const seconds = Math.floor(time / 1e9)
  return { seconds: began + seconds, nanoseconds: time - seconds * 1e9 }
}
