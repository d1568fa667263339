/** All bytes out of a descriptor, also where it takes them in parts or is not ready. */
import { writeSync } from 'node:fs'

/** How long a full pipe is left alone before it is tried again. */
const PATIENCE_MILLISECONDS = 5

/** Writes every byte. @throws the error of the system, `EPIPE` when the reader of a pipe has gone. */
export function writeFully(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSome(descriptor, bytes, at)
}

function writeSome(descriptor: number, bytes: Uint8Array, at: number): number {
  try {
    return writeSync(descriptor, bytes, at)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
    // A pipe that is not read as fast as we write: wait a little instead of spinning.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PATIENCE_MILLISECONDS)
    return 0
  }
}
