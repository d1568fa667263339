/**
 * When a capture saw which packet, for comparing its clock with another's. Of long captures a part of the packets is
 * kept, chosen by what identifies them, so that all captures keep the same ones.
 */
import type { CaptureRecord } from '../capture/record.ts'
import type { Walk } from '../dissect/walk.ts'
import { Copies } from './copies.ts'
import { PairTable } from './pair-table.ts'
import { Clock } from './span.ts'

/** Packets kept at most. */
const MOST = 32_768

export interface ClockSample {
  /** When it was seen first and last here, in nanoseconds since the samples' `began`. */
  readonly first: number
  last: number
  /** Who sent it to whom: the tunnel's ends if it was in one. */
  readonly source: string
  readonly destination: string
  /** TTL at the first sighting. */
  readonly ttl: number
}

export class ClockSamples {
  /** By the packets' identities; undefined: seen twice at one place, so that nothing can be told by it. */
  readonly samples = new Map<number, ClockSample | undefined>()
  private readonly copies = new Copies()
  private readonly pairs = new PairTable()
  private readonly clock: Clock
  private readonly span = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] as [number, number]
  /** Identities are kept whose low bits, as a part of all, are below this. */
  private share = 1

  /** `began`: the second from which times count, the same for all captures that are to be compared. */
  constructor(began: number) {
    this.clock = new Clock(began)
  }

  /** First and last time; undefined if no frame had one. */
  get coverage(): { readonly first: number; readonly last: number } | undefined {
    const [first, last] = this.span
    return first <= last ? { first, last } : undefined
  }

  observe(record: CaptureRecord, walk: Walk): void {
    const pair = this.pairs.find(record.view, walk)
    const isCopy = this.copies.observe(record, walk, pair)
    const now = this.clock.at(record)
    if (Number.isNaN(now)) return
    this.span[0] = Math.min(this.span[0], now)
    this.span[1] = Math.max(this.span[1], now)
    const { slot } = this.copies
    if (slot < 0 || pair < 0) return
    const identity = this.copies.identity(slot)
    if (!this.isKept(identity)) return
    const known = this.samples.get(identity)
    if (isCopy) {
      if (known !== undefined && now > known.last) known.last = now
    } else if (this.samples.has(identity)) this.samples.set(identity, undefined)
    else this.keep(identity, pair, walk, now)
  }

  private keep(identity: number, pair: number, walk: Walk, now: number): void {
    const { outer, source, destination } = this.pairs.pair(pair, walk.tables)
    const ends = outer ?? { source, destination }
    this.samples.set(identity, { first: now, last: now, ...ends, ttl: this.copies.ttl })
    if (this.samples.size < MOST) return
    this.share /= 2
    for (const one of this.samples.keys()) if (!this.isKept(one)) this.samples.delete(one)
  }

  private isKept(identity: number): boolean {
    return (identity % 0x20_0000) / 0x20_0000 < this.share
  }
}
