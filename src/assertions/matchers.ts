/** The assertions as functions from what was received to a verdict: what `expect.extend` of every runner takes. */
import { type AnsweredOptions, answered } from './answered.ts'
import { type CarryOptions, carry } from './carry.ts'
import { type CarryInOrderOptions, carryInOrder } from './carry-in-order.ts'
import { type CarryOnlyOptions, carryOnly } from './carry-only.ts'
import { haveField, haveLayers } from './packet-checks.ts'
import type { AsymmetricMatcher, EndPattern, Pattern } from './pattern.ts'
import { type ReachOptions, reach } from './reach.ts'
import { asCapture, asFlow, asPacket } from './received.ts'
import { type TraverseOptions, traverse } from './traverse.ts'
import type { Verdict } from './verdict.ts'

/** The capture has a packet of the pattern, or as many as the options say. */
export function toCarry(received: unknown, pattern: Pattern, options?: CarryOptions): Verdict {
  return carry(asCapture(received, 'toCarry'), pattern, options)
}

/** Every frame of the capture, or those `among` another pattern, is as the pattern says. */
export function toCarryOnly(received: unknown, pattern: Pattern, options?: CarryOnlyOptions): Verdict {
  return carryOnly(asCapture(received, 'toCarryOnly'), pattern, options)
}

/** The capture has packets of the patterns, one after another; others may be in between. */
export function toCarryInOrder(
  received: unknown,
  patterns: readonly Pattern[],
  options?: CarryInOrderOptions,
): Verdict {
  return carryInOrder(asCapture(received, 'toCarryInOrder'), patterns, options)
}

/** Each packet, or those `among` a pattern, passes these interfaces in this order. */
export function toTraverse(received: unknown, interfaces: readonly string[], options?: TraverseOptions): Verdict {
  return traverse(asCapture(received, 'toTraverse'), interfaces, options)
}

/** What one end asks of another is answered at least once: over these nodes, so fast. */
export function toReach(received: unknown, from: EndPattern, to: EndPattern, options?: ReachOptions): Verdict {
  return reach(asCapture(received, 'toReach'), from, to, options)
}

/** All that one end asks of another is answered. Received is what `capture.flow(from, to)` gives. */
export function toBeAnswered(received: unknown, options?: AnsweredOptions): Verdict {
  return answered(asFlow(received, 'toBeAnswered'), options)
}

/** The packet has exactly these layers, outermost first. */
export function toHaveLayers(received: unknown, layers: readonly string[] | AsymmetricMatcher): Verdict {
  return haveLayers(asPacket(received, 'toHaveLayers'), layers)
}

/** The packet has a field, by Wireshark's name; with a value, one of its occurrences has it. */
export function toHaveField(
  received: unknown,
  name: string,
  value?: string | number | boolean | RegExp | AsymmetricMatcher,
): Verdict {
  return haveField(asPacket(received, 'toHaveField'), name, value)
}
