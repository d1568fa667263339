/** `toCarryInOrder`: packets of several patterns, one after another. */
import { Copies } from '../analysis/copies.ts'
import { PairTable } from '../analysis/pair-table.ts'
import { difference, type Instant, toNanoseconds } from '../bytes/time.ts'
import { type CompiledPattern, compilePattern } from './compile-pattern.ts'
import { PatternError, type Place } from './condition.ts'
import { type Duration, durationOf, durationWords } from './duration.ts'
import { heldLine, nearestTo, nearLines, seeLine } from './explain.ts'
import { frameWords } from './frame-words.ts'
import type { LoadedCapture } from './loaded-capture.ts'
import type { Pattern } from './pattern.ts'
import { shown } from './value-pattern.ts'
import { messageOf, type Verdict } from './verdict.ts'

/**
 * Options of `toCarryInOrder`.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import * as assert from 'ovl-dissect/assert'
 *
 * const capture = await loadCapture('vxlan.pcap')
 * assert.toCarryInOrder(capture, ['dns', 'http.request', 'http.response'], { within: '2s' })
 * ```
 */
export interface CarryInOrderOptions {
  /** From the first to the last of them at most. */
  readonly within?: Duration
}

interface Step {
  readonly number: number
  readonly time: Instant
  readonly row: string
}

/** Other packets may be in between. @throws UsageError for patterns that make no sense. */
export function carryInOrder(
  capture: LoadedCapture,
  patterns: readonly Pattern[],
  options: CarryInOrderOptions = {},
  place: Place = [],
): Verdict {
  if (!Array.isArray(patterns) || patterns.length === 0)
    throw new PatternError(place, `${shown(patterns)} is not a list of patterns`)
  const compiled = patterns.map((pattern, index) => compilePattern(pattern, capture, [...place, index]))
  const within = options.within === undefined ? undefined : durationOf(options.within, [...place, 'within'])
  const steps = stepsOf(capture, compiled, within)
  const pass = steps.length === compiled.length
  const last = steps.at(-1)
  return {
    pass,
    message() {
      const bound = within === undefined ? '' : ` within ${durationWords(within)}`
      const head = `expected ${capture.name} ${pass ? 'not ' : ''}to carry in this order${bound}:`
      const list = compiled.map(({ words }, index) => `  ${index + 1}. ${words}`)
      const found = steps.map(({ row }, index) => `  ${index + 1}. ${row}`)
      if (pass) return messageOf([head, ...list, 'but it does:', ...found])
      const missing = compiled[steps.length] as CompiledPattern
      const nearest = nearestTo(missing, capture, (frame) => frame.number > (last?.number ?? 0))
      const where = last === undefined ? 'there is no' : `behind #${last.number} there is no`
      return messageOf([
        head,
        ...list,
        ...(found.length === 0 ? [] : ['found:', ...found]),
        `but ${where} ${steps.length + 1}. ${missing.words}${within !== undefined && last !== undefined ? bound : ''}`,
        ...(nearest.length === 0 ? [] : ['the nearest:', ...nearLines(nearest)]),
        heldLine(capture),
        seeLine(
          capture,
          compiled.every((one) => one.filter() !== undefined)
            ? compiled.map((one) => `(${one.filter()})`).join(' || ')
            : undefined,
        ),
      ])
    },
  }
}

/** The longest beginning of the patterns that was found. With a time bound every packet of the first may begin it. */
function stepsOf(capture: LoadedCapture, compiled: readonly CompiledPattern[], within: number | undefined): Step[] {
  const [first] = compiled as [CompiledPattern, ...CompiledPattern[]]
  // For each pattern the latest beginning that got so far: a later start leaves more time.
  const reached: (Step[] | undefined)[] = compiled.map(() => undefined)
  let best: Step[] = []
  const copies = new Copies()
  const pairs = new PairTable()
  capture.each(
    (frame) => {
      // What one interface saw after another is one packet.
      const { record, walk } = frame
      const isMeant = compiled.some((one) => one.test(frame))
      if (!isMeant || copies.observe(record, walk, pairs.find(record.view, walk))) return undefined
      for (let at = compiled.length - 1; at > 0; at--) {
        const before = reached[at - 1]
        if (before === undefined || (within === undefined && reached[at] !== undefined)) continue
        if (!(compiled[at] as CompiledPattern).test(frame)) continue
        const began = (before[0] as Step).time
        if (within !== undefined && toNanoseconds(difference(frame.time, began)) > within) continue
        reached[at] = [...before, stepOf()]
        if (at >= best.length) best = reached[at] as Step[]
        if (at === compiled.length - 1) return false
      }
      if ((reached[0] === undefined || within !== undefined) && first.test(frame)) {
        reached[0] = [stepOf()]
        if (best.length === 0) best = reached[0]
        if (compiled.length === 1) return false
      }
      return undefined
      function stepOf(): Step {
        return { number: frame.number, time: frame.time, row: frameWords(frame) }
      }
    },
    compiled.some(({ isTold }) => isTold),
  )
  return best
}
