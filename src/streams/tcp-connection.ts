/** One TCP connection as its segments pass by: where each direction starts, its window scale, what has been seen. */
import { decimalText, difference, type Instant } from '../bytes/time.ts'
import type { TcpNotes } from '../dissect/notes.ts'
import { Seen } from '../layers/transport/tcp-completeness.ts'

const Flag = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16 } as const
const UNKNOWN = -1
const NO_SCALING = -2

/** What the tracker reads of a segment. */
export interface Segment {
  readonly sequence: number
  readonly acknowledgment: number
  readonly flags: number
  /** Payload bytes by the lengths around. */
  readonly length: number
  /** The shift that a SYN offers; undefined: none. */
  readonly windowShift: number | undefined
}

/**
 * Numbers are kept as signed 32 bits, which V8 keeps in the object itself; a sequence number's full range would be an
 * object of its own for each segment.
 */
class Direction {
  hasBase = false
  baseBits = 0
  windowShift = UNKNOWN
  /** Next sequence number expected from this side, and the last number it acknowledged. */
  hasNext = false
  next = 0
  hasAcknowledged = false
  acknowledged = 0
  sincePush = 0

  /** The sequence number that counts as 0. */
  get base(): number | undefined {
    return this.hasBase ? this.baseBits >>> 0 : undefined
  }

  /** The last number that this side acknowledged. */
  get acknowledgedNumber(): number | undefined {
    return this.hasAcknowledged ? this.acknowledged >>> 0 : undefined
  }

  /** Only the first one counts. */
  learnBase(sequence: number): void {
    if (this.hasBase) return
    this.hasBase = true
    this.baseBits = sequence | 0
  }
}

export class TcpConnection {
  readonly directions = [new Direction(), new Direction()] as const
  /** Number of the application's layer in the tables, once a segment was recognised; 0: not yet. */
  application = 0
  private completeness = 0
  private lastSyn: Instant | undefined
  private roundTrip: string | undefined

  /** Whether this SYN opens another connection between the same ends. */
  isReopenedBy(segment: Segment, direction: 0 | 1): boolean {
    if ((segment.flags & (Flag.syn | Flag.ack)) !== Flag.syn) return false
    const { hasBase, baseBits } = this.directions[direction]
    return hasBase && baseBits !== (segment.sequence | 0)
  }

  /**
   * Takes a segment in, and returns what is known about it; nothing unless it is `isTold`. `isRelative`: sequence
   * numbers count from the start.
   */
  observe(segment: Segment, direction: 0 | 1, time: Instant, isRelative: boolean, isTold = true): TcpNotes | undefined {
    const forward = this.directions[direction]
    const reverse = this.directions[direction === 0 ? 1 : 0]
    const isAck = (segment.flags & Flag.ack) !== 0
    forward.learnBase(segment.flags & Flag.syn ? segment.sequence : segment.sequence - 1)
    if (isAck) reverse.learnBase(segment.acknowledgment - 1)
    this.learnScaling(segment, forward, reverse)
    this.learnRoundTrip(segment, time)
    const inFlight = this.learnProgress(segment, forward, reverse)
    const notes = isTold ? this.notesOf(segment, forward, reverse, inFlight, isRelative) : undefined
    if ((segment.flags & Flag.psh) !== 0) forward.sincePush = 0
    this.learnCompleteness(segment)
    return notes
  }

  /** What the row of a segment in this direction shows; see `RowNumbers`. */
  tellRow(to: { base: number; peerBase: number; windowShift: number }, direction: 0 | 1, isRelative: boolean): void {
    const forward = this.directions[direction]
    to.base = isRelative ? forward.baseBits : 0
    const reverse = this.directions[direction === 0 ? 1 : 0]
    to.peerBase = isRelative ? reverse.baseBits : 0
    to.windowShift = forward.windowShift
  }

  private notesOf(
    segment: Segment,
    forward: Direction,
    reverse: Direction,
    inFlight: number,
    isRelative: boolean,
  ): TcpNotes {
    const notes: TcpNotes = { windowShift: forward.windowShift, completeness: this.completeness }
    if (isRelative) {
      if (forward.base !== undefined) notes.base = forward.base
      if (reverse.base !== undefined) notes.peerBase = reverse.base
      if (this.roundTrip !== undefined) notes.initialRoundTrip = this.roundTrip
      if (segment.length > 0 && inFlight > 0) {
        notes.bytesInFlight = inFlight
        notes.bytesSincePush = forward.sincePush
      }
    }
    return notes
  }

  /** RFC 7323 section 1.3: both SYNs must offer scaling for either side to use it. */
  private learnScaling(segment: Segment, forward: Direction, reverse: Direction): void {
    if ((segment.flags & Flag.syn) === 0) return
    forward.windowShift = segment.windowShift ?? NO_SCALING
    if ((segment.flags & Flag.ack) === 0) return
    if (forward.windowShift === NO_SCALING || reverse.windowShift === NO_SCALING) {
      forward.windowShift = NO_SCALING
      if (reverse.windowShift !== UNKNOWN) reverse.windowShift = NO_SCALING
    }
  }

  /** From the latest SYN to the first bare ACK after the SYN-ACK. */
  private learnRoundTrip(segment: Segment, time: Instant): void {
    const kind = segment.flags & (Flag.syn | Flag.ack)
    if (kind === Flag.syn) this.lastSyn = { seconds: time.seconds, nanoseconds: time.nanoseconds }
    const isFirstAck = kind === Flag.ack && segment.length === 0 && (this.completeness & Seen.synAck) !== 0
    if (isFirstAck && this.roundTrip === undefined && this.lastSyn !== undefined) {
      this.roundTrip = decimalText(difference(time, this.lastSyn))
    }
  }

  /** Bytes of this direction that are sent and not acknowledged. */
  private learnProgress(segment: Segment, forward: Direction, reverse: Direction): number {
    const extra = (segment.flags & Flag.syn ? 1 : 0) + (segment.flags & Flag.fin ? 1 : 0)
    const next = (segment.sequence + segment.length + extra) | 0
    if (!forward.hasNext || ((next - forward.next) | 0) > 0) forward.next = next
    forward.hasNext = true
    if ((segment.flags & Flag.ack) !== 0) {
      forward.hasAcknowledged = true
      forward.acknowledged = segment.acknowledgment | 0
    }
    forward.sincePush += segment.length
    return reverse.hasAcknowledged ? (forward.next - reverse.acknowledged) | 0 : 0
  }

  private learnCompleteness(segment: Segment): void {
    const { flags, length } = segment
    const kind = flags & (Flag.syn | Flag.ack)
    if (kind === Flag.syn) this.completeness |= Seen.syn
    else if (kind === (Flag.syn | Flag.ack)) this.completeness |= Seen.synAck
    else if (kind === Flag.ack) this.completeness |= length > 0 ? Seen.data : Seen.ack
    if ((flags & Flag.fin) !== 0) this.completeness |= Seen.fin
    if ((flags & Flag.rst) !== 0) this.completeness |= Seen.reset
  }
}
