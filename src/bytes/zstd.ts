/** Sources compressed with zstd: frames one after another, RFC 8878, decompressed by the Node that has it (22.15 on). */
import type { Transform } from 'node:stream'
import type { CompressedInput } from './compressed-input.ts'
import { Inflater, OUTPUT_SIZE } from './inflater.ts'

/** As its bytes stand in the file. */
const MAGIC = [0x28, 0xb5, 0x2f, 0xfd] as const
/** The first byte of sixteen magic numbers for frames that are to be skipped, in its upper half. */
const SKIPPABLE = 0x50
const SKIPPABLE_REST = [0x2a, 0x4d, 0x18] as const
const MAGIC_SIZE = 4
const SKIPPABLE_HEADER = 8

const SINGLE_SEGMENT = 0x20
const HAS_CHECKSUM = 0x04
const DICTIONARY = 0x03
const DICTIONARY_SIZES = [0, 1, 2, 4] as const
const CONTENT_SIZES = [0, 2, 4, 8] as const
const CHECKSUM_SIZE = 4
/** A window of 128 MiB, as `zstd --long` makes; memory for more is not given because a file says so. */
const MOST_WINDOW = 17

const BLOCK_HEADER = 3
const RLE = 1
const RESERVED = 3
const MOST_BLOCK = 128 * 1024

type CreateDecompressor = (options: { readonly chunkSize: number }) => Transform & { readonly bytesWritten: number }

/** Undefined on Node 20 and before 22.15, whose types are also all that is known here. */
function decompressorOfNode(): CreateDecompressor | undefined {
  return (process.getBuiltinModule('node:zlib') as { readonly createZstdDecompress?: CreateDecompressor })
    .createZstdDecompress
}

/** Whether this Node can read zstd. */
export function hasZstd(): boolean {
  return decompressorOfNode() !== undefined
}

/** Whether bytes begin like zstd; four are needed. */
export function isZstd(bytes: Uint8Array): boolean {
  const isSkippable =
    ((bytes[0] ?? 0) & 0xf0) === SKIPPABLE && SKIPPABLE_REST.every((byte, at) => bytes[at + 1] === byte)
  return isSkippable || MAGIC.every((byte, at) => bytes[at] === byte)
}

export async function beginsFrame(input: CompressedInput): Promise<boolean> {
  return (await input.has(MAGIC_SIZE)) && isZstd(input.peek(MAGIC_SIZE))
}

/**
 * Decompresses all frames; `input` stands at the first.
 * @throws CaptureError 'cut', 'damaged' or 'unsupported', after every block before
 */
export async function* unzstd(input: CompressedInput): AsyncGenerator<Uint8Array> {
  input.name = 'zstd'
  const createDecompressor = decompressorOfNode()
  if (createDecompressor === undefined) {
    const remedy = 'use Node 22.15 or newer, or: zstd -dc FILE | ovl-dissect -'
    throw input.unsupported(`compressed with zstd, which Node ${process.versions.node} cannot read: ${remedy}`)
  }
  for (;;) {
    if (input.byte() === MAGIC[0]) yield* frame(input, createDecompressor)
    else await skipFrame(input)
    if (!(await input.has(1))) return
    if (!(await beginsFrame(input))) throw input.failure('damaged', 'is followed by something that is not zstd')
  }
}

async function skipFrame(input: CompressedInput): Promise<void> {
  if (!(await input.has(SKIPPABLE_HEADER))) throw input.cut()
  let left = input.byte(4) + 256 * (input.byte(5) + 256 * (input.byte(6) + 256 * input.byte(7)))
  input.skip(SKIPPABLE_HEADER)
  while (left > 0) {
    if (!(await input.has(1))) throw input.cut()
    left -= input.take(left).length
  }
}

/**
 * Gives the decompressor a block at a time: so everything before a damaged block has been yielded, and where the frame ends
 * is known, which the decompressor does not tell.
 */
async function* frame(input: CompressedInput, create: CreateDecompressor): AsyncGenerator<Uint8Array> {
  if (!(await input.has(MAGIC_SIZE + 1))) throw input.cut()
  const descriptor = input.byte(MAGIC_SIZE)
  const size = headerSize(descriptor)
  if (!(await input.has(size))) throw input.cut()
  if ((descriptor & SINGLE_SEGMENT) === 0 && input.byte(MAGIC_SIZE + 1) >> 3 > MOST_WINDOW) {
    throw input.failure('unsupported', 'needs a window of more than 128 MiB')
  }
  const decompressor = new Inflater(create({ chunkSize: OUTPUT_SIZE }))
  try {
    yield* give(input, decompressor, size)
    for (let isLast = false; !isLast; ) {
      if (!(await input.has(BLOCK_HEADER))) throw input.cut()
      const header = input.byte() + 256 * (input.byte(1) + 256 * input.byte(2))
      const type = (header >> 1) & 3
      isLast = (header & 1) === 1
      if (type === RESERVED || header >> 3 > MOST_BLOCK) throw input.failure('damaged', 'is damaged')
      yield* give(input, decompressor, BLOCK_HEADER + (type === RLE ? 1 : header >> 3))
    }
    if ((descriptor & HAS_CHECKSUM) !== 0) yield* give(input, decompressor, CHECKSUM_SIZE)
  } finally {
    decompressor.close()
  }
}

function headerSize(descriptor: number): number {
  const isSingle = (descriptor & SINGLE_SEGMENT) !== 0
  const content = descriptor >> 6
  const contentSize = content === 0 && isSingle ? 1 : (CONTENT_SIZES[content] as number)
  return MAGIC_SIZE + 1 + (isSingle ? 0 : 1) + (DICTIONARY_SIZES[descriptor & DICTIONARY] as number) + contentSize
}

async function* give(input: CompressedInput, decompressor: Inflater, size: number): AsyncGenerator<Uint8Array> {
  if (!(await input.has(size))) throw input.cut()
  for await (const output of decompressor.inflate(input.peek(size))) {
    input.inflated += output.length
    yield output
  }
  if (decompressor.failure) throw input.failure('damaged', 'is damaged', decompressor.failure)
  input.skip(size)
}
