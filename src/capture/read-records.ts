/** From a source to its records: `scanRecords` for speed, `readRecords` and `readBatches` for keeping. */
import { setImmediate } from 'node:timers/promises'
import { type Fill, type OpenedSource, openSource, type Source } from '../bytes/source.ts'
import { isCompressed, uncompressed } from '../bytes/uncompressed.ts'
import { CaptureError } from '../errors.ts'
import { openFormat } from './open.ts'
import type { FormatReader, Section } from './reader.ts'
import { CaptureRecord } from './record.ts'
import type { RecordRuns } from './record-runs.ts'
import { Windows } from './windows.ts'

/**
 * What is known of a capture as a whole.
 * @example
 * ```js
 * import { read } from 'ovl-dissect'
 *
 * for await (const _ of read('vxlan.pcapng', { onOpen: ({ format }) => console.log(format) })) break // pcapng
 * ```
 */
export interface CaptureInfo {
  readonly format: 'pcap' | 'pcapng'
  /** Whether it was compressed, with gzip or zstd. */
  readonly compressed: boolean
  /** Sections, and in them interfaces, seen so far: a pcapng file may describe new ones anywhere. Grows while reading. */
  readonly sections: readonly Section[]
}

export interface ReadOptions {
  /** Called once, when the format is known and before the first record. */
  readonly onOpen?: (info: CaptureInfo) => void
}

export interface ScanRecordsOptions extends ReadOptions {
  /** Takes records of files in, many at a time; what it leaves is visited. */
  readonly runs?: RecordRuns | undefined
  /**
   * Of a classic capture in a regular file: begins with the record at this byte, which has so many before it.
   */
  readonly from?: { readonly offset: number; readonly number: number } | undefined
}

/** Large enough that each fill, which leaves a little garbage behind, is rare. */
const SCAN_BUFFER_SIZE = 1024 * 1024
const SMALL_BUFFER_SIZE = 64 * 1024
/**
 * The first fills are small: the first packet is out at once, and code that is being optimised has seen windows end.
 */
const SMALL_FILLS = 32
const BATCH_SIZE = 1024
/** Bytes of a classic capture file before its first record. */
const PCAP_HEAD = 24
/** How often a file's buffer is filled before the event loop gets its turn. */
const FILLS_A_TURN = 8

/**
 * Calls `visit` for every record, always with the same CaptureRecord: it, and the bytes behind it, hold only during
 * the call. `false` from `visit` ends the scan. Regular files are read into one buffer that is used again and again.
 * @throws CaptureError when the source cannot be read, or not to its end; every record before that has been visited
 */
export async function scanRecords(source: Source, visit: Visit, options: ScanRecordsOptions = {}): Promise<void> {
  const opened = await openSource(source)
  const capture = new Capture(options)
  const record = new CaptureRecord()
  try {
    if (opened.fill === undefined)
      return await scanChunks(capture, capture.chunks(opened, opened.chunks()), record, visit)
    const { runs, from } = options
    const buffer =
      runs?.buffer ?? new Uint8Array(Math.min(SCAN_BUFFER_SIZE, Math.max(SMALL_BUFFER_SIZE, opened.size + 1)))
    const length = opened.fill(buffer.subarray(0, SMALL_BUFFER_SIZE), 0)
    if (!isCompressed(buffer))
      return await scanFile(capture, { ...opened, fill: opened.fill }, buffer, length, record, visit, runs, from)
    await scanChunks(capture, capture.chunks(opened, refills(opened.fill, buffer, length)), record, visit)
  } catch (error) {
    if (!isGivenUp(error, opened)) throw located(error, opened.path)
  } finally {
    opened.close()
  }
}

/**
 * Yields every record as a CaptureRecord of its own. It and its bytes stay valid as long as they are referenced; a
 * record that is kept also keeps the chunk it lies in, at most 256 KiB of a file.
 * @throws CaptureError when the source cannot be read, or not to its end; every record before that has been yielded
 */
export async function* readRecords(source: Source, options: ReadOptions = {}): AsyncGenerator<CaptureRecord> {
  for await (const batch of readBatches(source, options)) yield* batch
}

/** Like `readRecords`, but as many records at a time as are there, at most 1024: no promise for each of them. */
export async function* readBatches(source: Source, options: ReadOptions = {}): AsyncGenerator<CaptureRecord[]> {
  const opened = await openSource(source)
  const capture = new Capture(options)
  try {
    for await (const chunk of capture.chunks(opened, opened.chunks())) {
      capture.windows.offer(chunk)
      yield* batches(capture)
    }
    capture.windows.finish()
  } catch (error) {
    if (!isGivenUp(error, opened)) throw located(error, opened.path)
  } finally {
    opened.close()
  }
}

/** One capture being read. */
class Capture {
  readonly windows = new Windows()
  private compressed = false
  private announced = false
  private readonly options: ReadOptions

  constructor(options: ReadOptions) {
    this.options = options
  }

  chunks(opened: OpenedSource, chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    return uncompressed(chunks, opened.again, () => {
      this.compressed = true
    })
  }

  /** Goes to the next window, and tells of the capture before the first. */
  advance(): boolean {
    if (!this.windows.advance()) return false
    if (!this.announced) this.announce(this.windows.reader)
    return true
  }

  announce({ format, sections }: FormatReader): void {
    this.announced = true
    this.options.onOpen?.({ format, compressed: this.compressed, sections })
  }
}

// biome-ignore lint/suspicious/noConfusingVoidType: a visitor that returns nothing is the common one
type Visit = (record: CaptureRecord) => void | false

/** Visits the records of one window; false: the visitor has had enough. */
function visitAll(reader: FormatReader, record: CaptureRecord, visit: Visit): boolean {
  while (reader.next(record)) if (visit(record) === false) return false
  return true
}

/** The same, where `runs` takes in what it can. */
function passAll(reader: FormatReader, record: CaptureRecord, visit: Visit, runs: RecordRuns): boolean {
  for (;;) {
    if (reader.pass?.(runs) === false) return false
    if (!reader.next(record)) return true
    if (visit(record) === false) return false
  }
}

async function scanChunks(
  capture: Capture,
  chunks: AsyncIterable<Uint8Array>,
  record: CaptureRecord,
  visit: Visit,
): Promise<void> {
  for await (const chunk of chunks) {
    capture.windows.offer(chunk)
    while (capture.advance()) if (!visitAll(capture.windows.reader, record, visit)) return
  }
  capture.windows.finish()
}

/**
 * A file in one buffer: what is left of its end moves to the front, and the file fills the rest again. Nothing is
 * allocated but for a record that is larger than the buffer, which grows then.
 */
async function scanFile(
  capture: Capture,
  { fill, seek }: { readonly fill: Fill; readonly seek?: ((position: number) => void) | undefined },
  first: Uint8Array,
  length: number,
  record: CaptureRecord,
  visit: Visit,
  runs: RecordRuns | undefined,
  from: ScanRecordsOptions['from'],
): Promise<void> {
  let buffer = first
  let view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength)
  let to = length
  let offset = 0
  let small = buffer.subarray(0, SMALL_BUFFER_SIZE)
  const reader = openFormat(buffer.subarray(0, length))
  capture.announce(reader)
  if (from !== undefined && seek !== undefined && reader.resume !== undefined) {
    // The head of the file alone, which holds no record.
    reader.feed(buffer, view, 0, Math.min(to, PCAP_HEAD), 0)
    reader.next(record)
    reader.resume(from.number)
    seek(from.offset)
    offset = from.offset
    to = fill(small, 0)
  }
  for (let fills = 1; ; fills++) {
    reader.feed(buffer, view, 0, to, offset)
    const isRun = runs !== undefined && buffer === runs.buffer && reader.pass !== undefined
    if (!(isRun ? passAll(reader, record, visit, runs) : visitAll(reader, record, visit))) return
    const left = to - reader.at
    offset += reader.at
    if (left < buffer.length) buffer.copyWithin(0, reader.at, to)
    else {
      buffer = enlarged(buffer)
      small = buffer.subarray(0, SMALL_BUFFER_SIZE)
      view = new DataView(buffer.buffer)
    }
    if (fills % FILLS_A_TURN === 0) await setImmediate()
    const isSmall = fills < SMALL_FILLS && left < SMALL_BUFFER_SIZE
    const count = fill(isSmall ? small : buffer, left)
    to = left + count
    if (count === 0) break
  }
  reader.finish(to)
}

function enlarged(buffer: Uint8Array): Uint8Array {
  const larger = new Uint8Array(buffer.length * 2)
  larger.set(buffer)
  return larger
}

function* batches(capture: Capture): Generator<CaptureRecord[]> {
  let batch: CaptureRecord[] = []
  let record = new CaptureRecord()
  try {
    while (capture.advance()) {
      const { reader } = capture.windows
      while (reader.next(record)) {
        batch.push(record)
        record = new CaptureRecord()
        if (batch.length < BATCH_SIZE) continue
        yield batch
        batch = []
      }
    }
  } catch (error) {
    if (batch.length > 0) yield batch
    throw error
  }
  if (batch.length > 0) yield batch
}

/** A compressed file in one buffer, filled again for each chunk. The event loop gets its turn in between. */
async function* refills(fill: Fill, buffer: Uint8Array, first: number): AsyncGenerator<Uint8Array> {
  for (let length = first; length > 0; length = fill(buffer, 0)) {
    yield length === buffer.length ? buffer : buffer.subarray(0, length)
    await setImmediate()
  }
}

/** Who gives a pipe up does not complain that a record is cut, or that there is none. */
function isGivenUp(error: unknown, { wasEnded }: OpenedSource): boolean {
  return error instanceof CaptureError && error.code !== 'unwritable' && wasEnded?.() === true
}

function located(error: unknown, path: string | undefined): unknown {
  if (error instanceof CaptureError) error.path ??= path
  return error
}
