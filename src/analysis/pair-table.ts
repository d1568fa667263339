/**
 * Who talked to whom inside which tunnel: a row for each (outer source and destination, tunnel and VNI, inner source
 * and destination), with counters. Open addressing over typed arrays; a packet allocates nothing. IPv6 addresses are
 * interned. Tables that need more than that (flows, copies) go by a pair's number.
 */

import { enter, grownIndex, isFull, NUMBERS } from '../bytes/hash-index.ts'
import type { CaptureRecord } from '../capture/record.ts'
import type { Walk } from '../dissect/walk.ts'
import { AddressTable } from './address-table.ts'
import { float, hashOf, INNER_IPV6, NO_PAIR, OUTER_IPV6, PairRows, ROW_WORDS, word } from './pair-rows.ts'
import { stretch } from './span.ts'

/** Pairs told apart at most; what comes after is counted together. */
export const MAX_PAIRS = 262_144

const FIRST_ROWS = 512

export class PairTable extends PairRows {
  /** Frames that found no room. */
  overflow = 0
  size = 0
  private index: Int32Array = new Int32Array(1024)
  protected words = new Int32Array(FIRST_ROWS * ROW_WORDS)
  protected floats = new Float64Array(this.words.buffer)
  /** The pair that the frame before belonged to: in a capture of both sides of a router it is this one's too. */
  private recent = 0
  private readonly addresses = new AddressTable()
  /** Layers that were spoken, in the order of first sight; a row's bits count them. */
  private readonly spoken = new Uint8Array(256)
  private readonly spokenLayers: number[] = []

  /**
   * The number of the packet's pair, made if there is none; NO_PAIR without an IP header. Below that: the table is
   * full, and equal pairs still have equal numbers.
   */
  find(view: DataView, walk: Walk): number {
    const { marks, tables } = walk
    const { inner, outer } = marks
    if (inner < 0) return NO_PAIR
    let scope = 0
    let a = 0
    let b = 0
    let c: number
    let d: number
    if (marks.tunnel >= 0 && outer >= 0) {
      scope = (marks.tunnelLayer << 24) | (marks.vni & 0xffffff)
      if (marks.outerLayer === tables.ipv4) {
        a = view.getInt32(outer + 12)
        b = view.getInt32(outer + 16)
      } else {
        scope |= OUTER_IPV6
        a = this.addresses.intern(view, outer + 8)
        b = this.addresses.intern(view, outer + 24)
      }
    }
    if (marks.innerLayer === tables.ipv4) {
      c = view.getInt32(inner + 12)
      d = view.getInt32(inner + 16)
    } else {
      scope |= INNER_IPV6
      c = this.addresses.intern(view, inner + 8)
      d = this.addresses.intern(view, inner + 24)
    }
    const { words, index } = this
    const last = this.recent * ROW_WORDS
    if (
      words[last + 3] === c &&
      words[last + 4] === d &&
      words[last] === scope &&
      words[last + 1] === a &&
      words[last + 2] === b &&
      this.size > 0
    )
      return this.recent
    const hash = hashOf(scope, a, b, c, d)
    const mask = index.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = index[slot] as number
      if (entry === 0) return this.insert(hash, scope, a, b, c, d)
      if (((entry ^ hash) & ~NUMBERS) !== 0) continue
      const row = ((entry & NUMBERS) - 1) * ROW_WORDS
      if (
        words[row + 3] === c &&
        words[row + 4] === d &&
        words[row] === scope &&
        words[row + 1] === a &&
        words[row + 2] === b
      ) {
        this.recent = (entry & NUMBERS) - 1
        return this.recent
      }
    }
  }

  /** Counts a frame of `pair`; of a copy, only that it was seen. */
  count(pair: number, record: CaptureRecord, walk: Walk, isCopy: boolean, now: number): void {
    if (pair < 0) {
      if (pair !== NO_PAIR) this.overflow++
      return
    }
    const { words, floats } = this
    const row = pair * ROW_WORDS
    words[row + word.frames] = ((words[row + word.frames] as number) + 1) | 0
    if (isCopy) return
    const { marks } = walk
    const at = pair * (ROW_WORDS / 2)
    words[row + word.packets] = ((words[row + word.packets] as number) + 1) | 0
    floats[at + float.bytes] = (floats[at + float.bytes] as number) + record.originalLength
    floats[at + float.innerBytes] = (floats[at + float.innerBytes] as number) + (marks.claim - marks.inner)
    stretch(floats, at + float.first, at + float.last, now)
  }

  /** Notes what a packet of `pair` spoke: its transport, and the application it carries. */
  note(pair: number, layer: number): void {
    if (pair < 0 || layer === 0) return
    let slot = this.spoken[layer] as number
    if (slot === 0) {
      slot = this.spokenLayers.push(layer)
      this.spoken[layer] = slot
    }
    // More kinds than bits: the last ones go unnamed.
    if (slot > 32) return
    const at = pair * ROW_WORDS + word.spoken
    this.words[at] = (this.words[at] as number) | (1 << (slot - 1))
  }

  protected ipv6Text(number: number): string {
    return this.addresses.text(number)
  }

  protected layersOfBits(bits: number): number[] {
    return this.spokenLayers.filter((_, slot) => slot < 32 && ((bits >>> slot) & 1) === 1).sort((a, b) => a - b)
  }

  private insert(hash: number, scope: number, a: number, b: number, c: number, d: number): number {
    if (this.size >= MAX_PAIRS) return -2 - (hash >>> 2)
    const pair = this.size++
    // Addresses of pairs that find no room would go on filling memory.
    if (this.size === MAX_PAIRS) this.addresses.close()
    if ((pair + 1) * ROW_WORDS > this.words.length) this.grow()
    const { words, floats } = this
    const row = pair * ROW_WORDS
    words[row] = scope
    words[row + word.outer] = a
    words[row + word.outer + 1] = b
    words[row + word.inner] = c
    words[row + word.inner + 1] = d
    floats[row / 2 + float.first] = Number.NaN
    floats[row / 2 + float.last] = Number.NaN
    if (isFull(this.index, this.size)) this.index = grownIndex(this.index, this.size, (one) => this.hashOfRow(one))
    else enter(this.index, hash, pair)
    this.recent = pair
    return pair
  }

  private hashOfRow(pair: number): number {
    const { words } = this
    const row = pair * ROW_WORDS
    const [scope, a, b, c, d] = words.subarray(row, row + word.spoken) as unknown as [
      number,
      number,
      number,
      number,
      number,
    ]
    return hashOf(scope, a, b, c, d)
  }

  private grow(): void {
    const words = new Int32Array(this.words.length * 2)
    words.set(this.words)
    this.words = words
    this.floats = new Float64Array(words.buffer)
  }
}
