/** Times as a filter writes them, to nanoseconds. */

const NANOSECONDS = 1_000_000_000n
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** `0.5`, `-3`, `12.000000001` in seconds; undefined if it is none. Digits after the ninth are dropped. */
export function parseDuration(text: string): bigint | undefined {
  const found = /^(-?)(\d{0,15})(?:\.(\d*))?$/.exec(text)
  if (found === null || (found[2] === '' && (found[3] ?? '') === '')) return undefined
  const size = BigInt(found[2] || '0') * NANOSECONDS + fraction(found[3])
  return found[1] === '-' ? -size : size
}

const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?)?\s*(Z|UTC|[-+]\d\d:?\d\d)?$/i
const NAMED = /^([a-z]{3})\s+(\d{1,2}),\s*(\d{4})(?:\s+(\d\d):(\d\d):(\d\d)(?:\.(\d+))?)?\s*(UTC)?$/i

/**
 * `2026-11-22T20:12:57.5Z`, `2026-11-22 20:12:57`, `Nov 22, 2026 20:12:57.5 UTC`, in the machine's time zone where none
 * is said. Undefined if it is no time.
 */
export function parseTime(text: string): bigint | undefined {
  const named = NAMED.exec(text.trim())
  if (named !== null) {
    const month = MONTHS.indexOf((named[1] as string).toLowerCase())
    return month < 0 ? undefined : instant([named[3], String(month + 1), ...named.slice(2, 3), ...named.slice(4)])
  }
  const iso = ISO.exec(text.trim())
  return iso === null ? undefined : instant(iso.slice(1))
}

function instant(parts: readonly (string | undefined)[]): bigint | undefined {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts
    .slice(0, 6)
    .map((part) => Number(part ?? 0))
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return undefined
  const zone = parts[7]
  const isLocal = zone === undefined
  const at = isLocal
    ? new Date(year, month - 1, day, hour, minute, second).getTime()
    : Date.UTC(year, month - 1, day, hour, minute, second) - offset(zone)
  return BigInt(at) * 1_000_000n + fraction(parts[6])
}

/** Milliseconds east of UTC. */
function offset(zone: string): number {
  const found = /^([-+])(\d\d):?(\d\d)$/.exec(zone)
  if (found === null) return 0
  const minutes = Number(found[2]) * 60 + Number(found[3])
  return (found[1] === '-' ? -minutes : minutes) * 60_000
}

const fraction = (digits: string | undefined) => BigInt((digits ?? '').slice(0, 9).padEnd(9, '0'))
