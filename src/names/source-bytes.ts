/** The bytes of a list: from a file, a pipe or memory, uncompressed, in UTF-8. */
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { UsageError } from '../errors.ts'

const CHUNK = 1024 * 1024

/** Reads a path; `-` is standard input. @throws UsageError if it cannot be read. */
export async function* fileChunks(path: string): AsyncGenerator<Uint8Array> {
  const stream = path === '-' ? process.stdin : createReadStream(path, { highWaterMark: CHUNK })
  try {
    for await (const chunk of stream) yield chunk as Uint8Array
  } catch (cause) {
    throw new UsageError(`names: ${path}: ${reasonOf(cause)}`, { cause })
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file: a part of the path is not a directory',
  EACCES: 'no permission to read it',
  EISDIR: 'is a directory',
}

export function reasonOf(cause: unknown): string {
  const { code = '', message = String(cause) } = cause as { code?: string; message?: string }
  return REASONS[code] ?? message
}

/** Chunks with the first `length` bytes looked at: enough to tell what they are. */
export async function peek(
  chunks: AsyncIterable<Uint8Array>,
  length: number,
): Promise<{ head: Buffer; rest: AsyncGenerator<Uint8Array> }> {
  const iterator = chunks[Symbol.asyncIterator]()
  const kept: Uint8Array[] = []
  let size = 0
  while (size < length) {
    const next = await iterator.next()
    if (next.done === true) break
    kept.push(next.value)
    size += next.value.length
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    yield* kept.splice(0)
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value
  }
  return { head: Buffer.concat(kept).subarray(0, length), rest: all() }
}

const isGzip = (head: Buffer) => head[0] === 0x1f && head[1] === 0x8b
/** What PowerShell writes when it is told `>`. */
const isUtf16 = (head: Buffer) => head[0] === 0xff && head[1] === 0xfe
const isMarked = (head: Buffer) => head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf

/** The text's bytes in UTF-8, without a byte-order mark; gzip is unpacked. */
export async function plainText(chunks: AsyncIterable<Uint8Array>, origin: string) {
  let { head, rest } = await peek(chunks, 4)
  if (isGzip(head)) ({ head, rest } = await peek(gunzipped(rest, origin), 4))
  if (isUtf16(head)) return fromUtf16(rest)
  return isMarked(head) ? withoutMark(rest) : rest
}

async function* gunzipped(chunks: AsyncIterable<Uint8Array>, origin: string): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: CHUNK })
  try {
    for await (const chunk of Readable.from(chunks)
      .on('error', (error) => gunzip.destroy(error))
      .pipe(gunzip))
      yield chunk
  } catch (cause) {
    throw cause instanceof UsageError ? cause : new UsageError(`${origin}: damaged gzip: ${reasonOf(cause)}`, { cause })
  }
}

async function* fromUtf16(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder('utf-16le')
  for await (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }))
}

async function* withoutMark(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let skip = 3
  for await (const chunk of chunks) {
    const rest = chunk.subarray(Math.min(skip, chunk.length))
    skip -= chunk.length - rest.length
    if (rest.length > 0) yield rest
  }
}

/** All of it in memory. @throws UsageError above `limit` bytes. */
export async function wholeOf(chunks: AsyncIterable<Uint8Array>, limit: number, origin: string): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.length
    if (size > limit)
      throw new UsageError(`${origin}: larger than ${limit / 2 ** 20} MiB; as JSON it may be of any size`)
    pieces.push(chunk)
  }
  return Buffer.concat(pieces)
}

/** A file in a folder or zip. */
export interface Member {
  readonly path: string
  readonly chunks: () => AsyncIterable<Uint8Array>
}
