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
    const known = entry.places.get(place)
    const own = known === undefined || known.isGone ? this.addPlace(entry, place, forbidsOverlap) : known
    if (this.take(own, fragment)) {
      this.forget(own)
      entry.places.delete(place)
      if (entry.all !== undefined) this.forget(entry.all)
      entry.all = undefined
      if (entry.places.size === 0) this.known.delete(key)
      return own
    }
    const { all } = entry
    if (all === undefined || all.isGone || !this.take(all, fragment)) return undefined
    this.forget(all)
    entry.all = undefined
    return all
  }

  /** True if the datagram is whole with the fragment. */
  private take(datagram: Datagram, fragment: Fragment): boolean {
    const { length } = fragment.bytes
    if (!datagram.hasRoomFor(length)) return false
    // Places that share a fragment count it each for itself: any of them may be the last that holds it.
    this.budget.take(datagram, length + FRAGMENT_COST)
    return datagram.add(fragment)
  }

  private begin(forbidsOverlap: boolean): Datagram {
    const datagram = new Datagram(forbidsOverlap)
    this.budget.take(datagram, DATAGRAM_COST)
    return datagram
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

  private addPlace(entry: Entry, place: number, forbidsOverlap: boolean): Datagram {
    const { places } = entry
    places.delete(place)
    if (places.size >= PLACES) {
      for (const datagram of places.values()) this.forget(datagram)
      places.clear()
    }
    const own = this.begin(forbidsOverlap)
    if (places.size === 1) {
      const [first] = places.values()
      const all = this.begin(forbidsOverlap)
      entry.all = all
      for (const part of (first as Datagram).parts) this.take(all, part)
    }
    places.set(place, own)
    return own
  }

  /** It is complete, or nobody waits for it any more. */
  private forget(datagram: Datagram): void {
    this.budget.give(datagram)
  }
}
