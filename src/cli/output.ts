/** Standard output in large pieces; a closed pipe ends the program silently, as `head` expects. */
import { unwritable } from '../bytes/sink.ts'
import { TextBytes } from '../bytes/text-bytes.ts'
import { writeFully } from '../bytes/write-fully.ts'

const FLUSH_AT = 128 * 1024
/** A line of the list is rarely longer. */
const SPARE = 4096

/** Thrown to leave every loop when nobody reads any more. */
export class ClosedPipe extends Error {
  override readonly name = 'ClosedPipe'
}

export class Output {
  /** What is not out yet. Who writes into it calls `wrote` afterwards. */
  readonly pending = new TextBytes(FLUSH_AT + SPARE)
  private hasBegun = false
  private isScheduled = false
  /** What went wrong where nobody could be told: told by the next flush. */
  private failure: unknown
  private readonly descriptor: number

  constructor(descriptor = 1) {
    this.descriptor = descriptor
  }

  /** Adds a line. It is out at the latest when the event loop has its next turn: after the present chunk of input. */
  line(text: string): void {
    this.text(`${text}\n`)
  }

  text(text: string): void {
    this.pending.text(text)
    this.wrote()
  }

  /** After something was added to `pending`. The very first is out at once, so that nobody waits to see that it works. */
  wrote(): void {
    if (this.pending.at >= FLUSH_AT || !this.hasBegun) this.flush()
    else if (!this.isScheduled) this.schedule()
  }

  /** @throws ClosedPipe when the reader has gone; CaptureError 'unwritable', on a full disk for one */
  flush(): void {
    if (this.failure !== undefined) throw this.failure
    const { pending } = this
    const bytes = pending.bytes.subarray(0, pending.at)
    pending.at = 0
    this.hasBegun = true
    try {
      writeFully(this.descriptor, bytes)
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === 'EPIPE' ? new ClosedPipe() : unwritable(error, 'standard output')
    }
  }

  private schedule(): void {
    this.isScheduled = true
    setImmediate(() => {
      this.isScheduled = false
      this.flushQuietly()
    })
  }

  private flushQuietly(): void {
    try {
      this.flush()
    } catch (error) {
      if (error instanceof ClosedPipe) process.exit(0)
      this.failure = error
    }
  }
}
