/**
 * The ways of packets: copies of one packet, joined over interfaces and captures. A finder says which frames are one packet
 * and where that is remembered; here is kept, beside each remembered packet, where and when it was seen. A packet is told
 * of when no copy of it can come any more. Typed arrays of fixed size: a packet of a known flow allocates nothing.
 */
import type { CaptureRecord } from '../capture/record.ts'
import type { RecordRuns } from '../capture/record-runs.ts'
import type { Tables } from '../dissect/tables.ts'
import type { Walk } from '../dissect/walk.ts'
import { PLACES, REMEMBERED, WINDOW_SECONDS } from './copies.ts'
import { FOUND_WORDS, Found, found, type PacketFinder, TableFinder } from './packet-finder.ts'
import type { PairRows } from './pair-rows.ts'
import { type FlowPath, PathFlows } from './path-flows.ts'
import { type PathPoint, PathPoints } from './path-points.ts'
import { NOWHERE, PathRoutes } from './path-routes.ts'
import { Retransmissions } from './retransmissions.ts'
import { stretch } from './span.ts'

/** Captures of which it is known whether they ran: as many as a word has bits but its sign. */
export const MAX_FILES = 31

/** Records may come a little late; a packet waits so much longer for its copies, in nanoseconds. */
const LATE = 0.25e9
/** Retransmissions come no sooner, in nanoseconds; what comes sooner was doubled on the way. */
const SENT_AGAIN = 1e6
/** A packet that was seen last so shortly before a capture's end may have gone on behind it, in nanoseconds. */
const TOO_SHORT = 10e6

export type PacketKind = 'packet' | 'retransmission' | 'duplicate'
const KINDS: readonly PacketKind[] = ['packet', 'retransmission', 'duplicate']
const PACKET = 0
const RETRANSMISSION = 1
const DUPLICATE = 2

/** One sighting of a packet. */
export interface Sighting {
  readonly point: PathPoint
  /** Number of the frame in its capture, from 1. */
  readonly frame: number
  /** Nanoseconds since `began`, by the clock of the first capture; NaN: the frame has no time. */
  readonly time: number
  /** TTL (hop limit) of the outer header, or of the only one. */
  readonly ttl: number
  /** Its ends, tunnel and VNI, as PairTable numbers them. */
  readonly pair: number
}

/** A packet with all its sightings, in their order. Valid during the call that tells of it. */
export interface SeenPacket<About> {
  readonly about: About | undefined
  readonly flow: FlowPath | undefined
  readonly kind: PacketKind
  /** Of a retransmission or duplicate: where the earlier packet was seen first. */
  readonly of: { readonly file: number; readonly frame: number } | undefined
  readonly sightings: readonly Sighting[]
  readonly route: number
  /** Bits of the captures that ran while it was on its way. */
  readonly running: number
}

/** When a capture began and ended, in nanoseconds since `began`. */
export interface Coverage {
  readonly first: number
  readonly last: number
}

export interface PathTableOptions<About> {
  /** Names of interfaces by index, for a capture. */
  readonly linksOf?: (file: number) => ReadonlyMap<number, string>
  /** What is kept of a packet's first frame. */
  describe?(record: CaptureRecord, walk: Walk): About
  onPacket?(packet: SeenPacket<About>): void
  /** The second in which times begin; without it that of the first record. */
  readonly began?: number | undefined
  /** What is known of the captures before they are read; without it they are taken to run from their first frame on. */
  readonly coverage?: readonly Coverage[] | undefined
  /** By how much clocks of two captures may still differ, in nanoseconds. */
  readonly uncertainty?: number | undefined
  /** Finds out which packet a frame is of; nobody else may give it frames. Without it a TableFinder does. */
  readonly finder?: PacketFinder | undefined
  /** Whether it is kept how long hops took. Default true. */
  readonly isTimed?: boolean
}

const NO_LINKS: ReadonlyMap<number, string> = new Map()

export class PathTable<About = unknown> {
  readonly pairs: PairRows
  readonly points: PathPoints
  readonly routes = new PathRoutes()
  /** Packets told of. */
  packets = 0
  private readonly options: PathTableOptions<About>
  private readonly finder: PacketFinder
  private readonly retransmissions = new Retransmissions()
  private readonly ways: PathFlows
  private withoutFlow = 0
  /** Frames of each capture so far, and its first and last time. */
  private readonly frames: number[] = []
  private readonly spans = new Float64Array(MAX_FILES * 2).fill(Number.NaN)
  private latest = Number.NEGATIVE_INFINITY
  private silence = 0

  // Of each remembered packet, by its slot.
  private readonly seen = new Uint8Array(REMEMBERED)
  private readonly flags = new Uint8Array(REMEMBERED)
  /** Rows of their flows; -1: none. */
  private readonly flowOf = new Int32Array(REMEMBERED).fill(-1)
  /** Pairs that they have in tunnels; -1: none yet. */
  private readonly tunnelOf = new Int32Array(REMEMBERED).fill(-1)
  private readonly abouts: (About | undefined)[] = []
  private readonly earlier = new Int32Array(REMEMBERED * 2)
  private readonly times = new Float64Array(REMEMBERED * PLACES)
  private readonly pointOf = new Uint16Array(REMEMBERED * PLACES)
  private readonly ttls = new Uint8Array(REMEMBERED * PLACES)
  private readonly frameOf = new Uint32Array(REMEMBERED * PLACES)
  private readonly pairOf = new Int32Array(REMEMBERED * PLACES)
  /** Slots come in turn; this is the first one that is still waited for, and how many are. */
  private oldest = 1
  private waiting = 0
  private readonly order = new Uint8Array(PLACES)

  constructor(options: PathTableOptions<About> = {}) {
    this.options = options
    this.finder = options.finder ?? new TableFinder(options.began)
    this.pairs = this.finder.pairs
    this.points = new PathPoints(options.linksOf ?? (() => NO_LINKS))
    this.ways = new PathFlows(this.finder.rows, this.pairs, this.routes, options.isTimed)
  }

  /**
   * Takes a frame of capture `file` in, which has been walked or skimmed. A packet is told of if any of its frames is
   * `selected`. Interfaces of different captures must have different ids, as `scanMerged` gives them.
   */
  observe(record: CaptureRecord, walk: Walk, file: number, isSelected: boolean): void {
    const { finder, options } = this
    finder.observe(record, walk)
    this.ways.tables = walk.tables
    const { words } = finder
    const slot = words[found.slot] as number
    const point = slot < 0 ? -1 : this.points.of(record, words[found.place] as number, file)
    this.take(0, file, isSelected, point)
    const isNew = slot >= 0 && ((words[found.bits] as number) & Found.copy) === 0
    if (isNew && options.describe !== undefined) this.abouts[slot] = options.describe(record, walk)
    this.expire()
  }

  /** Takes whole runs of records of the only capture in, where the finder does; all packets are told of. */
  runs(tables: Tables, goesOn: () => boolean): RecordRuns | undefined {
    return this.finder.runs?.(tables, (count) => this.takeFound(count, 0, tables), goesOn)
  }

  /** Takes in the first `count` frames that the finder has found out about, all of one capture, and seen at known places. */
  private takeFound(count: number, file: number, tables: Tables): void {
    const { words } = this.finder
    this.ways.tables = tables
    for (let n = 0; n < count; n++) {
      const at = n * FOUND_WORDS
      const point = (words[at + found.slot] as number) < 0 ? -1 : this.points.known(words[at + found.place] as number)
      this.take(at, file, true, point)
      this.expire()
    }
  }

  /** Takes in the frame of which what was found begins at word `from`. */
  private take(from: number, file: number, isSelected: boolean, point: number): void {
    const { words, floats } = this.finder
    const frame = (this.frames[file] ?? 0) + 1
    this.frames[file] = frame
    const now = floats[from >> 1] as number
    if (file < MAX_FILES) stretch(this.spans, file * 2, file * 2 + 1, now)
    if (now > this.latest) this.latest = now
    const slot = words[from + found.slot] as number
    if (slot < 0) return
    const bits = words[from + found.bits] as number
    const isCopy = (bits & Found.copy) !== 0
    if (!isCopy) this.begin(slot, from, file, frame, now)
    const count = this.seen[slot] as number
    // Told of already: a copy that came much too late.
    if (isCopy && count === 0) return
    this.seen[slot] = count + 1
    if (isSelected) this.flags[slot] = (this.flags[slot] as number) | SELECTED
    const at = slot * PLACES + count
    const pair = words[from + found.pair] as number
    this.times[at] = now
    this.pointOf[at] = point
    this.ttls[at] = words[from + found.ttl] as number
    this.frameOf[at] = frame
    this.pairOf[at] = pair
    if ((bits & (Found.knownPair | Found.tunnelled)) === Found.tunnelled) this.tunnelOf[slot] = pair
  }

  /**
   * Tells of all packets that are still waited for: at the end, or when a pipe has been silent for so many nanoseconds,
   * in which the capture ran, and saw no copy of them.
   */
  finish(silence = 0): void {
    this.silence = silence
    while (this.waiting > 0) this.tellOldest()
    this.silence = 0
  }

  /** Flows of which packets were told, in the order of first sight. */
  flows(): Iterable<FlowPath> {
    return this.ways.all()
  }

  /** The flow of that number. */
  flowAt(number: number): FlowPath {
    return this.ways.flow(number)
  }

  /** Packets of flows that were not told apart, because a table was full. */
  get overflow(): number {
    return this.withoutFlow + this.ways.overflow
  }

  /** The second in which times begin. */
  get began(): number {
    return this.finder.began
  }

  /** Frames so far, of all captures. */
  get seenFrames(): number {
    return this.finder.frames
  }

  /** From the first to the last frame of a capture; undefined if it had none with a time. */
  coverage(file: number): Coverage | undefined {
    const first = this.spans[file * 2] as number
    return Number.isNaN(first) ? undefined : { first, last: this.spans[file * 2 + 1] as number }
  }

  private begin(slot: number, from: number, file: number, frame: number, now: number): void {
    if (this.waiting === REMEMBERED) this.tellOldest()
    this.waiting++
    const row = this.finder.words[from + found.row] as number
    if (row < 0) this.withoutFlow++
    else this.ways.enter(row)
    this.flowOf[slot] = row
    this.tunnelOf[slot] = -1
    this.flags[slot] = PACKET
    this.label(slot, from, row, file, frame, now)
  }

  private label(slot: number, from: number, row: number, file: number, frame: number, now: number): void {
    const { earlier, retransmissions } = this
    const { words } = this.finder
    const segment = words[from + found.segment] as number
    const isSentBefore =
      row >= 0 &&
      segment >= 0 &&
      retransmissions.observe(row, words[from + found.sequence] as number, segment, file, frame)
    const repeats = words[from + found.repeats] as number
    if (repeats >= 0 && (this.seen[repeats] as number) > 0) {
      const first = repeats * PLACES
      // Who sends again gives a new id, but IPv6 has none, and many leave it 0: then only time can tell.
      const isSlow = now - (this.times[first] as number) >= SENT_AGAIN
      const hasId = ((words[from + found.bits] as number) & Found.id) !== 0
      this.flags[slot] = isSentBefore && isSlow && !hasId ? RETRANSMISSION : DUPLICATE
      earlier[slot * 2] = this.fileOf(first)
      earlier[slot * 2 + 1] = this.frameOf[first] as number
    } else if (isSentBefore) {
      this.flags[slot] = RETRANSMISSION
      earlier[slot * 2] = retransmissions.file
      earlier[slot * 2 + 1] = retransmissions.frame
    }
  }

  /** Tells of the packets of which no copies can come any more. */
  private expire(): void {
    const before = this.latest - (WINDOW_SECONDS * 1e9 + LATE)
    while (this.waiting > 0 && (this.times[this.oldest * PLACES] as number) < before) this.tellOldest()
  }

  private tellOldest(): void {
    const slot = this.oldest
    this.oldest = (slot + 1) & (REMEMBERED - 1)
    this.waiting--
    if (((this.flags[slot] as number) & SELECTED) !== 0) this.tell(slot)
    this.seen[slot] = 0
    if (this.options.describe !== undefined) this.abouts[slot] = undefined
  }

  private tell(slot: number): void {
    this.packets++
    const count = this.seen[slot] as number
    const { order, routes, pointOf } = this
    if (count > 1) this.sort(slot, count)
    else order[0] = 0
    const base = slot * PLACES
    let route = NOWHERE
    for (let n = 0; n < count; n++) route = routes.extended(route, pointOf[base + (order[n] as number)] as number)
    const running = this.running(this.times[base] as number)
    const kind = (this.flags[slot] as number) & KIND
    const row = this.flowOf[slot] as number
    if (row >= 0) this.countWay(row, slot, count, route, running, kind)
    if (this.options.onPacket !== undefined) this.hand(slot, count, route, running, kind)
  }

  private countWay(row: number, slot: number, count: number, route: number, running: number, kind: number): void {
    const { order, times, pointOf, ways } = this
    const base = slot * PLACES
    let before = base + (order[0] as number)
    ways.count(row, route, running, this.frameOf[base + (order[count - 1] as number)] as number)
    if (kind !== PACKET) ways.noteAgain(row, kind === DUPLICATE)
    const tunnel = this.tunnelOf[slot] as number
    if (tunnel >= 0) ways.noteTunnel(row, tunnel)
    for (let n = 1; n < count; n++) {
      const at = base + (order[n] as number)
      const since = (times[at] as number) - (times[before] as number)
      ways.sample(row, route, n - 1, pointOf[before] as number, pointOf[at] as number, since)
      before = at
    }
  }

  private hand(slot: number, count: number, route: number, running: number, kind: number): void {
    const base = slot * PLACES
    const row = this.flowOf[slot] as number
    const { earlier } = this
    this.options.onPacket?.({
      about: this.abouts[slot],
      flow: row < 0 ? undefined : this.ways.flow(row),
      kind: KINDS[kind] as PacketKind,
      of: kind === PACKET ? undefined : { file: earlier[slot * 2] as number, frame: earlier[slot * 2 + 1] as number },
      sightings: Array.from(this.order.subarray(0, count), (n) => this.sighting(base + n)),
      route,
      running,
    })
  }

  private sighting(at: number): Sighting {
    return {
      point: this.points.at(this.pointOf[at] as number),
      frame: this.frameOf[at] as number,
      time: this.times[at] as number,
      ttl: this.ttls[at] as number,
      pair: this.pairOf[at] as number,
    }
  }

  /** Puts the sightings of a packet in the order in which it passed. */
  private sort(slot: number, count: number): void {
    const { order } = this
    const base = slot * PLACES
    for (let n = 0; n < count; n++) {
      let to = n
      while (to > 0 && this.isBefore(base + n, base + (order[to - 1] as number))) {
        order[to] = order[to - 1] as number
        to--
      }
      order[to] = n
    }
  }

  /**
   * By time; where that cannot tell, a router has lowered the TTL of the later one, and what one machine sends comes
   * before what another receives.
   */
  private isBefore(a: number, b: number): boolean {
    const apart = (this.times[a] as number) - (this.times[b] as number)
    const { uncertainty = 0 } = this.options
    const size = apart < 0 ? -apart : apart
    const isElsewhere = this.fileOf(a) !== this.fileOf(b)
    if (size !== 0 && !(isElsewhere && size <= uncertainty)) return apart < 0
    const hops = this.pairOf[a] === this.pairOf[b] ? (this.ttls[a] as number) - (this.ttls[b] as number) : 0
    if (hops !== 0) return hops > 0
    const received = isElsewhere ? this.received(b) - this.received(a) : 0
    return received === 0 ? apart < 0 : received > 0
  }

  /** 1: by its direction it came from elsewhere, -1: it was sent here, 0: its capture does not say. */
  private received(at: number): number {
    const { direction } = this.points.at(this.pointOf[at] as number)
    return direction === undefined ? 0 : direction === 'Out' ? -1 : 1
  }

  private fileOf(at: number): number {
    return this.points.at(this.pointOf[at] as number).file
  }

  /** Bits of the captures that ran at `time` and went on long enough to see what was on its way then. */
  private running(time: number): number {
    let bits = 0
    const files = Math.min(this.options.coverage?.length ?? this.frames.length, MAX_FILES)
    for (let file = 0; file < files; file++) {
      const known = this.options.coverage?.[file]
      const first = known?.first ?? (this.spans[file * 2] as number)
      const last = known?.last ?? this.latest + this.silence
      if (first <= time && time + TOO_SHORT <= last) bits |= 1 << file
    }
    return bits
  }
}

const KIND = 0x03
const SELECTED = 0x80
