/** A display filter over frames that are only counted: what it needs of other packets is kept for it, and nothing else. */
import type { CaptureRecord } from '../capture/record.ts'
import { skimPacket, type Walk, walkPacket } from '../dissect/walk.ts'
import type { Filter } from '../filter/filter.ts'
import { Conversations } from '../streams/conversations.ts'
import { RunningClock } from './running-clock.ts'

export class FrameFilter {
  private readonly filter: Filter
  private readonly conversations: Conversations | undefined
  private readonly clock = new RunningClock()

  constructor(filter: Filter, tables: Walk['tables']) {
    this.filter = filter
    this.conversations = filter.isHeaderOnly ? undefined : new Conversations(tables)
  }

  /** Walks or skims the frame, and says whether it is selected. */
  takes(record: CaptureRecord, walk: Walk): boolean {
    const { conversations, filter, clock } = this
    const walked = conversations === undefined ? skimPacket : walkPacket
    walked(walk, record.view, record.start, record.end, record.originalLength, record.linkType)
    if (record.hasTime) clock.tick(record)
    const notes = conversations?.observe(record, walk)
    const isTaken = filter.matches({ dissector: filter.dissector, record, walk, notes, clock })
    if (isTaken && record.hasTime) clock.shown(record)
    return isTaken
  }
}
