/** A capture taken in as flows: pairs, copies, and, where conversations are asked for, protocols and ports. */
import type { Instant } from '../bytes/time.ts'
import type { CaptureRecord } from '../capture/record.ts'
import type { Walk } from '../dissect/walk.ts'
import { Copies } from './copies.ts'
import { FlowRows } from './flow-rows.ts'
import { PairTable } from './pair-table.ts'
import { Clock, instantAt, stretch } from './span.ts'
import { Topics } from './topics.ts'

/** Pairs of inner addresses are enough for tables by pod, node and VNI, and cost half. */
export type Detail = 'conversations' | 'pairs'

export class FlowCapture {
  readonly pairs = new PairTable()
  readonly topics = new Topics()
  readonly flows: FlowRows
  readonly copies = new Copies()
  /** Frames without an IP header, which belong to no flow. */
  withoutIp = 0
  /** Frames inside a tunnel. */
  tunnelled = 0
  private readonly clock: Clock
  private readonly hasConversations: boolean
  private readonly isMerged: boolean
  private readonly span = new Float64Array([Number.NaN, Number.NaN])

  /**
   * `began`: the second in which the clock begins, where it is not the first frame's. `isMerged`: rows of conversations
   * will be added up over tunnels, so a packet counts once, also where one row has it before its encapsulation and another
   * behind it; else it counts once in each.
   */
  constructor(detail: Detail, began?: number, isMerged = false) {
    this.isMerged = isMerged
    this.hasConversations = detail === 'conversations'
    this.flows = new FlowRows((record, walk) => this.topics.of(record, walk))
    this.clock = new Clock(began)
  }

  /** Takes a frame in. */
  add(record: CaptureRecord, walk: Walk): void {
    const { view } = record
    const { marks } = walk
    const now = this.clock.at(record)
    stretch(this.span, 0, 1, now)
    if (marks.tunnel >= 0) this.tunnelled++
    const pair = this.pairs.find(view, walk)
    if (this.hasConversations) {
      const flow = this.flows.find(view, walk, pair)
      const isCopy = this.copies.observe(record, walk, pair)
      this.flows.count(flow, record, walk, this.copies.isKnownPair, now)
      if (this.isMerged && isCopy && !this.copies.isKnownPair) this.flows.takeBack(flow, record, walk)
    } else {
      this.copies.observe(record, walk, pair)
      this.pairs.count(pair, record, walk, this.copies.isKnownPair, now)
    }
    if (marks.inner < 0) this.withoutIp++
  }

  /** Only remembers a frame, so that its copies are known as such; it is counted elsewhere. */
  remember(record: CaptureRecord, walk: Walk): void {
    this.copies.observe(record, walk, this.pairs.find(record.view, walk))
  }

  /** The second in which the clock began: that of the first frame. */
  get began(): number {
    return this.clock.began
  }

  /** Frames that found no room in the tables. */
  get overflow(): number {
    return this.hasConversations ? this.flows.overflow : this.pairs.overflow
  }

  /** From the earliest to the latest frame; undefined if none had a time. */
  times(): { readonly first: Instant; readonly last: Instant } | undefined {
    const [first, last] = this.span as unknown as [number, number]
    if (Number.isNaN(first)) return undefined
    return { first: instantAt(first, this.began), last: instantAt(last, this.began) }
  }
}
