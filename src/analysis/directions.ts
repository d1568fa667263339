/**
 * Which pair goes the other way. The two directions of a conversation may have different VNIs (Cilium writes each
 * sender's identity into it) or must have the same (tenants that use the same addresses): equal VNIs belong together
 * first, and what is left over only where there is no doubt.
 */
import type { PairRows } from './pair-rows.ts'

export class Directions {
  private readonly pairs: PairRows
  /** Pairs with equal ends and tunnel, whatever their VNI, in chains: numbers plus one. */
  private readonly heads: Int32Array
  private readonly next: Int32Array

  constructor(pairs: PairRows) {
    this.pairs = pairs
    let room = 16
    while (room < pairs.size * 2) room *= 2
    this.heads = new Int32Array(room)
    this.next = new Int32Array(pairs.size)
    for (let pair = pairs.size - 1; pair >= 0; pair--) {
      const head = pairs.endsHash(pair, false) & (room - 1)
      this.next[pair] = this.heads[head] as number
      this.heads[head] = pair + 1
    }
  }

  /** Calls `visit` for each pair from the other ends back, in the order of first sight; `true` from it ends the search. */
  eachBack(pair: number, visit: (back: number) => boolean): void {
    const head = this.pairs.endsHash(pair, true) & (this.heads.length - 1)
    for (let one = this.heads[head] as number; one !== 0; one = this.next[one - 1] as number)
      if (this.pairs.isBackOf(one - 1, pair) && visit(one - 1)) return
  }

  /** For each pair the one that goes back under the same VNI, of which there is at most one; -1 if there is none. */
  equalBacks(): Int32Array {
    const { pairs } = this
    return Int32Array.from(this.next, (_, pair) => {
      let found = -1
      this.eachBack(pair, (back) => {
        if (pairs.vniOf(back) === pairs.vniOf(pair)) found = back
        return found >= 0
      })
      return found
    })
  }
}

/**
 * Joins rows, each of one direction, which are numbered in the order of first sight: what came later may be the way back
 * of what was there. `back(row, pair)` is the row of the same conversation in the direction of `pair`,
 * -1 if there is none. Returns for each row its partner, -1 for one that has none.
 */
export function joined(
  rows: number,
  pairOf: (row: number) => number,
  back: (row: number, pair: number) => number,
  pairs: PairRows,
): Int32Array {
  const directions = new Directions(pairs)
  const partner = new Int32Array(rows).fill(-1)
  const equalBack = directions.equalBacks()
  for (let row = 0; row < rows; row++) {
    if (partner[row] !== -1) continue
    const other = equalBack[pairOf(row)] as number
    const found = other < 0 ? -1 : back(row, other)
    if (found < 0 || found === row || partner[found] !== -1) continue
    partner[row] = found
    partner[found] = row
  }
  for (let row = 0; row < rows; row++) if (partner[row] === -1) joinUnequal(row)
  return partner

  /** With another VNI. Of several that could be meant, none is. */
  function joinUnequal(row: number): void {
    const pair = pairOf(row)
    let found = -1
    let count = 0
    directions.eachBack(pair, (other) => {
      if (pairs.vniOf(other) === pairs.vniOf(pair)) return false
      const one = back(row, other)
      if (one < 0 || one > row || partner[one] !== -1) return false
      found = one
      count++
      return false
    })
    if (count !== 1) return
    partner[row] = found
    partner[found] = row
  }
}
