/**
 * Flows by the ways that their packets took: how many took which, how long each hop took, and where packets stopped. A
 * flow is a combination of pair, protocol and ports. Nearly all flows take one way, which is kept in typed arrays beside the row; whatever
 * else there is of a flow is kept apart, in bounded numbers.
 */
import type { Tables } from '../dissect/tables.ts'
import { HOP_FLOATS, HopSamples, put } from './hop-samples.ts'
import { Latencies } from './latencies.ts'
import type { FlowKeys } from './packet-finder.ts'
import type { PairRows } from './pair-rows.ts'
import { NOWHERE, type PathRoutes } from './path-routes.ts'

/** A frame of one of the captures; numbers of frames from 1, of captures from 0. */
export interface FrameOf {
  readonly file: number
  readonly frame: number
}

/** Packets that took one route while the same captures ran. */
export interface Tally {
  readonly route: number
  /** Bits of the captures that had begun before the packets and went on after them. */
  readonly running: number
  packets: number
  /** Frames at the route's last point, of the first 64 of them; of the way that most take, of the first one only. */
  readonly frames: number[]
}

export const EXAMPLES = 64
/** Flows of which more than one way is kept. */
const MAX_OTHERS = 65_536
/** A way that fewer packets took gives way to one that goes on where it ends. */
const FEW = 4

/** A row is words, then the samples of the first hop of the flow's own way, if any: one line of a cache. */
const WORDS = 8
const FIRST_HOP = WORDS
/** From so many rows on there is room for as many as there can be: pages that nobody has written to cost nothing, and old rows wait for the collector. */
const MANY = 65_536
const MOST = 1 << 20
const word = { route: 0, running: 1, packets: 2, frame: 3, again: 4, doubled: 5, tunnel: 6, hops: 7 }

export class PathFlows {
  /** Packets whose way was not kept, because there was no room. */
  overflow = 0
  /** Packets counted. */
  packets = 0
  /** Pair, protocol and ports of each flow. */
  readonly rows: FlowKeys
  readonly routes: PathRoutes
  readonly pairs: PairRows
  /** Of the walks that pairs are read by; set by whoever counts. */
  tables: Tables | undefined
  /** Words of a row. */
  private readonly size: number
  private words: Int32Array
  private floats: Float32Array
  private readonly others = new Map<number, Tally[]>()
  private readonly samples = new HopSamples()
  private readonly neighbourhoods = new Map<string, Tally[]>()
  private surveyed = -1

  /** Without `isTimed` nothing is kept of how long hops took, and a row takes half as much. */
  constructor(rows: FlowKeys, pairs: PairRows, routes: PathRoutes, isTimed = true) {
    this.rows = rows
    this.pairs = pairs
    this.routes = routes
    this.size = isTimed ? WORDS + HOP_FLOATS : WORDS
    this.words = new Int32Array(512 * this.size)
    this.floats = new Float32Array(this.words.buffer)
  }

  private get isTimed(): boolean {
    return this.size > WORDS
  }

  /** Counts a packet of the flow `row`; `frame`: where it was seen last. Its hops then go to `sample`. */
  count(row: number, route: number, running: number, frame: number): void {
    this.packets++
    const { words } = this
    const at = row * this.size
    if (words[at + word.route] === route && words[at + word.running] === running) {
      words[at + word.packets] = (words[at + word.packets] as number) + 1
      return
    }
    const own = words[at + word.route] as number
    if (own === NOWHERE ? !this.routes.goesOn(route) : this.givesWay(row, route)) {
      words[at + word.route] = route
      words[at + word.running] = running
      words[at + word.packets] = 1
      words[at + word.frame] = frame
      if (!this.isTimed) return
      words.fill(0, at + FIRST_HOP, at + this.size)
      words[at + word.hops] = this.samples.room(Math.max(0, this.routes.points(route).length - 2))
      return
    }
    const tally = this.other(row, route, running)
    if (tally === undefined) {
      this.overflow++
      return
    }
    tally.packets++
    if (tally.frames.length < EXAMPLES) tally.frames.push(frame)
  }

  /** Takes in how long the packet just counted took for its hop number `hop` (from 0), in nanoseconds. */
  sample(row: number, route: number, hop: number, from: number, to: number, nanoseconds: number): void {
    if (!this.isTimed) return
    const at = row * this.size
    const { words, floats, samples } = this
    if (words[at + word.route] !== route) samples.addOther(row, from, to, nanoseconds)
    else if (hop > 0) samples.add((words[at + word.hops] as number) + hop - 1, nanoseconds)
    else if (!put(floats, at + FIRST_HOP, nanoseconds)) samples.addToMany(floats, at + FIRST_HOP, nanoseconds)
  }

  /** Makes room for a row. */
  enter(row: number): void {
    if ((row + 1) * this.size <= this.words.length) return
    const { length } = this.words
    const words = new Int32Array(length < MANY * this.size ? length * 2 : Math.max(length * 2, MOST * this.size))
    words.set(this.words)
    this.words = words
    this.floats = new Float32Array(words.buffer)
  }

  noteAgain(row: number, isDuplicate: boolean): void {
    const at = row * this.size + (isDuplicate ? word.doubled : word.again)
    this.words[at] = (this.words[at] as number) + 1
  }

  /** The pair that a flow has in its tunnel; the first one stays. */
  noteTunnel(row: number, pair: number): void {
    const at = row * this.size + word.tunnel
    if (this.words[at] === 0) this.words[at] = pair + 1
  }

  /** A flow, read from its row when asked. */
  flow(row: number): FlowPath {
    return new FlowPath(this, row)
  }

  /** Flows of which packets were counted, in the order of first sight. */
  *all(): Generator<FlowPath> {
    for (let row = 0; row < this.rows.size; row++) if (this.packetsOf(row) > 0) yield this.flow(row)
  }

  /** Whether a packet of the flow may have come to its end where others went on: most flows need not be asked further. */
  mayHaveStopped(row: number): boolean {
    return this.others.has(row) || this.routes.goesOn(this.words[row * this.size + word.route] as number)
  }

  packetsOf(row: number): number {
    const own = row < this.words.length / this.size ? (this.words[row * this.size + word.packets] as number) : 0
    const others = this.others.get(row)
    return others === undefined ? own : others.reduce((sum, { packets }) => sum + packets, own)
  }

  again(row: number, isDuplicate: boolean): number {
    return this.words[row * this.size + (isDuplicate ? word.doubled : word.again)] as number
  }

  /** The pair in the tunnel, -1: the flow was in none. */
  tunnelPair(row: number): number {
    return (this.words[row * this.size + word.tunnel] as number) - 1
  }

  talliesOf(row: number): readonly Tally[] {
    const { words } = this
    const at = row * this.size
    const route = words[at + word.route] as number
    const others = this.others.get(row) ?? []
    if (route === NOWHERE) return others
    const running = words[at + word.running] as number
    return [
      { route, running, packets: words[at + word.packets] as number, frames: [words[at + word.frame] as number] },
      ...others,
    ]
  }

  /** How long packets of a flow took from one point straight to the next; undefined: none did. */
  latencies(row: number, from: number, to: number): Latencies | undefined {
    if (!this.isTimed) return undefined
    const at = row * this.size
    const points = this.routes.points(this.words[at + word.route] as number)
    const hop = points.findIndex((point, n) => point === from && points[n + 1] === to)
    const other = this.samples.otherOf(row, from, to)
    if (hop < 0) return other
    const own =
      hop === 0
        ? this.samples.manyOf(this.floats, at + FIRST_HOP)
        : this.samples.of((this.words[at + word.hops] as number) + hop - 1)
    if (other === undefined) return own
    const all = new Latencies()
    all.addAll(own)
    all.addAll(other)
    return all
  }

  /** What all flows between the same tunnel endpoints did; undefined of a flow without a tunnel. */
  neighbours(row: number): readonly Tally[] | undefined {
    const key = this.endpoints(row)
    if (key === undefined) return undefined
    // While packets still come this is made anew now and then; packets that stopped are few.
    if (this.surveyed < 0 || this.packets > this.surveyed * 2) this.survey()
    return this.neighbourhoods.get(key)
  }

  private survey(): void {
    this.surveyed = this.packets
    this.neighbourhoods.clear()
    for (let row = 0; row < this.rows.size; row++) {
      const key = this.packetsOf(row) === 0 ? undefined : this.endpoints(row)
      if (key === undefined) continue
      const known = this.neighbourhoods.get(key) ?? []
      this.neighbourhoods.set(key, known)
      for (const tally of this.talliesOf(row)) {
        const same = known.find(({ route, running }) => route === tally.route && running === tally.running)
        if (same === undefined) known.push({ ...tally })
        else same.packets += tally.packets
      }
    }
  }

  private endpoints(row: number): string | undefined {
    const pair = this.tunnelPair(row)
    if (pair < 0 || this.tables === undefined) return undefined
    const { outer } = this.pairs.pair(pair, this.tables)
    return outer && `${outer.source} ${outer.destination}`
  }

  /** Whether the flow's own way, which few took, ends on the way of `route`; it is then kept with the others. */
  private givesWay(row: number, route: number): boolean {
    const at = row * this.size
    const { words } = this
    const [own, packets] = [words[at + word.route] as number, words[at + word.packets] as number]
    if (packets > FEW || !this.routes.isOnWay(own, route)) return false
    const tally = this.other(row, own, words[at + word.running] as number)
    if (tally === undefined) return false
    tally.packets += packets
    tally.frames.push(words[at + word.frame] as number)
    return true
  }

  private other(row: number, route: number, running: number): Tally | undefined {
    const known = this.others.get(row)
    const tally = known?.find((one) => one.route === route && one.running === running)
    if (tally !== undefined) return tally
    if (known === undefined && this.others.size >= MAX_OTHERS) return undefined
    const made = { route, running, packets: 0, frames: [] }
    if (known === undefined) this.others.set(row, [made])
    else known.push(made)
    return made
  }
}

/** One direction of a conversation. */
export class FlowPath {
  /** From 0, in the order of first sight. */
  readonly number: number
  private readonly flows: PathFlows

  constructor(flows: PathFlows, number: number) {
    this.flows = flows
    this.number = number
  }

  get source(): string {
    return this.ends.source
  }

  get destination(): string {
    return this.ends.destination
  }

  /** IP protocol number. */
  get protocol(): number {
    return this.flows.rows.part(this.number, 1)
  }

  /** Both ports in one, as `portsOf` has them. */
  get ports(): number {
    return this.flows.rows.part(this.number, 2)
  }

  get packets(): number {
    return this.flows.packetsOf(this.number)
  }

  get retransmissions(): number {
    return this.flows.again(this.number, false)
  }

  get duplicates(): number {
    return this.flows.again(this.number, true)
  }

  get tallies(): readonly Tally[] {
    return this.flows.talliesOf(this.number)
  }

  get neighbours(): readonly Tally[] | undefined {
    return this.flows.neighbours(this.number)
  }

  /** Whether packets of it may have been lost; false of most flows, which then need no report. */
  get mayHaveLost(): boolean {
    return this.flows.mayHaveStopped(this.number)
  }

  /** Tunnel endpoints; undefined of a flow that was in no tunnel. */
  get outer(): { readonly source: string; readonly destination: string } | undefined {
    const pair = this.flows.tunnelPair(this.number)
    const { tables } = this.flows
    return pair < 0 || tables === undefined ? undefined : this.flows.pairs.pair(pair, tables).outer
  }

  latencies(from: number, to: number): Latencies | undefined {
    return this.flows.latencies(this.number, from, to)
  }

  private get ends(): { readonly source: string; readonly destination: string } {
    const { pairs, rows, tables } = this.flows
    return tables === undefined ? { source: '', destination: '' } : pairs.pair(rows.part(this.number, 0), tables)
  }
}
