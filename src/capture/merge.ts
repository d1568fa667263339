/** Several captures as one, by time: a heap over streams, of which each holds no more than a batch. */
import type { Source } from '../bytes/source.ts'
import { compareInstants, type Instant } from '../bytes/time.ts'
import { CaptureError } from '../errors.ts'
import { readBatches } from './read-records.ts'
import type { CaptureInterface, CaptureRecord } from './record.ts'

/** What is told beside each record. */
export interface MergedOptions {
  /**
   * A capture that cannot be read on: what came before was visited, the others go on. Default: thrown when all others
   * are read to their ends.
   */
  readonly onError?: (error: CaptureError, file: number) => void
  /** For each capture, how far its clock is ahead at a time, in nanoseconds: times become those of the right clock. */
  readonly ahead?: readonly ((time: Instant) => number)[] | undefined
  /** Awaited whenever the captures have to be waited for anyway. */
  readonly onPause?: (() => Promise<void>) | undefined
}

/** One capture on its way. */
interface Stream {
  readonly file: number
  readonly batches: AsyncIterator<CaptureRecord[]>
  batch: readonly CaptureRecord[]
  at: number
  /** The time that counts for order: a record without one comes after the one before it. */
  seconds: number
  nanoseconds: number
  readonly ahead: ((time: Instant) => number) | undefined
}

/**
 * Calls `visit` for every record of all captures, the earliest first; at equal times the capture named first. Within a
 * capture records stay in their order. They are numbered through from 1, and interfaces get ids that no two captures
 * share. The record may be kept. `false` from `visit` ends it.
 * @throws CaptureError when a capture cannot be read and nobody listens for it
 */
export async function scanMerged(
  sources: readonly Source[],
  // biome-ignore lint/suspicious/noConfusingVoidType: a visitor that returns nothing is the common one
  visit: (record: CaptureRecord, file: number) => void | false,
  options: MergedOptions = {},
): Promise<void> {
  let failure: CaptureError | undefined
  const fail = (error: unknown, file: number) => {
    if (!(error instanceof CaptureError)) throw error
    if (options.onError === undefined) failure ??= error
    else options.onError(error, file)
  }
  const streams = sources.map((source, file) => streamOf(source, file, options.ahead?.[file]))
  try {
    const heap: Stream[] = []
    for (const stream of streams) if (await advance(stream, fail)) push(heap, stream)
    const interfaces = new Interfaces()
    for (let number = 1; heap.length > 0; number++) {
      const stream = heap[0] as Stream
      const record = stream.batch[stream.at] as CaptureRecord
      record.number = number
      record.interface = interfaces.own(record.interface)
      if (visit(record, stream.file) === false) return
      stream.at++
      // Only a stream whose batch is used up has to wait.
      const isWaiting = stream.at >= stream.batch.length
      if (isWaiting && options.onPause !== undefined) await options.onPause()
      const goesOn = isWaiting ? await advance(stream, fail) : stamp(stream)
      if (!goesOn) heap[0] = heap.at(-1) as Stream
      if (!goesOn) heap.pop()
      sink(heap)
    }
  } finally {
    for (const stream of streams) await stream.batches.return?.()
  }
  if (failure !== undefined) throw failure
}

function streamOf(source: Source, file: number, ahead: Stream['ahead']): Stream {
  const seconds = Number.NEGATIVE_INFINITY
  return { file, batches: readBatches(source), batch: [], at: 0, seconds, nanoseconds: 0, ahead }
}

/** Fetches the next batch; false at the end, or where the capture cannot be read on. */
async function advance(stream: Stream, fail: (error: unknown, file: number) => void): Promise<boolean> {
  try {
    const { value, done } = await stream.batches.next()
    if (done === true) return false
    stream.batch = value
    stream.at = 0
    return stamp(stream)
  } catch (error) {
    fail(error, stream.file)
    return false
  }
}

function stamp(stream: Stream): true {
  const record = stream.batch[stream.at] as CaptureRecord
  if (!record.hasTime) return true
  if (stream.ahead !== undefined) setBack(record, stream.ahead(record))
  stream.seconds = record.seconds
  stream.nanoseconds = record.nanoseconds
  return true
}

function setBack(record: CaptureRecord, ahead: number): void {
  const nanoseconds = record.nanoseconds - Math.round(ahead)
  const seconds = Math.floor(nanoseconds / 1e9)
  record.seconds += seconds
  record.nanoseconds = nanoseconds - seconds * 1e9
}

const isBefore = (a: Stream, b: Stream) => (compareInstants(a, b) || a.file - b.file) < 0

function push(heap: Stream[], stream: Stream): void {
  let at = heap.push(stream) - 1
  while (at > 0) {
    const parent = (at - 1) >> 1
    if (!isBefore(stream, heap[parent] as Stream)) break
    heap[at] = heap[parent] as Stream
    at = parent
  }
  heap[at] = stream
}

/** Puts the first one where it belongs. */
function sink(heap: Stream[]): void {
  const stream = heap[0]
  if (stream === undefined) return
  let at = 0
  for (;;) {
    let child = at * 2 + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && isBefore(heap[child + 1] as Stream, heap[child] as Stream)) child++
    if (!isBefore(heap[child] as Stream, stream)) break
    heap[at] = heap[child] as Stream
    at = child
  }
  heap[at] = stream
}

/** Interfaces numbered through over all captures, in the order of first sight. */
class Interfaces {
  private readonly known = new Map<CaptureInterface, CaptureInterface>()

  own(from: CaptureInterface): CaptureInterface {
    let own = this.known.get(from)
    if (own === undefined) {
      own = { ...from, id: this.known.size }
      this.known.set(from, own)
    }
    return own
  }
}
