/** Deflated data, RFC 1951, inflated by zlib in steps. */
import { createInflateRaw, type InflateRaw } from 'node:zlib'

const OUTPUT_SIZE = 64 * 1024

/** Inflates deflated data piece by piece. Unlike a pipe through zlib it hands out everything that came before an error. */
export class Inflater {
  /** How many bytes of the last piece belonged to the compressed data. */
  used = 0
  /** Whether the compressed data has come to its end. */
  ended = false
  failure: Error | undefined
  private readonly zlib: InflateRaw = createInflateRaw({ chunkSize: OUTPUT_SIZE })
  private wake = () => {}

  constructor() {
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
