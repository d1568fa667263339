/** Flows as people ask for them: both directions of a conversation together, made from the tables when they are asked for. */
import type { Instant } from '../bytes/time.ts'
import type { Tables } from '../dissect/tables.ts'
import { joined } from './directions.ts'
import type { FlowCapture } from './flow-capture.ts'
import { Sent } from './flow-rows.ts'
import type { Pair } from './pair-rows.ts'
import { instantAt } from './span.ts'

/**
 * What one direction carried. Copies of a packet on further interfaces count as frames only.
 * @example
 * ```js
 * import { flows } from 'ovl-dissect'
 *
 * for await (const { forward } of flows('vxlan.pcap')) {
 *   console.log(forward) // { packets: 6, frames: 12, bytes: 816, innerBytes: 396, vni: 3258 }
 * }
 * ```
 */
export interface FlowDirection {
  /** Packets, and frames: a packet that several interfaces saw is as many frames. */
  readonly packets: number
  readonly frames: number
  /** Bytes on the wire. */
  readonly bytes: number
  /** Bytes of the inner IP packets. */
  readonly innerBytes: number
  /** VNI of the tunnel, 0 to 2^24 - 1; undefined without one, and where nothing was seen in this direction. */
  readonly vni: number | undefined
}

/**
 * What became of a TCP connection, as far as the capture saw it.
 * @example
 * ```js
 * import { flows } from 'ovl-dissect'
 *
 * let unanswered = 0
 * for await (const { state } of flows('native-noreply.pcap')) if (state === 'SYN unanswered') unanswered++
 * console.log(unanswered) // 4
 * ```
 */
export type ConnectionState = 'SYN unanswered' | 'established' | 'closed' | 'reset' | 'mid-stream'

/**
 * Traffic between two inner ends over one pair of nodes. `source` sent first, or opened the connection.
 * Plain data that stays as it is.
 * @example
 * ```js
 * import { flows } from 'ovl-dissect'
 *
 * for await (const flow of flows('vxlan.pcap', { sort: 'bytes' })) {
 *   console.log(flow.outer) // { source: '192.168.10.100', destination: '192.168.20.100' }
 *   console.log(flow.sourcePort, flow.destinationPort, flow.application, flow.duration) // 34586 80 HTTP 0.004071
 * }
 * ```
 */
export interface Flow {
  /** Nodes that the tunnel goes between, of `source` and of `destination`; undefined without a tunnel. */
  readonly outer: { readonly source: string; readonly destination: string } | undefined
  /** Node pairs, tunnels and VNIs that carried it: 1, unless `--merge-tunnels` joined several. */
  readonly paths: number
  /** `vxlan`, `geneve`; undefined without a tunnel. */
  readonly tunnel: string | undefined
  /** Inner addresses: who sent first or opened the connection, and the other one. */
  readonly source: string
  readonly destination: string
  /** TCP and UDP only; undefined for fragments after the first, which do not have it. */
  readonly sourcePort: number | undefined
  readonly destinationPort: number | undefined
  /** Identifier of a ping. */
  readonly identifier: number | undefined
  /** `TCP`, `UDP`, `ICMP` …, or `IP protocol 132`; undefined where pairs of addresses are counted. */
  readonly protocol: string | undefined
  /** `HTTP`, `DNS`, `TLS`, where a payload said so. */
  readonly application: string | undefined
  /** First line of a request, or the name that was looked up. Not escaped. */
  readonly topic: string | undefined
  /** From source to destination, and back. */
  readonly forward: FlowDirection
  readonly back: FlowDirection
  /** Arrival of the first packet; undefined if no packet had a time. */
  readonly start: Instant | undefined
  /** Seconds from the first to the last packet. */
  readonly duration: number
  /** TCP only. */
  readonly state: ConnectionState | undefined
  /** Seconds from the first SYN to its SYN-ACK; undefined if the capture saw not both. */
  readonly handshake: number | undefined
}

/** By what flows may be sorted; most first, but for `start`. */
export const FLOW_ORDERS = ['bytes', 'packets', 'start', 'duration', 'rtt'] as const
/**
 * By what flows may be sorted: bytes, packets, start, seconds from first to last packet, seconds of the handshake.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 *
 * const capture = await loadCapture('vxlan.pcap')
 * const [first] = capture.flows('start')
 * console.log(first.protocol, first.start) // ICMP { seconds: 1795378377, nanoseconds: 91235000 }
 * ```
 */
export type FlowOrder = (typeof FLOW_ORDERS)[number]

/** A flow before anything is worded: the numbers of its directions. */
interface Row {
  readonly forward: number
  readonly back: number
}

const NOTHING: FlowDirection = { packets: 0, frames: 0, bytes: 0, innerBytes: 0, vni: undefined }

/** The flows of a capture that was taken in as conversations or as pairs, ordered; worded one by one as they are taken. */
export class FlowList {
  readonly length: number
  /** Numbers of the directions of each flow; -1 for a way back that nobody saw. */
  private readonly forward: Int32Array
  private readonly back: Int32Array
  private readonly source: Directional
  private readonly order: FlowOrder

  constructor(capture: FlowCapture, tables: Tables, detail: 'conversations' | 'pairs', order: FlowOrder) {
    this.source = detail === 'conversations' ? new Conversations(capture, tables) : new Pairs(capture, tables)
    this.order = order
    const partner = this.source.partners()
    const forward = new Int32Array(partner.length)
    const back = new Int32Array(partner.length)
    let length = 0
    for (let one = 0; one < partner.length; one++) {
      const other = partner[one] as number
      if (other !== -1 && !this.source.isForward(one, other)) continue
      forward[length] = one
      back[length++] = other
    }
    this.length = length
    this.forward = forward.subarray(0, length)
    this.back = back.subarray(0, length)
  }

  /** The first flows of the order, at most `count`. */
  *first(count: number): Generator<Flow> {
    const { forward, back, source, order } = this
    const keys = new Float64Array(this.length)
    for (let row = 0; row < keys.length; row++)
      keys[row] = source.weight({ forward: forward[row] as number, back: back[row] as number }, order)
    for (const row of firstPositions(keys, count, order === 'start' ? 1 : -1))
      yield source.flow({ forward: forward[row] as number, back: back[row] as number })
  }

  [Symbol.iterator](): Generator<Flow> {
    return this.first(Number.POSITIVE_INFINITY)
  }
}

/**
 * The positions of the `count` smallest keys (largest, if `sign` is -1) in order, equal ones as they lie. Numbers alone are
 * sorted many times as fast as positions by what they stand for: so the last key that is wanted is found first.
 */
function firstPositions(keys: Float64Array, count: number, sign: 1 | -1): Uint32Array {
  let wanted = Uint32Array.from(keys, (_, position) => position)
  if (count < keys.length / 4) {
    const sorted = Float64Array.from(keys).sort()
    const last = sorted[sign > 0 ? count - 1 : sorted.length - count]
    if (count <= 0) return new Uint32Array(0)
    // Not a number where a flow has no time: then nothing is left out.
    wanted = wanted.filter((position) => !(sign * (keys[position] as number) > sign * (last as number)))
  }
  wanted.sort((a, b) => sign * ((keys[a] as number) - (keys[b] as number)) || a - b)
  return wanted.length > count ? wanted.subarray(0, count) : wanted
}

/** Rows of one direction each, by number. */
interface Directional {
  partners(): Int32Array
  /** Whether `one` rather than `other` is the way the conversation began. */
  isForward(one: number, other: number): boolean
  weight(row: Row, order: FlowOrder): number
  flow(row: Row): Flow
}

/** Nanoseconds of the capture's clock. */
interface Span {
  readonly first: number
  readonly last: number
}

function spanOf(forward: Span, back: Span | undefined): Span {
  return back === undefined
    ? forward
    : { first: Math.min(forward.first, back.first), last: Math.max(forward.last, back.last) }
}

const durationOf = ({ first, last }: Span) => (Number.isNaN(last - first) ? 0 : (last - first) / 1e9)

function startOf({ first }: Span, began: number): Instant | undefined {
  return Number.isNaN(first) ? undefined : instantAt(first, began)
}

class Conversations implements Directional {
  private readonly capture: FlowCapture
  private readonly tables: Tables

  constructor(capture: FlowCapture, tables: Tables) {
    this.capture = capture
    this.tables = tables
  }

  partners(): Int32Array {
    const { flows, pairs } = this.capture
    return joined(
      flows.size,
      (flow) => flows.pair(flow),
      (flow, pair) => flows.known(pair, flows.protocol(flow), swapped(flows.ports(flow))),
      pairs,
    )
  }

  /** Who opened the connection is its source; else who was seen first. */
  isForward(one: number, other: number): boolean {
    const { flows } = this.capture
    const opened = (flows.sent(one) & Sent.syn) - (flows.sent(other) & Sent.syn)
    if (opened !== 0) return opened > 0
    const [a, b] = [flows.first(one), flows.first(other)]
    return a === b || Number.isNaN(a - b) ? one < other : a < b
  }

  weight({ forward, back }: Row, order: FlowOrder): number {
    const { flows } = this.capture
    const sum = (of: (flow: number) => number) => of(forward) + (back < 0 ? 0 : of(back))
    switch (order) {
      case 'bytes':
        return sum((flow) => flows.bytes(flow))
      case 'packets':
        return sum((flow) => flows.packets(flow))
      case 'start':
        return this.span(forward, back).first
      case 'duration':
        return durationOf(this.span(forward, back))
      case 'rtt':
        return this.handshake(forward, back) ?? -1
    }
  }

  flow({ forward, back }: Row): Flow {
    const { flows, pairs, topics, began } = this.capture
    const pair = pairs.pair(flows.pair(forward), this.tables)
    const protocol = flows.protocol(forward)
    const ports = flows.ports(forward)
    const layer = this.tables.ipProtocol[protocol] as number
    // Both 0 only in later fragments, which have no ports.
    const hasPorts = ports !== 0 && (layer === this.tables.tcp || layer === this.tables.udp)
    const said = topics.text(flows.said(forward)) ?? (back < 0 ? undefined : topics.text(flows.said(back)))
    const span = this.span(forward, back)
    return {
      ...endsOf(pair),
      sourcePort: hasPorts ? ports >>> 16 : undefined,
      destinationPort: hasPorts ? ports & 0xffff : undefined,
      identifier: !hasPorts && ports !== 0 ? ports & 0xffff : undefined,
      protocol: this.tables.layers[layer]?.label ?? `IP protocol ${protocol}`,
      application: said && this.tables.layers[said.layer]?.label,
      topic: said?.text,
      forward: this.direction(forward),
      back: back < 0 ? NOTHING : this.direction(back),
      start: startOf(span, began),
      duration: durationOf(span),
      state: layer === this.tables.tcp ? this.state(forward, back) : undefined,
      handshake: this.handshake(forward, back),
    }
  }

  private direction(flow: number): FlowDirection {
    const { flows, pairs } = this.capture
    const { tunnel } = pairs.pair(flows.pair(flow), this.tables)
    return {
      packets: flows.packets(flow),
      frames: flows.frames(flow),
      bytes: flows.bytes(flow),
      innerBytes: flows.innerBytes(flow),
      vni: tunnel?.vni,
    }
  }

  private span(forward: number, back: number): Span {
    const { flows } = this.capture
    const of = (flow: number) => ({ first: flows.first(flow), last: flows.last(flow) })
    return spanOf(of(forward), back < 0 ? undefined : of(back))
  }

  private state(forward: number, back: number): ConnectionState {
    const { flows } = this.capture
    const sent = flows.sent(forward)
    const answered = back < 0 ? 0 : flows.sent(back)
    const { reopened } = flows.moments(forward)
    const ended = latest(flows.moments(forward).ended, back < 0 ? Number.NaN : flows.moments(back).ended)
    const isOver = !(reopened > ended)
    if (isOver && ((sent | answered) & Sent.reset) !== 0) return 'reset'
    if (isOver && (sent & answered & Sent.fin) !== 0) return 'closed'
    if ((sent & Sent.syn) === 0) return (sent & Sent.synAck) !== 0 ? 'established' : 'mid-stream'
    return (answered & (Sent.synAck | Sent.ack)) !== 0 ? 'established' : 'SYN unanswered'
  }

  private handshake(forward: number, back: number): number | undefined {
    if (back < 0) return undefined
    const { flows } = this.capture
    const time = (flows.moments(back).answered - flows.moments(forward).opened) / 1e9
    return time >= 0 ? time : undefined
  }
}

class Pairs implements Directional {
  private readonly capture: FlowCapture
  private readonly tables: Tables

  constructor(capture: FlowCapture, tables: Tables) {
    this.capture = capture
    this.tables = tables
  }

  partners(): Int32Array {
    const { pairs } = this.capture
    return joined(
      pairs.size,
      (pair) => pair,
      (_, pair) => pair,
      pairs,
    )
  }

  isForward(one: number, other: number): boolean {
    const [a, b] = [this.pair(one).first, this.pair(other).first]
    return a === b || Number.isNaN(a - b) ? one < other : a < b
  }

  weight({ forward, back }: Row, order: FlowOrder): number {
    const one = this.pair(forward)
    const other = back < 0 ? undefined : this.pair(back)
    switch (order) {
      case 'bytes':
        return one.bytes + (other?.bytes ?? 0)
      case 'packets':
        return one.packets + (other?.packets ?? 0)
      case 'start':
        return spanOf(one, other).first
      case 'duration':
        return durationOf(spanOf(one, other))
      case 'rtt':
        return 0
    }
  }

  flow({ forward, back }: Row): Flow {
    const one = this.pair(forward)
    const other = back < 0 ? undefined : this.pair(back)
    const span = spanOf(one, other)
    return {
      ...endsOf(one),
      sourcePort: undefined,
      destinationPort: undefined,
      identifier: undefined,
      protocol: undefined,
      application: undefined,
      topic: undefined,
      forward: directionOf(one),
      back: other === undefined ? NOTHING : directionOf(other),
      start: startOf(span, this.capture.began),
      duration: durationOf(span),
      state: undefined,
      handshake: undefined,
    }
  }

  private pair(number: number): Pair {
    return this.capture.pairs.pair(number, this.tables)
  }
}

function directionOf(pair: Pair): FlowDirection {
  const { packets, frames, bytes, innerBytes, tunnel } = pair
  return { packets, frames, bytes, innerBytes, vni: tunnel?.vni }
}

function endsOf(pair: Pair): Pick<Flow, 'outer' | 'paths' | 'tunnel' | 'source' | 'destination'> {
  return { paths: 1, outer: pair.outer, tunnel: pair.tunnel?.type, source: pair.source, destination: pair.destination }
}

const swapped = (ports: number) => (ports << 16) | (ports >>> 16)

const latest = (a: number, b: number) => (Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.max(a, b))
