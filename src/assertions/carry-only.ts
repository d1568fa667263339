/** `toCarryOnly`: every packet is as a pattern says. */
import { compilePattern } from './compile-pattern.ts'
import type { Place } from './condition.ts'
import { heldLine, type Near, nearLines, nearOf, SHOWN, seeLine } from './explain.ts'
import type { LoadedCapture } from './loaded-capture.ts'
import type { Pattern } from './pattern.ts'
import { messageOf, plural, type Verdict } from './verdict.ts'

/**
 * Options of `toCarryOnly`.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import * as assert from 'ovl-dissect/assert'
 *
 * const capture = await loadCapture('vxlan.pcap')
 * assert.toCarryOnly(capture, { vni: 9473 }, { among: 'dns.flags.response == 1' })
 * ```
 */
export interface CarryOnlyOptions {
  /** Only packets of this pattern are looked at; default: all. */
  readonly among?: Pattern
}

/** A capture without packets does not fulfil it: nothing was seen. @throws UsageError for patterns that make no sense. */
export function carryOnly(
  capture: LoadedCapture,
  pattern: Pattern,
  options: CarryOnlyOptions = {},
  place: Place = [],
): Verdict {
  const compiled = compilePattern(pattern, capture, place)
  const among = options.among === undefined ? undefined : compilePattern(options.among, capture, [...place, 'among'])
  let seen = 0
  let others = 0
  const shown: Near[] = []
  capture.each(
    (frame) => {
      if (among?.test(frame) === false) return undefined
      seen++
      if (compiled.test(frame)) return undefined
      others++
      if (shown.length < SHOWN) shown.push(nearOf(compiled.conditions, frame))
      return undefined
    },
    compiled.isTold || among?.isTold === true,
  )
  const pass = seen > 0 && others === 0
  const which = among === undefined ? '' : ` among ${among.words}`
  return {
    pass,
    message() {
      if (pass)
        return messageOf([
          `expected ${capture.name} not to carry only ${compiled.words}${which}`,
          `but all ${plural(seen, 'frame')} are like that`,
        ])
      const filter = compiled.filter()
      const seeOthers =
        filter === undefined ? undefined : [among?.filter(), `!(${filter})`].filter((part) => part !== undefined)
      return messageOf([
        `expected ${capture.name} to carry only ${compiled.words}${which}`,
        seen === 0
          ? 'but it has no packets to look at'
          : `but ${others} of ${plural(seen, 'frame')} are not like that:`,
        ...nearLines(shown),
        heldLine(capture),
        seen === 0 ? undefined : seeLine(capture, seeOthers?.join(' && ')),
      ])
    },
  }
}
