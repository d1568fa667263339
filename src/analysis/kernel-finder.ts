/** Which packet a frame is of, found out by the kernel: frames of a classic capture file go there many at a time. */
import type { CaptureRecord } from '../capture/record.ts'
import type { RecordRuns, RecordShape } from '../capture/record-runs.ts'
import type { Tables } from '../dissect/tables.ts'
import type { Walk } from '../dissect/walk.ts'
import { FlowRows } from './flow-rows.ts'
import { Kernel, MAX_FOUND } from './kernel.ts'
import { KernelPairs } from './kernel-pairs.ts'
import type { FlowKeys, PacketFinder } from './packet-finder.ts'

export class KernelFinder implements PacketFinder {
  readonly pairs: KernelPairs
  readonly rows: FlowKeys
  readonly words: Int32Array
  readonly floats: Float64Array
  private readonly kernel: Kernel

  /** `began`: the second in which times begin; without it that of the first record. */
  constructor(began?: number) {
    this.kernel = new Kernel(() => 0, { isByConversation: true, isToFind: true, began })
    this.pairs = new KernelPairs(this.kernel)
    this.rows = new KernelFlowKeys(this.kernel)
    const { words, floats } = this.kernel.rows('FOUND')
    this.words = words
    this.floats = floats
  }

  get frames(): number {
    return this.kernel.counter('frames')
  }

  get began(): number {
    // Before the first frame it is not a number.
    return this.kernel.counter('began') || 0
  }

  observe(record: CaptureRecord, walk: Walk): void {
    this.kernel.use(walk.tables)
    this.kernel.take(record, walk)
  }

  runs(tables: Tables, take: (count: number) => void, goesOn: (offset: number) => boolean): RecordRuns {
    this.kernel.use(tables)
    return new FinderRuns(this.kernel, take, goesOn)
  }
}

class KernelFlowKeys implements FlowKeys {
  private readonly flows: FlowRows

  constructor(kernel: Kernel) {
    this.flows = new FlowRows(kernel)
  }

  get size(): number {
    return this.flows.size
  }

  part(row: number, which: number): number {
    if (which === 0) return this.flows.pair(row)
    return which === 1 ? this.flows.protocol(row) : this.flows.ports(row)
  }
}

class FinderRuns implements RecordRuns {
  readonly buffer: Uint8Array
  readonly goesOn: (offset: number) => boolean
  taken = 0
  private readonly kernel: Kernel
  private readonly take: (count: number) => void

  constructor(kernel: Kernel, take: (count: number) => void, goesOn: (offset: number) => boolean) {
    this.kernel = kernel
    this.buffer = kernel.buffer
    this.take = take
    this.goesOn = goesOn
  }

  run(from: number, to: number, shape: RecordShape, offset: number): number {
    this.taken = 0
    for (let at = from; ; ) {
      const next = this.kernel.run(at, to, shape, offset + at - from)
      const { taken } = this.kernel
      this.taken += taken
      this.take(taken)
      // There may be more than there is room to tell of at once.
      if (taken < MAX_FOUND) return next
      at = next
    }
  }
}
