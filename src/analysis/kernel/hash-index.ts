/**
 * Open addressing: entries of 32 bits that find a row by its hash. An entry is the row's number plus one in its low
 * bits and the hash's high bits above, so that the index stays small enough for a cache, and rows that cannot be meant are not
 * looked at.
 */

export const NUMBERS: i32 = (1 << 20) - 1

/** Every bit of the result depends on every bit of `value`. */
export function mixed(value: i32): i32 {
  const once = (value ^ (value >>> 16)) * 0x7feb352d
  const twice = (once ^ (once >>> 15)) * 0x846ca68b
  return twice ^ (twice >>> 16)
}

/** Enters a row at the first free place from where its hash belongs. */
export function enter(index: i32, mask: i32, hash: i32, row: i32): void {
  let slot = hash & mask
  while (load<i32>(index + (slot << 2)) !== 0) slot = (slot + 1) & mask
  store<i32>(index + (slot << 2), (hash & ~NUMBERS) | (row + 1))
}

/** Whether an index should hold no more rows than `rows`. */
export function isFull(mask: i32, rows: i32): bool {
  return rows * 8 >= (mask + 1) * 5
}
