/** A capture taken in as flows: pairs, copies, and, where conversations are asked for, protocols and ports. */
import type { Instant } from '../bytes/time.ts'
import type { CaptureRecord } from '../capture/record.ts'
import type { RecordRuns } from '../capture/record-runs.ts'
import type { Tables } from '../dissect/tables.ts'
import type { Walk } from '../dissect/walk.ts'
import { addPart, type CopyMemory, copyMemory, type FlowPart, flowPart } from './flow-parts.ts'
import { FlowRows } from './flow-rows.ts'
import { Kernel } from './kernel.ts'
import { KernelPairs } from './kernel-pairs.ts'
import { instantAt } from './span.ts'
import { Topics } from './topics.ts'

/** Pairs of inner addresses are enough for tables by pod, node and VNI, and cost half. */
export type Detail = 'conversations' | 'pairs'

export class FlowCapture {
  readonly pairs: KernelPairs
  readonly topics = new Topics()
  readonly flows: FlowRows
  private readonly kernel: Kernel

  /**
   * `began`: the second in which the clock begins, where it is not the first frame's. `isMerged`: rows of conversations
   * will be added up over tunnels, so a packet counts once, also where one row has it before its encapsulation and another
   * behind it; else it counts once in each.
   */
  constructor(detail: Detail, began?: number, isMerged = false) {
    const isByConversation = detail === 'conversations'
    this.kernel = new Kernel((record, walk) => this.topics.of(record, walk), { isByConversation, isMerged, began })
    this.pairs = new KernelPairs(this.kernel)
    this.flows = new FlowRows(this.kernel)
  }

  /** Takes a frame in that has been walked or skimmed. */
  add(record: CaptureRecord, walk: Walk): void {
    this.kernel.use(walk.tables)
    this.kernel.take(record, walk)
  }

  /** Takes a frame in that has not: `walk` is used if it is not a common one. */
  addFrame(record: CaptureRecord, walk: Walk): void {
    this.kernel.use(walk.tables)
    this.kernel.add(record, walk)
  }

  /** Takes whole runs of records in, for a file that is read into its buffer. */
  runs(tables: Tables, goesOn: (offset: number) => boolean): RecordRuns {
    this.kernel.use(tables)
    this.kernel.goesOn = goesOn
    return this.kernel
  }

  /** Records that begin at this byte of the file or behind it are left by `runs`. */
  endAt(offset: number): void {
    this.kernel.limit = offset
  }

  /** From here on frames are only remembered, so that their copies are known as such; they are counted elsewhere. */
  prime(): void {
    this.kernel.prime()
  }

  /** From here on they are counted. Returns what is remembered, for whoever adds this part to the one before. */
  count(): CopyMemory {
    this.kernel.count()
    return copyMemory(this.kernel)
  }

  /** All that was counted, to be handed over; `memory` as `count` gave it. */
  part(memory: CopyMemory): FlowPart {
    return flowPart(this.kernel, this.topics, memory)
  }

  /** Adds a part that begins where this one ends; false: it cannot be added, and nothing was done. */
  addPart(part: FlowPart): boolean {
    return addPart(this.kernel, this.topics, part)
  }

  /** Frames so far, and packets, of which copies count once. */
  get frames(): number {
    return this.kernel.counter('frames')
  }

  get packets(): number {
    return this.kernel.counter('packets')
  }

  /** Frames without an IP header, which belong to no flow. */
  get withoutIp(): number {
    return this.kernel.counter('withoutIp')
  }

  /** Frames inside a tunnel. */
  get tunnelled(): number {
    return this.kernel.counter('tunnelled')
  }

  /** The second in which the clock began: that of the first frame. */
  get began(): number {
    return this.kernel.counter('began')
  }

  /** Frames that found no room in the tables. */
  get overflow(): number {
    return this.kernel.counter('overflow')
  }

  /** From the earliest to the latest frame; undefined if none had a time. */
  times(): { readonly first: Instant; readonly last: Instant } | undefined {
    const first = this.kernel.counter('first')
    if (Number.isNaN(first)) return undefined
    return { first: instantAt(first, this.began), last: instantAt(this.kernel.counter('last'), this.began) }
  }
}
