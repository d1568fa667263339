/**
 * Open addressing: an array of entries that find a row's number by its hash. An entry is the row's number plus one in
 * its low bits and the hash's high bits above, so that the array stays small enough for a cache, and rows that cannot
 * be meant are not looked at. The tables that use it probe by themselves, since a callback for each candidate would
 * cost more than the search.
 */

/** Bits of an entry that hold the number plus one; the others are compared with the hash. */
export const NUMBER_BITS = 20
export const NUMBERS = (1 << NUMBER_BITS) - 1
/** Rows that an index tells apart at most. */
export const MAX_ROWS = NUMBERS - 1

/** Every bit of the result depends on every bit of `value`. */
export function mixed(value: number): number {
  const once = Math.imul(value ^ (value >>> 16), 0x7feb352d)
  const twice = Math.imul(once ^ (once >>> 15), 0x846ca68b)
  return twice ^ (twice >>> 16)
}

/** Enters a row at the first free place from where its hash belongs. */
export function enter(index: Int32Array, hash: number, row: number): void {
  const mask = index.length - 1
  let slot = hash & mask
  while (index[slot] !== 0) slot = (slot + 1) & mask
  index[slot] = (hash & ~NUMBERS) | (row + 1)
}

/** Whether an index of this size should hold no more rows than `rows`. */
export function isFull(index: Int32Array, rows: number): boolean {
  return rows * 8 >= index.length * 5
}

/** An index of twice the size for `rows` rows, of which `hashOf` gives the hashes. */
export function grownIndex(before: Int32Array, rows: number, hashOf: (row: number) => number): Int32Array {
  const index = new Int32Array(before.length * 2)
  for (let row = 0; row < rows; row++) enter(index, hashOf(row), row)
  return index
}
