/**
 * The assertions as functions that throw, for node:test and scripts:
 *
 *     import * as assert from 'ovl-dissect/assert'
 *     assert.toCarry(capture, { tunnel: 'vxlan', vni: 3258 })
 *     assert.not.toCarry(capture, 'ip.src == 172.20.0.0/24 && !vxlan')
 *
 * They throw `AssertionError` of `node:assert`.
 * @module ovl-dissect/assert
 */
import { AssertionError } from 'node:assert'
import * as matchers from './assertions/matchers.ts'
import type { Verdict } from './assertions/verdict.ts'

export { captureSnapshot } from './assertions/snapshot.ts'

/** A matcher without what it was received from `expect`. */
type Assertion<Matcher> = Matcher extends (received: unknown, ...rest: infer Rest) => Verdict
  ? (received: unknown, ...rest: Rest) => void
  : never

function throwing<Matcher extends (received: unknown, ...rest: never[]) => Verdict>(
  matcher: Matcher,
  expected: boolean,
): Assertion<Matcher> {
  const { name } = matcher
  const assertion = (received: unknown, ...rest: never[]): void => {
    const { pass, message } = matcher(received, ...rest)
    if (pass !== expected)
      throw new AssertionError({
        message: message(),
        operator: expected ? name : `not.${name}`,
        stackStartFn: assertion,
      })
  }
  return assertion as Assertion<Matcher>
}

/** The capture has a packet of the pattern, or as many as the options say. @throws AssertionError */
export const toCarry = throwing(matchers.toCarry, true)
/** Every frame of the capture, or those `among` another pattern, is as the pattern says. @throws AssertionError */
export const toCarryOnly = throwing(matchers.toCarryOnly, true)
/** The capture has packets of the patterns, one after another. @throws AssertionError */
export const toCarryInOrder = throwing(matchers.toCarryInOrder, true)
/** Each packet, or those `among` a pattern, passes these interfaces in this order. @throws AssertionError */
export const toTraverse = throwing(matchers.toTraverse, true)
/** What one end asks of another is answered at least once. @throws AssertionError */
export const toReach = throwing(matchers.toReach, true)
/** All that one end asks of another is answered; of what `capture.flow(from, to)` gives. @throws AssertionError */
export const toBeAnswered = throwing(matchers.toBeAnswered, true)
/** The packet has exactly these layers, outermost first. @throws AssertionError */
export const toHaveLayers = throwing(matchers.toHaveLayers, true)
/** The packet has a field, by Wireshark's name; with a value, one of its occurrences has it. @throws AssertionError */
export const toHaveField = throwing(matchers.toHaveField, true)

/** The same, thrown where they hold. */
export const not = {
  toCarry: throwing(matchers.toCarry, false),
  toCarryOnly: throwing(matchers.toCarryOnly, false),
  toCarryInOrder: throwing(matchers.toCarryInOrder, false),
  toTraverse: throwing(matchers.toTraverse, false),
  toReach: throwing(matchers.toReach, false),
  toBeAnswered: throwing(matchers.toBeAnswered, false),
  toHaveLayers: throwing(matchers.toHaveLayers, false),
  toHaveField: throwing(matchers.toHaveField, false),
} as const
