/** Spans of time in a table of 64-bit floats: nanoseconds since the capture's clock began, NaN where nothing was seen. */
import type { Instant } from '../bytes/time.ts'
import type { CaptureRecord } from '../capture/record.ts'

/** Widens the span at `[first]`, `[last]` to hold `now`; of a packet without a time nothing is kept. */
export function stretch(floats: Float64Array, first: number, last: number, now: number): void {
  const from = floats[first] as number
  if (now < from || from !== from) floats[first] = now
  const to = floats[last] as number
  if (now > to || to !== to) floats[last] = now
}

/** A record's time against the whole second in which the capture's clock began; exact for a hundred days. */
export function timeOf(record: CaptureRecord, began: number): number {
  return record.hasTime ? (record.seconds - began) * 1e9 + record.nanoseconds : Number.NaN
}

/** What `timeOf` counted from `began`, as an instant. */
export function instantAt(time: number, began: number): Instant {
  const seconds = Math.floor(time / 1e9)
  return { seconds: began + seconds, nanoseconds: time - seconds * 1e9 }
}
