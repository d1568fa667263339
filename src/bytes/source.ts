/** Where bytes come from: files, pipes, standard input, memory, streams. Knows nothing of captures. */
import { closeSync, fstatSync, open, openSync, read, readSync, statSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { CaptureError } from '../errors.ts'
import { PipeChunks } from './pipe-chunks.ts'

/**
 * Anything that can be read. A string is a path, '-' is standard input; a URL is a `file:` URL. Memory and chunks
 * are used where they lie, without a copy: whoever hands them in leaves them alone as long as what was read is in use.
 * @example
 * ```js
 * import { readFileSync } from 'node:fs'
 * import { read } from 'ovl-dissect'
 *
 * for await (const packet of read(readFileSync('vxlan.pcap'))) {
 *   console.log(packet.number, packet.summary.protocol) // 1 ICMP
 * }
 * ```
 */
export type Source =
  | string
  | URL
  | Uint8Array
  | ArrayBuffer
  // A stream of Node, written out so that the library's types need no others.
  | ({ readonly readable: boolean } & AsyncIterable<string | Uint8Array>)
  | AsyncIterable<Uint8Array>
  | Iterable<Uint8Array>

/** See `OpenedSource.fill`. */
export type Fill = (target: Uint8Array, at: number) => number

/** A source that has been opened. Read it by `fill` or by `chunks`; either goes on where the other stopped. */
export interface OpenedSource {
  /** Path, '-' for standard input, undefined for memory, streams and iterables. */
  readonly path: string | undefined
  /** Bytes that are still to come as far as the system knows, for sizing buffers; 0 when it does not. */
  readonly size: number
  /**
   * Regular files only: reads into `target`, from its byte `at` to its end, and returns how many bytes were read, 0 at
   * the end of the file. Waits for the disk. The caller owns the buffer, and can use the same one again and again.
   */
  readonly fill: Fill | undefined
  /** Where `fill` is: goes on reading at a place of the file. */
  readonly seek?: (position: number) => void
  /**
   * The bytes as chunks, each as soon as it is there. No chunk is empty, and none is ever written to again: it stays
   * valid as long as it is referenced.
   */
  chunks(): AsyncIterable<Uint8Array>
  /** Whether reading a pipe was given up before its end. */
  readonly wasEnded?: () => boolean
  /** Files and memory only: the bytes once more, from the beginning. */
  readonly again: (() => AsyncIterable<Uint8Array>) | undefined
  /** Gives back what was opened here. Streams and iterables are ended by whoever leaves the loop over `chunks`. */
  close(): void
}

const STANDARD_INPUT = 0
/** A chunk holds all its records in memory as long as one of them is referenced, so it is not as big as it could be. */
const CHUNK_SIZE = 256 * 1024
const LAST_CHUNK_SIZE = 4096

const openAsync = promisify(open)
const readAsync = promisify(read)

/** Opens a source. Fails with a CaptureError 'unreadable' where a path cannot be opened, TypeError for other misuse. */
export async function openSource(source: Source): Promise<OpenedSource> {
  if (source === '-') return openStandardInput()
  if (typeof source === 'string') return openPath(source)
  if (source instanceof URL) return openPath(pathOfUrl(source))
  if (source instanceof Uint8Array) return openedMemory(source)
  if (source instanceof ArrayBuffer) return openedMemory(new Uint8Array(source))
  if (source !== null && typeof source === 'object') {
    if (Symbol.asyncIterator in source || Symbol.iterator in source) return opened(source as AsyncIterable<unknown>)
  }
  throw new TypeError(`a capture is read from a path, a URL, bytes, a stream or an iterable of bytes, not ${source}`)
}

function pathOfUrl(url: URL): string {
  if (url.protocol === 'file:') return fileURLToPath(url)
  throw new TypeError(`${url.protocol} URLs are not fetched here: fetch it, then read the body of the response`)
}

function opened(chunks: Iterable<unknown> | AsyncIterable<unknown>, path?: string): OpenedSource {
  return { path, size: 0, fill: undefined, chunks: () => checked(chunks), again: undefined, close: () => {} }
}

function openedMemory(bytes: Uint8Array): OpenedSource {
  return { ...opened([bytes]), size: bytes.length, again: () => checked([bytes]) }
}

async function* checked(chunks: Iterable<unknown> | AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    if (typeof chunk === 'string') {
      throw new TypeError('the stream gives text, a capture is bytes: open it without an encoding')
    }
    if (!(chunk instanceof Uint8Array)) throw new TypeError(`a chunk must be a Uint8Array, not ${typeof chunk}`)
    if (chunk.length > 0) yield chunk
  }
}

function openStandardInput(): OpenedSource {
  const stats = fstatSync(STANDARD_INPUT)
  if (stats.isDirectory()) throw unreadable(REASONS.EISDIR, '-')
  if (stats.isFile()) return openedFile(STANDARD_INPUT, '-', stats.size)
  return openedPipe(process.stdin, '-')
}

async function openPath(path: string): Promise<OpenedSource> {
  try {
    const stats = statSync(path)
    if (stats.isDirectory()) throw unreadable(REASONS.EISDIR, path)
    if (stats.isFile()) return openedFile(openSync(path, 'r'), path, stats.size)
    // Opening a named pipe waits for its writer: not on this thread.
    const fd = await openAsync(path, 'r')
    if (!stats.isFIFO()) return { ...openedFile(fd, path, 0), fill: undefined, again: undefined }
    const { Socket } = process.getBuiltinModule('node:net')
    const pipe = new Socket({ fd, readable: true, writable: false })
    return { ...openedPipe(pipe, path), close: () => pipe.destroy() }
  } catch (error) {
    throw error instanceof CaptureError ? error : explain(error, path)
  }
}

function openedPipe(stream: Readable, path: string): OpenedSource {
  const pipe = new PipeChunks(stream)
  return { ...opened(explained(pipe.chunks(), path), path), wasEnded: () => pipe.wasEnded }
}

function openedFile(fd: number, path: string, size: number): OpenedSource {
  let position = 0
  /** Null: where the file stands, since standard input may have been read before. */
  let place: number | null = null
  return {
    path,
    size,
    fill(target, at) {
      try {
        const count = readSync(fd, target, at, target.length - at, place)
        position += count
        if (place !== null) place += count
        return count
      } catch (error) {
        throw explain(error, path)
      }
    },
    seek(to) {
      place = to
    },
    chunks: () => fileChunks(fd, path, size - position, null),
    again: fd === STANDARD_INPUT ? undefined : () => fileChunks(fd, path, size, 0),
    close() {
      if (fd !== STANDARD_INPUT) closeSync(fd)
    },
  }
}

/** Reads a file in chunks, from `position` or, if that is null, from where the file stands. */
async function* fileChunks(
  fd: number,
  path: string,
  size: number,
  position: number | null,
): AsyncGenerator<Uint8Array> {
  let done = 0
  for (;;) {
    const rest = size - done
    const buffer = new Uint8Array(rest > 0 ? Math.min(rest, CHUNK_SIZE) : LAST_CHUNK_SIZE)
    const place = position === null ? null : position + done
    const { bytesRead } = await readAsync(fd, buffer, 0, buffer.length, place).catch((error: unknown) => {
      throw explain(error, path)
    })
    if (bytesRead === 0) return
    done += bytesRead
    yield bytesRead === buffer.length ? buffer : buffer.subarray(0, bytesRead)
  }
}

async function* explained(stream: AsyncIterable<unknown>, path: string): AsyncGenerator<unknown> {
  try {
    yield* stream
  } catch (error) {
    throw explain(error, path)
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file: a part of the path is not a directory',
  EISDIR: 'is a directory, not a capture file',
  EACCES: 'no permission to read it; captures made by root are often for root only',
  EPERM: 'no permission to read it; captures made by root are often for root only',
}

function explain(error: unknown, path: string): CaptureError {
  const { code = '', message = String(error) } = error as { code?: string; message?: string }
  return unreadable(REASONS[code] ?? `cannot be read: ${message}`, path, error)
}

function unreadable(reason = 'cannot be read', path: string, cause?: unknown): CaptureError {
  const error = new CaptureError('unreadable', reason, undefined, { cause })
  error.path = path
  return error
}
