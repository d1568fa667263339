/**
 * Questions and answers between two ends: SYN and SYN-ACK, HTTP request and response, DNS by its id, echo by id and
 * sequence number, other datagrams by what comes back. Copies and retransmissions of a question are the same question.
 */
import { difference, type Instant, toNanoseconds } from '../bytes/time.ts'
import { PatternError, type Place } from './condition.ts'
import { type End, type EndTest, endTest } from './end-pattern.ts'
import type { Frame } from './frame.ts'
import { frameWords } from './frame-words.ts'
import type { LoadedCapture } from './loaded-capture.ts'
import type { EndPattern } from './pattern.ts'
import { endOf } from './side-conditions.ts'

/** Nodes that carried a packet. */
export interface Route {
  readonly from: End
  readonly to: End
}

export interface Exchange {
  readonly kind: 'connection' | 'request' | 'query' | 'echo' | 'datagram'
  readonly asked: Instant
  readonly row: string
  /** Undefined: in no tunnel. */
  readonly route: Route | undefined
  answer: Answer | undefined
}

export interface Answer {
  readonly number: number
  readonly row: string
  readonly route: Route | undefined
  /** Nanoseconds since the question. */
  readonly delay: number
  /** A reset, or an ICMP-like refusal: it came back, but it is no answer. */
  readonly isRefusal: boolean
}

/**
 * Which questions are meant.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import * as assert from 'ovl-dissect/assert'
 *
 * const capture = await loadCapture('vxlan.pcap')
 * assert.toReach(capture, '172.20.0.158', '172.20.2.41', { port: 53, protocol: 'udp' })
 * ```
 */
export interface ExchangeOptions {
  /** Destination port of the questions. */
  readonly port?: number
  readonly protocol?: 'tcp' | 'udp' | 'icmp' | 'icmpv6'
}

export interface Exchanges {
  readonly from: EndTest
  readonly to: EndTest
  /** Frames from `from` to `to`, and back. */
  readonly forward: number
  readonly back: number
  readonly exchanges: readonly Exchange[]
}

/** Questions remembered at most; a capture can hold any number of them. */
const REMEMBERED = 65_536

/** @throws UsageError for ends or options that make no sense. */
export function exchangesOf(
  capture: LoadedCapture,
  fromPattern: EndPattern,
  toPattern: EndPattern,
  options: ExchangeOptions,
  place: Place,
): Exchanges {
  const from = endTest(fromPattern, [...place, 'from'], capture.names)
  const to = endTest(toPattern, [...place, 'to'], capture.names)
  const { port, protocol } = options
  if (port !== undefined && (!Number.isInteger(port) || port < 0 || port > 65_535))
    throw new PatternError([...place, 'port'], `${port} is not a port: 0 to 65535`)
  const asked = new Map<string, Exchange>()
  let forward = 0
  let back = 0
  capture.each((frame) => {
    const source = endOf('any', 'source', frame)
    const destination = endOf('any', 'destination', frame)
    if (source === undefined || destination === undefined) return undefined
    if (protocol !== undefined && source.transport !== protocol) return undefined
    const hasPort = (end: End) => port === undefined || end.port === port
    // Where both ends are of one prefix, a packet goes both ways.
    if (hasPort(destination) && from.test(source, frame) && to.test(destination, frame)) {
      forward++
      ask(asked, frame, source, destination)
    }
    if (hasPort(source) && from.test(destination, frame) && to.test(source, frame)) {
      back++
      answer(asked, frame, destination, source)
    }
    return undefined
  }, true)
  return { from, to, forward, back, exchanges: [...asked.values()] }
}

/** What a frame asks or answers: a kind and what both have in common. */
interface Subject {
  readonly kind: Exchange['kind']
  readonly key: string
}

const SYN = 0x02
const RST = 0x04
const ACK = 0x10

function ask(asked: Map<string, Exchange>, frame: Frame, asker: End, asks: End): void {
  for (const { kind, key } of subjectsOf(frame, asker, asks, true)) {
    const known = asked.get(key)
    if (known !== undefined && (kind !== 'request' || known.answer === undefined)) continue
    if (asked.size >= REMEMBERED) return
    // A connection asks one request after another.
    if (known !== undefined) asked.set(`${key} ${asked.size}`, known)
    asked.set(key, { kind, asked: frame.time, row: frameWords(frame), route: routeOf(frame), answer: undefined })
  }
}

function answer(asked: Map<string, Exchange>, frame: Frame, asker: End, asks: End): void {
  for (const { kind, key } of subjectsOf(frame, asker, asks, false)) {
    const exchange = asked.get(key)
    if (exchange === undefined || exchange.answer !== undefined) continue
    const delay = toNanoseconds(difference(frame.time, exchange.asked))
    const isRefusal = kind === 'connection' && (flagsOf(frame) & RST) !== 0
    exchange.answer = { number: frame.number, row: frameWords(frame), route: routeOf(frame), delay, isRefusal }
  }
}

function subjectsOf(frame: Frame, asker: End, asks: End, isQuestion: boolean): Subject[] {
  const { transport } = asker
  const ends = `${transport} ${asker.address} ${asker.port} ${asks.address} ${asks.port}`
  if (transport === 'tcp') return tcpSubjects(frame, ends, isQuestion)
  if (transport === 'udp') return [datagramSubject(frame, ends)]
  const echo = echoOf(frame, isQuestion)
  return echo === undefined ? [] : [{ kind: 'echo', key: `${ends} ${echo}` }]
}

function tcpSubjects(frame: Frame, ends: string, isQuestion: boolean): Subject[] {
  const flags = flagsOf(frame)
  const { view } = frame.record
  const at = frame.walk.marks.transport
  const found: Subject[] = []
  // The SYN's number, which its answer acknowledges, tells apart connections over the same ports.
  if (isQuestion && (flags & (SYN | ACK)) === SYN)
    found.push({ kind: 'connection', key: `${ends} syn ${view.getUint32(at + 4)}` })
  if (!isQuestion && (flags & (SYN | RST)) !== 0)
    found.push({ kind: 'connection', key: `${ends} syn ${(view.getUint32(at + 8) - 1) >>> 0}` })
  const { protocol, info } = frame.summary
  const isHttp = protocol.startsWith('HTTP')
  if (isHttp && info.startsWith('HTTP/') !== isQuestion && /HTTP\/\d/.test(info))
    found.push({ kind: 'request', key: `${ends} http` })
  return found
}

function datagramSubject(frame: Frame, ends: string): Subject {
  const { marks } = frame.walk
  const isDns = frame.summary.protocol === 'DNS' && marks.end - marks.payload >= 2
  return isDns
    ? { kind: 'query', key: `${ends} ${frame.record.view.getUint16(marks.payload)}` }
    : { kind: 'datagram', key: ends }
}

/** Id and sequence number of a ping; undefined for other messages. */
function echoOf({ walk, record: { view } }: Frame, isRequest: boolean): number | undefined {
  const { transport, end } = walk.marks
  if (transport < 0 || end - transport < 8) return undefined
  const type = view.getUint8(transport)
  const isMeant = isRequest ? type === 8 || type === 128 : type === 0 || type === 129
  return isMeant ? view.getUint32(transport + 4) : undefined
}

function flagsOf({ walk, record: { view } }: Frame): number {
  const { transport, end } = walk.marks
  return end - transport < 20 ? 0 : view.getUint8(transport + 13)
}

function routeOf(frame: Frame): Route | undefined {
  const from = endOf('outer', 'source', frame)
  const to = endOf('outer', 'destination', frame)
  return from && to && { from, to }
}
