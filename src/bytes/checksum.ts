/** The Internet checksum, RFC 1071. */

/** Bytes between two foldings, a multiple of four. */
const BLOCK = 16_384

/** The ones' complement sum over `length` bytes from `at`, folded to 16 bits; `start` is added first. */
export function onesComplementSum(view: DataView, at: number, length: number, start = 0): number {
  let sum = start
  const end = at + length
  let from = at
  // Four bytes at a time; of so many the sum stays a small integer.
  while (end - from >= 4) {
    const stop = end - from > BLOCK ? from + BLOCK : end - 3
    for (; from < stop; from += 4) {
      const word = view.getInt32(from)
      sum += (word >>> 16) + (word & 0xffff)
    }
    sum = (sum & 0xffff) + (sum >>> 16)
  }
  if (end - from >= 2) {
    sum += view.getUint16(from)
    from += 2
  }
  if (from < end) sum += view.getUint8(from) << 8
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x1_0000)
  return sum
}

/** True when the bytes, the checksum field among them, sum to what a right checksum gives. */
export function isChecksumRight(view: DataView, at: number, length: number): boolean {
  return onesComplementSum(view, at, length) === 0xffff
}
