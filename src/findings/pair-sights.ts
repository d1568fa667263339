/** Where and when the pairs of a table were seen: what judgements about pairs, made at the end, show as evidence. */
import type { FrameAt } from './frames.ts'
import { Frames } from './frames.ts'
import { Direction, type Sighting } from './sighting.ts'

/** Frames remembered of each pair, and of those that left the capturing machine. */
const FRAMES = 8
/** First frames at further interfaces that are remembered, of all pairs together. */
const MAX_PASSAGES = 65_536
const FILE = 2 ** 32

/** In which direction a frame passed an interface; `other`: neither in nor out, or not known. */
export type Way = 'in' | 'out' | 'other'
const WAYS: readonly Way[] = ['in', 'out', 'other']

export class PairSights {
  private frames = new Float64Array(512 * FRAMES)
  /** Grown by the first frame that leaves: of most captures no direction is known. */
  private exits = new Float64Array(0)
  private counts = new Uint32Array(512)
  private exitCounts = new Uint32Array(512)
  private ports = new Uint16Array(512)
  /** For each pair and way, the interfaces as bits. */
  private interfaces = new Uint32Array(512 * WAYS.length)
  /** The first frame of a pair, way and interface. */
  private readonly passages = new Map<number, FrameAt>()

  watch(seen: Sighting): void {
    const { pair } = seen
    if (pair < 0) return
    if (pair >= this.counts.length) this.grow(pair)
    const way = seen.direction === Direction.Out ? 1 : seen.direction === Direction.In ? 0 : 2
    const bit = 1 << seen.interface
    const place = pair * WAYS.length + way
    if (((this.interfaces[place] as number) & bit) === 0) {
      this.interfaces[place] = (this.interfaces[place] as number) | bit
      if (this.passages.size < MAX_PASSAGES)
        this.passages.set(passage(place, seen.interface), { frame: seen.frame, file: seen.file })
    }
    if (way === 1) {
      const { length } = this.counts
      if (this.exits.length < length * FRAMES) this.exits = grown(this.exits, new Float64Array(length * FRAMES))
      const exit = this.exitCounts[pair] as number
      if (exit < FRAMES) this.exits[pair * FRAMES + exit] = seen.file * FILE + seen.frame
      this.exitCounts[pair] = exit + 1
    }
    if (seen.isRepeat) return
    const count = this.counts[pair] as number
    if (count < FRAMES) {
      this.frames[pair * FRAMES + count] = seen.file * FILE + seen.frame
      this.ports[pair] = Math.max(seen.walk.marks.tunnelPort, 0)
    }
    this.counts[pair] = count + 1
  }

  /** Packets of a pair: copies apart. */
  packets(pair: number): number {
    return this.counts[pair] ?? 0
  }

  /** UDP destination port of its tunnel; 0 without one. */
  port(pair: number): number {
    return this.ports[pair] ?? 0
  }

  /** Packets of several pairs as one list, the earliest first. */
  framesOf(pairs: readonly number[]): Frames {
    return listOf(pairs, this.frames, this.counts)
  }

  /** Their frames that left the capturing machine. */
  exitsOf(pairs: readonly number[]): Frames {
    return listOf(pairs, this.exits, this.exitCounts)
  }

  /** Interfaces that a pair passed, as bits. */
  passed(pair: number, way?: Way): number {
    const at = pair * WAYS.length
    if (way !== undefined) return this.interfaces[at + WAYS.indexOf(way)] ?? 0
    return (this.interfaces[at] ?? 0) | (this.interfaces[at + 1] ?? 0) | (this.interfaces[at + 2] ?? 0)
  }

  /** The first frame of a pair at an interface. */
  passage(pair: number, way: Way, at: number): FrameAt | undefined {
    return this.passages.get(passage(pair * WAYS.length + WAYS.indexOf(way), at))
  }

  private grow(pair: number): void {
    const size = Math.max(this.counts.length * 2, pair + 1)
    this.frames = grown(this.frames, new Float64Array(size * FRAMES))
    this.counts = grown(this.counts, new Uint32Array(size))
    this.exitCounts = grown(this.exitCounts, new Uint32Array(size))
    this.ports = grown(this.ports, new Uint16Array(size))
    this.interfaces = grown(this.interfaces, new Uint32Array(size * WAYS.length))
  }
}

function grown<Numbers extends Float64Array | Uint32Array | Uint16Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from)
  return to
}

function listOf(pairs: readonly number[], kept: Float64Array, counts: Uint32Array): Frames {
  const all: number[] = []
  let count = 0
  for (const pair of pairs) {
    const own = counts[pair] ?? 0
    count += own
    for (let n = 0; n < Math.min(own, FRAMES); n++) all.push(kept[pair * FRAMES + n] as number)
  }
  const frames = new Frames()
  for (const at of all.sort((a, b) => a - b)) frames.add({ frame: at % FILE, file: Math.floor(at / FILE) })
  frames.count = count
  return frames
}

const passage = (place: number, at: number) => place * 32 + at

/** The numbers of the bits that are set. */
export function bitsOf(mask: number): number[] {
  const bits: number[] = []
  for (let bit = 0; bit < 32; bit++) if (((mask >>> bit) & 1) === 1) bits.push(bit)
  return bits
}
