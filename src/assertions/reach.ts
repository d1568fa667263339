/** `toReach`: something was asked, and an answer came back, over the nodes that should carry it. */
import { PatternError, type Place } from './condition.ts'
import { type Duration, durationOf, durationWords } from './duration.ts'
import { type EndTest, endTest } from './end-pattern.ts'
import { type Answer, type Exchange, type ExchangeOptions, exchangesOf, type Route } from './exchanges.ts'
import { heldLine, SHOWN, seeLine } from './explain.ts'
import type { Frame } from './frame.ts'
import type { LoadedCapture } from './loaded-capture.ts'
import type { EndPattern } from './pattern.ts'
import { shown } from './value-pattern.ts'
import { messageOf, plural, type Verdict } from './verdict.ts'

/**
 * Options of `toReach`. All that is said must be so of one question and its answer.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import * as assert from 'ovl-dissect/assert'
 *
 * const capture = await loadCapture('vxlan.pcap', { names: 'k8s' })
 * assert.toReach(capture, 'default/curl-pod', 'default/webpod', { port: 80, via: ['k8s-ctr', 'k8s-w0'], within: '50ms' })
 * ```
 */
export interface ReachOptions extends ExchangeOptions {
  /** The node that sends the question and the one that it is sent to, in a tunnel; the answer comes the other way. */
  readonly via?: readonly [EndPattern, EndPattern]
  /** From the question to its answer at most. */
  readonly within?: Duration
}

/**
 * One question that was answered is enough: a SYN by a SYN-ACK, a ping, a DNS query, a datagram.
 * @throws UsageError for ends or options that make no sense.
 */
export function reach(
  capture: LoadedCapture,
  from: EndPattern,
  to: EndPattern,
  options: ReachOptions = {},
  place: Place = [],
): Verdict {
  const via = viaOf(options.via, capture, place)
  const within = options.within === undefined ? undefined : durationOf(options.within, [...place, 'within'])
  const found = exchangesOf(capture, from, to, options, place)
  const why = (exchange: Exchange) => failureOf(exchange, via, within, capture)
  const good = found.exchanges.find((exchange) => why(exchange) === undefined)
  const words = `${found.from.words} to reach ${found.to.words}${optionWords(options, via)}`
  return {
    pass: good !== undefined,
    message() {
      if (good !== undefined)
        return messageOf([`${capture.name}: did not expect ${words}`, 'but it does:', ...exchangeLines(good)])
      const { forward, back, exchanges } = found
      const head = `${capture.name}: expected ${words}`
      if (exchanges.length > 0)
        return messageOf([
          head,
          `but of ${plural(exchanges.length, 'question')} none is answered so:`,
          ...exchanges.slice(0, SHOWN).flatMap((one) => [...exchangeLines(one), `      ${why(one)}`]),
          heldLine(capture),
          seeLine(capture, pairFilter(found.from, found.to)),
        ])
      return messageOf([
        head,
        forward === 0
          ? `but ${back === 0 ? 'nothing goes' : `${plural(back, 'frame')} come back, and nothing goes`} from ${found.from.words} to ${found.to.words}${optionWords(options, undefined)}`
          : `but of ${plural(forward, 'frame')} there none asks anything: no SYN, request, query, ping or datagram`,
        heldLine(capture),
        seeLine(capture, pairFilter(found.from, found.to)),
      ])
    },
  }
}

function viaOf(via: unknown, capture: LoadedCapture, place: Place): readonly [EndTest, EndTest] | undefined {
  if (via === undefined) return undefined
  if (!Array.isArray(via) || via.length !== 2)
    throw new PatternError([...place, 'via'], `${shown(via)} is not a list of two nodes`)
  return [endTest(via[0], [...place, 'via', 0], capture.names), endTest(via[1], [...place, 'via', 1], capture.names)]
}

function failureOf(
  { answer, route }: Exchange,
  via: readonly [EndTest, EndTest] | undefined,
  within: number | undefined,
  capture: LoadedCapture,
): string | undefined {
  if (answer === undefined) return 'no answer'
  if (answer.isRefusal) return 'refused: the answer is a reset'
  if (via !== undefined) {
    const [near, far] = via
    // A frame is only needed for its names.
    const frame = { names: capture.names } as Frame
    const goes = (one: Route | undefined, a: EndTest, b: EndTest) =>
      one !== undefined && a.test(one.from, frame) && b.test(one.to, frame)
    if (!goes(route, near, far)) return `via: expected ${near.words} → ${far.words}, found ${routeWords(route)}`
    if (!goes(answer.route, far, near))
      return `via: expected the answer ${far.words} → ${near.words}, found ${routeWords(answer.route)}`
  }
  if (within !== undefined && answer.delay > within) return lateWords(answer, within)
  return undefined
}

/** Why an answer is too late. */
export const lateWords = ({ delay }: Answer, within: number) =>
  `answered after ${durationWords(delay)}, expected within ${durationWords(within)}`

const routeWords = (route: Route | undefined) =>
  route === undefined ? 'no tunnel' : `${route.from.address} → ${route.to.address}`

/** A question and its answer, a row each. */
export const exchangeLines = ({ row, answer }: Exchange) => [
  `  ${row}`,
  ...(answer === undefined ? [] : [`  ${answer.row}`]),
]

function optionWords({ port, protocol, within }: ReachOptions, via: readonly [EndTest, EndTest] | undefined): string {
  const words = [
    ...(port === undefined ? [] : [`port ${port}`]),
    ...(protocol === undefined ? [] : [protocol]),
    ...(via === undefined ? [] : [`via ${via[0].words} and ${via[1].words}`]),
    ...(within === undefined || via === undefined
      ? []
      : [`within ${typeof within === 'number' ? `${within} s` : within}`]),
  ]
  return words.length === 0 ? '' : `, ${words.join(', ')}`
}

/** What lies between two ends, either way; undefined where no address of theirs is known. */
export function pairFilter(from: EndTest, to: EndTest): string | undefined {
  const parts = [from, to].flatMap((test) => {
    const address = test.address()
    return address === undefined ? [] : [`${address.includes(':') ? 'ipv6' : 'ip'}.addr ${address}`]
  })
  return parts.length === 0 ? undefined : parts.join(' && ')
}
