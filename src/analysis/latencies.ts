/** Durations of which median and percentiles are asked for later: exact while they are few, in classes when they are many. */

/** Kept as they are up to this number. */
const MOST_EXACT = 128
const FEWEST = 16
/** Classes of a doubling: a percentile is then off by 1/16 at most. */
const CLASSES = 8
/** From 1 ns to 2^31 ns, a little more than two seconds. */
const DOUBLINGS = 31

export class Latencies {
  /** How many were taken in. */
  count = 0
  private exact: Float64Array | undefined = new Float64Array(FEWEST)
  private classes: Uint32Array | undefined

  /** Takes in a duration in nanoseconds. Negative ones, which clocks that disagree give, count as 0. */
  add(nanoseconds: number): void {
    const value = nanoseconds > 0 ? nanoseconds : 0
    if (this.exact !== undefined && this.count >= this.exact.length) this.widen(this.exact)
    if (this.exact !== undefined) this.exact[this.count] = value
    else this.enter(value)
    this.count++
  }

  /** Takes in all that `other` has; exact as far as that is. */
  addAll(other: Latencies): void {
    if (other.exact !== undefined) for (let n = 0; n < other.count; n++) this.add(other.exact[n] as number)
    other.classes?.forEach((count, at) => {
      for (let n = 0; n < count; n++) this.add(middleOf(at))
    })
  }

  /** Below or at which the part `share` (0 to 1) of all lies, in nanoseconds; undefined of none. */
  percentile(share: number): number | undefined {
    if (this.count === 0) return undefined
    // Nearest rank: the smallest value that at least this share does not exceed.
    const rank = Math.max(1, Math.ceil(share * this.count))
    if (this.exact !== undefined) return this.exact.slice(0, this.count).sort()[rank - 1]
    const { classes } = this
    let passed = 0
    for (let at = 0; classes !== undefined && at < classes.length; at++) {
      passed += classes[at] as number
      if (passed >= rank) return middleOf(at)
    }
    return undefined
  }

  private widen(exact: Float64Array): void {
    if (exact.length < MOST_EXACT) {
      this.exact = new Float64Array(MOST_EXACT)
      this.exact.set(exact)
      return
    }
    this.exact = undefined
    this.classes = new Uint32Array(DOUBLINGS * CLASSES)
    for (const value of exact) this.enter(value)
  }

  private enter(value: number): void {
    const { classes } = this
    if (classes === undefined) return
    const at = classOf(value)
    classes[at] = (classes[at] as number) + 1
  }
}

function classOf(value: number): number {
  const whole = value < 1 ? 1 : value >= 2 ** DOUBLINGS ? 2 ** DOUBLINGS - 1 : Math.floor(value)
  const doubling = 31 - Math.clz32(whole)
  return doubling * CLASSES + Math.floor((whole / 2 ** doubling - 1) * CLASSES)
}

function middleOf(at: number): number {
  const doubling = Math.floor(at / CLASSES)
  return Math.round(2 ** doubling * (1 + ((at % CLASSES) + 0.5) / CLASSES))
}
