/** Reading one capture for a person: walk, conversations, copies and clock, packet by packet. */
import { Overview } from '../../analysis/overview.ts'
import { type CaptureInterface, CaptureRecord } from '../../capture/record.ts'
import { skimPacket, type Walk, walkPacket } from '../../dissect/walk.ts'
import type { CaptureError } from '../../errors.ts'
import type { Dissection } from '../../packet/dissection.ts'
import { Conversations } from '../../streams/conversations.ts'
import type { Input, Visit } from '../input.ts'
import { RunningClock } from '../running-clock.ts'
import type { Settings } from '../settings.ts'

/** What is told about each packet that is shown; valid during the call. */
export interface Shown {
  readonly packet: Dissection
  readonly overview: Overview
  /** True if an earlier frame is the same packet; `overview.copies` then says which. */
  readonly isCopy: boolean
  /** False for what is only passed because a printer needs all. */
  readonly isSelected: boolean
  /** Interfaces of the packet's section that are known so far; undefined where sections are mixed. */
  readonly neighbours: readonly CaptureInterface[] | undefined
}

/**
 * Reads `input`; `overview` gets the packets that match the filter, and of the others the ports of tunnels, for hints.
 * `show` gets the selected ones, and the others too if `needsAll`. Conversations are kept where somebody asks for what
 * they tell. `fail` is told of captures that cannot be read on, where others can.
 */
export async function readCapture(
  input: Input,
  settings: Settings,
  overview: Overview,
  show: ((shown: Shown) => void) | undefined,
  needsAll: boolean,
  fail: (error: CaptureError, file: string) => void,
): Promise<void> {
  const { dissector, packets, count, filter, names, copies } = settings
  const walk: Walk = dissector.walk()
  walk.rehearse()
  // What other packets tell is for who reads it: not where packets are only written.
  const isTold = show !== undefined && settings.isPrinted && settings.needsNotes
  const conversations =
    isTold || filter?.isHeaderOnly === false
      ? new Conversations(dissector.tables, { relativeSequence: settings.relativeSequence })
      : undefined
  // The overview's own copies are those among the packets that match.
  const all = asksForCopies(settings) ? new Overview() : undefined
  const clock = new RunningClock()
  const probe: Probe = {
    dissector,
    record: NO_RECORD,
    walk,
    notes: undefined,
    clock,
    copyOf: undefined,
    file: '',
    names,
  }
  const last = packets?.last ?? Number.POSITIVE_INFINITY
  const visit: Visit = (record, file, neighbours) => {
    const walked = conversations === undefined ? skimPacket : walkPacket
    walked(walk, record.view, record.start, record.end, record.originalLength, record.linkType)
    if (show === undefined && filter === undefined) overview.add(record, walk)
    else {
      if (record.hasTime) clock.tick(record)
      const copyOf = all?.add(record, walk) === true ? all.copies.original : undefined
      // A filter that only reads headers is asked first: what others tell is then put together for what matches only.
      probe.record = record
      probe.copyOf = copyOf
      probe.file = file
      const early = filter?.isHeaderOnly === true ? filter.matches(probe) : undefined
      const isRead = needsAll || early !== false
      const notes = conversations?.observe(record, walk, isRead)
      const packet: Dissection = isRead ? { dissector, record, walk, notes, clock, copyOf, file, names } : probe
      const isMatch = early ?? filter?.matches(packet) ?? true
      if (isMatch || needsAll) {
        const isCopy = overview.add(record, walk)
        const isLeftOut = isCopy && copies === 'hide'
        const isSelected = isMatch && !isLeftOut && (packets === undefined || packets.has(record.number))
        if (isSelected || needsAll) show?.({ packet, overview, isCopy, isSelected, neighbours })
        if (isSelected && record.hasTime) clock.shown(record)
      } else overview.ports.add(record, walk)
    }
    return record.number >= count || (record.number >= last && !needsAll) ? false : undefined
  }
  await input.scan(visit, fail)
}

/** A packet as a filter of headers sees it, refilled for each. */
type Probe = { -readonly [Key in keyof Dissection]: Dissection[Key] }
const NO_RECORD = new CaptureRecord()

/** Whether the frame of which one is a copy is asked for by name. */
function asksForCopies({ filter, fields }: Settings): boolean {
  return filter?.names.includes('ovl.copy_of') === true || fields.includes('ovl.copy_of')
}
