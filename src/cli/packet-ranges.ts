/** `--packet 15,20-22`. */
import { UsageError } from '../errors.ts'

export interface PacketRanges {
  has(number: number): boolean
  /** The highest number asked for; nothing after it need be read. */
  readonly last: number
}

export function parsePacketRanges(text: string): PacketRanges {
  const ranges = text.split(',').map((part) => {
    const found = /^\s*(\d+)\s*(?:(-)\s*(\d*)\s*)?$/.exec(part)
    if (found === null) throw new UsageError(`--packet ${text}: should look like 15 or 15,20-22`)
    const from = Number(found[1])
    const to = found[2] === undefined ? from : found[3] === '' ? Number.POSITIVE_INFINITY : Number(found[3])
    if (from === 0 || to < from)
      throw new UsageError(`--packet ${text}: packets are numbered from 1, and a range goes upwards`)
    return { from, to }
  })
  return {
    has: (number) => ranges.some(({ from, to }) => number >= from && number <= to),
    last: Math.max(...ranges.map(({ to }) => to)),
  }
}
