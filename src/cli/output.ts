/** Standard output in large pieces; a closed pipe ends the program silently, as `head` expects. */
import { writeSync } from 'node:fs'

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
    for (let at = 0; at < bytes.length; ) at += this.write(bytes, at)
  }

  private write(bytes: Buffer, at: number): number {
    try {
      return writeSync(this.descriptor, bytes, at)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EPIPE') throw new ClosedPipe()
      if (code !== 'EAGAIN') throw error
      // A pipe that is not read as fast as we write: wait a little instead of spinning.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
      return 0
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
