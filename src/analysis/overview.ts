/** The overview of a capture: frames and packets, tunnels, time span, and who talked to whom inside what. */
import type { Instant } from '../bytes/time.ts'
import type { CaptureRecord } from '../capture/record.ts'
import { payloadLayer } from '../dissect/payload-layer.ts'
import type { Walk } from '../dissect/walk.ts'
import { Census } from './census.ts'
import { Copies } from './copies.ts'
import { NO_PAIR } from './pair-rows.ts'
import { PairTable } from './pair-table.ts'
import { Clock, instantAt, stretch } from './span.ts'
import { TunnelPorts } from './tunnel-ports.ts'

export class Overview {
  readonly copies = new Copies()
  readonly pairs = new PairTable()
  readonly ports = new TunnelPorts()
  readonly census = new Census()
  /** Frames inside a tunnel. */
  tunnelled = 0
  /** Bytes on the wire. */
  bytes = 0
  /** Frames of link types that are not decoded. */
  undecoded = 0
  /** Number of the pair that the frame added last is of; below 0: of none. */
  pair = NO_PAIR
  /** Layer of that frame's payload; 0: it has none. */
  application = 0
  private readonly clock = new Clock()
  private readonly span = new Float64Array([Number.NaN, Number.NaN])

  /** Takes a frame in; true if it is a copy of one before. */
  add(record: CaptureRecord, walk: Walk): boolean {
    const { view } = record
    const { marks } = walk
    const pair = this.pairs.find(view, walk)
    this.pair = pair
    const isCopy = this.copies.observe(record, walk, pair)
    const now = this.clock.at(record)
    this.pairs.count(pair, record, walk, this.copies.isKnownPair, now)
    const application = payloadLayer(walk, view)
    this.application = application
    if (!this.copies.isKnownPair) {
      this.pairs.note(pair, marks.transportLayer)
      this.pairs.note(pair, application)
    }
    this.census.add(record, walk, isCopy, application)
    this.ports.add(record, walk)
    if (marks.tunnel >= 0) this.tunnelled++
    else if (marks.inner < 0 && walk.depth === 0) this.undecoded++
    this.bytes += record.originalLength
    stretch(this.span, 0, 1, now)
    return isCopy
  }

  /** From the earliest to the latest frame; undefined for an empty capture. */
  times(): { readonly first: Instant; readonly last: Instant } | undefined {
    const [first, last] = this.span as unknown as [number, number]
    if (Number.isNaN(first)) return undefined
    return { first: instantAt(first, this.clock.began), last: instantAt(last, this.clock.began) }
  }
}
