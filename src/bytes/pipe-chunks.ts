/** What comes through a pipe, and its end where nobody wants to wait for its writer's. */
import type { Readable } from 'node:stream'

/** Ends the pipes that are being read. */
const ends = new Set<() => void>()

/**
 * Ends every pipe that is being read, as if its writer had gone. A record that is not whole by then is left out.
 * @returns how many there were
 */
export function endPipes(): number {
  const { size } = ends
  for (const end of [...ends]) end()
  return size
}

export class PipeChunks {
  /** Whether `endPipes` ended it, and not who writes. */
  wasEnded = false
  private readonly stream: Readable
  private goOn: ((next: undefined) => void) | undefined

  constructor(stream: Readable) {
    this.stream = stream
  }

  async *chunks(): AsyncGenerator<unknown> {
    const chunks: AsyncIterator<unknown> = this.stream[Symbol.asyncIterator]()
    ends.add(this.end)
    try {
      while (!this.wasEnded) {
        // Not Promise.race: it would keep every chunk until the end is decided.
        const next = await new Promise<IteratorResult<unknown> | undefined>((resolve, reject) => {
          this.goOn = resolve
          chunks.next().then(resolve, reject)
        })
        if (next === undefined || next.done === true) return
        yield next.value
      }
    } finally {
      ends.delete(this.end)
      this.stream.destroy()
    }
  }

  private readonly end = (): void => {
    this.wasEnded = true
    this.goOn?.(undefined)
  }
}
