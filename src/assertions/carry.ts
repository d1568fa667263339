/** `toCarry`: packets that a pattern selects are there, so many, at such a time. */
import { Copies } from '../analysis/copies.ts'
import { PairTable } from '../analysis/pair-table.ts'
import type { Instant } from '../bytes/time.ts'
import { compilePattern } from './compile-pattern.ts'
import { PatternError, type Place } from './condition.ts'
import { type Moment, Period } from './duration.ts'
import { heldLine, nearestTo, nearFilter, nearLines, SHOWN, seeLine } from './explain.ts'
import { frameWords } from './frame-words.ts'
import type { LoadedCapture } from './loaded-capture.ts'
import type { Pattern } from './pattern.ts'
import { shown } from './value-pattern.ts'
import { messageOf, plural, type Verdict } from './verdict.ts'

/**
 * How many packets there should be, and when. Without a count one is enough. Copies on further interfaces do not count.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import * as assert from 'ovl-dissect/assert'
 *
 * const capture = await loadCapture('vxlan.pcap')
 * assert.toCarry(capture, { http: 'GET /' }, { times: 3 })
 * assert.toCarry(capture, { http: 'GET /' }, { atMost: 1, before: '600ms' })
 * ```
 */
export interface CarryOptions {
  /** Exactly so many packets. */
  readonly times?: number
  readonly atLeast?: number
  readonly atMost?: number
  /** Not before: so long after the capture's first packet, or a point in time. */
  readonly after?: Moment
  /** Not later. */
  readonly before?: Moment
}

const KEYS = ['times', 'atLeast', 'atMost', 'after', 'before']

interface Counted {
  readonly packets: number
  readonly rows: readonly string[]
}

/** @throws UsageError for a pattern or options that make no sense. */
export function carry(
  capture: LoadedCapture,
  pattern: Pattern,
  options: CarryOptions = {},
  place: Place = [],
): Verdict {
  const { least, most } = countsOf(options, place)
  const period = new Period(options, place)
  const compiled = compilePattern(pattern, capture, place)
  let first: Instant | undefined
  const isInTime = (time: Instant) => {
    first ??= time
    return period.has(time, first)
  }
  // Once there are more than anyone asked about, the rest need not be looked at.
  const { packets, rows } = count(
    capture,
    compiled,
    isInTime,
    most === Number.POSITIVE_INFINITY && least === 1 ? SHOWN + 1 : undefined,
  )
  const pass = packets >= least && packets <= most
  const wanted = `${compiled.words}${period.words}`
  return {
    pass,
    message() {
      if (pass) {
        const found = rows.length < packets ? `${rows.length} of them` : plural(packets, 'packet')
        return messageOf([
          `expected ${capture.name} not to carry ${wantedCount(least, most)}: ${wanted}`,
          packets === 0 ? 'but it carries none' : `but it does: ${found}`,
          ...rows.map((row) => `  ${row}`),
          seeLine(capture, compiled.filter()),
        ])
      }
      const head = `expected ${capture.name} to carry ${wantedCount(least, most)}: ${wanted}`
      if (packets > 0)
        return messageOf([
          head,
          `but it carries ${packets}${rows.length < packets ? `, the first ${rows.length} are` : ''}:`,
          ...rows.map((row) => `  ${row}`),
          seeLine(capture, compiled.filter()),
        ])
      const nearest = nearestTo(compiled, capture)
      return messageOf([
        head,
        nearest.length === 0 ? 'but none is like that' : 'but none is like that; the nearest:',
        ...nearLines(nearest),
        heldLine(capture),
        seeLine(capture, nearFilter(nearest)),
      ])
    },
  }
}

function countsOf(options: CarryOptions, place: Place): { readonly least: number; readonly most: number } {
  for (const key of Object.keys(options))
    if (!KEYS.includes(key))
      throw new PatternError([...place, key], `there is no such option; known are ${KEYS.join(', ')}`)
  const { times, atLeast, atMost } = options
  for (const [key, value] of Object.entries({ times, atLeast, atMost }))
    if (value !== undefined && (!Number.isInteger(value) || value < 0))
      throw new PatternError([...place, key], `${shown(value)} is not a number of packets`)
  if (times !== undefined && (atLeast !== undefined || atMost !== undefined))
    throw new PatternError([...place, 'times'], 'says it exactly: leave atLeast and atMost out')
  const least = times ?? atLeast ?? (atMost === undefined ? 1 : 0)
  const most = times ?? atMost ?? Number.POSITIVE_INFINITY
  if (least > most) throw new PatternError([...place, 'atLeast'], `${least} is more than atMost, ${most}`)
  return { least, most }
}

function wantedCount(least: number, most: number): string {
  if (least === most) return least === 1 ? 'exactly 1 packet' : `exactly ${least} packets`
  if (most === Number.POSITIVE_INFINITY) return least === 1 ? 'a packet' : `at least ${least} packets`
  return least === 0 ? `at most ${plural(most, 'packet')}` : `${least} to ${most} packets`
}

/** Packets that match, copies among them counted once; stops after `enough`. */
function count(
  capture: LoadedCapture,
  compiled: ReturnType<typeof compilePattern>,
  isInTime: (time: Instant) => boolean,
  enough: number | undefined,
): Counted {
  const copies = new Copies()
  const pairs = new PairTable()
  const rows: string[] = []
  capture.each((frame) => {
    if (!isInTime(frame.time) || !compiled.test(frame)) return undefined
    const { record, walk } = frame
    const isCopy = copies.observe(record, walk, pairs.find(record.view, walk))
    if (!isCopy && rows.length < SHOWN) rows.push(frameWords(frame))
    return copies.packets === enough ? false : undefined
  }, compiled.isTold)
  return { packets: copies.packets, rows }
}
