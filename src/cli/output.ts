/** Standard output in large pieces; a closed pipe ends the program silently, as `head` expects. */
import { writeFully } from '../bytes/write-fully.ts'

const FLUSH_AT = 64 * 1024

/** Thrown to leave every loop when nobody reads any more. */
export class ClosedPipe extends Error {
  override readonly name = 'ClosedPipe'
}

export class Output {
  private pending = ''
  private isScheduled = false
  private readonly descriptor: number

  constructor(descriptor = 1) {
    this.descriptor = descriptor
  }

  /** Adds a line. It is out at the latest when the event loop has its next turn: after the present chunk of input. */
  line(text: string): void {
    this.text(`${text}\n`)
  }

  text(text: string): void {
    this.pending += text
    if (this.pending.length >= FLUSH_AT) this.flush()
    else if (!this.isScheduled) {
      this.isScheduled = true
      setImmediate(() => {
        this.isScheduled = false
        this.flushQuietly()
      })
    }
  }

  /** @throws ClosedPipe when the reader has gone. */
  flush(): void {
    const bytes = Buffer.from(this.pending)
    this.pending = ''
    try {
      writeFully(this.descriptor, bytes)
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === 'EPIPE' ? new ClosedPipe() : error
    }
  }

  private flushQuietly(): void {
    try {
      this.flush()
    } catch (error) {
      if (error instanceof ClosedPipe) process.exit(0)
      throw error
    }
  }
}
