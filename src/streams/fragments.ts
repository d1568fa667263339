/** Fragments of IP datagrams that wait for the others. Bounded in number, memory and time. */
import { BoundedMap } from './bounded-map.ts'
import { DATAGRAM_COST, Datagram, FRAGMENT_COST, type Fragment } from './datagram.ts'
import type { MemoryBudget } from './memory-budget.ts'

/** Datagrams that are remembered at once. */
const CAPACITY = 4096
/** RFC 8200 section 4.5: after so long the rest is not waited for. */
const PATIENCE_SECONDS = 60

/**
 * The datagram as each place saw it. A capture on several interfaces holds each fragment several times: each place
 * completes its own, so that copies of the datagram are decoded too.
 */
interface Entry {
  readonly since: number
  readonly places: Map<number, Datagram>
  /** Of all places together, where there are several: fragments may take different ways. Undefined once any is complete. */
  all: Datagram | undefined
}

/** Places of one datagram; more are not told apart. */
const PLACES = 16

export class Fragments {
  private readonly known = new BoundedMap<string, Entry>(CAPACITY)
  private readonly budget: MemoryBudget

  constructor(budget: MemoryBudget) {
    this.budget = budget
  }

  /** Takes a fragment in, whose `bytes` are kept; returns the datagram if it is complete with it. `seconds`: when it came. */
  add(key: string, place: number, seconds: number, fragment: Fragment, forbidsOverlap: boolean): Datagram | undefined {
    const entry = this.entryOf(key, seconds)
    let own = entry.places.get(place)
    if (own === undefined) {
      own = new Datagram(forbidsOverlap)
      this.budget.take(own, DATAGRAM_COST)
      this.addPlace(entry, place, own, forbidsOverlap)
    }
    this.budget.take(own, fragment.bytes.length + FRAGMENT_COST)
    if (own.add(fragment)) {
      this.forget(own)
      entry.places.delete(place)
      if (entry.all !== undefined) this.forget(entry.all)
      entry.all = undefined
      if (entry.places.size === 0) this.known.delete(key)
      return own
    }
    const { all } = entry
    if (all === undefined) return undefined
    this.budget.take(all, FRAGMENT_COST)
    if (!all.add(fragment)) return undefined
    this.forget(all)
    entry.all = undefined
    return all
  }

  private entryOf(key: string, seconds: number): Entry {
    const found = this.known.get(key)
    if (found !== undefined && Math.abs(seconds - found.since) <= PATIENCE_SECONDS) return found
    for (const datagram of found?.places.values() ?? []) this.forget(datagram)
    if (found?.all !== undefined) this.forget(found.all)
    const entry: Entry = { since: seconds, places: new Map(), all: undefined }
    this.known.set(key, entry)
    return entry
  }

  private addPlace(entry: Entry, place: number, own: Datagram, forbidsOverlap: boolean): void {
    const { places } = entry
    if (places.size >= PLACES) {
      for (const datagram of places.values()) this.forget(datagram)
      places.clear()
    }
    if (places.size === 1) {
      const [first] = places.values()
      entry.all = new Datagram(forbidsOverlap)
      this.budget.take(entry.all, DATAGRAM_COST)
      for (const part of (first as Datagram).parts) entry.all.add(part)
    }
    places.set(place, own)
  }

  /** It is complete, or nobody waits for it any more. */
  private forget(datagram: Datagram): void {
    this.budget.give(datagram)
  }
}
