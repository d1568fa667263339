/**
 * A map that forgets what has not been used for long, so that memory does not follow the length of a capture. It keeps
 * two generations: what is used moves to the young one; when that is full, the old one is dropped whole. (Deleting the
 * oldest entry of one Map, again and again, makes V8 step over the holes: a hundred times slower.)
 */
export class BoundedMap<Key, Value> {
  private young = new Map<Key, Value>()
  private old = new Map<Key, Value>()
  private readonly generation: number

  /** Holds at least half of `capacity` (2 or more) and never more than `capacity` entries. */
  constructor(capacity: number) {
    this.generation = Math.max(1, Math.floor(capacity / 2))
  }

  get size(): number {
    return this.young.size + this.old.size
  }

  get(key: Key): Value | undefined {
    const value = this.young.get(key)
    if (value !== undefined) return value
    const aged = this.old.get(key)
    if (aged !== undefined) {
      this.old.delete(key)
      this.set(key, aged)
    }
    return aged
  }

  set(key: Key, value: Value): void {
    if (this.young.size >= this.generation && !this.young.has(key)) {
      this.old = this.young
      this.young = new Map()
    }
    this.old.delete(key)
    this.young.set(key, value)
  }

  delete(key: Key): void {
    this.young.delete(key)
    this.old.delete(key)
  }
}
