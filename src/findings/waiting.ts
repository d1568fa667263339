/**
 * Requests that wait for their answer, at most so many. Two generations, as in a BoundedMap; but what is given up is
 * not forgotten: it has waited longer than all that came after, and is told.
 */
export class Waiting<Value> {
  private young = new Map<string, Value>()
  private old = new Map<string, Value>()
  private readonly generation: number
  private readonly giveUp: (value: Value) => void

  constructor(capacity: number, giveUp: (value: Value) => void) {
    this.generation = Math.floor(capacity / 2)
    this.giveUp = giveUp
  }

  get(key: string): Value | undefined {
    return this.young.get(key) ?? this.old.get(key)
  }

  set(key: string, value: Value): void {
    if (this.young.size >= this.generation) {
      for (const one of this.old.values()) this.giveUp(one)
      this.old = this.young
      this.young = new Map()
    }
    this.young.set(key, value)
  }

  delete(key: string): void {
    if (!this.young.delete(key)) this.old.delete(key)
  }

  *values(): Generator<Value> {
    yield* this.old.values()
    yield* this.young.values()
  }
}
