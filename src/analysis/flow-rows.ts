/**
 * Flows: counters for each (pair, protocol, ports), one direction each; `flows.ts` joins the directions. Open addressing
 * over typed arrays; a packet allocates nothing. What only TCP has (when it was opened, answered, ended) lies in a
 * table beside, since most flows of a cluster are look-ups and pings.
 */

import { enter, grownIndex, isFull, mixed, NUMBERS } from '../bytes/hash-index.ts'
import type { CaptureRecord } from '../capture/record.ts'
import type { Walk } from '../dissect/walk.ts'
import { stretch } from './span.ts'

/** Flows told apart at most, each direction for itself; what comes after is counted together. */
export const MAX_FLOWS = 786_432

/** A row is one line of a cache: 32-bit words, then 64-bit floats. */
const ROW_WORDS = 16
const FIRST_ROWS = 512
const word = { pair: 0, ports: 1, protocol: 2, state: 3, packets: 4, frames: 5, connection: 14, said: 15 }
const float = { bytes: 3, innerBytes: 4, first: 5, last: 6 }

/** Of a connection, nanoseconds since the capture's clock began, NaN where nothing was seen. */
const CONNECTION_FLOATS = 4
const connection = { opened: 0, answered: 1, reopened: 2, ended: 3 }

/** What a direction of a TCP connection has sent, as bits. */
export const Sent = { syn: 1, synAck: 2, fin: 4, reset: 8, data: 16, ack: 32 } as const

const TCP_HEADER = 20
const ECHO_HEADER = 8
/** Payloads of a flow that are asked what they are about. */
const ASKED = 4

/** What a packet's payload is about, as a small number; 0: nothing that is worth a word. */
export type Topic = (record: CaptureRecord, walk: Walk) => number

export class FlowRows {
  /** Frames that found no room. */
  overflow = 0
  size = 0
  private index: Int32Array = new Int32Array(1024)
  private words = new Int32Array(FIRST_ROWS * ROW_WORDS)
  private floats = new Float64Array(this.words.buffer)
  private connections = new Float64Array(256 * CONNECTION_FLOATS)
  private connectionCount = 0
  private readonly topic: Topic

  constructor(topic: Topic) {
    this.topic = topic
  }

  /** The number of the packet's flow, made if there is none; below 0: it has no IP header, or the table is full. */
  find(view: DataView, walk: Walk, pair: number): number {
    if (pair < 0) return -1
    return this.lookUp(pair, walk.marks.protocol, portsOf(view, walk), true)
  }

  /** Counts a frame of `flow`; of a copy, only that it was seen. */
  count(flow: number, record: CaptureRecord, walk: Walk, isCopy: boolean, now: number): void {
    if (flow < 0) {
      if (walk.marks.inner >= 0) this.overflow++
      return
    }
    const { words, floats } = this
    const row = flow * ROW_WORDS
    words[row + word.frames] = ((words[row + word.frames] as number) + 1) | 0
    if (isCopy) return
    const { marks } = walk
    const at = flow * (ROW_WORDS / 2)
    words[row + word.packets] = ((words[row + word.packets] as number) + 1) | 0
    floats[at + float.bytes] = (floats[at + float.bytes] as number) + record.originalLength
    floats[at + float.innerBytes] = (floats[at + float.innerBytes] as number) + (marks.claim - marks.inner)
    stretch(floats, at + float.first, at + float.last, now)
    if (marks.transportLayer === walk.tables.tcp && marks.payload - marks.transport >= TCP_HEADER)
      this.observeSegment(row, record.view.getUint8(marks.transport + 13), marks.claim > marks.payload, now)
    if (marks.payload < marks.end && marks.transportLayer !== 0) this.ask(row, record, walk)
  }

  /** Takes back that a packet was counted, which another row counts; what it says of the connection stays. */
  takeBack(flow: number, record: CaptureRecord, walk: Walk): void {
    if (flow < 0) return
    const { words, floats } = this
    const packets = flow * ROW_WORDS + word.packets
    const at = flow * (ROW_WORDS / 2)
    words[packets] = ((words[packets] as number) - 1) | 0
    floats[at + float.bytes] = (floats[at + float.bytes] as number) - record.originalLength
    floats[at + float.innerBytes] = (floats[at + float.innerBytes] as number) - (walk.marks.claim - walk.marks.inner)
  }

  /** The flow of a pair, protocol and ports, if there is one; -1: there is none. */
  known(pair: number, protocol: number, ports: number): number {
    return this.lookUp(pair, protocol, ports, false)
  }

  pair(flow: number): number {
    return this.words[flow * ROW_WORDS + word.pair] as number
  }

  /** IP protocol number. */
  protocol(flow: number): number {
    return this.words[flow * ROW_WORDS + word.protocol] as number
  }

  /** Source port in the upper half, destination port in the lower; of pings the identifier in both; 0 without. */
  ports(flow: number): number {
    return this.words[flow * ROW_WORDS + word.ports] as number
  }

  packets(flow: number): number {
    return (this.words[flow * ROW_WORDS + word.packets] as number) >>> 0
  }

  frames(flow: number): number {
    return (this.words[flow * ROW_WORDS + word.frames] as number) >>> 0
  }

  /** Bytes on the wire. */
  bytes(flow: number): number {
    return this.floats[flow * (ROW_WORDS / 2) + float.bytes] as number
  }

  /** Bytes from the inner IP header on, as its length fields say. */
  innerBytes(flow: number): number {
    return this.floats[flow * (ROW_WORDS / 2) + float.innerBytes] as number
  }

  first(flow: number): number {
    return this.floats[flow * (ROW_WORDS / 2) + float.first] as number
  }

  last(flow: number): number {
    return this.floats[flow * (ROW_WORDS / 2) + float.last] as number
  }

  /** Bits of `Sent`. */
  sent(flow: number): number {
    return (this.words[flow * ROW_WORDS + word.state] as number) & 0xff
  }

  /** Number of what was said, as `Topic` gave it. */
  said(flow: number): number {
    return this.words[flow * ROW_WORDS + word.said] as number
  }

  /** When a SYN first, a SYN with ACK first, a SYN last, and a FIN or RST last was sent; NaN: never. */
  moments(flow: number): { opened: number; answered: number; reopened: number; ended: number } {
    const number = this.words[flow * ROW_WORDS + word.connection] as number
    const at = (number - 1) * CONNECTION_FLOATS
    const read = (which: number) => (number === 0 ? Number.NaN : (this.connections[at + which] as number))
    return {
      opened: read(connection.opened),
      answered: read(connection.answered),
      reopened: read(connection.reopened),
      ended: read(connection.ended),
    }
  }

  /** Adds what another table knows; `pairOf` and `saidOf` translate its numbers. */
  merge(other: FlowRows, pairOf: (pair: number) => number, saidOf: (said: number) => number): void {
    this.overflow += other.overflow
    for (let flow = 0; flow < other.size; flow++) {
      const own = this.lookUp(pairOf(other.pair(flow)), other.protocol(flow), other.ports(flow), true)
      if (own < 0) this.overflow += other.frames(flow)
      else this.mergeRow(own * ROW_WORDS, other, flow, saidOf)
    }
  }

  private mergeRow(row: number, other: FlowRows, flow: number, saidOf: (said: number) => number): void {
    const { words, floats } = this
    const at = row / 2
    words[row + word.packets] = ((words[row + word.packets] as number) + other.packets(flow)) | 0
    words[row + word.frames] = ((words[row + word.frames] as number) + other.frames(flow)) | 0
    floats[at + float.bytes] = (floats[at + float.bytes] as number) + other.bytes(flow)
    floats[at + float.innerBytes] = (floats[at + float.innerBytes] as number) + other.innerBytes(flow)
    stretch(floats, at + float.first, at + float.last, other.first(flow))
    stretch(floats, at + float.first, at + float.last, other.last(flow))
    words[row + word.state] = (words[row + word.state] as number) | other.sent(flow)
    if (words[row + word.said] === 0) words[row + word.said] = saidOf(other.said(flow))
    const { opened, answered, reopened, ended } = other.moments(flow)
    if (![opened, answered, ended].every(Number.isNaN)) {
      const own = this.connectionOf(row)
      this.earlier(own + connection.opened, opened)
      this.earlier(own + connection.answered, answered)
      this.later(own + connection.reopened, reopened)
      this.later(own + connection.ended, ended)
    }
  }

  private observeSegment(row: number, flags: number, hasData: boolean, now: number): void {
    const { words } = this
    const isAck = (flags & 0x10) !== 0
    let sent = isAck ? Sent.ack : 0
    if (hasData) sent |= Sent.data
    if ((flags & 7) !== 0) {
      const at = this.connectionOf(row)
      if ((flags & 2) !== 0) {
        sent |= isAck ? Sent.synAck : Sent.syn
        if (isAck) this.earlier(at + connection.answered, now)
        else {
          this.earlier(at + connection.opened, now)
          this.later(at + connection.reopened, now)
        }
      }
      if ((flags & 1) !== 0) sent |= Sent.fin
      if ((flags & 4) !== 0) sent |= Sent.reset
      if ((flags & 5) !== 0) this.later(at + connection.ended, now)
    }
    words[row + word.state] = (words[row + word.state] as number) | sent
  }

  /** Where the moments of a row's connection begin; made if there are none. */
  private connectionOf(row: number): number {
    const known = this.words[row + word.connection] as number
    if (known !== 0) return (known - 1) * CONNECTION_FLOATS
    const at = this.connectionCount * CONNECTION_FLOATS
    if (at + CONNECTION_FLOATS > this.connections.length) {
      const larger = new Float64Array(this.connections.length * 2)
      larger.set(this.connections)
      this.connections = larger
    }
    this.connections.fill(Number.NaN, at, at + CONNECTION_FLOATS)
    this.words[row + word.connection] = ++this.connectionCount
    return at
  }

  private earlier(at: number, now: number): void {
    const before = this.connections[at] as number
    if (now < before || Number.isNaN(before)) this.connections[at] = now
  }

  private later(at: number, now: number): void {
    const before = this.connections[at] as number
    if (now > before || Number.isNaN(before)) this.connections[at] = now
  }

  /** The first payloads of a flow are asked what they are about, until one says it. */
  private ask(row: number, record: CaptureRecord, walk: Walk): void {
    const { words } = this
    if (words[row + word.said] !== 0) return
    const state = words[row + word.state] as number
    if (state >>> 8 >= ASKED) return
    words[row + word.state] = state + 0x100
    words[row + word.said] = this.topic(record, walk)
  }

  private lookUp(pair: number, protocol: number, ports: number, isToBeMade: boolean): number {
    const { words, index } = this
    const sum = Math.imul(pair, 0x9e3779b1) + Math.imul(ports, 0x85ebca6b)
    const hash = mixed((sum + Math.imul(protocol, 0xc2b2ae35)) | 0)
    const mask = index.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = index[slot] as number
      if (entry === 0) return isToBeMade ? this.insert(hash, pair, protocol, ports) : -1
      if (((entry ^ hash) & ~NUMBERS) !== 0) continue
      const flow = (entry & NUMBERS) - 1
      const row = flow * ROW_WORDS
      if (words[row] === pair && words[row + word.ports] === ports && words[row + word.protocol] === protocol)
        return flow
    }
  }

  private insert(hash: number, pair: number, protocol: number, ports: number): number {
    if (this.size >= MAX_FLOWS) return -1
    const flow = this.size++
    if ((flow + 1) * ROW_WORDS > this.words.length) this.grow()
    const row = flow * ROW_WORDS
    this.words[row] = pair
    this.words[row + word.ports] = ports
    this.words[row + word.protocol] = protocol
    this.floats[row / 2 + float.first] = Number.NaN
    this.floats[row / 2 + float.last] = Number.NaN
    if (isFull(this.index, this.size)) this.index = grownIndex(this.index, this.size, (one) => this.hashOfRow(one))
    else enter(this.index, hash, flow)
    return flow
  }

  private hashOfRow(flow: number): number {
    const sum = Math.imul(this.pair(flow), 0x9e3779b1) + Math.imul(this.ports(flow), 0x85ebca6b)
    return mixed((sum + Math.imul(this.protocol(flow), 0xc2b2ae35)) | 0)
  }

  /** By half, not to twice the size: the old and the new table are both there for a moment. */
  private grow(): void {
    const rows = this.words.length / ROW_WORDS
    const words = new Int32Array((rows + (rows >> 1)) * ROW_WORDS)
    words.set(this.words)
    this.words = words
    this.floats = new Float64Array(words.buffer)
  }
}

/** Both ports in one number; of an echo its identifier, twice. */
function portsOf(view: DataView, { marks, tables }: Walk): number {
  const { transport, transportLayer } = marks
  if (transportLayer === tables.tcp || transportLayer === tables.udp)
    return marks.payload - transport >= 4 ? view.getInt32(transport) : 0
  if (transportLayer !== 0 && marks.payload - transport >= ECHO_HEADER && isEcho(view.getUint8(transport))) {
    const identifier = view.getUint16(transport + 4)
    return (identifier << 16) | identifier
  }
  return 0
}

/** Of ICMP and of ICMPv6. */
const isEcho = (type: number) => type === 8 || type === 0 || type === 128 || type === 129
