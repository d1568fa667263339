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
const KEY_WORDS = 5
/** Counters of a pair: packets, frames, bytes on the wire. */
const COUNTERS = 3

/** One direction between two inner ends. */
export interface Pair {
  /** Undefined without a tunnel. */
  readonly outer: { readonly source: string; readonly destination: string } | undefined
  /** Name of the tunnel's layer and its VNI; undefined without one. */
  readonly tunnel: { readonly type: string; readonly vni: number } | undefined
  readonly source: string
  readonly destination: string
  readonly packets: number
  readonly frames: number
  readonly bytes: number
  /** Numbers of the transport and application layers seen, in the dissector's tables. */
  readonly layers: readonly number[]
}

export class PairTable {
  /** Packets and frames that found no room. */
  overflow = 0
  size = 0
  private capacity = 1024
  private index = new Int32Array(this.capacity * 2)
  private keys = new Int32Array(512 * KEY_WORDS)
  private counters = new Float64Array(512 * COUNTERS)
  private layers = new Int32Array(512 * 8)
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
    const at = pair * COUNTERS
    const { counters } = this
    if (!isCopy) counters[at] = (counters[at] as number) + 1
    counters[at + 1] = (counters[at + 1] as number) + 1
    counters[at + 2] = (counters[at + 2] as number) + record.originalLength
    for (let depth = inner + 1; depth < own; depth++) this.note(pair, walk.layer[depth] as number)
  }

  /** Every pair, in the order of first sight. */
  *pairs(tables: Walk['tables']): Generator<Pair> {
    for (let pair = 0; pair < this.size; pair++) {
      const at = pair * KEY_WORDS
      const scope = this.keys[at] as number
      const tunnelLayer = (scope >>> 24) & 0x3f
      const layers: number[] = []
      for (let layer = 0; layer < 256; layer++)
        if (((this.layers[pair * 8 + (layer >> 5)] as number) >>> (layer & 31)) & 1) layers.push(layer)
      const text = (word: number, isIpv6: boolean) => this.addressText(this.keys[at + word] as number, isIpv6)
      const outer6 = (scope & OUTER_IPV6) !== 0
      const inner6 = (scope & INNER_IPV6) !== 0
      yield {
        outer: tunnelLayer === 0 ? undefined : { source: text(1, outer6), destination: text(2, outer6) },
        tunnel: tunnelLayer === 0 ? undefined : { type: tables.layers[tunnelLayer]?.name ?? '', vni: scope & 0xffffff },
        source: text(3, inner6),
        destination: text(4, inner6),
        packets: this.counters[pair * COUNTERS] as number,
        frames: this.counters[pair * COUNTERS + 1] as number,
        bytes: this.counters[pair * COUNTERS + 2] as number,
        layers,
      }
    }
  }

  private addressText(word: number, isIpv6: boolean): string {
    if (isIpv6) return this.addresses.text(word)
    return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`
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
    const word = pair * 8 + (layer >> 5)
    this.layers[word] = (this.layers[word] as number) | (1 << (layer & 31))
  }

  /** The pair with the present key, made if there is none; -1: the table is full. */
  private find(): number {
    const { key, keys } = this
    const hash = this.hash()
    const mask = this.capacity - 1
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const pair = (this.index[at * 2 + 1] as number) - 1
      if (pair < 0) return this.insert(hash, at)
      if (this.index[at * 2] !== hash) continue
      const start = pair * KEY_WORDS
      if (
        keys[start] === key[0] &&
        keys[start + 1] === key[1] &&
        keys[start + 2] === key[2] &&
        keys[start + 3] === key[3] &&
        keys[start + 4] === key[4]
      ) {
        return pair
      }
    }
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
    this.keys.set(this.key, pair * KEY_WORDS)
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
    const room = this.capacity / 2
    this.keys = enlarged(this.keys, new Int32Array(room * KEY_WORDS))
    this.counters = enlarged(this.counters, new Float64Array(room * COUNTERS))
    this.layers = enlarged(this.layers, new Int32Array(room * 8))
  }
}

const OUTER_IPV6 = 0x4000_0000
const INNER_IPV6 = 0x8000_0000 | 0

function enlarged<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from)
  return to
}
