/** How the assertions look behind `expect(…)`, for the types of test runners. */
import type { AnsweredOptions } from './answered.ts'
import type { CarryOptions } from './carry.ts'
import type { CarryInOrderOptions } from './carry-in-order.ts'
import type { CarryOnlyOptions } from './carry-only.ts'
import type { AsymmetricMatcher, EndPattern, Pattern } from './pattern.ts'
import type { ReachOptions } from './reach.ts'
import type { TraverseOptions } from './traverse.ts'

/**
 * `Result` is what the runner's matchers return: void, or a promise behind `resolves`.
 * The assertions as methods, behind `expect(…)`. They throw the runner's own error where they do not hold.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import * as matchers from 'ovl-dissect/matchers'
 *
 * // Any runner: expect.extend(matchers). What it is given:
 * const { pass } = matchers.toCarry(await loadCapture('vxlan.pcap'), 'http')
 * console.log(pass) // true
 * ```
 */
export interface CaptureMatchers<Result = void> {
  /** The capture has a packet of the pattern, or as many as the options say. */
  toCarry(pattern: Pattern, options?: CarryOptions): Result
  /** Every frame of the capture, or those `among` another pattern, is as the pattern says. */
  toCarryOnly(pattern: Pattern, options?: CarryOnlyOptions): Result
  /** The capture has packets of the patterns, one after another; others may be in between. */
  toCarryInOrder(patterns: readonly Pattern[], options?: CarryInOrderOptions): Result
  /** Each packet, or those `among` a pattern, passes these interfaces in this order: `['eth1', 'eth2']`. */
  toTraverse(interfaces: readonly string[], options?: TraverseOptions): Result
  /** What one end asks of another is answered at least once. */
  toReach(from: EndPattern, to: EndPattern, options?: ReachOptions): Result
  /** All that one end asks of another is answered; of what `capture.flow(from, to)` gives. */
  toBeAnswered(options?: AnsweredOptions): Result
  /** The packet has exactly these layers, outermost first. */
  toHaveLayers(layers: readonly string[] | AsymmetricMatcher): Result
  /** The packet has a field, by Wireshark's name; with a value, one of its occurrences has it. */
  toHaveField(name: string, value?: string | number | boolean | RegExp | AsymmetricMatcher): Result
  /** The capture's conversations are those of the stored snapshot, whatever their times, ports and MAC addresses. */
  toMatchCaptureSnapshot(hint?: string): Result
}
