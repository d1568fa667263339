/** A capture that is being looked at: how many rows there are, what is in each, and what one packet is made of. */
import { Copies } from '../../analysis/copies.ts'
import { skimPacket, type Walk, walkPacket } from '../../dissect/walk.ts'
import type { Clock, Dissection } from '../../packet/dissection.ts'
import type { ListRow } from '../../render/list.ts'
import { FrameReader } from '../frames/frame-reader.ts'
import { type OpenedFrames, openFrames } from '../frames/open-frames.ts'
import { AnalysisPass } from './analysis-pass.ts'
import { FilterPass } from './filter-pass.ts'
import { FoldPass } from './fold-pass.ts'
import { type Job, Jobs } from './jobs.ts'
import type { Matches } from './matches.ts'
import { NotesReplay } from './notes-replay.ts'
import { detailOf, type PacketDetail } from './packet-detail.ts'
import type { ViewInput } from './view-input.ts'

/** Rows that are kept decoded: more than any screen shows. */
const ROWS_KEPT = 1024
/** Packets that are gone through in about a tenth of a second. */
const NEAR = 100_000
/** Packets without a time stamp that are passed over for the time since the one before. */
const LOOK_BACK = 64
/** How far behind a packet its copies are looked for: frames, and seconds. */
const COPIES_NEAR = 4096
const COPIES_SECONDS = 2
/** Packets of which findings are looked for unasked. */
const MANY = 200_000
/** Milliseconds in which copies are folded before the next frame is painted. */
const FOLD_AT_ONCE = 12

export class ViewedCapture {
  readonly input: ViewInput
  readonly frames: OpenedFrames
  readonly analysis: AnalysisPass
  /** Changes when rows look different than before. */
  generation = 0
  private readonly notes: NotesReplay
  private readonly jobs: Jobs
  private readonly reader: FrameReader
  private readonly copyReader: FrameReader
  private readonly copies = new Copies()
  private copyGroup = 0
  private filtering: FilterPass | undefined
  private folding: FoldPass | undefined
  private extra: Job | undefined
  private later: Job | undefined
  private readonly rows = new Map<number, ListRow>()
  private detail: PacketDetail | undefined
  private firstTimed = 0

  /** `onChange` hears when there may be something new to show. @throws CaptureError, UsageError as `openFrames` */
  constructor(input: ViewInput, onChange: () => void) {
    this.input = input
    this.frames = openFrames(input.files, () => this.jobs.wake())
    const { store } = this.frames
    this.reader = new FrameReader(store)
    this.copyReader = new FrameReader(store)
    this.analysis = new AnalysisPass(store, input.dissector)
    this.notes = new NotesReplay(store, input.dissector, input.relativeSequence)
    const indexing = { run: (deadline: number) => this.frames.step(deadline) }
    const filtering = { run: (deadline: number) => this.filtering?.run(deadline) === true }
    const extra = { run: (deadline: number) => this.extra?.run(deadline) === true }
    // What takes a moment comes first; what takes long waits until the end of the capture is known.
    const soon = { run: (deadline: number) => this.notes.distance < NEAR && this.notes.run(deadline) }
    const idle = { run: (deadline: number) => this.isIdle && this.later?.run(deadline) === true }
    const folding = { run: (deadline: number) => this.folding?.run(deadline) === true }
    this.jobs = new Jobs(
      [soon, filtering, folding, extra, indexing, this.notes, this.analysis, folding, idle],
      onChange,
    )
    // The first rows are there before the first frame is painted.
    this.frames.step(performance.now() + 10)
    if (input.filter !== '') this.show(input.filter)
    if (input.isFolded) this.fold(true)
    this.jobs.wake()
  }

  /** Packets known so far. */
  get total(): number {
    return this.frames.store.pages.count
  }

  /** Rows of the list. */
  get shown(): number {
    return this.selection?.count ?? this.total
  }

  /** How far indexing, the filter and the analysis are, 0 to 1; 1 when all is done, undefined where nobody knows. */
  get progress(): number | undefined {
    if (!this.frames.isDone()) return this.frames.progress()
    const { total } = this
    const behind = Math.min(this.analysis.count, this.filtering?.count ?? total)
    return total === 0 ? 1 : behind / total
  }

  get isWhole(): boolean {
    return this.frames.isDone() && this.analysis.count === this.total
  }

  /** Shows what a filter selects, all for ''. @throws UsageError for what is no filter */
  show(text: string): void {
    const { input, frames } = this
    const { dissector, names, relativeSequence } = input
    this.filtering =
      text.trim() === ''
        ? undefined
        : new FilterPass(frames.store, dissector, input.compile(text), names, relativeSequence)
    if (this.folding !== undefined) this.folding = this.newFold()
    this.forgetRows()
    this.jobs.wake()
  }

  /** Leaves copies out of the list, or shows them again; the row that `packet` (from 0) has then, or what it is a copy of. */
  fold(isFolded: boolean, packet = 0): number {
    this.folding = isFolded ? this.newFold() : undefined
    this.folding?.run(performance.now() + FOLD_AT_ONCE)
    this.forgetRows()
    this.jobs.wake()
    return this.rowOf(packet)
  }

  /** Takes on work for a view; undefined ends it. */
  work(job: Job | undefined): void {
    this.extra = job
    this.jobs.wake()
  }

  /** Takes on work for when all else is done, of a capture that is not too large for it. */
  workLater(job: Job): void {
    this.later = job
    this.jobs.wake()
  }

  /** The packet in a row of the list, from 0. */
  indexOf(row: number): number {
    return this.selection?.at(row) ?? row
  }

  /** The row with a packet, or the first one behind it; `shown` if there is none. */
  rowOf(index: number): number {
    const { selection, folding } = this
    if (selection === undefined) return Math.min(index, this.shown)
    // A copy that is folded lies in the row of its packet.
    const original = folding === undefined || index >= this.total ? -1 : this.frames.store.pages.originalOf(index)
    return selection.rowOf(original < 0 ? index : original)
  }

  /** Says which rows are on the screen, so that what other packets tell of them is looked up. */
  look(first: number, count: number): void {
    const indexes: number[] = []
    for (let row = first; row < Math.min(first + count, this.shown); row++) indexes.push(this.indexOf(row))
    if (this.notes.want(indexes)) this.jobs.wake()
  }

  /** What stands in a row. */
  row(row: number): ListRow {
    const index = this.indexOf(row)
    const known = this.rows.get(index)
    if (known !== undefined) return known
    const told = this.notes.of(index)
    const packet = this.dissect(index, row, false)
    const original = this.frames.store.pages.originalOf(index)
    const own = this.input.row(packet, original < 0 ? undefined : this.compared(index, original))
    const made = this.folding === undefined ? own : this.input.withCopies(own, this.copyPlaces(index))
    // Until the notes are there, and it is known whether it is a copy, the row may still change.
    const isSettled = told !== undefined && this.analysis.count > index
    if (isSettled) {
      if (this.rows.size >= ROWS_KEPT) this.rows.clear()
      this.rows.set(index, made)
    }
    return made
  }

  /** The packet of a row for the lower panes. */
  packetDetail(row: number): PacketDetail | undefined {
    if (row < 0 || row >= this.shown) return undefined
    const index = this.indexOf(row)
    const isComplete = this.notes.of(index) !== undefined
    if (this.detail?.number === index + 1 && this.detail.isComplete === isComplete) return this.detail
    this.detail = detailOf(this.dissect(index, row, true), isComplete)
    return this.detail
  }

  /** The packet at `index` as printers know it; with bytes of its own if `isKept`. */
  dissect(index: number, row: number, isKept: boolean): Dissection {
    const { dissector, names } = this.input
    const { pages } = this.frames.store
    const record = isKept ? this.reader.copyAt(index) : this.reader.at(index)
    const walk = dissector.walk()
    walkPacket(walk, record.view, record.start, record.end, record.originalLength, record.linkType)
    const told = this.notes.of(index)
    const other = told?.walk?.copy()
    other?.shift(record.start)
    return {
      dissector,
      record: told?.whole?.packet.record ?? record,
      walk: told?.whole?.walk ?? other ?? walk,
      sources: told?.whole?.packet.sources,
      notes: told && ((depth: number) => told.notes[depth]),
      clock: this.clockFor(index, row),
      copyOf: undefined,
      file: pages.file(index),
      names,
    }
  }

  close(): void {
    this.jobs.stop()
    this.frames.close()
  }

  private get isIdle(): boolean {
    return this.isWhole && this.total <= MANY
  }

  /** The packets of the list; undefined: all. */
  private get selection(): Matches | undefined {
    return this.folding?.matches ?? this.filtering?.matches
  }

  private newFold(): FoldPass {
    const { filtering } = this
    const rows = () => (filtering === undefined ? this.total : filtering.matches.count)
    const indexOf = (row: number) => (filtering === undefined ? row : filtering.matches.at(row))
    return new FoldPass(this.frames.store.pages, rows, indexOf, () => this.analysis.count)
  }

  private forgetRows(): void {
    this.rows.clear()
    this.generation++
  }

  /** Where a packet's copies were seen. */
  private copyPlaces(index: number): string[] {
    const { pages } = this.frames.store
    const places: string[] = []
    const last = Math.min(index + COPIES_NEAR, this.analysis.count)
    for (let next = index + 1; next < last; next++) {
      if (pages.seconds(next) - pages.seconds(index) > COPIES_SECONDS) break
      if (pages.originalOf(next) !== index) continue
      const copies = this.compared(next, index)
      places.push(this.input.copyPlace(this.input.row(this.dissect(next, -1, false), copies), copies))
    }
    return places
  }

  /** Both frames as copies see them, the original first. */
  private compared(index: number, original: number): Copies {
    const { copies } = this
    const record = this.reader.at(index)
    const walk: Walk = this.input.dissector.walk()
    skimPacket(walk, record.view, record.start, record.end, record.originalLength, record.linkType)
    const first = this.copyReader.at(original)
    const other: Walk = this.input.dissector.walk()
    skimPacket(other, first.view, first.start, first.end, first.originalLength, first.linkType)
    this.copyGroup++
    copies.observe(first, other, this.copyGroup)
    copies.observe(record, walk, this.copyGroup)
    return copies
  }

  private clockFor(index: number, row: number): Clock {
    const { pages } = this.frames.store
    const at = (one: number) => ({ seconds: pages.seconds(one), nanoseconds: pages.nanoseconds(one) })
    while (this.firstTimed < index && !pages.hasTime(this.firstTimed)) this.firstTimed++
    const before = (place: number, indexOf: (place: number) => number) => {
      for (let one = place - 1; one >= 0 && place - one <= LOOK_BACK; one--)
        if (pages.hasTime(indexOf(one))) return indexOf(one)
      return index
    }
    return {
      first: at(this.firstTimed),
      previous: at(before(index, (one) => one)),
      previousShown: at(before(row, (one) => this.indexOf(one))),
    }
  }
}
