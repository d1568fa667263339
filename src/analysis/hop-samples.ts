/** How long hops took, of very many flows: the first samples lie in typed arrays, more of them in Latencies. */
import { Latencies } from './latencies.ts'
import { MAX_POINTS } from './path-points.ts'

/** Floats that a hop takes in an array: how many samples there are, and the first seven, in nanoseconds. */
export const HOP_FLOATS = 8
const FEW = HOP_FLOATS - 1
/** Hops of which all samples count; of others only the first ones do. */
const MAX_MANY = 65_536

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
  private readonly many = new Map<number, Latencies>()
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
    if (!put(this.floats, at, nanoseconds)) this.addToMany(hop, this.floats, at, nanoseconds)
  }

  /** Takes in what `put` had no place for. `hop`: any number that tells it from other hops. */
  addToMany(hop: number, floats: Float32Array, at: number, nanoseconds: number): void {
    let many = this.many.get(hop)
    if (many === undefined) {
      if (this.many.size >= MAX_MANY) return
      many = begun(floats, at)
      this.many.set(hop, many)
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
    return this.manyOf(hop, this.floats, hop * HOP_FLOATS)
  }

  /** The samples of a hop of which `put` has the first. */
  manyOf(hop: number, floats: Float32Array, at: number): Latencies {
    return this.many.get(hop) ?? begun(floats, at)
  }

  /** Those of a hop that is not on the flow's own way. */
  otherOf(flow: number, from: number, to: number): Latencies | undefined {
    return this.others.get(keyOf(flow, from, to))
  }
}

const keyOf = (flow: number, from: number, to: number) => (flow * MAX_POINTS + from) * MAX_POINTS + to

function begun(floats: Float32Array, at: number): Latencies {
  const latencies = new Latencies()
  for (let n = 0; n < (floats[at] as number); n++) latencies.add(floats[at + 1 + n] as number)
  return latencies
}
