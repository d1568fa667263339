/** The overview of a capture: frames and packets, tunnels, time span, and who talked to whom inside what. */
import type { Instant } from '../bytes/time.ts'
import type { CaptureRecord } from '../capture/record.ts'
import type { Walk } from '../dissect/walk.ts'
import { Copies } from './copies.ts'
import { PairTable } from './pair-table.ts'
import { TunnelPorts } from './tunnel-ports.ts'

export class Overview {
  readonly copies = new Copies()
  readonly pairs = new PairTable()
  readonly ports = new TunnelPorts()
  /** Frames inside a tunnel. */
  tunnelled = 0
  /** Bytes on the wire. */
  bytes = 0
  /** Frames of link types that are not decoded. */
  undecoded = 0
  /** Frames with a time stamp. */
  private timed = 0
  private readonly span = new Float64Array(4)

  /** Takes a frame in; true if it is a copy of one before. */
  add(record: CaptureRecord, walk: Walk): boolean {
    const isCopy = this.copies.observe(record, walk)
    this.pairs.add(record, walk, isCopy)
    this.ports.add(record, walk)
    if (walk.firstTunnel >= 0) this.tunnelled++
    if (walk.depth === 0) this.undecoded++
    this.bytes += record.originalLength
    if (record.hasTime) this.stretch(record)
    return isCopy
  }

  /** From the earliest to the latest frame; undefined for an empty capture. */
  times(): { readonly first: Instant; readonly last: Instant } | undefined {
    if (this.timed === 0) return undefined
    const [a, b, c, d] = this.span as unknown as [number, number, number, number]
    return { first: { seconds: a, nanoseconds: b }, last: { seconds: c, nanoseconds: d } }
  }

  private stretch(record: CaptureRecord): void {
    const { span } = this
    const { seconds, nanoseconds } = record
    if (this.timed++ === 0) {
      span[0] = seconds
      span[1] = nanoseconds
      span[2] = seconds
      span[3] = nanoseconds
      return
    }
    if (seconds < (span[0] as number) || (seconds === span[0] && nanoseconds < (span[1] as number))) {
      span[0] = seconds
      span[1] = nanoseconds
    }
    if (seconds > (span[2] as number) || (seconds === span[2] && nanoseconds > (span[3] as number))) {
      span[2] = seconds
      span[3] = nanoseconds
    }
  }
}
