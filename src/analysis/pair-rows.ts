/** Pairs as a table holds them: who talked to whom inside which tunnel, each read from its row when asked. */
import { mixed } from '../bytes/hash-index.ts'
import type { Walk } from '../dissect/walk.ts'

/** What is said of a packet without an IP header. */
export const NO_PAIR = -1

/**
 * A row is one line of a cache, since finding it is mostly waiting for memory. As 32-bit words: tunnel and VNI, the
 * ends, a bit for each layer that was spoken, packets, frames; then as 64-bit floats: bytes on the wire, bytes from
 * the inner IP header on, time of the first and of the last packet.
 */
export const ROW_WORDS = 16
export const word = { scope: 0, outer: 1, inner: 3, spoken: 5, packets: 6, frames: 7 }
export const float = { bytes: 4, innerBytes: 5, first: 6, last: 7 }

/**
 * One direction between two inner ends, read from its row when asked: there may be hundreds of thousands, of which few
 * are shown.
 */
export class Pair {
  private readonly table: PairRows
  private readonly tables: Walk['tables']
  private readonly row: number

  constructor(table: PairRows, tables: Walk['tables'], row: number) {
    this.table = table
    this.tables = tables
    this.row = row
  }

  get packets(): number {
    return this.table.counter(this.row, word.packets)
  }

  get frames(): number {
    return this.table.counter(this.row, word.frames)
  }

  /** Bytes on the wire, of packets: copies count once. */
  get bytes(): number {
    return this.table.amount(this.row, float.bytes)
  }

  /** Bytes from the inner IP header on, as its length fields say. */
  get innerBytes(): number {
    return this.table.amount(this.row, float.innerBytes)
  }

  /** Nanoseconds since the capture's clock began; NaN: no packet of it had a time. */
  get first(): number {
    return this.table.amount(this.row, float.first)
  }

  get last(): number {
    return this.table.amount(this.row, float.last)
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

  /** Whether there is a tunnel, of a kind that has VNIs. */
  get hasVni(): boolean {
    return this.tables.layers[this.tunnelLayer]?.scope !== undefined
  }

  /** Name of the tunnel's layer and its VNI, if it has one; undefined without a tunnel. */
  get tunnel(): { readonly type: string; readonly vni?: number } | undefined {
    const layer = this.tunnelLayer
    if (layer === 0) return undefined
    return { type: this.tables.layers[layer]?.name ?? '', ...(this.hasVni && { vni: this.vni }) }
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

/** The reading side of a table of pairs: rows by number, in the order of first sight. */
export abstract class PairRows {
  abstract readonly size: number
  /** Frames that found no room. */
  abstract readonly overflow: number
  protected abstract readonly words: Int32Array
  protected abstract readonly floats: Float64Array

  /** The IPv6 address behind a number, as text. */
  protected abstract ipv6Text(number: number): string

  /** The layers noted in a row's bits. */
  protected abstract layersOfBits(bits: number): number[]

  /** Every pair, in the order of first sight. */
  *pairs(tables: Walk['tables']): Generator<Pair> {
    for (let pair = 0; pair < this.size; pair++) yield this.pair(pair, tables)
  }

  pair(number: number, tables: Walk['tables']): Pair {
    return new Pair(this, tables, number * ROW_WORDS)
  }

  /** Packets or frames of a row. */
  counter(row: number, which: number): number {
    return (this.words[row + which] as number) >>> 0
  }

  /** Bytes or times of a row. */
  amount(row: number, which: number): number {
    return this.floats[row / 2 + which] as number
  }

  /** The VNI of a pair by its number. */
  vniOf(pair: number): number {
    return this.vni(pair * ROW_WORDS)
  }

  /** Packets of a pair by its number. */
  packetsOf(pair: number): number {
    return this.counter(pair * ROW_WORDS, word.packets)
  }

  isInTunnel(pair: number): boolean {
    return this.tunnelLayer(pair * ROW_WORDS) !== 0
  }

  /** A number for the kind of tunnel and of outer addresses; 0 without a tunnel. */
  outerKind(pair: number): number {
    return (((this.words[pair * ROW_WORDS] as number) & ~INNER_IPV6) >>> 24) as number
  }

  isInnerIpv6(pair: number): boolean {
    return ((this.words[pair * ROW_WORDS] as number) & INNER_IPV6) !== 0
  }

  /** The lower and the higher word of the outer (inner) ends: equal for both directions. */
  lowEnd(pair: number, isOuter: boolean): number {
    const at = pair * ROW_WORDS + (isOuter ? word.outer : word.inner)
    const { words } = this
    return (words[at] as number) < (words[at + 1] as number) ? (words[at] as number) : (words[at + 1] as number)
  }

  highEnd(pair: number, isOuter: boolean): number {
    const at = pair * ROW_WORDS + (isOuter ? word.outer : word.inner)
    const { words } = this
    return (words[at] as number) < (words[at + 1] as number) ? (words[at + 1] as number) : (words[at] as number)
  }

  hasSameOuter(pair: number, other: number): boolean {
    return this.words[pair * ROW_WORDS + word.outer] === this.words[other * ROW_WORDS + word.outer]
  }

  hasSameInner(pair: number, other: number): boolean {
    return this.words[pair * ROW_WORDS + word.inner] === this.words[other * ROW_WORDS + word.inner]
  }

  /** A hash of a pair's ends and tunnel without the VNI; `isBack`: of the ends the other way round. */
  endsHash(pair: number, isBack: boolean): number {
    const { words } = this
    const row = pair * ROW_WORDS
    const turned = isBack ? 1 : 0
    return hashOf(
      (words[row] as number) & ~VNI_BITS,
      words[row + word.outer + turned] as number,
      words[row + word.outer + 1 - turned] as number,
      words[row + word.inner + turned] as number,
      words[row + word.inner + 1 - turned] as number,
    )
  }

  /** Whether `back` goes from the ends of `pair` to where it comes from, in the same kind of tunnel. */
  isBackOf(back: number, pair: number): boolean {
    const { words } = this
    const one = back * ROW_WORDS
    const other = pair * ROW_WORDS
    return (
      (((words[one] as number) ^ (words[other] as number)) & ~VNI_BITS) === 0 &&
      words[one + 1] === words[other + 2] &&
      words[one + 2] === words[other + 1] &&
      words[one + 3] === words[other + 4] &&
      words[one + 4] === words[other + 3]
    )
  }

  tunnelLayer(row: number): number {
    return ((this.words[row] as number) >>> 24) & 0x3f
  }

  vni(row: number): number {
    return (this.words[row] as number) & 0xffffff
  }

  /** IPv4 addresses are numbers already; those of IPv6 follow them. */
  end(row: number, which: number): number {
    const isIpv6 = ((this.words[row] as number) & (which < 3 ? OUTER_IPV6 : INNER_IPV6)) !== 0
    return ((this.words[row + which] as number) >>> 0) + (isIpv6 ? FIRST_IPV6 : 0)
  }

  /** The words for one of a pair's ends. */
  addressText(end: number): string {
    if (end >= FIRST_IPV6) return this.ipv6Text(end - FIRST_IPV6)
    return `${end >>> 24}.${(end >>> 16) & 255}.${(end >>> 8) & 255}.${end & 255}`
  }

  /** The layers noted in a row. */
  layersOf(row: number): number[] {
    return this.layersOfBits(this.words[row + word.spoken] as number)
  }
}

export function hashOf(scope: number, a: number, b: number, c: number, d: number): number {
  // Sums of products, which the processor works out side by side, and then one mixing of all.
  const sum =
    Math.imul(scope, 0x9e3779b1) + Math.imul(a, 0x85ebca6b) + Math.imul(b, 0xc2b2ae35) + Math.imul(c, 0x27d4eb2f)
  return mixed((sum + Math.imul(d, 0x165667b1)) | 0)
}

const VNI_BITS = 0xff_ffff
export const OUTER_IPV6 = 0x4000_0000
export const INNER_IPV6 = 0x8000_0000 | 0
const FIRST_IPV6 = 0x1_0000_0000
