/**
 * Who talked to whom inside which tunnel: counters for each (outer source and destination, tunnel and VNI, inner source
 * and destination). Open addressing over typed arrays; a packet allocates nothing. IPv6 addresses are interned.
 */
import type { CaptureRecord } from '../capture/record.ts'
import type { Walk } from '../dissect/walk.ts'
import { AddressTable } from './address-table.ts'
import { lastIp, ownLayers } from './places.ts'

/** Pairs told apart at most; what comes after is counted together. */
export const MAX_PAIRS = 262_144
/**
 * A pair's row: its key, and a bit for each layer seen; then, as 64-bit floats, packets, frames and bytes on the wire.
 * They lie together because finding a pair is mostly waiting for memory.
 */
const KEY_WORDS = 5
const LAYER_WORDS = 8
const COUNTERS = 3
const ROW_WORDS = 20
const FIRST_COUNTER = (ROW_WORDS - 2 * COUNTERS) / 2

/**
 * One direction between two inner ends, read from its row when asked: there may be hundreds of thousands, of which few
 * are shown.
 */
export class Pair {
  private readonly table: PairTable
  private readonly tables: Walk['tables']
  private readonly row: number

  constructor(table: PairTable, tables: Walk['tables'], row: number) {
    this.table = table
    this.tables = tables
    this.row = row
  }

  get packets(): number {
    return this.table.counter(this.row, 0)
  }

  get frames(): number {
    return this.table.counter(this.row, 1)
  }

  /** On the wire. */
  get bytes(): number {
    return this.table.counter(this.row, 2)
  }

  /** Number of the tunnel's layer, 0 without one. */
  get tunnelLayer(): number {
    return this.table.tunnelLayer(this.row)
  }

  /** 0 without a tunnel. */
  get vni(): number {
    return this.table.vni(this.row)
  }

  /**
   * A number for one of the ends, to compare them by: equal numbers, equal addresses. 1 and 2: outer source and
   * destination, 0 without a tunnel; 3 and 4: inner source and destination.
   */
  end(which: 1 | 2 | 3 | 4): number {
    return this.table.end(this.row, which)
  }

  /** Undefined without a tunnel. */
  get outer(): { readonly source: string; readonly destination: string } | undefined {
    if (this.tunnelLayer === 0) return undefined
    return { source: this.table.addressText(this.end(1)), destination: this.table.addressText(this.end(2)) }
  }

  /** Name of the tunnel's layer and its VNI; undefined without one. */
  get tunnel(): { readonly type: string; readonly vni: number } | undefined {
    const layer = this.tunnelLayer
    return layer === 0 ? undefined : { type: this.tables.layers[layer]?.name ?? '', vni: this.vni }
  }

  get source(): string {
    return this.table.addressText(this.end(3))
  }

  get destination(): string {
    return this.table.addressText(this.end(4))
  }

  /** Numbers of the transport and application layers seen, in the dissector's tables. */
  get layers(): readonly number[] {
    return this.table.layersOf(this.row)
  }
}

export class PairTable {
  /** Packets and frames that found no room. */
  overflow = 0
  size = 0
  private capacity = 1024
  private index = new Int32Array(this.capacity * 2)
  private rows = new Int32Array(512 * ROW_WORDS)
  private counters = new Float64Array(this.rows.buffer)
  /** The row that the frame before belonged to: in a capture of both sides of a router it is this one's too. */
  private recent = 0
  private readonly addresses = new AddressTable()
  private readonly key = new Int32Array(KEY_WORDS)

  /** Counts a frame; `isCopy`: the packet has been counted already. */
  add(record: CaptureRecord, walk: Walk, isCopy: boolean): void {
    const own = ownLayers(walk)
    const hasTunnel = walk.firstTunnel >= 0
    const inner = lastIp(walk, hasTunnel ? walk.lastTunnel + 1 : 0, own)
    if (inner < 0) return
    const outer = hasTunnel ? lastIp(walk, 0, walk.firstTunnel) : -1
    this.fillKey(record, walk, inner, outer)
    const pair = this.find()
    if (pair < 0) {
      this.overflow++
      return
    }
    const at = pair * (ROW_WORDS / 2) + FIRST_COUNTER
    const { counters } = this
    if (!isCopy) counters[at] = (counters[at] as number) + 1
    counters[at + 1] = (counters[at + 1] as number) + 1
    counters[at + 2] = (counters[at + 2] as number) + record.originalLength
    for (let depth = inner + 1; depth < own; depth++) this.note(pair, walk.layer[depth] as number)
  }

  /** Every pair, in the order of first sight. */
  *pairs(tables: Walk['tables']): Generator<Pair> {
    for (let pair = 0; pair < this.size; pair++) yield new Pair(this, tables, pair * ROW_WORDS)
  }

  counter(row: number, which: number): number {
    return this.counters[row / 2 + FIRST_COUNTER + which] as number
  }

  tunnelLayer(row: number): number {
    return ((this.rows[row] as number) >>> 24) & 0x3f
  }

  vni(row: number): number {
    return (this.rows[row] as number) & 0xffffff
  }

  /** IPv4 addresses are numbers already; those of IPv6 follow them. */
  end(row: number, which: number): number {
    const isIpv6 = ((this.rows[row] as number) & (which < 3 ? OUTER_IPV6 : INNER_IPV6)) !== 0
    return ((this.rows[row + which] as number) >>> 0) + (isIpv6 ? FIRST_IPV6 : 0)
  }

  /** The words for one of a pair's ends. */
  addressText(end: number): string {
    if (end >= FIRST_IPV6) return this.addresses.text(end - FIRST_IPV6)
    return `${end >>> 24}.${(end >>> 16) & 255}.${(end >>> 8) & 255}.${end & 255}`
  }

  /** The layers noted in a row. */
  layersOf(row: number): number[] {
    const layers: number[] = []
    for (let layer = 0; layer < LAYER_WORDS * 32; layer++)
      if (((this.rows[row + KEY_WORDS + (layer >> 5)] as number) >>> (layer & 31)) & 1) layers.push(layer)
    return layers
  }

  private fillKey(record: CaptureRecord, walk: Walk, inner: number, outer: number): void {
    const { key } = this
    const { view } = record
    let scope = 0
    key[1] = 0
    key[2] = 0
    if (outer >= 0) {
      const header = walk.start[walk.lastTunnel] as number
      const isWhole = (walk.body[walk.lastTunnel] as number) - header >= 8
      scope = ((walk.layer[walk.lastTunnel] as number) << 24) | (isWhole ? view.getInt32(header + 4) >>> 8 : 0)
      if (this.putEnds(view, walk, outer, 1)) scope |= OUTER_IPV6
    }
    if (this.putEnds(view, walk, inner, 3)) scope |= INNER_IPV6
    key[0] = scope
  }

  /** Puts both addresses of an IP header into the key; true for IPv6. */
  private putEnds(view: DataView, walk: Walk, depth: number, word: number): boolean {
    const at = walk.start[depth] as number
    if (walk.layer[depth] === walk.tables.ipv4) {
      this.key[word] = view.getInt32(at + 12)
      this.key[word + 1] = view.getInt32(at + 16)
      return false
    }
    this.key[word] = this.addresses.intern(view, at + 8)
    this.key[word + 1] = this.addresses.intern(view, at + 24)
    return true
  }

  private note(pair: number, layer: number): void {
    const word = pair * ROW_WORDS + KEY_WORDS + (layer >> 5)
    this.rows[word] = (this.rows[word] as number) | (1 << (layer & 31))
  }

  /** The pair with the present key, made if there is none; -1: the table is full. */
  private find(): number {
    const { index } = this
    if (this.recent < this.size && this.hasKey(this.recent)) return this.recent
    const hash = this.hash()
    const mask = this.capacity - 1
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const pair = (index[at * 2 + 1] as number) - 1
      if (pair < 0) return this.insert(hash, at)
      if (index[at * 2] !== hash || !this.hasKey(pair)) continue
      this.recent = pair
      return pair
    }
  }

  private hasKey(pair: number): boolean {
    const { key, rows } = this
    const row = pair * ROW_WORDS
    return (
      rows[row] === key[0] &&
      rows[row + 1] === key[1] &&
      rows[row + 2] === key[2] &&
      rows[row + 3] === key[3] &&
      rows[row + 4] === key[4]
    )
  }

  private hash(): number {
    let hash = 0
    for (let i = 0; i < KEY_WORDS; i++) {
      hash = Math.imul(hash ^ (this.key[i] as number), 0x9e3779b1)
      hash ^= hash >>> 15
    }
    return hash | 0
  }

  private insert(hash: number, at: number): number {
    if (this.size >= MAX_PAIRS) return -1
    let slot = at
    if ((this.size + 1) * 2 > this.capacity) {
      this.grow()
      const mask = this.capacity - 1
      slot = hash & mask
      while ((this.index[slot * 2 + 1] as number) !== 0) slot = (slot + 1) & mask
    }
    const pair = this.size++
    this.index[slot * 2] = hash
    this.index[slot * 2 + 1] = pair + 1
    this.rows.set(this.key, pair * ROW_WORDS)
    return pair
  }

  private grow(): void {
    const before = this.index
    this.capacity *= 2
    this.index = new Int32Array(this.capacity * 2)
    const mask = this.capacity - 1
    for (let at = 0; at < before.length; at += 2) {
      if (before[at + 1] === 0) continue
      let slot = (before[at] as number) & mask
      while (this.index[slot * 2 + 1] !== 0) slot = (slot + 1) & mask
      this.index[slot * 2] = before[at] as number
      this.index[slot * 2 + 1] = before[at + 1] as number
    }
    const rows = new Int32Array((this.capacity / 2) * ROW_WORDS)
    rows.set(this.rows)
    this.rows = rows
    this.counters = new Float64Array(rows.buffer)
  }
}

const OUTER_IPV6 = 0x4000_0000
const INNER_IPV6 = 0x8000_0000 | 0
const FIRST_IPV6 = 0x1_0000_0000
