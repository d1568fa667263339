/** Seconds and nanoseconds → 64-bit ticks of a pcapng interface, as the reader undoes it (pcapng-clock.ts). */
import type { CaptureInterface } from './record.ts'

const NANOSECONDS = 1_000_000_000
const BINARY = 0x80
/** Ticks an offset leaves room for: a quarter of what 64 bits hold. */
const ROOM = 2 ** 62

/** How one interface counts. */
export interface Ticks {
  /** The byte of if_tsresol. */
  readonly resolution: number
  /** Whether ticks of this interface can tell this second. */
  reaches(second: number): boolean
  /** The ticks of a time that `reaches`. */
  of(seconds: number, nanoseconds: number): bigint
  /** The value of if_tsoffset; undefined for none. */
  offsetBytes(): Uint8Array | undefined
}

/**
 * Counts as `from` does, if the reader can tell its ticks apart: it reads whole nanoseconds. Times that do not fit 64
 * bits from 1970 on, such as earlier ones, are counted from an offset.
 */
export function ticksFor(from: CaptureInterface, second: number): Ticks {
  const isExact = from.ticksPerSecond >= 1 && from.ticksPerSecond <= NANOSECONDS
  const ticksPerSecond = isExact ? from.ticksPerSecond : NANOSECONDS
  const span = Math.floor(ROOM / ticksPerSecond)
  const offset = second >= 0 && second < span ? 0 : Math.floor(second / span) * span
  const perSecond = BigInt(ticksPerSecond)
  return {
    resolution: resolutionOf(ticksPerSecond),
    reaches: (one) => one >= offset && one < offset + span,
    // Rounded up, as the reader rounds down: a tick that is no whole number of nanoseconds comes back the same.
    of: (seconds, nanoseconds) =>
      BigInt(seconds - offset) * perSecond + (BigInt(nanoseconds) * perSecond + 999_999_999n) / 1_000_000_000n,
    offsetBytes: () => (offset === 0 ? undefined : signedBytes(offset)),
  }
}

function signedBytes(value: number): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigInt64(0, BigInt(value), true)
  return bytes
}

function resolutionOf(ticksPerSecond: number): number {
  const decimal = Math.round(Math.log10(ticksPerSecond))
  return 10 ** decimal === ticksPerSecond ? decimal : BINARY | Math.round(Math.log2(ticksPerSecond))
}
