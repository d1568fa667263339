/**
 * Flows as the kernel counts them: a row for each (pair, protocol, ports), one direction each; `flows.ts` joins the
 * directions. What only TCP has (when it was opened, answered, ended) lies in a table beside.
 */
import type { Kernel } from './kernel.ts'

/** Flows told apart at most, each direction for itself; what comes after is counted together. */
export const MAX_FLOWS = 786_432

/** A row is one line of a cache: 32-bit words, then 64-bit floats; as kernel/flows.ts has them. */
const ROW_WORDS = 16
const word = { pair: 0, ports: 1, protocol: 2, state: 3, packets: 4, frames: 5, connection: 14, said: 15 }
const float = { bytes: 3, innerBytes: 4, first: 5, last: 6 }

/** Of a connection, nanoseconds since the capture's clock began, NaN where nothing was seen. */
const CONNECTION_FLOATS = 4
const connection = { opened: 0, answered: 1, reopened: 2, ended: 3 }

/** What a direction of a TCP connection has sent, as bits. */
export const Sent = { syn: 1, synAck: 2, fin: 4, reset: 8, data: 16, ack: 32 } as const

export class FlowRows {
  private readonly kernel: Kernel
  private readonly words: Int32Array
  private readonly floats: Float64Array
  private readonly connections: Float64Array

  constructor(kernel: Kernel) {
    this.kernel = kernel
    const { words, floats } = kernel.rows('FLOWS')
    this.words = words
    this.floats = floats
    this.connections = kernel.rows('CONNECTIONS').floats
  }

  get size(): number {
    return this.kernel.counter('flowCount')
  }

  /** The flow of a pair, protocol and ports, if there is one; -1: there is none. */
  known(pair: number, protocol: number, ports: number): number {
    return this.kernel.knownFlow(pair, protocol, ports)
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
}
