/** Where a record of a classic capture file begins, for whoever starts reading in its middle. draft-ietf-opsawg-pcap, section 5. */
import { closeSync, openSync, readSync } from 'node:fs'
import { PCAP_MICROSECONDS, PCAP_NANOSECONDS } from './pcap.ts'

const FILE_HEADER_SIZE = 24
const RECORD_HEADER_SIZE = 16
/** So many records in a row must make sense; a chance hit of a few bytes hardly has more than one. */
const IN_A_ROW = 64
const LOOKED_AT = 8 * 1024 * 1024
/** Longest record that is believed where the file says no limit. */
const USUAL_LIMIT = 262_144

/** What the reader of a part of a file must know of its beginning. */
export interface PcapHead {
  readonly isLittleEndian: boolean
  readonly fractionsPerSecond: number
  readonly snapLength: number
  /** Seconds of the first record's time stamp, as written. */
  readonly firstSecond: number
}

/** The head of a classic capture file with at least one record; undefined for any other file. */
export function pcapHead(path: string): PcapHead | undefined {
  const view = readAt(path, 0, FILE_HEADER_SIZE + RECORD_HEADER_SIZE)
  if (view.byteLength < FILE_HEADER_SIZE + RECORD_HEADER_SIZE) return undefined
  for (const isLittleEndian of [true, false]) {
    const magic = view.getUint32(0, isLittleEndian)
    if (magic !== PCAP_MICROSECONDS && magic !== PCAP_NANOSECONDS) continue
    // Lengths of earlier versions stand the other way round.
    if (view.getUint16(6, isLittleEndian) < 4) return undefined
    const fractionsPerSecond = magic === PCAP_NANOSECONDS ? 1e9 : 1e6
    const seconds = view.getUint32(FILE_HEADER_SIZE, isLittleEndian)
    const fraction = view.getUint32(FILE_HEADER_SIZE + 4, isLittleEndian)
    return {
      isLittleEndian,
      fractionsPerSecond,
      snapLength: view.getUint32(16, isLittleEndian),
      firstSecond: seconds + Math.floor(fraction / fractionsPerSecond),
    }
  }
  return undefined
}

/**
 * The first place at or behind `from` where records seem to begin, and how long they are there on average, header
 * included; undefined if there is none near. It may be wrong: who read what is before knows where the next record begins.
 */
export function likelyRecord(
  path: string,
  from: number,
  head: PcapHead,
): { readonly offset: number; readonly size: number } | undefined {
  const view = readAt(path, from, LOOKED_AT)
  for (let at = 0; at + RECORD_HEADER_SIZE <= view.byteLength; at++) {
    const end = endOfRecords(view, at, head)
    if (end > 0) return { offset: from + at, size: (end - at) / IN_A_ROW }
  }
  return undefined
}

/** Where the records that seem to begin at `at` end; -1: they do not make sense. */
function endOfRecords(
  view: DataView,
  at: number,
  { isLittleEndian, fractionsPerSecond, snapLength }: PcapHead,
): number {
  const longest = snapLength === 0 || snapLength > USUAL_LIMIT ? USUAL_LIMIT : snapLength
  let next = at
  for (let count = 0; count < IN_A_ROW; count++) {
    if (next + RECORD_HEADER_SIZE > view.byteLength) return -1
    const captured = view.getUint32(next + 8, isLittleEndian)
    const original = view.getUint32(next + 12, isLittleEndian)
    if (captured > longest || captured > original || original > USUAL_LIMIT) return -1
    if (view.getUint32(next + 4, isLittleEndian) >= fractionsPerSecond) return -1
    next += RECORD_HEADER_SIZE + captured
  }
  return next
}

function readAt(path: string, from: number, size: number): DataView {
  const fd = openSync(path, 'r')
  try {
    const bytes = new Uint8Array(size)
    return new DataView(bytes.buffer, 0, readSync(fd, bytes, 0, size, from))
  } finally {
    closeSync(fd)
  }
}
