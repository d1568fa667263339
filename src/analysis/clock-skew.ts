/**
 * How far the clock of one capture is ahead of another's, from packets that both saw. What went there took (skew + way),
 * what came back took (way − skew): half of the difference of the fastest is the skew, and half of their sum is how
 * wrong that may be, as in NTP (RFC 5905, section 8). Clocks that drift are compared piece by piece.
 */
import type { ClockSample, ClockSamples } from './clock-samples.ts'

export interface Skew {
  /** Nanoseconds that the second clock is ahead of the first at a time of the first, in nanoseconds since `began`. */
  readonly at: (time: number) => number
  /** In the middle of the time that both captures cover, in nanoseconds. */
  readonly offset: number
  /** What the second clock gains, in nanoseconds a second; 0 where that is too little to be told. */
  readonly drift: number
  /** The skew may be wrong by so much, in nanoseconds. */
  readonly uncertainty: number
  /** Packets that the first capture saw before the second, and the other way round. */
  readonly there: number
  readonly back: number
  /** `one-way`: it is only known that nothing arrived before it was sent. */
  readonly basis: 'two-way' | 'one-way'
}

/** A packet that both captures saw. */
interface Match {
  /** Nanoseconds by the first clock. */
  readonly time: number
  /** Least time it took if it went there, and most (below 0: it came back); they differ where a capture saw it twice. */
  readonly there: number
  readonly back: number
  readonly hops: number
  readonly way: string
}

const PIECES = 16
/** Matches that a piece needs in each direction. */
const ENOUGH = 4
/** Clocks that only one-way traffic compares are taken to agree if that says a transit time up to this, in nanoseconds. */
const LONGEST_WAY = 100e6

/** Undefined where no packet is in both. */
export function skewBetween(a: ClockSamples, b: ClockSamples): Skew | undefined {
  const matches = matchesOf(a, b)
  if (matches.length === 0) return undefined
  const there = matches.filter(isThere(matches))
  const chosen = new Set(there)
  const back = matches.filter((match) => !chosen.has(match))
  if (there.length === 0 || back.length === 0) return oneWay(matches, there.length, back.length)
  return drifting(there, back) ?? steady(there, back)
}

function matchesOf(a: ClockSamples, b: ClockSamples): Match[] {
  const matches: Match[] = []
  for (const [identity, here] of a.samples) {
    const other = b.samples.get(identity)
    if (here === undefined || other === undefined) continue
    matches.push(matchOf(here, other))
  }
  return matches
}

function matchOf(here: ClockSample, other: ClockSample): Match {
  return {
    time: here.first,
    there: other.first - here.last,
    back: other.last - here.first,
    hops: here.ttl - other.ttl,
    way: `${here.source} ${here.destination}`,
  }
}

/**
 * Which matches went from the first capture to the second: where TTLs do not tell, those of the two directions between
 * the same ends that seem to take longer, since the skew makes both longer or shorter alike.
 */
function isThere(matches: readonly Match[]): (match: Match) => boolean {
  const byWay = new Map<string, Match[]>()
  for (const match of matches) {
    const known = byWay.get(match.way)
    if (known === undefined) byWay.set(match.way, [match])
    else known.push(match)
  }
  const decided = new Map<string, boolean>()
  for (const [way, ours] of byWay) {
    const hops = medianOf(ours.map((match) => match.hops))
    const opposite = byWay.get(way.split(' ').reverse().join(' '))
    if (hops !== 0) decided.set(way, hops > 0)
    else if (opposite !== undefined)
      decided.set(way, medianOf(ours.map((match) => match.there)) > medianOf(opposite.map((match) => match.there)))
    else decided.set(way, medianOf(ours.map((match) => match.there)) >= 0)
  }
  return ({ way }) => decided.get(way) === true
}

/** The lowest and the highest skew that the matches allow, and the middle. */
function bounds(there: readonly Match[], back: readonly Match[]): { offset: number; uncertainty: number } {
  const most = there.reduce((least, match) => Math.min(least, match.there), Number.POSITIVE_INFINITY)
  const least = back.reduce((most, match) => Math.max(most, match.back), Number.NEGATIVE_INFINITY)
  return { offset: (most + least) / 2, uncertainty: Math.abs(most - least) / 2 }
}

function steady(there: readonly Match[], back: readonly Match[]): Skew {
  const { offset, uncertainty } = bounds(there, back)
  // A skew that is less than what may be wrong with it is none.
  const certain = Math.abs(offset) <= uncertainty ? 0 : offset
  const counts = { there: there.length, back: back.length }
  return { at: () => certain, offset: certain, drift: 0, uncertainty, ...counts, basis: 'two-way' }
}

/** A line through the skews of pieces of time, if they differ by more than each of them may be wrong. */
function drifting(there: readonly Match[], back: readonly Match[]): Skew | undefined {
  const times = [...there, ...back].map(({ time }) => time)
  const first = times.reduce((a, b) => Math.min(a, b))
  const span = times.reduce((a, b) => Math.max(a, b)) - first
  if (span === 0) return undefined
  const pieceOf = ({ time }: Match) => Math.min(PIECES - 1, Math.floor(((time - first) / span) * PIECES))
  const points: { time: number; offset: number; uncertainty: number }[] = []
  for (let piece = 0; piece < PIECES; piece++) {
    const ours = there.filter((match) => pieceOf(match) === piece)
    const others = back.filter((match) => pieceOf(match) === piece)
    if (ours.length < ENOUGH || others.length < ENOUGH) continue
    points.push({ time: first + ((piece + 0.5) / PIECES) * span, ...bounds(ours, others) })
  }
  if (points.length < 3) return undefined
  const uncertainty = medianOf(points.map((point) => point.uncertainty))
  const { slope, middle, offset } = lineThrough(points)
  if (Math.abs(slope) * span <= 4 * uncertainty) return undefined
  const at = (time: number) => offset + slope * (time - middle)
  const counts = { there: there.length, back: back.length }
  return { at, offset, drift: slope * 1e9, uncertainty, ...counts, basis: 'two-way' }
}

/** Least squares. */
function lineThrough(points: readonly { readonly time: number; readonly offset: number }[]) {
  const middle = points.reduce((sum, { time }) => sum + time, 0) / points.length
  const offset = points.reduce((sum, point) => sum + point.offset, 0) / points.length
  const above = points.reduce((sum, point) => sum + (point.time - middle) * (point.offset - offset), 0)
  const below = points.reduce((sum, point) => sum + (point.time - middle) ** 2, 0)
  return { slope: below === 0 ? 0 : above / below, middle, offset }
}

/** Nothing arrives before it was sent, and nothing is on its way for long: only what contradicts that is put right. */
function oneWay(matches: readonly Match[], there: number, back: number): Skew {
  const fastest = there > 0 ? bounds(matches, matches).offset : 0
  const took = matches.reduce((least, match) => Math.min(least, there > 0 ? match.there : -match.back), Infinity)
  const isPlausible = took >= 0 && took <= LONGEST_WAY
  const offset = isPlausible ? 0 : there > 0 ? took : -took
  return { at: () => offset, offset, drift: 0, uncertainty: Math.abs(fastest), there, back, basis: 'one-way' }
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? 0
}
