/** The clocks of several captures, each compared with that of the first one, directly or through others. */
import type { ClockSamples } from './clock-samples.ts'
import { type Skew, skewBetween } from './clock-skew.ts'

/** What is known of one capture's clock. */
export interface CaptureClock {
  /** Which of the captures, from 0; the clock of the first one counts. */
  readonly file: number
  /** The capture that it was compared with; undefined: the first one itself, or one that shares no packet with any. */
  readonly comparedWith: number | undefined
  /** Nanoseconds that it is ahead of the first one's, in the middle of their common time; 0 where that is not known. */
  readonly offset: number
  /** What it gains on the first one's, in nanoseconds a second. */
  readonly drift: number
  /** By so many nanoseconds `offset` may be wrong. */
  readonly uncertainty: number
  /** Packets that went from the capture it was compared with to this one, and the other way. */
  readonly there: number
  readonly back: number
  readonly basis: 'reference' | 'two-way' | 'one-way' | 'nothing in common'
  /** Nanoseconds ahead at a time of the first clock, in nanoseconds since the samples' `began`. */
  readonly at: (time: number) => number
}

const RIGHT = { offset: 0, drift: 0, uncertainty: 0, there: 0, back: 0, comparedWith: undefined, at: () => 0 }

/** Compares the clocks of all captures, the surest comparisons first. */
export function compareClocks(captures: readonly ClockSamples[]): CaptureClock[] {
  const clocks = new Map<number, CaptureClock>([[0, { ...RIGHT, file: 0, basis: 'reference' }]])
  const skews = new Skews(captures)
  while (clocks.size < captures.length) {
    let best: { clock: CaptureClock; rank: number } | undefined
    for (const known of clocks.values()) {
      for (let file = 0; file < captures.length; file++) {
        const skew = clocks.has(file) ? undefined : skews.between(known.file, file)
        if (skew === undefined) continue
        const clock = through(known, file, skew)
        const rank = skew.basis === 'one-way' ? Number.MAX_VALUE : clock.uncertainty
        if (best === undefined || rank < best.rank) best = { clock, rank }
      }
    }
    if (best === undefined) break
    clocks.set(best.clock.file, best.clock)
  }
  return captures.map((_, file) => clocks.get(file) ?? { ...RIGHT, file, basis: 'nothing in common' })
}

function through(known: CaptureClock, file: number, skew: Skew): CaptureClock {
  return {
    file,
    comparedWith: known.file,
    offset: known.offset + skew.offset,
    drift: known.drift + skew.drift,
    uncertainty: known.uncertainty + skew.uncertainty,
    there: skew.there,
    back: skew.back,
    basis: skew.basis,
    at: (time) => known.at(time) + skew.at(time + known.offset),
  }
}

/** Each pair of captures is compared once in each direction, when it is asked for. */
class Skews {
  private readonly captures: readonly ClockSamples[]
  private readonly known = new Map<number, Skew | undefined>()

  constructor(captures: readonly ClockSamples[]) {
    this.captures = captures
  }

  between(from: number, to: number): Skew | undefined {
    const key = from * this.captures.length + to
    if (!this.known.has(key))
      this.known.set(key, skewBetween(this.captures[from] as ClockSamples, this.captures[to] as ClockSamples))
    return this.known.get(key)
  }
}
