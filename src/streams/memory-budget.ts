/**
 * Memory that many holders share. When they hold more than there is, those give theirs back that took none for longest,
 * never the one that is taking: each has to limit itself to less than half of the budget.
 */
export interface Holder {
  /** Bytes it holds; only the budget writes it. */
  held: number
  /** Gives back all that is held. */
  release(): void
}

export class MemoryBudget {
  private young = new Set<Holder>()
  private old = new Set<Holder>()
  private youngBytes = 0
  private oldBytes = 0
  private readonly generation: number

  /** Holders have at most `bytes` together, and what the last of them took. */
  constructor(bytes: number) {
    this.generation = bytes / 2
  }

  /** Bytes that are held now. */
  get bytes(): number {
    return this.youngBytes + this.oldBytes
  }

  /** `holder` takes so many bytes more, or less; others may have to give theirs back. */
  take(holder: Holder, bytes: number): void {
    if (!this.young.has(holder)) {
      if (this.old.delete(holder)) this.oldBytes -= holder.held
      this.young.add(holder)
      this.youngBytes += holder.held
    }
    holder.held += bytes
    this.youngBytes += bytes
    if (this.youngBytes > this.generation) this.age()
  }

  /** `holder` holds nothing any more. */
  give(holder: Holder): void {
    if (this.young.delete(holder)) this.youngBytes -= holder.held
    else if (this.old.delete(holder)) this.oldBytes -= holder.held
    holder.held = 0
  }

  private age(): void {
    const { old } = this
    this.old = this.young
    this.oldBytes = this.youngBytes
    this.young = new Set()
    this.youngBytes = 0
    for (const holder of old) {
      holder.held = 0
      holder.release()
    }
  }
}
