/** Amounts of bytes in few characters. */

const UNITS = ['kB', 'MB', 'GB', 'TB'] as const

/** `4512`, `21.8 kB`, `3.2 MB`: exact below ten thousand, in powers of a thousand above. */
export function sizeText(bytes: number): string {
  if (bytes < 10_000) return String(bytes)
  let amount = bytes / 1000
  let unit = 0
  while (amount >= 999.5 && unit < UNITS.length - 1) {
    amount /= 1000
    unit++
  }
  return `${amount < 100 ? amount.toFixed(1) : amount.toFixed(0)} ${UNITS[unit]}`
}
