/** Time stamps of a pcapng interface: 64-bit ticks → seconds and nanoseconds. draft-ietf-opsawg-pcapng, section 4.2. */
import type { CaptureRecord } from './record.ts'

const NANOSECONDS = 1_000_000_000
const BINARY = 0x80
/** Some 35,000 years: beyond it the rounding of a number could be a second or more. */
const MOST_SECONDS = 2 ** 40

/** The if_tsresol that holds when the file gives none: microseconds. */
export const DEFAULT_RESOLUTION = 6

/** Counts ticks the way one interface does. */
export class Clock {
  readonly ticksPerSecond: number
  private readonly secondsPerTick: number
  private readonly offset: number
  /** 0 when a tick is no whole number of nanoseconds. */
  private readonly nanosecondsPerTick: number
  private readonly exactTicksPerSecond: bigint

  /** `resolution` is the byte of if_tsresol, `offset` the seconds of if_tsoffset. */
  constructor(resolution: number, offset: number) {
    const exponent = resolution & ~BINARY
    const isBinary = (resolution & BINARY) !== 0
    this.offset = offset
    this.exactTicksPerSecond = (isBinary ? 2n : 10n) ** BigInt(exponent)
    this.ticksPerSecond = Number(this.exactTicksPerSecond)
    this.secondsPerTick = 1 / this.ticksPerSecond
    this.nanosecondsPerTick = !isBinary && exponent <= 9 ? NANOSECONDS / this.ticksPerSecond : 0
  }

  /** Puts the time into the record: exact, rounded down to whole nanoseconds. */
  stamp(record: CaptureRecord, high: number, low: number): void {
    const { ticksPerSecond, nanosecondsPerTick } = this
    // 64-bit ticks do not fit a number, so these seconds may be one off. The rest shows it: it is the difference of
    // the lower 32 bits, which is exact, and then lies outside of a second.
    let seconds = Math.floor((high * 0x1_0000_0000 + low) * this.secondsPerTick)
    if (nanosecondsPerTick === 0 || seconds > MOST_SECONDS) {
      this.stampExactly(record, high, low)
      return
    }
    let rest = (low - Math.imul(seconds, ticksPerSecond)) >>> 0
    if (rest >= ticksPerSecond) {
      const step = rest < 2 * ticksPerSecond ? 1 : -1
      seconds += step
      rest = (rest - step * ticksPerSecond) >>> 0
    }
    record.seconds = seconds + this.offset
    record.nanoseconds = rest * nanosecondsPerTick
  }

  private stampExactly(record: CaptureRecord, high: number, low: number): void {
    const ticks = (BigInt(high) << 32n) | BigInt(low)
    const seconds = ticks / this.exactTicksPerSecond
    const rest = ticks - seconds * this.exactTicksPerSecond
    record.seconds = Number(seconds) + this.offset
    record.nanoseconds = Number((rest * BigInt(NANOSECONDS)) / this.exactTicksPerSecond)
  }
}
