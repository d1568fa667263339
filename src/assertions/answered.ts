/** `toBeAnswered`: everything that one end asked of another got its answer. */
import type { Place } from './condition.ts'
import { type Duration, durationOf, durationWords } from './duration.ts'
import { type Exchange, exchangesOf } from './exchanges.ts'
import { heldLine, SHOWN, seeLine } from './explain.ts'
import type { CaptureFlow } from './loaded-capture.ts'
import { exchangeLines, lateWords, pairFilter } from './reach.ts'
import { messageOf, plural, type Verdict } from './verdict.ts'

/**
 * Options of `toBeAnswered`.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import * as assert from 'ovl-dissect/assert'
 *
 * const capture = await loadCapture('vxlan.pcap')
 * assert.toBeAnswered(capture.flow('172.20.0.158', '172.20.2.41:53'), { within: '50ms' })
 * ```
 */
export interface AnsweredOptions {
  /** From each question to its answer at most. */
  readonly within?: Duration
}

/** Nothing asked is nothing answered: it fails. @throws UsageError for ends or options that make no sense. */
export function answered(
  { capture, from, to }: CaptureFlow,
  options: AnsweredOptions = {},
  place: Place = [],
): Verdict {
  const within = options.within === undefined ? undefined : durationOf(options.within, [...place, 'within'])
  const found = exchangesOf(capture, from, to, {}, place)
  const { exchanges } = found
  const why = ({ answer }: Exchange): string | undefined => {
    if (answer === undefined) return 'no answer'
    if (answer.isRefusal) return 'refused: the answer is a reset'
    return within !== undefined && answer.delay > within ? lateWords(answer, within) : undefined
  }
  const failed = exchanges.filter((one) => why(one) !== undefined)
  const pass = exchanges.length > 0 && failed.length === 0
  const words = `what ${found.from.words} asks of ${found.to.words} to be answered${within === undefined ? '' : ` within ${durationWords(within)}`}`
  return {
    pass,
    message() {
      if (pass) {
        const slowest = exchanges.reduce((most, one) => Math.max(most, one.answer?.delay ?? 0), 0)
        return messageOf([
          `${capture.name}: did not expect ${words}`,
          `but ${exchanges.length === 1 ? 'its question is' : `all ${exchanges.length} questions are`}, the slowest after ${durationWords(slowest)}`,
        ])
      }
      const head = `${capture.name}: expected ${words}`
      const filter = pairFilter(found.from, found.to)
      if (exchanges.length === 0)
        return messageOf([
          head,
          `but in ${plural(found.forward, 'frame')} there and ${found.back} back nothing is asked`,
          heldLine(capture),
          seeLine(capture, filter),
        ])
      return messageOf([
        head,
        `but ${failed.length} of ${plural(exchanges.length, 'question')} ${failed.length === 1 ? 'is' : 'are'} not:`,
        ...failed.slice(0, SHOWN).flatMap((one) => [...exchangeLines(one), `      ${why(one)}`]),
        seeLine(capture, filter),
      ])
    },
  }
}
