/** Compressed bytes as they come, and how far they have been read. */
import { CaptureError, type CaptureErrorCode } from '../errors.ts'

/** Compressed bytes given to zlib at a time. What it has inflated of a piece that turns out to be damaged is lost. */
export const PIECE_SIZE = 32 * 1024
/** Where that loss cannot be made good, pieces are smaller, though each costs a change of threads. */
export const ONLY_PIECE_SIZE = 4 * 1024
const SALVAGE_PIECE_SIZE = 16

/** The compressed bytes, and how far they have been read. */
export class CompressedInput {
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

  /** What the data is called in errors. */
  name = 'gzip'

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
    return new CaptureError(code, `the ${this.name} data ${what} ${place}`, this.inflated, { cause })
  }

  /** The error for what cannot be read at all. */
  unsupported(what: string): CaptureError {
    return new CaptureError('unsupported', what, 0)
  }

  cut(): CaptureError {
    this.at = this.chunk.length
    const error = this.failure('cut', 'breaks off')
    error.message += '; the rest of the file is missing'
    return error
  }
}
