/** The Internet checksum, RFC 1071. */

/** The ones' complement sum over `length` bytes from `at`, folded to 16 bits; `start` is added first. */
export function onesComplementSum(view: DataView, at: number, length: number, start = 0): number {
  let sum = start
  const even = length & ~1
  for (let i = 0; i < even; i += 2) {
    sum += view.getUint16(at + i)
    if (sum > 0xffff_0000) sum = (sum & 0xffff) + (sum >>> 16)
  }
  if (length !== even) sum += view.getUint8(at + even) << 8
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x1_0000)
  return sum
}

/** True when the bytes, the checksum field among them, sum to what a right checksum gives. */
export function isChecksumRight(view: DataView, at: number, length: number): boolean {
  return onesComplementSum(view, at, length) === 0xffff
}
