/** One frame while a loaded capture is gone through: what assertions ask of it, worked out when they ask. */
import type { Instant } from '../bytes/time.ts'
import { CaptureRecord } from '../capture/record.ts'
import type { Dissector } from '../dissect/dissector.ts'
import type { LayerNotes } from '../dissect/notes.ts'
import type { Walk } from '../dissect/walk.ts'
import type { Names } from '../names/names.ts'
import type { Clock, Dissection } from '../packet/dissection.ts'
import { type ListEnds, listEnds } from '../packet/list-ends.ts'
import { Packet } from '../packet/packet.ts'
import { type Summary, summaryOf } from '../packet/summary.ts'
import type { Assembled } from '../streams/assembled-record.ts'
import type { Observed } from '../streams/conversations.ts'

/** Is moved from frame to frame; what it says holds until then. */
export class Frame {
  readonly dissector: Dissector
  readonly record: CaptureRecord
  readonly walk: Walk
  readonly names: Names | undefined
  notes: ((depth: number) => LayerNotes | undefined) | undefined
  /** The frame with what was put together behind its bytes, which the walk goes on in; undefined: nothing was. */
  whole: Assembled | undefined
  clock: Clock | undefined
  private knownEnds: ListEnds | undefined
  private knownDissection: Dissection | undefined
  private knownSummary: Summary | undefined

  constructor(dissector: Dissector, record: CaptureRecord, walk: Walk, names: Names | undefined) {
    this.dissector = dissector
    this.record = record
    this.walk = walk
    this.names = names
  }

  /** To be called when record and walk have moved. */
  moved(told: Observed | undefined, clock: Clock | undefined): void {
    this.notes = told?.notes
    this.whole = told?.sources === undefined ? undefined : told
    this.clock = clock
    this.knownEnds = undefined
    this.knownDissection = undefined
    this.knownSummary = undefined
  }

  get number(): number {
    return this.record.number
  }

  get time(): Instant {
    return { seconds: this.record.seconds, nanoseconds: this.record.nanoseconds }
  }

  /** Node to node, VNI, pod to pod. */
  get ends(): ListEnds {
    this.knownEnds ??= listEnds(this.record, this.walk)
    return this.knownEnds
  }

  get summary(): Summary {
    this.knownSummary ??= summaryOf(this.dissection)
    return this.knownSummary
  }

  /** Name of the innermost tunnel's layer; undefined without one. */
  get tunnel(): string | undefined {
    const { marks, tables } = this.walk
    return marks.tunnel < 0 ? undefined : tables.layers[marks.tunnelLayer]?.name
  }

  get dissection(): Dissection {
    const { dissector, walk, notes, clock, names } = this
    const { record, sources } = this.whole ?? { record: this.record, sources: undefined }
    this.knownDissection ??= { dissector, record, walk, sources, notes, clock, ...(names !== undefined && { names }) }
    return this.knownDissection
  }

  /** A packet that stays valid: its bytes are copied. */
  packet(): Packet {
    const kept = Array.from({ length: this.walk.depth }, (_, depth) => this.notes?.(depth))
    const { clock, names, whole } = this
    const context = {
      notes: (depth: number) => kept[depth],
      sources: whole?.sources,
      ...(clock !== undefined && { clock: { ...clock } }),
      ...(names !== undefined && { names }),
    }
    // Bytes that were put together are nobody else's.
    if (whole !== undefined) return new Packet(this.dissector, whole.record, context, this.walk.copy())
    const copy = new CaptureRecord()
    Object.assign(copy, this.record)
    copy.bytes = this.record.bytes.slice(this.record.start, this.record.end)
    copy.view = new DataView(copy.bytes.buffer)
    copy.start = 0
    copy.end = copy.bytes.length
    return new Packet(this.dissector, copy, context)
  }
}
