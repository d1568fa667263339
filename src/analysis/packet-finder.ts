/** Finds out of each frame which packet it is of, and of which flow that is. */

import { sightingPlace } from '../capture/places.ts'
import type { CaptureRecord } from '../capture/record.ts'
import type { RecordRuns } from '../capture/record-runs.ts'
import type { Tables } from '../dissect/tables.ts'
import type { Walk } from '../dissect/walk.ts'
import { Copies } from './copies.ts'
import { MAX_FLOWS } from './flow-rows.ts'
import { Groups } from './groups.ts'
import type { PairRows } from './pair-rows.ts'
import { PairTable } from './pair-table.ts'
import { portsOf } from './ports.ts'
import { segmentOf } from './retransmissions.ts'
import { Clock } from './span.ts'

/** Of a frame, one 64-bit float: its time in nanoseconds since the clock began, NaN without; behind it these words. */
export const FOUND_WORDS = 12
export const found = {
  /** Of its ends, its tunnel and its VNI. */
  pair: 2,
  /** Where its packet is remembered, 0 to REMEMBERED - 1, new ones in turn; -1: not at all, without IP. */
  slot: 3,
  /** `Found` says which bits. */
  bits: 4,
  /** TTL (hop limit) of its outer header, or of the only one. */
  ttl: 5,
  /** Where it was seen, as `sightingPlace` numbers it. */
  place: 6,
  /** Of a new packet: the row of its flow; -1: it has none, or there was no room. */
  row: 7,
  /** Of a new packet: the slot of an earlier one that is alike, but no copy; -1: there is none. */
  repeats: 8,
  /** Of a TCP segment that takes up sequence numbers: its first one, and its length and flags; else -1. */
  sequence: 9,
  segment: 10,
} as const

export const Found = {
  /** Its packet has been seen before. */
  copy: 1,
  /** An earlier frame of it had the same pair. */
  knownPair: 2,
  /** It is in a tunnel. */
  tunnelled: 4,
  /** Its inner header has an id that tells one transmission from another. */
  id: 8,
} as const

/** Numbers of flows, and what they combine: pair (0), protocol (1) and ports (2). */
export interface FlowKeys {
  readonly size: number
  part(row: number, which: number): number
}

export interface PacketFinder {
  readonly pairs: PairRows
  readonly rows: FlowKeys
  /** Frames so far. */
  readonly frames: number
  /** The second in which times begin. */
  readonly began: number
  /** What was found of frames, one behind the other; both are over the same memory. */
  readonly words: Int32Array
  readonly floats: Float64Array
  /** Takes in a frame that has been walked or skimmed; what was found of it is then the first in `words`. */
  observe(record: CaptureRecord, walk: Walk): void
  /** Takes whole runs of records in; `take` is called with how many frames something was found of. */
  runs?(tables: Tables, take: (count: number) => void, goesOn: (offset: number) => boolean): RecordRuns
}

/** The one that is by its tables in JavaScript. */
export class TableFinder implements PacketFinder {
  readonly copies = new Copies()
  readonly pairs = new PairTable()
  readonly rows = new Groups(MAX_FLOWS)
  readonly floats = new Float64Array(FOUND_WORDS / 2)
  readonly words = new Int32Array(this.floats.buffer)
  private readonly clock: Clock

  /** `began`: the second in which times begin; without it that of the first record. */
  constructor(began?: number) {
    this.clock = new Clock(began)
  }

  get frames(): number {
    return this.copies.frames
  }

  get began(): number {
    return this.clock.began
  }

  observe(record: CaptureRecord, walk: Walk): void {
    const { words, copies } = this
    this.floats[0] = this.clock.at(record)
    const pair = this.pairs.find(record.view, walk)
    const isCopy = copies.observe(record, walk, pair)
    words[found.pair] = pair
    words[found.slot] = copies.slot
    if (copies.slot < 0) return
    words[found.ttl] = copies.ttl
    words[found.place] = sightingPlace(record)
    const { marks } = walk
    const tunnelled = marks.outer >= 0 ? Found.tunnelled : 0
    if (isCopy) {
      words[found.bits] = tunnelled | Found.copy | (copies.isKnownPair ? Found.knownPair : 0)
      return
    }
    const hasId = marks.innerLayer === walk.tables.ipv4 && record.view.getUint16(marks.inner + 4) !== 0
    words[found.bits] = tunnelled | (hasId ? Found.id : 0)
    words[found.row] = pair < 0 ? -1 : this.rows.numberOf(pair, marks.protocol, portsOf(record.view, walk))
    words[found.repeats] = copies.repeats
    const segment = segmentOf(record.view, walk)
    words[found.segment] = segment
    if (segment >= 0) words[found.sequence] = record.view.getInt32(marks.transport + 4)
  }
}
