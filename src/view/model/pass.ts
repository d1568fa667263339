/** One way through the packets of a capture, in order and in slices. It goes on when more packets come. */
import type { CaptureRecord } from '../../capture/record.ts'
import { FrameReader, type FrameStore } from '../frames/frame-reader.ts'
import type { Job } from './jobs.ts'

const WINDOW = 1024 * 1024
/** Packets between two looks at the clock. */
const STRIDE = 64

export class Pass implements Job {
  /** The packet that is looked at next, from 0. */
  at = 0
  private readonly store: FrameStore
  private readonly visit: (record: CaptureRecord, index: number) => void
  private readonly until: () => number
  private reader: FrameReader | undefined

  /** `until`: before which packet it stops for now. */
  constructor(
    store: FrameStore,
    visit: (record: CaptureRecord, index: number) => void,
    until: () => number = () => store.pages.count,
  ) {
    this.store = store
    this.visit = visit
    this.until = until
  }

  run(deadline: number): boolean {
    const until = this.until()
    if (this.at >= until) return false
    this.reader ??= new FrameReader(this.store, WINDOW)
    const { reader, visit } = this
    while (this.at < until) {
      const stop = Math.min(this.at + STRIDE, until)
      for (; this.at < stop; this.at++) visit(reader.at(this.at), this.at)
      if (performance.now() >= deadline) break
    }
    return this.at < this.until()
  }
}
