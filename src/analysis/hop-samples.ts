/** How long hops took, of very many flows: the first samples lie in typed arrays, those of long flows in Latencies. */
import { Latencies } from './latencies.ts'
import { MAX_POINTS } from './path-points.ts'

/**
 * Floats that a hop takes in an array: how many samples there are, and the first seven, in nanoseconds. Of more than that
 * the first float says where the others are: the number of their place and eight.
 */
export const HOP_FLOATS = 8
const FEW = HOP_FLOATS - 1
/** Hops of which all samples count; of others only the first ones do. */
const MAX_MANY = 65_536
/** Samples that lie in the place of a hop; Latencies have all of a hop that has more. */
const PLACE = 120

/** Puts a sample in its place; false: all seven are taken. */
export function put(floats: Float32Array, at: number, nanoseconds: number): boolean {
  const count = floats[at] as number
  if (count >= FEW) return false
  floats[at] = count + 1
  floats[at + 1 + count] = nanoseconds
  return true
}

export class HopSamples {
  private floats = new Float32Array(1024 * HOP_FLOATS)
  private size = 0
  private places = new Float32Array(16 * PLACE)
  private counts = new Uint8Array(16)
  private placed = 0
  private readonly many: (Latencies | undefined)[] = []
  private readonly others = new Map<number, Latencies>()

  /** Makes room for `hops` hops; where the first one lies. */
  room(hops: number): number {
    const first = this.size
    this.size += hops
    while (this.size * HOP_FLOATS > this.floats.length) {
      const floats = new Float32Array(this.floats.length * 2)
      floats.set(this.floats)
      this.floats = floats
    }
    return first
  }

  /** Takes in nanoseconds of a hop that has room here. */
  add(hop: number, nanoseconds: number): void {
    const at = hop * HOP_FLOATS
    if (!put(this.floats, at, nanoseconds)) this.addToMany(this.floats, at, nanoseconds)
  }

  /** Takes in what `put` had no place for. */
  addToMany(floats: Float32Array, at: number, nanoseconds: number): void {
    if (floats[at] === FEW) {
      if (this.placed >= MAX_MANY) return
      if (this.placed === this.counts.length) this.makeRoom()
      floats[at] = this.placed++ + HOP_FLOATS
    }
    const number = (floats[at] as number) - HOP_FLOATS
    const count = this.counts[number] as number
    if (count < PLACE) {
      this.places[number * PLACE + count] = nanoseconds
      this.counts[number] = count + 1
      return
    }
    let many = this.many[number]
    if (many === undefined) {
      many = this.gathered(floats, at, number)
      this.many[number] = many
    }
    many.add(nanoseconds)
  }

  /** Takes in nanoseconds of a hop that is not on the flow's own way. */
  addOther(flow: number, from: number, to: number, nanoseconds: number): void {
    const key = keyOf(flow, from, to)
    let other = this.others.get(key)
    if (other === undefined) {
      if (this.others.size >= MAX_MANY) return
      other = new Latencies()
      this.others.set(key, other)
    }
    other.add(nanoseconds)
  }

  /** The samples of a hop that has room here. */
  of(hop: number): Latencies {
    return this.manyOf(this.floats, hop * HOP_FLOATS)
  }

  /** The samples of a hop of which `put` has the first. */
  manyOf(floats: Float32Array, at: number): Latencies {
    const number = (floats[at] as number) - HOP_FLOATS
    return this.many[number] ?? this.gathered(floats, at, number)
  }

  /** Those of a hop that is not on the flow's own way. */
  otherOf(flow: number, from: number, to: number): Latencies | undefined {
    return this.others.get(keyOf(flow, from, to))
  }

  private makeRoom(): void {
    const places = new Float32Array(this.places.length * 2)
    places.set(this.places)
    this.places = places
    const counts = new Uint8Array(this.counts.length * 2)
    counts.set(this.counts)
    this.counts = counts
  }

  /** The samples that lie with the hop, and those in its place; `number` below 0: it has none. */
  private gathered(floats: Float32Array, at: number, number: number): Latencies {
    const latencies = new Latencies()
    const first = number < 0 ? (floats[at] as number) : FEW
    for (let n = 0; n < first; n++) latencies.add(floats[at + 1 + n] as number)
    const more = number < 0 ? 0 : (this.counts[number] as number)
    for (let n = 0; n < more; n++) latencies.add(this.places[number * PLACE + n] as number)
    return latencies
  }
}

const keyOf = (flow: number, from: number, to: number) => (flow * MAX_POINTS + from) * MAX_POINTS + to
