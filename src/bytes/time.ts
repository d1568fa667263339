/** Points in time as seconds and nanoseconds, exact where a double is not: to text, and their differences. */

const NANOSECONDS = 1_000_000_000
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** A point in time, or a difference: seconds may be negative, nanoseconds are 0 to 999,999,999 and always add. */
export interface Instant {
  readonly seconds: number
  readonly nanoseconds: number
}

/** `later - earlier`. */
export function difference(later: Instant, earlier: Instant): Instant {
  let seconds = later.seconds - earlier.seconds
  let nanoseconds = later.nanoseconds - earlier.nanoseconds
  if (nanoseconds < 0) {
    nanoseconds += NANOSECONDS
    seconds -= 1
  }
  return { seconds, nanoseconds }
}

/** Negative, zero or positive, as for sorting. */
export function compareInstants(a: Instant, b: Instant): number {
  return a.seconds - b.seconds || a.nanoseconds - b.nanoseconds
}

/** Nanoseconds as one number; exact up to 104 days. */
export function toNanoseconds(time: Instant): number {
  return time.seconds * NANOSECONDS + time.nanoseconds
}

/** `1795378377.091235000`, or with fewer digits; also for negative differences. */
export function decimalText(time: Instant, digits = 9): string {
  let { seconds, nanoseconds } = time
  let sign = ''
  if (seconds < 0) {
    sign = '-'
    seconds = -seconds
    if (nanoseconds > 0) {
      seconds -= 1
      nanoseconds = NANOSECONDS - nanoseconds
    }
  }
  const fraction = String(nanoseconds).padStart(9, '0').slice(0, digits)
  return digits === 0 ? `${sign}${seconds}` : `${sign}${seconds}.${fraction}`
}

interface Calendar {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
}

function calendar(seconds: number, isUtc: boolean): Calendar {
  const date = new Date(seconds * 1000)
  if (isUtc) {
    return {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth(),
      day: date.getUTCDate(),
      hour: date.getUTCHours(),
      minute: date.getUTCMinutes(),
      second: date.getUTCSeconds(),
    }
  }
  return {
    year: date.getFullYear(),
    month: date.getMonth(),
    day: date.getDate(),
    hour: date.getHours(),
    minute: date.getMinutes(),
    second: date.getSeconds(),
  }
}

const two = (value: number) => String(value).padStart(2, '0')

/** `20:12:57.091235`. */
export function clockText(time: Instant, isUtc: boolean, digits = 6): string {
  const { hour, minute, second } = calendar(time.seconds, isUtc)
  return `${two(hour)}:${two(minute)}:${two(second)}.${String(time.nanoseconds).padStart(9, '0').slice(0, digits)}`
}

/** `2026-11-22`. */
export function dateText(time: Instant, isUtc: boolean): string {
  const { year, month, day } = calendar(time.seconds, isUtc)
  return `${year}-${two(month + 1)}-${two(day)}`
}

/** `Nov 22, 2026 20:12:57.091235000 UTC`, in the machine's time zone, as tshark words an arrival. */
export function arrivalText(time: Instant): string {
  const { year, month, day } = calendar(time.seconds, false)
  return `${MONTHS[month]} ${String(day).padStart(2)}, ${year} ${clockText(time, false, 9)} ${zoneName(time.seconds)}`
}

/** `Nov 22 20:12:57.091` in UTC, as Hubble words an arrival. */
export function stampText(time: Instant): string {
  const { month, day } = calendar(time.seconds, true)
  return `${MONTHS[month]} ${String(day).padStart(2)} ${clockText(time, true, 3)}`
}

/** Made once, when it is needed: it takes longer to make than all else that a packet's tree says. */
let zones: Intl.DateTimeFormat | undefined
/** The last answer: it takes as long as a header's fields, and packets of a second have the same. */
let lastZone: { readonly seconds: number; readonly name: string } | undefined

function zoneName(seconds: number): string {
  if (lastZone?.seconds === seconds) return lastZone.name
  zones ??= new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' })
  const parts = zones.formatToParts(new Date(seconds * 1000))
  const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? 'UTC'
  lastZone = { seconds, name }
  return name
}

/** A short duration for people: `21 µs`, `3.2 ms`, `1.5 s`. */
export function durationText(time: Instant): string {
  const nanoseconds = toNanoseconds(time)
  const size = Math.abs(nanoseconds)
  if (size < 1000) return `${nanoseconds} ns`
  if (size < 1_000_000) return `${trim(nanoseconds / 1000)} µs`
  if (size < NANOSECONDS) return `${trim(nanoseconds / 1_000_000)} ms`
  if (size < 120 * NANOSECONDS) return `${trim(nanoseconds / NANOSECONDS)} s`
  return `${trim(nanoseconds / (60 * NANOSECONDS))} min`
}

function trim(value: number): string {
  return Math.abs(value) >= 100 || Number.isInteger(value)
    ? String(Math.round(value))
    : value.toFixed(1).replace(/\.0$/, '')
}
