/** The capture as a whole, learned in slices: who talked to whom, and which frames are copies of others. */
import { Overview } from '../../analysis/overview.ts'
import type { Dissector } from '../../dissect/dissector.ts'
import { skimPacket } from '../../dissect/walk.ts'
import type { FrameStore } from '../frames/frame-reader.ts'
import type { Job } from './jobs.ts'
import { Pass } from './pass.ts'

export class AnalysisPass implements Job {
  readonly overview = new Overview()
  private readonly pass: Pass

  constructor(store: FrameStore, dissector: Dissector) {
    const walk = dissector.walk()
    walk.rehearse()
    const { overview } = this
    this.pass = new Pass(store, (record, index) => {
      skimPacket(walk, record.view, record.start, record.end, record.originalLength, record.linkType)
      if (overview.add(record, walk)) store.pages.markCopy(index, overview.copies.original - 1)
    })
  }

  /** Packets taken in so far. */
  get count(): number {
    return this.pass.at
  }

  run(deadline: number): boolean {
    return this.pass.run(deadline)
  }
}
