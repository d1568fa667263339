/** A capture's bytes, to be gone through again and again without waiting: in memory, or on disk where it is a large file. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { openSource, type Source } from '../bytes/source.ts'
import { uncompressed } from '../bytes/uncompressed.ts'
import { CaptureError } from '../errors.ts'

/** Up to this size a file is held in memory; a larger one is read again each time. */
const HELD = 64 * 1024 * 1024
/** What is no plain file cannot be read again, and is held up to this size. */
const MOST_HELD = 1024 * 1024 * 1024
const CHUNK_SIZE = 1024 * 1024

export interface StoredBytes {
  readonly isCompressed: boolean
  /** All of it from the beginning; a chunk holds until the next one is taken. */
  chunks(): Iterable<Uint8Array>
}

export interface Stored extends StoredBytes {
  /** Path, '-' for standard input, undefined for memory and streams. */
  readonly path: string | undefined
  /** Why reading ended before the end of the source. */
  readonly damage: CaptureError | undefined
}

/**
 * Takes a source in. `held`: bytes up to which a plain file is kept in memory.
 * @throws CaptureError where it cannot be opened, or has more than 1 GiB and is no plain uncompressed file.
 */
export async function storeBytes(source: Source, held = HELD): Promise<Stored> {
  const opened = await openSource(source)
  const { path } = opened
  const kept: Uint8Array[] = []
  let size = 0
  let isCompressed = false
  let damage: CaptureError | undefined
  try {
    const isFile = opened.fill !== undefined && path !== undefined && path !== '-'
    const chunks = uncompressed(opened.chunks(), opened.again, () => {
      isCompressed = true
    })
    for await (const chunk of chunks) {
      if (isFile && !isCompressed && opened.size > held)
        return { path, isCompressed, damage, chunks: () => fileChunks(path, opened.size) }
      size += chunk.length
      if (size > MOST_HELD)
        throw new CaptureError('too-large', 'more than 1 GiB that is no plain file; unpack it into a file first')
      kept.push(chunk)
    }
  } catch (error) {
    if (!(error instanceof CaptureError) || kept.length === 0 || error.code === 'too-large') throw error
    damage = error
  } finally {
    opened.close()
  }
  return { path, isCompressed, damage, chunks: () => kept }
}

/** @throws CaptureError if the file is no longer what it was. */
function* fileChunks(path: string, size: number): Generator<Uint8Array> {
  const descriptor = openAgain(path)
  try {
    if (fstatSync(descriptor).size !== size) throw changed(path)
    const buffer = new Uint8Array(CHUNK_SIZE)
    for (;;) {
      const count = readSync(descriptor, buffer, 0, buffer.length, null)
      if (count === 0) return
      yield buffer.subarray(0, count)
    }
  } finally {
    closeSync(descriptor)
  }
}

function openAgain(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (cause) {
    throw changed(path, cause)
  }
}

function changed(path: string, cause?: unknown): CaptureError {
  const message = `${path} is not what it was when it was loaded; captures above 64 MiB are read again for each assertion`
  const error = new CaptureError('unreadable', message, undefined, { cause })
  error.path = path
  return error
}
