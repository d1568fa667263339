/** How long hops took, of very many flows: the first samples in one typed array, more of them in Latencies. */
import { Latencies } from './latencies.ts'
import { MAX_POINTS } from './path-points.ts'

/** Samples of a hop that are kept in the array. */
const FEW = 8
/** Hops of which all samples count; of others only the first ones do. */
const MAX_MANY = 65_536

export class HopSamples {
  private few = new Float32Array(1024 * FEW)
  private counts = new Uint8Array(1024)
  private size = 0
  private readonly many = new Map<number, Latencies>()
  private readonly others = new Map<number, Latencies>()

  /** Makes room for `hops` hops; the number of the first one. */
  room(hops: number): number {
    const first = this.size
    this.size += hops
    while (this.size > this.counts.length) {
      const few = new Float32Array(this.few.length * 2)
      few.set(this.few)
      this.few = few
      const counts = new Uint8Array(this.counts.length * 2)
      counts.set(this.counts)
      this.counts = counts
    }
    return first
  }

  /** Takes in nanoseconds of a hop. */
  add(hop: number, nanoseconds: number): void {
    const count = this.counts[hop] as number
    if (count < FEW) {
      this.few[hop * FEW + count] = nanoseconds
      this.counts[hop] = count + 1
      return
    }
    let many = this.many.get(hop)
    if (many === undefined) {
      if (this.many.size >= MAX_MANY) return
      many = this.begun(hop)
      this.many.set(hop, many)
    }
    many.add(nanoseconds)
  }

  /** Takes in nanoseconds of a hop that is not on the flow's own way. */
  addOther(flow: number, from: number, to: number, nanoseconds: number): void {
    const key = (flow * MAX_POINTS + from) * MAX_POINTS + to
    let other = this.others.get(key)
    if (other === undefined) {
      if (this.others.size >= MAX_MANY) return
      other = new Latencies()
      this.others.set(key, other)
    }
    other.add(nanoseconds)
  }

  /** All samples of a hop, which may be on the flow's own way (`hop` at least 0), on others, or both. */
  together(hop: number, flow: number, from: number, to: number): Latencies | undefined {
    const own = hop < 0 ? undefined : (this.many.get(hop) ?? this.begun(hop))
    const other = this.others.get((flow * MAX_POINTS + from) * MAX_POINTS + to)
    if (own === undefined || other === undefined) return own ?? other
    const all = new Latencies()
    all.addAll(own)
    all.addAll(other)
    return all
  }

  private begun(hop: number): Latencies {
    const latencies = new Latencies()
    for (let n = 0; n < (this.counts[hop] as number); n++) latencies.add(this.few[hop * FEW + n] as number)
    return latencies
  }
}
