/** A display filter over frames that are only counted: what it needs of other packets is kept for it, and nothing else. */
import type { CaptureRecord } from '../capture/record.ts'
import { skimPacket, type Walk, walkPacket } from '../dissect/walk.ts'
import type { Filter } from '../filter/filter.ts'
import type { Names } from '../names/names.ts'
import { Conversations, type Observed } from '../streams/conversations.ts'
import { RunningClock } from './running-clock.ts'

export class FrameFilter {
  private readonly filter: Filter
  private readonly names: Names | undefined
  private readonly conversations: Conversations
  private readonly clock = new RunningClock()

  constructor(filter: Filter, tables: Walk['tables'], names: Names | undefined) {
    this.filter = filter
    this.names = names
    this.conversations = new Conversations(tables)
  }

  /** Walks or skims the frame, and says whether it is selected. */
  takes(record: CaptureRecord, walk: Walk): boolean {
    const { conversations, filter, clock, names } = this
    const { dissector, isHeaderOnly } = filter
    const walked = isHeaderOnly ? skimPacket : walkPacket
    walked(walk, record.view, record.start, record.end, record.originalLength, record.linkType)
    if (record.hasTime) clock.tick(record)
    let whole: Partial<Observed> | undefined
    if (!isHeaderOnly) whole = conversations.observe(record, walk)
    else if (walk.isFragment) whole = conversations.observeHeaders(record, walk)
    const { sources, notes } = whole ?? {}
    const isTaken = filter.matches({ dissector, record: whole?.record ?? record, walk, sources, notes, clock, names })
    if (isTaken && record.hasTime) clock.shown(record)
    return isTaken
  }
}
