/** Reading one capture for a person: walk, conversations, copies and clock, packet by packet. */
import type { Overview } from '../../analysis/overview.ts'
import type { Instant } from '../../bytes/time.ts'
import { scanRecords } from '../../capture/read-records.ts'
import type { CaptureRecord } from '../../capture/record.ts'
import { skimPacket, type Walk, walkPacket } from '../../dissect/walk.ts'
import type { Dissection } from '../../packet/dissection.ts'
import { Conversations } from '../../streams/conversations.ts'
import type { Settings } from '../settings.ts'

/** What is told about each packet that is shown; valid during the call. */
export interface Shown {
  readonly packet: Dissection
  readonly overview: Overview
  /** True if an earlier frame is the same packet; `overview.copies` then says which. */
  readonly isCopy: boolean
}

/**
 * Reads `file` into `overview`. `show` gets the selected packets, and the others too if `needsAll`; without it no
 * conversations are kept.
 */
export async function readCapture(
  file: string,
  settings: Settings,
  overview: Overview,
  show: ((shown: Shown) => void) | undefined,
  needsAll = false,
): Promise<void> {
  const { dissector, packets, count, names } = settings
  const walk: Walk = dissector.walk()
  const conversations =
    show === undefined
      ? undefined
      : new Conversations(dissector.tables, { relativeSequence: settings.relativeSequence })
  const clock = new RunningClock()
  const last = packets?.last ?? Number.POSITIVE_INFINITY
  await scanRecords(file, (record) => {
    const walked = conversations === undefined ? skimPacket : walkPacket
    walked(walk, record.view, record.start, record.end, record.originalLength, record.linkType)
    const notes = conversations?.observe(record, walk)
    const isCopy = overview.add(record, walk)
    if (show !== undefined) {
      if (record.hasTime) clock.tick(record)
      if (needsAll || packets === undefined || packets.has(record.number)) {
        show({ packet: { dissector, record, walk, notes, clock, names }, overview, isCopy })
        if (record.hasTime) clock.shown(record)
      }
    }
    if (record.number >= count || (record.number >= last && !needsAll)) return false
  })
}

/** First, previous and previously shown arrival; reused for every packet. */
class RunningClock {
  first: Instant = { seconds: 0, nanoseconds: 0 }
  previous: Instant = { seconds: 0, nanoseconds: 0 }
  previousShown: Instant = { seconds: 0, nanoseconds: 0 }
  private now: Instant | undefined
  private lastShown: Instant | undefined

  tick(record: CaptureRecord): void {
    const now = { seconds: record.seconds, nanoseconds: record.nanoseconds }
    if (this.now === undefined) this.first = now
    this.previous = this.now ?? now
    this.previousShown = this.lastShown ?? now
    this.now = now
  }

  shown(record: CaptureRecord): void {
    this.lastShown = { seconds: record.seconds, nanoseconds: record.nanoseconds }
  }
}
