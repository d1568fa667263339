/** Compressed sources: gzip members one after another, RFC 1952, inflated by zlib. */
import { crc32, createInflateRaw } from 'node:zlib'
import { CompressedInput, PIECE_SIZE } from './compressed-input.ts'
import { Inflater, OUTPUT_SIZE } from './inflater.ts'

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

const PADDING_SIZE = 32 * 1024

/**
 * Inflates all members; `input` stands at the first. `again` gives the same bytes from the beginning, if it can.
 * @throws CaptureError 'cut', 'damaged' or 'unsupported', after everything that could be inflated
 */
export async function* gunzipped(
  input: CompressedInput,
  again: (() => AsyncIterable<Uint8Array>) | undefined,
): AsyncGenerator<Uint8Array> {
  try {
    yield* members(input)
  } catch (error) {
    if (again && input.damagedPiece !== undefined) yield* salvaged(again(), input.damagedPiece, input.inflated)
    throw error
  }
}

/** What lies between the first `known` inflated bytes and the damage, inflated in small steps from `position` on. */
async function* salvaged(
  chunks: AsyncIterable<Uint8Array>,
  position: number,
  known: number,
): AsyncGenerator<Uint8Array> {
  const input = new CompressedInput(chunks, PIECE_SIZE, position)
  try {
    for await (const output of members(input)) {
      const fresh = Math.min(output.length, input.inflated - known)
      if (fresh > 0) yield output.subarray(output.length - fresh)
    }
  } finally {
    await input.close()
  }
}

async function* members(input: CompressedInput): AsyncGenerator<Uint8Array> {
  do yield* member(input)
  while (await hasAnotherMember(input))
}

/** Whether bytes begin like gzip. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === ID1 && bytes[1] === ID2
}

export async function beginsMember(input: CompressedInput): Promise<boolean> {
  return (await input.has(2)) && input.byte() === ID1 && input.byte(1) === ID2
}

/** Reads one member: header, compressed data, trailer. */
async function* member(input: CompressedInput): AsyncGenerator<Uint8Array> {
  await skipHeader(input)
  const inflater = new Inflater(createInflateRaw({ chunkSize: OUTPUT_SIZE }))
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

async function skipHeader(input: CompressedInput): Promise<void> {
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

async function skipBytes(input: CompressedInput, count: number): Promise<void> {
  if (!(await input.has(count))) throw input.cut()
  input.skip(count)
}

async function skipText(input: CompressedInput): Promise<void> {
  for (let last = -1; last !== 0; ) {
    if (!(await input.has(1))) throw input.cut()
    last = input.byte()
    input.skip(1)
  }
}

/** Looks for one more member. Zeros up to the end are padding. */
async function hasAnotherMember(input: CompressedInput): Promise<boolean> {
  if (await beginsMember(input)) return true
  while (await input.has(1)) {
    const zeros = input.peek(PADDING_SIZE).findIndex((byte) => byte !== 0)
    if (zeros >= 0) {
      input.skip(zeros)
      throw input.failure('damaged', 'is followed by something that is not gzip')
    }
    input.take(PADDING_SIZE)
  }
  return false
}
