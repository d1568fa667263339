/** Durations and moments of assertions. */
import { decimalText, difference, type Instant, toNanoseconds } from '../bytes/time.ts'
import { PatternError, type Place } from './condition.ts'
import { shown } from './value-pattern.ts'

/**
 * Seconds as a number, or a text with a unit: `50ms`, `1.5s`, `200us`, `2m`.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import * as assert from 'ovl-dissect/assert'
 *
 * const capture = await loadCapture('vxlan.pcap')
 * assert.toReach(capture, '172.20.0.158', '172.20.2.115', { within: '50ms' })
 * assert.toReach(capture, '172.20.0.158', '172.20.2.115', { within: 0.05 })
 * ```
 */
export type Duration = number | string

/**
 * A moment of a capture: how long after its first packet, or a point in time.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import * as assert from 'ovl-dissect/assert'
 *
 * const capture = await loadCapture('vxlan.pcap')
 * assert.toCarry(capture, 'icmp', { before: '500ms' })
 * assert.not.toCarry(capture, 'icmp', { before: new Date('2020-01-01') })
 * ```
 */
export type Moment = Duration | Date

const UNITS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  min: 60e9,
  h: 3600e9,
}

/** In nanoseconds. @throws UsageError for what is no duration. */
export function durationOf(value: unknown, place: Place): number {
  if (typeof value === 'number' && value >= 0 && Number.isFinite(value)) return value * 1e9
  const found = typeof value === 'string' ? /^(\d+(?:\.\d+)?)\s*(ns|us|µs|ms|s|m|min|h)$/.exec(value.trim()) : null
  if (found === null)
    throw new PatternError(place, `${shown(value)} is no duration: 50ms, 1.5s, or seconds as a number`)
  return Number(found[1]) * (UNITS[found[2] as string] as number)
}

/** `46 µs`, `2.6 ms`, `1.5 s`. */
export function durationWords(nanoseconds: number): string {
  if (nanoseconds < 1e3) return `${nanoseconds} ns`
  if (nanoseconds < 1e6) return `${rounded(nanoseconds / 1e3)} µs`
  if (nanoseconds < 1e9) return `${rounded(nanoseconds / 1e6)} ms`
  return `${rounded(nanoseconds / 1e9)} s`
}

const rounded = (value: number) => String(Number(value.toPrecision(3)))

/** Between two moments of a capture. */
export class Period {
  private readonly after: Moment | undefined
  private readonly before: Moment | undefined
  private readonly place: Place

  constructor(said: { readonly after?: Moment; readonly before?: Moment }, place: Place) {
    this.after = said.after
    this.before = said.before
    this.place = place
    for (const key of ['after', 'before'] as const) {
      const moment = said[key]
      if (moment !== undefined && !(moment instanceof Date)) durationOf(moment, [...place, key])
    }
  }

  has(time: Instant, first: Instant): boolean {
    const { after, before } = this
    return (
      (after === undefined || this.since(time, first, after) >= 0) &&
      (before === undefined || this.since(time, first, before) <= 0)
    )
  }

  get words(): string {
    const said = [
      ...(this.after === undefined ? [] : [`after ${momentWords(this.after)}`]),
      ...(this.before === undefined ? [] : [`before ${momentWords(this.before)}`]),
    ]
    return said.length === 0 ? '' : ` ${said.join(' and ')}`
  }

  private since(time: Instant, first: Instant, moment: Moment): number {
    if (!(moment instanceof Date)) return toNanoseconds(difference(time, first)) - durationOf(moment, this.place)
    const milliseconds = moment.getTime()
    const at = { seconds: Math.floor(milliseconds / 1000), nanoseconds: (((milliseconds % 1000) + 1000) % 1000) * 1e6 }
    return toNanoseconds(difference(time, at))
  }
}

function momentWords(moment: Moment): string {
  if (moment instanceof Date) return moment.toISOString()
  return typeof moment === 'number' ? `${moment} s` : moment
}

/** Seconds since the capture's first packet, as rows show them. */
export const sinceWords = (time: Instant, first: Instant) => `${decimalText(difference(time, first), 6)} s`
