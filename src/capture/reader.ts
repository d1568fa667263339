/** What every capture format has in common: an incremental reader over windows of bytes. */
import { CaptureError } from '../errors.ts'
import type { CaptureInterface, CaptureRecord } from './record.ts'
import type { RecordRuns } from './record-runs.ts'

/** Most bytes one packet may have. tcpdump writes at most 256 KiB, so a longer one is a damaged length field. */
export const MAX_RECORD = 16 * 1024 * 1024
/** Most bytes a pcapng block of any kind may have. */
export const MAX_BLOCK = 64 * 1024 * 1024
/** Most bytes the descriptions of sections and interfaces may have, all of a file together: they are kept. */
export const MAX_DESCRIPTIONS = 16 * 1024 * 1024

/** Byte order of a file or section. */
export type ByteOrder = 'little-endian' | 'big-endian'

/** A stretch of a capture file with one byte order and its own interfaces. Classic pcap is one section. */
export interface Section {
  /** Byte offset of the section in the uncompressed file. */
  readonly offset: number
  readonly byteOrder: ByteOrder
  /** Version of the format, such as `2.4` or `1.0`. */
  readonly version: string
  /** Interfaces described so far. */
  readonly interfaces: readonly CaptureInterface[]
  /** Section header comment, hardware, operating system and program that wrote it; pcapng only. */
  readonly comment: string | undefined
  readonly hardware: string | undefined
  readonly system: string | undefined
  readonly application: string | undefined
}

/**
 * Reads records out of windows. A window is a stretch of bytes that follows on the one before, beginning with the
 * first byte not yet consumed. The bytes are only looked at, never kept or changed.
 */
export interface FormatReader {
  readonly format: 'pcap' | 'pcapng'
  /** Sections seen so far; grows while reading. */
  readonly sections: readonly Section[]
  /** Position of the first byte not consumed. */
  readonly at: number
  /** After `next` said false with bytes left over: how many bytes from `at` it takes to go on, more than there are. */
  readonly needed: number
  /** Gives the next window, `bytes[from]` to `bytes[to - 1]`. `offset` is the place of `bytes[from]` in the file. */
  feed(bytes: Uint8Array, view: DataView, from: number, to: number, offset: number): void
  /**
   * Moves `record` onto the next whole record; false when the rest of the window holds none.
   * @throws CaptureError where the file makes no sense; every record before that has been moved onto.
   */
  next(record: CaptureRecord): boolean
  /** Lets `runs` take in the records that come next, as many as it likes; false: it has had enough. Not every format can. */
  pass?(runs: RecordRuns): boolean
  /** Says that the records that come next are not the file's first: so many were before. Not every format can. */
  resume?(number: number): void
  /** Says that the file ends `left` bytes after `at`. @throws CaptureError 'cut' when that is in the middle of something. */
  finish(left: number): void
}

/** The error for a length field that claims more than the bounds allow. */
export function tooLarge(what: string, length: number, offset: number): CaptureError {
  const message = `${what} at byte ${offset} claims ${length} bytes; the file is probably damaged there`
  return new CaptureError('too-large', message, offset)
}

/** The error for a file that ends too early. `wanted` is such as `16 bytes are needed`, of which `there` are there. */
export function cut(what: string, wanted: string, offset: number, there: number): CaptureError {
  const message = `the file ends in the middle of ${what}: ${wanted} at byte ${offset}, ${there} are there`
  return new CaptureError('cut', message, offset)
}
