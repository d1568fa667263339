/** The time column in tshark's forms: -t a, ad, d, dd, e, r, u, ud. */
import { clockText, dateText, decimalText, difference, type Instant } from '../bytes/time.ts'
import type { Clock } from '../packet/dissection.ts'

export const TIME_FORMATS = ['a', 'ad', 'd', 'dd', 'e', 'r', 'u', 'ud'] as const
export type TimeFormat = (typeof TIME_FORMATS)[number]

/** Cells that the column takes at least. */
export function timeWidth(format: TimeFormat): number {
  switch (format) {
    case 'a':
    case 'u':
      return 15
    case 'ad':
    case 'ud':
      return 26
    case 'e':
      return 17
    default:
      return 8
  }
}

/** `digits`: how many follow the point of a second. */
export function timeText(time: Instant, clock: Clock, format: TimeFormat, digits = 6): string {
  switch (format) {
    case 'a':
      return clockText(time, false, digits)
    case 'u':
      return clockText(time, true, digits)
    case 'ad':
      return `${dateText(time, false)} ${clockText(time, false, digits)}`
    case 'ud':
      return `${dateText(time, true)} ${clockText(time, true, digits)}`
    case 'e':
      return decimalText(time, digits)
    case 'd':
      return decimalText(difference(time, clock.previous), digits)
    case 'dd':
      return decimalText(difference(time, clock.previousShown), digits)
    case 'r':
      return decimalText(difference(time, clock.first), digits)
  }
}
