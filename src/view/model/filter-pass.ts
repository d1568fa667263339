/** Which packets a display filter shows, found in slices; matches are there as they come. */
import type { Dissector } from '../../dissect/dissector.ts'
import { skimPacket, walkPacket } from '../../dissect/walk.ts'
import type { Filter } from '../../filter/filter.ts'
import type { Names } from '../../names/names.ts'
import type { Clock, Dissection } from '../../packet/dissection.ts'
import { Conversations, type Observed } from '../../streams/conversations.ts'
import type { FrameStore } from '../frames/frame-reader.ts'
import type { Job } from './jobs.ts'
import { Matches } from './matches.ts'
import { Pass } from './pass.ts'

type Instant = Clock['first']

export class FilterPass implements Job {
  readonly matches = new Matches()
  readonly filter: Filter
  private readonly pass: Pass

  constructor(store: FrameStore, dissector: Dissector, filter: Filter, names: Names | undefined, relative: boolean) {
    this.filter = filter
    const walk = dissector.walk()
    walk.rehearse()
    const conversations = new Conversations(dissector.tables, { relativeSequence: relative })
    const walked = filter.isHeaderOnly ? skimPacket : walkPacket
    const { matches } = this
    const { pages } = store
    let first: Instant | undefined
    let previous: Instant | undefined
    let previousShown: Instant | undefined
    this.pass = new Pass(store, (record, index) => {
      walked(walk, record.view, record.start, record.end, record.originalLength, record.linkType)
      const now = { seconds: record.seconds, nanoseconds: record.nanoseconds }
      if (record.hasTime) first ??= now
      let told: Partial<Observed> = {}
      if (!filter.isHeaderOnly) told = conversations.observe(record, walk)
      else if (walk.isFragment) told = conversations.observeHeaders(record, walk)
      const packet: Dissection = {
        dissector,
        record: told.record ?? record,
        walk,
        sources: told.sources,
        notes: told.notes,
        clock: { first: first ?? now, previous: previous ?? now, previousShown: previousShown ?? now },
        copyOf: undefined,
        file: pages.file(index),
        names,
      }
      const isMatch = filter.matches(packet)
      if (isMatch) matches.add(index)
      if (!record.hasTime) return
      previous = now
      if (isMatch) previousShown = now
    })
  }

  /** Packets looked at so far. */
  get count(): number {
    return this.pass.at
  }

  run(deadline: number): boolean {
    return this.pass.run(deadline)
  }
}
