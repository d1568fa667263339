/** Compressed data decompressed by zlib in steps. */
import type { Transform } from 'node:stream'

export const OUTPUT_SIZE = 64 * 1024

/** Decompresses piece by piece. Unlike a pipe through zlib it hands out everything that came before an error. */
export class Inflater {
  /** How many bytes of the last piece belonged to the compressed data. */
  used = 0
  /** Whether the compressed data has come to its end. */
  ended = false
  failure: Error | undefined
  private readonly zlib: Transform & { readonly bytesWritten: number }
  private wake = () => {}

  /** Of a decompressor of zlib's, whose chunks should have OUTPUT_SIZE. */
  constructor(zlib: Transform & { readonly bytesWritten: number }) {
    this.zlib = zlib
    this.zlib.on('readable', () => this.wake())
    this.zlib.on('error', (error) => {
      this.failure = error
      this.wake()
    })
  }

  /** Yields what the piece inflates to; the next piece is given when this has come to its end. */
  async *inflate(piece: Uint8Array): AsyncGenerator<Uint8Array> {
    const before = this.zlib.bytesWritten
    let written = false
    this.zlib.write(piece, () => {
      written = true
      this.wake()
    })
    for (;;) {
      const output: Uint8Array | null = this.zlib.read()
      if (output !== null) yield output
      else if (written || this.failure) break
      else {
        await new Promise<void>((resolve) => {
          this.wake = resolve
        })
      }
    }
    this.used = this.zlib.bytesWritten - before
    // zlib takes all it is given, except what follows on the end of the data.
    this.ended = this.used < piece.length
  }

  close(): void {
    this.zlib.destroy()
  }
}
