/** What a source holds, whether it is compressed or not. */
import { CompressedInput, ONLY_PIECE_SIZE, PIECE_SIZE } from './compressed-input.ts'
import { beginsMember, gunzipped, isGzip } from './gzip.ts'
import { beginsFrame, isZstd, unzstd } from './zstd.ts'

/** Whether bytes begin like a compression that is undone; four are enough. */
export function isCompressed(bytes: Uint8Array): boolean {
  return isGzip(bytes) || isZstd(bytes)
}

/**
 * The chunks as they are or, if they begin like gzip or zstd, decompressed; `onCompressed` is then called first. Asks for the
 * next chunk only when it is done with the one before. What can be read is yielded before an error is thrown: all of a
 * file that ends too early; of a damaged one all up to 16 compressed bytes before the damage is noticed, or 4 KiB where the
 * source cannot be read `again` (of zstd, up to the damaged block).
 * @throws CaptureError 'cut', 'damaged' or 'unsupported'; its offset counts decompressed bytes
 */
export async function* uncompressed(
  chunks: AsyncIterable<Uint8Array>,
  again: (() => AsyncIterable<Uint8Array>) | undefined,
  onCompressed: () => void,
): AsyncGenerator<Uint8Array> {
  const input = new CompressedInput(chunks, again ? PIECE_SIZE : ONLY_PIECE_SIZE)
  try {
    if (await beginsMember(input)) {
      onCompressed()
      yield* gunzipped(input, again)
    } else if (await beginsFrame(input)) {
      onCompressed()
      yield* unzstd(input)
    } else {
      while (await input.has(1)) yield input.take(Number.POSITIVE_INFINITY)
    }
  } finally {
    await input.close()
  }
}
