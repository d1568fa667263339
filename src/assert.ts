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

/**
 * The capture has a packet of the pattern, or as many as the options say.
 * @throws AssertionError, UsageError
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import * as assert from 'ovl-dissect/assert'
 *
 * const capture = await loadCapture('vxlan.pcap')
 * assert.toCarry(capture, { tunnel: 'vxlan', vni: 3258 }, { atLeast: 10 })
 * ```
 */
export const toCarry = throwing(matchers.toCarry, true)
/**
 * Every frame of the capture, or those `among` another pattern, is as the pattern says.
 * @throws AssertionError, UsageError
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import * as assert from 'ovl-dissect/assert'
 *
 * const capture = await loadCapture('vxlan.pcap')
 * assert.toCarryOnly(capture, { tunnel: 'vxlan' })
 * ```
 */
export const toCarryOnly = throwing(matchers.toCarryOnly, true)
/**
 * The capture has packets of the patterns, one after another.
 * @throws AssertionError, UsageError
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import * as assert from 'ovl-dissect/assert'
 *
 * const capture = await loadCapture('vxlan.pcap')
 * assert.toCarryInOrder(capture, [{ dns: 'webpod.*' }, { http: 'GET /' }, { http: 'HTTP/1.1 200' }])
 * ```
 */
export const toCarryInOrder = throwing(matchers.toCarryInOrder, true)
/**
 * Each packet, or those `among` a pattern, passes these interfaces in this order.
 * @throws AssertionError, UsageError
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import * as assert from 'ovl-dissect/assert'
 *
 * const capture = await loadCapture('vxlan.pcap')
 * assert.toTraverse(capture, ['if3', 'if4'], { among: { from: '172.20.0.158' } })
 * ```
 */
export const toTraverse = throwing(matchers.toTraverse, true)
/**
 * What one end asks of another is answered at least once.
 * @throws AssertionError, UsageError
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import * as assert from 'ovl-dissect/assert'
 *
 * const capture = await loadCapture('vxlan.pcap')
 * assert.toReach(capture, '172.20.0.158', '172.20.2.115', { port: 80, via: ['192.168.10.100', '192.168.20.100'] })
 * ```
 */
export const toReach = throwing(matchers.toReach, true)
/**
 * All that one end asks of another is answered; of what `capture.flow(from, to)` gives.
 * @throws AssertionError, UsageError
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import * as assert from 'ovl-dissect/assert'
 *
 * const capture = await loadCapture('vxlan.pcap')
 * assert.toBeAnswered(capture.flow('172.20.0.158', '172.20.2.115:80'), { within: '50ms' })
 * ```
 */
export const toBeAnswered = throwing(matchers.toBeAnswered, true)
/**
 * The packet has exactly these layers, outermost first.
 * @throws AssertionError, UsageError
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import * as assert from 'ovl-dissect/assert'
 *
 * const capture = await loadCapture('vxlan.pcap')
 * assert.toHaveLayers(capture.packet(15), ['sll2', 'ip', 'udp', 'vxlan', 'eth', 'ip', 'tcp', 'http'])
 * ```
 */
export const toHaveLayers = throwing(matchers.toHaveLayers, true)
/**
 * The packet has a field, by Wireshark's name; with a value, one of its occurrences has it.
 * @throws AssertionError, UsageError
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import * as assert from 'ovl-dissect/assert'
 *
 * const capture = await loadCapture('vxlan.pcap')
 * assert.toHaveField(capture.packet(15), 'vxlan.vni', 3258)
 * ```
 */
export const toHaveField = throwing(matchers.toHaveField, true)

/**
 * The same, thrown where they hold.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import * as assert from 'ovl-dissect/assert'
 *
 * const capture = await loadCapture('vxlan.pcap')
 * assert.not.toCarry(capture, 'ip.src == 172.20.0.0/24 && !vxlan')
 * ```
 */
export const not = {
  /** Throws where `toCarry` holds. */
  toCarry: throwing(matchers.toCarry, false),
  /** Throws where `toCarryOnly` holds. */
  toCarryOnly: throwing(matchers.toCarryOnly, false),
  /** Throws where `toCarryInOrder` holds. */
  toCarryInOrder: throwing(matchers.toCarryInOrder, false),
  /** Throws where `toTraverse` holds. */
  toTraverse: throwing(matchers.toTraverse, false),
  /** Throws where `toReach` holds. */
  toReach: throwing(matchers.toReach, false),
  /** Throws where `toBeAnswered` holds. */
  toBeAnswered: throwing(matchers.toBeAnswered, false),
  /** Throws where `toHaveLayers` holds. */
  toHaveLayers: throwing(matchers.toHaveLayers, false),
  /** Throws where `toHaveField` holds. */
  toHaveField: throwing(matchers.toHaveField, false),
} as const
