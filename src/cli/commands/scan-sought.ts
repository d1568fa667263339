/**
 * Reading files for a filter that few packets match. What is told of a packet by others is told by those of its conversation:
 * a first scan finds by headers alone which conversations may have a packet that matches, a second one visits these, and
 * passes over all others.
 */
import { statSync } from 'node:fs'
import type { Overview } from '../../analysis/overview.ts'
import { SameFiles } from '../../bytes/same-files.ts'
import { CaptureRecord } from '../../capture/record.ts'
import { survey } from '../../dissect/landmarks.ts'
import { payloadLayer } from '../../dissect/payload-layer.ts'
import { skimPacket, type Walk } from '../../dissect/walk.ts'
import { CaptureError } from '../../errors.ts'
import type { Filter } from '../../filter/filter.ts'
import type { Dissection } from '../../packet/dissection.ts'
import { Conversations } from '../../streams/conversations.ts'
import type { Input, Visit } from '../input.ts'
import { RunningClock } from '../running-clock.ts'
import type { Settings } from '../settings.ts'
import { ConversationMarks, conversationNumber, NO_CONVERSATION, PacketNumbers } from './conversation-marks.ts'

/** Packets that are visited first, all of them: their rows are there at once, and show whether matches are few. */
const FIRST = 8192
/** Matches that are still few, one in so many. */
const FEW = 32
/** Packets of which the conversation is remembered from the first scan to the second; of later ones it is found anew. */
const REMEMBERED = 6_000_000
/** In place of a conversation's number: the packet has to be visited, or nobody needs it. */
const ALWAYS = -2

export interface Visitor {
  readonly visit: Visit
  /** Told of each packet that is passed over. */
  readonly pass: (record: CaptureRecord) => void
}

type Fail = (error: CaptureError, file: string) => void

/** Whether the files can be read for their filter in this way: regular ones, and the filter asks nothing that all packets tell. */
export function canBeSought({ filter, files }: Settings): boolean {
  if (filter === undefined || !filter.isOfConversation) return false
  return !filter.names.includes('frame.time_delta_displayed') && files.every(isFile)
}

/** Whether it can be read again. */
const isFile = (path: string): boolean => path !== '-' && statSync(path, { throwIfNoEntry: false })?.isFile() === true

/** Like `input.scan`, where `canBeSought`. `overview` counts what `visit` has found, and gets the ports of all packets. */
export async function scanSought(
  input: Input,
  settings: Settings,
  overview: Overview,
  visitor: Visitor,
  fail: Fail,
): Promise<void> {
  const { visit } = visitor
  let read = 0
  let hasMore = false
  const failures: Parameters<Fail>[] = []
  const files = new SameFiles(settings.files)
  await input.scan(
    (record, file, neighbours) => {
      if (visit(record, file, neighbours) === false) return false
      hasMore = ++read === FIRST
      return hasMore ? false : undefined
    },
    (error, file) => failures.push([error, file]),
  )
  if (!hasMore) {
    for (const failure of failures) fail(...failure)
    return
  }
  files.check()
  if (overview.copies.frames > FIRST / FEW) await input.scan(behindFirst(visit), fail)
  else await seek(input, settings, overview, visitor, fail, files)
}

/** `visit`, but for the first packets. */
function behindFirst(visit: Visit): Visit {
  let read = 0
  return (record, file, neighbours) => (++read > FIRST ? visit(record, file, neighbours) : undefined)
}

async function seek(
  input: Input,
  settings: Settings,
  overview: Overview,
  { visit, pass }: Visitor,
  fail: Fail,
  files: SameFiles,
): Promise<void> {
  const sought = new Sought(settings, overview)
  const failures: Parameters<Fail>[] = []
  let broken: CaptureError | undefined
  try {
    await input.scan(sought.visit, (error, file) => failures.push([error, file]))
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error
    broken = error
  }
  if (sought.isEmpty) {
    for (const failure of failures) fail(...failure)
    if (broken !== undefined) throw broken
    return
  }
  overview.ports.settle()
  const last = lastOf(settings)
  let index = 0
  const visitSought: Visit = (record, file, neighbours) => {
    if (sought.isNeeded(index++, record)) return visit(record, file, neighbours)
    pass(record)
    return record.number >= last ? false : undefined
  }
  files.check()
  await input.scan(behindFirst(visitSought), fail)
}

const lastOf = ({ count, packets }: Settings): number => Math.min(count, packets?.last ?? Number.POSITIVE_INFINITY)

/** The first scan, and what it has found. */
class Sought {
  /** Whether no packet behind the first ones may match. */
  isEmpty = true
  private readonly filter: Filter
  private readonly walk: Walk
  private readonly clock = new RunningClock()
  private readonly fragments: Conversations
  private readonly probe: { -readonly [Key in keyof Dissection]: Dissection[Key] }
  private readonly overview: Overview
  private readonly last: number
  private read = 0
  /** Conversations with a packet that may match, and those that carry an application which the filter asks for. */
  private readonly matching = new ConversationMarks()
  private readonly carrying = new ConversationMarks()
  private readonly numbers = new PacketNumbers(REMEMBERED)

  constructor(settings: Settings, overview: Overview) {
    const { dissector, names, filter } = settings
    this.filter = filter as Filter
    this.walk = dissector.walk()
    this.walk.rehearse()
    this.fragments = new Conversations(dissector.tables, settings)
    const { walk, clock } = this
    this.probe = { dissector, record: new CaptureRecord(), walk, notes: undefined, clock, file: '', names }
    this.overview = overview
    this.last = lastOf(settings)
  }

  readonly visit: Visit = (record, file) => {
    const { walk, probe, clock } = this
    skim(walk, record)
    if (record.hasTime) clock.tick(record)
    const isLater = ++this.read > FIRST
    if (isLater) this.overview.ports.add(record, walk)
    const isFragment = walk.isFragment
    const { record: whole, sources, notes } = isFragment ? this.fragments.observeHeaders(record, walk) : NOTHING_PUT
    if (sources !== undefined && whole !== undefined) survey(walk, whole.view)
    probe.record = whole ?? record
    probe.sources = sources
    probe.notes = notes
    probe.file = file
    const { view } = probe.record
    const conversation = conversationNumber(view, walk)
    const mayMatch = isLater && this.filter.mayMatch(probe)
    if (mayMatch) this.isEmpty = false
    if (conversation !== NO_CONVERSATION) this.mark(conversation, mayMatch, view)
    if (isLater) this.numbers.add(isFragment || (mayMatch && conversation === NO_CONVERSATION) ? ALWAYS : conversation)
    return record.number >= this.last ? false : undefined
  }

  /** Whether the packet with this index behind the first ones may match, or tells something of one that may. */
  isNeeded(index: number, record: CaptureRecord): boolean {
    const number = this.numbers.at(index) ?? this.numberOf(record)
    if (number < 0) return number === ALWAYS
    return this.matching.has(number) && (this.filter.applications === undefined || this.carrying.has(number))
  }

  /** Of a packet that was not remembered. */
  private numberOf(record: CaptureRecord): number {
    skim(this.walk, record)
    if (this.walk.isFragment) return ALWAYS
    const number = conversationNumber(record.view, this.walk)
    return number === NO_CONVERSATION ? ALWAYS : number
  }

  private mark(conversation: number, mayMatch: boolean, view: DataView): void {
    const { walk, filter, matching, carrying } = this
    if (mayMatch) matching.add(conversation)
    if (filter.applications === undefined) return
    const { marks, tables } = walk
    const isPlain = marks.transportLayer === tables.tcp || marks.transportLayer === tables.udp
    // What is cut is named by its port; quoted packets carry applications as well.
    const isUnsure = !isPlain || (marks.payload >= marks.end && marks.claim > marks.payload)
    if (isUnsure || filter.applications.has(payloadLayer(walk, view))) carrying.add(conversation)
  }
}

const NOTHING_PUT = { record: undefined, sources: undefined, notes: undefined }

function skim(walk: Walk, { view, start, end, originalLength, linkType }: CaptureRecord): void {
  skimPacket(walk, view, start, end, originalLength, linkType)
}
