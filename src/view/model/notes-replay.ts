/**
 * What earlier packets tell about those on the screen. Notes depend on everything before, so the capture is gone through
 * from its first packet; what was asked for is kept. Going back beyond what is kept begins anew, which takes about a
 * second for a million packets; until then rows stand without notes.
 */
import type { CaptureRecord } from '../../capture/record.ts'
import type { Dissector } from '../../dissect/dissector.ts'
import type { LayerNotes } from '../../dissect/notes.ts'
import { type Walk, walkPacket } from '../../dissect/walk.ts'
import type { Assembled } from '../../streams/assembled-record.ts'
import { BoundedMap } from '../../streams/bounded-map.ts'
import { Conversations } from '../../streams/conversations.ts'
import type { FrameStore } from '../frames/frame-reader.ts'
import type { Job } from './jobs.ts'
import { Pass } from './pass.ts'

/** What its conversations say of a packet. */
export interface Told {
  /** By depth. */
  readonly notes: readonly (LayerNotes | undefined)[]
  /** Its walk from 0, where that is another than that of the packet alone; what was put together is not in it. */
  readonly walk: Walk | undefined
  /** With what was put together of several packets behind its bytes, and the walk through that; undefined: nothing was. */
  readonly whole: { readonly packet: Assembled; readonly walk: Walk } | undefined
}

/** Packets of which it is remembered. */
const KEPT = 8192

export class NotesReplay implements Job {
  private readonly store: FrameStore
  private readonly dissector: Dissector
  private readonly relativeSequence: boolean
  private readonly walk: Walk
  private conversations: Conversations
  private pass: Pass
  private readonly kept = new BoundedMap<number, Told>(KEPT)
  private wanted = new Set<number>()
  /** Before which packet nothing more is wanted. */
  private until = 0

  constructor(store: FrameStore, dissector: Dissector, relativeSequence: boolean) {
    this.store = store
    this.dissector = dissector
    this.relativeSequence = relativeSequence
    this.walk = dissector.walk()
    this.conversations = this.begin()
    this.pass = this.passFrom()
  }

  /** What is told of a packet, from 0; undefined if it is not known yet. */
  of(index: number): Told | undefined {
    return this.kept.get(index)
  }

  /** Says which packets are looked at now. True: some of them have to be waited for. */
  want(indexes: readonly number[]): boolean {
    const missing = indexes.filter((index) => this.kept.get(index) === undefined)
    if (missing.length === 0) {
      this.wanted.clear()
      return false
    }
    this.wanted = new Set(missing)
    this.until = Math.max(...missing) + 1
    if (Math.min(...missing) < this.pass.at) {
      this.conversations = this.begin()
      this.pass = this.passFrom()
    }
    return true
  }

  /** How many packets have to be gone through for what is wanted. */
  get distance(): number {
    return this.wanted.size === 0 ? 0 : this.until - this.pass.at
  }

  run(deadline: number): boolean {
    return this.wanted.size > 0 && this.pass.run(deadline)
  }

  private begin(): Conversations {
    return new Conversations(this.dissector.tables, { relativeSequence: this.relativeSequence })
  }

  private passFrom(): Pass {
    return new Pass(
      this.store,
      (record, index) => this.visit(record, index),
      () => Math.min(this.until, this.store.pages.count),
    )
  }

  private visit(record: CaptureRecord, index: number): void {
    const { walk } = this
    walkPacket(walk, record.view, record.start, record.end, record.originalLength, record.linkType)
    const isWanted = this.wanted.delete(index)
    const alone = isWanted ? walk.copy() : undefined
    const { notes, record: whole, sources } = this.conversations.observe(record, walk, isWanted)
    if (alone === undefined) return
    let other: Walk | undefined
    if (sources === undefined && !isSame(alone, walk)) {
      other = walk.copy()
      other.shift(-record.start)
    }
    this.kept.set(index, {
      notes: Array.from({ length: walk.depth }, (_, depth) => notes(depth)),
      walk: other,
      whole: sources && { packet: { record: whole, sources }, walk: walk.copy() },
    })
  }
}

function isSame(one: Walk, other: Walk): boolean {
  if (one.depth !== other.depth) return false
  for (let at = 0; at < one.depth; at++)
    if (one.layer[at] !== other.layer[at] || one.body[at] !== other.body[at] || one.end[at] !== other.end[at])
      return false
  return true
}
