/**
 * A frame with what was put together of several packets behind its own bytes, so that positions in either are positions
 * in one buffer: whoever reads a walk needs not know where a layer lies.
 */
import { CaptureRecord } from '../capture/record.ts'
import type { Walk } from '../dissect/walk.ts'

/** One run of bytes that layers lie in: the frame, or something put together. Wireshark shows a tab for each. */
export interface ByteSource {
  /** 'Frame', 'Reassembled IPv4', 'Reassembled IPv6', 'Reassembled TCP'. */
  readonly name: string
  /** Positions in the record's `bytes`. */
  readonly start: number
  readonly end: number
}

/** What a packet is once other packets have been asked. */
export interface Assembled {
  readonly record: CaptureRecord
  /** The frame first; undefined: there is nothing but the frame. */
  readonly sources: readonly ByteSource[] | undefined
}

/** Between two sources, so that no position belongs to both. */
const GAP = 1

/** Puts `bytes` behind all that `packet` has; `walk`'s positions follow. The new source is the last one. */
export function withSource(
  packet: Assembled,
  walk: Walk,
  name: string,
  bytes: Uint8Array,
): Assembled & { readonly sources: readonly ByteSource[] } {
  const { record } = packet
  const sources = packet.sources ?? [{ name: 'Frame', start: 0, end: record.end - record.start }]
  const from = packet.sources === undefined ? record.start : 0
  if (from !== 0) walk.shift(-from)
  const before = (sources.at(-1) as ByteSource).end
  const start = before + GAP
  const end = start + bytes.length
  const all = new Uint8Array(end + GAP)
  all.set(record.bytes.subarray(from, from + before))
  all.set(bytes, start)
  const next = Object.assign(new CaptureRecord(), record, {
    bytes: all,
    view: new DataView(all.buffer),
    start: 0,
    end: record.end - record.start,
  })
  return { record: next, sources: [...sources, { name, start, end }] }
}

/** Index of the source that holds position `at`, or ends there. */
export function sourceAt(sources: readonly ByteSource[], at: number): number {
  let index = sources.length - 1
  while (index > 0 && at < (sources[index] as ByteSource).start) index--
  return index
}
