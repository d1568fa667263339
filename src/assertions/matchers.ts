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

/**
 * The capture has a packet of the pattern, or as many as the options say.
 * @throws UsageError for what is not a capture, a packet or a flow, and for patterns and options that make no sense.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import { toCarry } from 'ovl-dissect/matchers'
 *
 * const capture = await loadCapture('vxlan.pcap')
 * const { pass, message } = toCarry(capture, 'arp')
 * console.log(pass, message().split('\n')[0]) // false expected vxlan.pcap to carry a packet: arp
 * ```
 */
export function toCarry(received: unknown, pattern: Pattern, options?: CarryOptions): Verdict {
  return carry(asCapture(received, 'toCarry'), pattern, options)
}

/**
 * Every frame of the capture, or those `among` another pattern, is as the pattern says.
 * @throws UsageError for what is not a capture, a packet or a flow, and for patterns and options that make no sense.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import { toCarryOnly } from 'ovl-dissect/matchers'
 *
 * const capture = await loadCapture('vxlan.pcap')
 * console.log(toCarryOnly(capture, { tunnel: 'vxlan' }).pass) // true
 * ```
 */
export function toCarryOnly(received: unknown, pattern: Pattern, options?: CarryOnlyOptions): Verdict {
  return carryOnly(asCapture(received, 'toCarryOnly'), pattern, options)
}

/**
 * The capture has packets of the patterns, one after another; others may be in between.
 * @throws UsageError for what is not a capture, a packet or a flow, and for patterns and options that make no sense.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import { toCarryInOrder } from 'ovl-dissect/matchers'
 *
 * const capture = await loadCapture('vxlan.pcap')
 * console.log(toCarryInOrder(capture, ['http.request', 'http.response']).pass) // true
 * ```
 */
export function toCarryInOrder(
  received: unknown,
  patterns: readonly Pattern[],
  options?: CarryInOrderOptions,
): Verdict {
  return carryInOrder(asCapture(received, 'toCarryInOrder'), patterns, options)
}

/**
 * Each packet, or those `among` a pattern, passes these interfaces in this order.
 * @throws UsageError for what is not a capture, a packet or a flow, and for patterns and options that make no sense.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import { toTraverse } from 'ovl-dissect/matchers'
 *
 * const capture = await loadCapture('vxlan.pcap')
 * console.log(toTraverse(capture, ['if3', 'if4'], { among: { from: '172.20.0.158' } }).pass) // true
 * ```
 */
export function toTraverse(received: unknown, interfaces: readonly string[], options?: TraverseOptions): Verdict {
  return traverse(asCapture(received, 'toTraverse'), interfaces, options)
}

/**
 * What one end asks of another is answered at least once: over these nodes, so fast.
 * @throws UsageError for what is not a capture, a packet or a flow, and for patterns and options that make no sense.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import { toReach } from 'ovl-dissect/matchers'
 *
 * const capture = await loadCapture('vxlan.pcap')
 * console.log(toReach(capture, '172.20.0.158', '172.20.2.115', { port: 80 }).pass) // true
 * ```
 */
export function toReach(received: unknown, from: EndPattern, to: EndPattern, options?: ReachOptions): Verdict {
  return reach(asCapture(received, 'toReach'), from, to, options)
}

/**
 * All that one end asks of another is answered. Received is what `capture.flow(from, to)` gives.
 * @throws UsageError for what is not a capture, a packet or a flow, and for patterns and options that make no sense.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import { toBeAnswered } from 'ovl-dissect/matchers'
 *
 * const capture = await loadCapture('vxlan.pcap')
 * console.log(toBeAnswered(capture.flow('172.20.0.158', '172.20.2.115:80')).pass) // true
 * ```
 */
export function toBeAnswered(received: unknown, options?: AnsweredOptions): Verdict {
  return answered(asFlow(received, 'toBeAnswered'), options)
}

/**
 * The packet has exactly these layers, outermost first.
 * @throws UsageError for what is not a capture, a packet or a flow, and for patterns and options that make no sense.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import { toHaveLayers } from 'ovl-dissect/matchers'
 *
 * const capture = await loadCapture('vxlan.pcap')
 * console.log(toHaveLayers(capture.packet(15), ['sll2', 'ip', 'udp', 'vxlan', 'eth', 'ip', 'tcp', 'http']).pass) // true
 * ```
 */
export function toHaveLayers(received: unknown, layers: readonly string[] | AsymmetricMatcher): Verdict {
  return haveLayers(asPacket(received, 'toHaveLayers'), layers)
}

/**
 * The packet has a field, by Wireshark's name; with a value, one of its occurrences has it.
 * @throws UsageError for what is not a capture, a packet or a flow, and for patterns and options that make no sense.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import { toHaveField } from 'ovl-dissect/matchers'
 *
 * const capture = await loadCapture('vxlan.pcap')
 * console.log(toHaveField(capture.packet(15), 'vxlan.vni', 3258).pass) // true
 * ```
 */
export function toHaveField(
  received: unknown,
  name: string,
  value?: string | number | boolean | RegExp | AsymmetricMatcher,
): Verdict {
  return haveField(asPacket(received, 'toHaveField'), name, value)
}
