/** Compressed sources: gzip members one after another, RFC 1952, inflated by zlib. */
import { crc32 } from 'node:zlib'
import { CaptureError, type CaptureErrorCode } from '../errors.ts'
import { Inflater } from './inflater.ts'

const ID1 = 0x1f
const ID2 = 0x8b
const DEFLATE = 8
const HEADER_SIZE = 10
const TRAILER_SIZE = 8
const header = { method: 2, flags: 3 }
const trailer = { check: 0, size: 4 }
const FLAG_HEADER_CHECK = 0x02
const FLAG_EXTRA = 0x04
const FLAG_NAME = 0x08
const FLAG_COMMENT = 0x10

/** Compressed bytes given to zlib at a time. What it has inflated of a piece that turns out to be damaged is lost. */
const PIECE_SIZE = 32 * 1024
/** Where that loss cannot be made good, pieces are smaller, though each costs a change of threads. */
const ONLY_PIECE_SIZE = 4 * 1024
const SALVAGE_PIECE_SIZE = 16

/**
 * The chunks as they are or, if they begin like gzip, inflated; `onGzip` is then called first. Asks for the next chunk
 * only when it is done with the one before. What can be inflated is yielded before an error is thrown: all of a file
 * that ends too early; of a damaged one all up to 16 compressed bytes before the damage is noticed, or 4 KiB where the
 * source cannot be read `again`.
 * @throws CaptureError 'cut', 'damaged' or 'unsupported'; its offset counts inflated bytes
 */
export async function* uncompressed(
  chunks: AsyncIterable<Uint8Array>,
  again: (() => AsyncIterable<Uint8Array>) | undefined,
  onGzip: () => void,
): AsyncGenerator<Uint8Array> {
  const input = new Input(chunks, again ? PIECE_SIZE : ONLY_PIECE_SIZE)
  try {
    if (await beginsMember(input)) {
      onGzip()
      yield* members(input)
    } else {
      while (await input.has(1)) yield input.take(Number.POSITIVE_INFINITY)
    }
  } catch (error) {
    if (again && input.damagedPiece !== undefined) yield* salvaged(again(), input.damagedPiece, input.inflated)
    throw error
  } finally {
    await input.close()
  }
}

/** What lies between the first `known` inflated bytes and the damage, inflated in small steps from `position` on. */
async function* salvaged(
  chunks: AsyncIterable<Uint8Array>,
  position: number,
  known: number,
): AsyncGenerator<Uint8Array> {
  const input = new Input(chunks, PIECE_SIZE, position)
  try {
    for await (const output of members(input)) {
      const fresh = Math.min(output.length, input.inflated - known)
      if (fresh > 0) yield output.subarray(output.length - fresh)
    }
  } finally {
    await input.close()
  }
}

async function* members(input: Input): AsyncGenerator<Uint8Array> {
  do yield* member(input)
  while (await hasAnotherMember(input))
}

/** The compressed bytes, and how far they have been read. */
class Input {
  /** Inflated bytes yielded so far. */
  inflated = 0
  /** Where the piece begins in which zlib could not go on. */
  damagedPiece: number | undefined
  private chunk: Uint8Array = new Uint8Array(0)
  private at = 0
  /** Place in the file of the chunk's first byte. */
  private offset = 0
  private readonly chunks: AsyncIterator<Uint8Array>
  private readonly pieceSize: number
  /** From here on pieces are tiny. */
  private readonly carefulFrom: number

  constructor(chunks: AsyncIterable<Uint8Array>, pieceSize: number, carefulFrom = Number.POSITIVE_INFINITY) {
    this.chunks = chunks[Symbol.asyncIterator]()
    this.pieceSize = pieceSize
    this.carefulFrom = carefulFrom
  }

  /** How many bytes have been read. */
  get position(): number {
    return this.offset + this.at
  }

  /** The next bytes for zlib, at least one if `has` said so. */
  piece(): Uint8Array {
    const calm = this.carefulFrom - this.position
    return this.peek(calm > 0 ? Math.min(this.pieceSize, calm) : SALVAGE_PIECE_SIZE)
  }

  /** Waits until `count` bytes are there; false when the end comes before. */
  async has(count: number): Promise<boolean> {
    while (this.chunk.length - this.at < count) {
      // Copied before asking: the next chunk may come in the memory of this one.
      const rest = new Uint8Array(this.chunk.subarray(this.at))
      const { done, value } = await this.chunks.next()
      if (done) return false
      this.offset += this.at
      this.chunk = rest.length === 0 ? value : Buffer.concat([rest, value])
      this.at = 0
    }
    return true
  }

  /** The byte `distance` from here; `has` has said that it is there. */
  byte(distance = 0): number {
    return this.chunk[this.at + distance] ?? 0
  }

  /** The next bytes, without moving: at most `most`, at least one if `has` said so. */
  peek(most: number): Uint8Array {
    const whole = this.at === 0 && this.chunk.length <= most
    return whole ? this.chunk : this.chunk.subarray(this.at, Math.min(this.chunk.length, this.at + most))
  }

  take(most: number): Uint8Array {
    const bytes = this.peek(most)
    this.at += bytes.length
    return bytes
  }

  skip(count: number): void {
    this.at += count
  }

  async close(): Promise<void> {
    await this.chunks.return?.()
  }

  /** The error for what is wrong here. */
  failure(code: CaptureErrorCode, what: string, cause?: unknown): CaptureError {
    const place = `at byte ${this.position} of the compressed file, after ${this.inflated} inflated bytes`
    return new CaptureError(code, `the gzip data ${what} ${place}`, this.inflated, { cause })
  }

  cut(): CaptureError {
    this.at = this.chunk.length
    const error = this.failure('cut', 'breaks off')
    error.message += '; the rest of the file is missing'
    return error
  }
}

/** Whether bytes begin like gzip. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === ID1 && bytes[1] === ID2
}

async function beginsMember(input: Input): Promise<boolean> {
  return (await input.has(2)) && input.byte() === ID1 && input.byte(1) === ID2
}

/** Reads one member: header, compressed data, trailer. */
async function* member(input: Input): AsyncGenerator<Uint8Array> {
  await skipHeader(input)
  const inflater = new Inflater()
  let check = 0
  let size = 0
  try {
    while (!inflater.ended) {
      if (!(await input.has(1))) throw input.cut()
      for await (const output of inflater.inflate(input.piece())) {
        check = crc32(output, check)
        size += output.length
        input.inflated += output.length
        yield output
      }
      if (inflater.failure) {
        input.damagedPiece = input.position
        throw input.failure('damaged', 'is damaged', inflater.failure)
      }
      input.skip(inflater.used)
    }
  } finally {
    inflater.close()
  }
  if (!(await input.has(TRAILER_SIZE))) throw input.cut()
  const bytes = input.peek(TRAILER_SIZE)
  const view = new DataView(bytes.buffer, bytes.byteOffset, TRAILER_SIZE)
  if (view.getUint32(trailer.check, true) !== check) throw input.failure('damaged', 'has a wrong checksum')
  if (view.getUint32(trailer.size, true) !== size % 2 ** 32) throw input.failure('damaged', 'has a wrong length')
  input.skip(TRAILER_SIZE)
}

async function skipHeader(input: Input): Promise<void> {
  if (!(await input.has(HEADER_SIZE))) throw input.cut()
  const flags = input.byte(header.flags)
  if (input.byte(header.method) !== DEFLATE) throw input.failure('unsupported', 'is not compressed with deflate')
  input.skip(HEADER_SIZE)
  if (flags & FLAG_EXTRA) {
    if (!(await input.has(2))) throw input.cut()
    await skipBytes(input, 2 + input.byte() + 256 * input.byte(1))
  }
  if (flags & FLAG_NAME) await skipText(input)
  if (flags & FLAG_COMMENT) await skipText(input)
  if (flags & FLAG_HEADER_CHECK) await skipBytes(input, 2)
}

async function skipBytes(input: Input, count: number): Promise<void> {
  if (!(await input.has(count))) throw input.cut()
  input.skip(count)
}

async function skipText(input: Input): Promise<void> {
  for (let last = -1; last !== 0; ) {
    if (!(await input.has(1))) throw input.cut()
    last = input.byte()
    input.skip(1)
  }
}

/** Looks for one more member. Zeros up to the end are padding. */
async function hasAnotherMember(input: Input): Promise<boolean> {
  if (await beginsMember(input)) return true
  while (await input.has(1)) {
    const zeros = input.peek(PIECE_SIZE).findIndex((byte) => byte !== 0)
    if (zeros >= 0) {
      input.skip(zeros)
      throw input.failure('damaged', 'is followed by something that is not gzip')
    }
    input.take(PIECE_SIZE)
  }
  return false
}
