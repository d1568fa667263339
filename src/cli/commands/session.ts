/** Reading one capture for a person: walk, conversations, copies and clock, packet by packet. */
import { Overview } from '../../analysis/overview.ts'
import { type CaptureInterface, CaptureRecord } from '../../capture/record.ts'
import { payloadLayer } from '../../dissect/payload-layer.ts'
import { skimPacket, type Walk, walkPacket } from '../../dissect/walk.ts'
import type { CaptureError } from '../../errors.ts'
import type { Filter } from '../../filter/filter.ts'
import type { Dissection } from '../../packet/dissection.ts'
import { Conversations, type Observed, REFUSED } from '../../streams/conversations.ts'
import type { Input, Visit } from '../input.ts'
import { RunningClock } from '../running-clock.ts'
import type { Settings } from '../settings.ts'
import { canBeSought, scanSought } from './scan-sought.ts'

const NOTHING_TOLD: Partial<Observed> = {}

/** What is told about each packet that is shown; valid during the call. */
export interface Shown {
  readonly packet: Dissection
  /** As it was captured. */
  readonly frame: CaptureRecord
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
 * they tell; `isList`: rows of the list do. `fail` is told of captures that cannot be read on, where others can.
 */
export async function readCapture(
  input: Input,
  settings: Settings,
  overview: Overview,
  show: ((shown: Shown) => void) | undefined,
  needsAll: boolean,
  isList: boolean,
  fail: (error: CaptureError, file: string) => void,
): Promise<void> {
  const { dissector, packets, count, filter, names, copies } = settings
  const walk: Walk = dissector.walk()
  walk.rehearse()
  // What other packets tell is for who reads it: not where packets are only written.
  const isTold = show !== undefined && settings.isPrinted && settings.needsNotes
  const needsConversations = isTold || filter?.isHeaderOnly === false
  const conversations = new Conversations(dissector.tables, settings)
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
  const last = Math.min(packets?.last ?? Number.POSITIVE_INFINITY, needsAll ? Number.POSITIVE_INFINITY : count)
  // Numbers of streams count all conversations; rows do not show them.
  const isByConversation = (isList || !isTold) && needsConversations && !needsAll && all === undefined
  const isShort = isByConversation && filter?.isOfConversation === true
  const pass = (record: CaptureRecord) => {
    if (record.hasTime) clock.tick(record)
  }
  const visit: Visit = (record, file, neighbours) => {
    const walked = needsConversations && !isShort ? walkPacket : skimPacket
    walked(walk, record.view, record.start, record.end, record.originalLength, record.linkType)
    if (show === undefined && filter === undefined) overview.add(record, walk)
    else {
      if (record.hasTime) clock.tick(record)
      if (isShort && passOver(record, walk, conversations, filter.applications)) {
        overview.ports.add(record, walk)
        return record.number >= last ? false : undefined
      }
      const copyOf = all?.add(record, walk) === true ? all.copies.original : undefined
      // A filter that only reads headers is asked first: what others tell is then put together for what matches only.
      probe.record = record
      probe.copyOf = copyOf
      probe.file = file
      let early = filter?.isHeaderOnly === true && !walk.isFragment ? filter.matches(probe) : undefined
      // What is ruled out by its headers is only taken in for those that come.
      if (filter?.isHeaderOnly === false && !walk.isFragment && !filter.mayMatch(probe)) early = false
      const isRead = needsAll || early !== false
      let told: Partial<Observed> = NOTHING_TOLD
      if (needsConversations) told = conversations.observe(record, walk, isRead)
      else if (walk.isFragment) told = conversations.observeHeaders(record, walk)
      const { sources, notes } = told
      const packet: Dissection = isRead
        ? { dissector, record: told.record ?? record, walk, sources, notes, clock, copyOf, file, names }
        : probe
      const isMatch = early ?? filter?.matches(packet) ?? true
      if (isMatch || needsAll) {
        const isCopy = overview.add(record, walk)
        const isLeftOut = isCopy && copies === 'hide'
        const isSelected = isMatch && !isLeftOut && (packets === undefined || packets.has(record.number))
        if (isSelected || needsAll) show?.({ packet, frame: record, overview, isCopy, isSelected, neighbours })
        if (isSelected && record.hasTime) clock.shown(record)
      } else overview.ports.add(record, walk)
    }
    return record.number >= count || (record.number >= last && !needsAll) ? false : undefined
  }
  if (!isByConversation || !canBeSought(settings)) await input.scan(visit, fail)
  else await scanSought(input, settings, overview, { visit, pass }, fail)
}

/**
 * Takes in a packet that cannot match, since it carries none of the applications of which one has to be there; false: it may
 * match, or it is no common packet.
 */
function passOver(
  record: CaptureRecord,
  walk: Walk,
  conversations: Conversations,
  applications: Filter['applications'],
): boolean {
  if (applications === undefined || walk.isListed) return false
  const { marks, tables } = walk
  const isEmpty = marks.payload >= marks.end
  if (isEmpty && marks.claim > marks.payload) return false
  if (marks.transportLayer === tables.udp) return !applications.has(payloadLayer(walk, record.view))
  const isSegment = marks.transportLayer === tables.tcp
  return isSegment && isEmpty && conversations.pass(record, walk, 0, undefined) !== REFUSED
}

/** A packet as a filter of headers sees it, refilled for each. */
type Probe = { -readonly [Key in keyof Dissection]: Dissection[Key] }
const NO_RECORD = new CaptureRecord()

/** Whether the frame of which one is a copy is asked for by name. */
function asksForCopies({ filter, fields }: Settings): boolean {
  return filter?.names.includes('ovl.copy_of') === true || fields.includes('ovl.copy_of')
}
