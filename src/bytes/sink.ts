/** Where bytes go: a file that appears whole or not at all, or a descriptor such as standard output. */
import { closeSync, openSync, realpathSync, renameSync, statSync, unlinkSync } from 'node:fs'
import { CaptureError } from '../errors.ts'
import { writeFully } from './write-fully.ts'

/** Takes bytes in order; they are copied, or out, when `write` returns. */
export interface Sink {
  write(bytes: Uint8Array): void
  /** Hands on what has been collected. */
  flush(): void
  /** Ends it: only now does a file have its name. */
  close(): void
  /** Gives up: nothing stays behind that could be taken for a whole file. Does nothing after `close`. */
  abandon(): void
}

const BUFFER_SIZE = 64 * 1024

/**
 * A file, written under a temporary name beside its own and renamed when it is closed, so that what was cut short is
 * never taken for the whole, and the file that is being read may be the one that is replaced. What is no regular file
 * (a device, a named pipe) is written in place.
 * @throws CaptureError 'unwritable' with the reason, here and in every method
 */
export function openFileSink(path: string): Sink {
  try {
    const target = targetOf(path)
    if (target === undefined) return new DescriptorSink(openSync(path, 'w'), path, () => {})
    // Two writers of one path do not get in each other's way, nor does what a crash has left.
    const { randomBytes } = process.getBuiltinModule('node:crypto')
    const temporary = `${target}.${randomBytes(4).toString('hex')}.part`
    return new DescriptorSink(openSync(temporary, 'wx'), path, (isWhole) => {
      if (isWhole) renameSync(temporary, target)
      else unlinkSync(temporary)
    })
  } catch (error) {
    throw unwritable(error, path)
  }
}

/** A descriptor that is open and stays so, such as 1 for standard output. */
export function descriptorSink(descriptor: number, name: string): Sink {
  return new DescriptorSink(descriptor, name, undefined)
}

/** Where the file is to be in the end; undefined: it is there and no regular file. Links are followed. */
function targetOf(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return path
  if (stats.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' })
  return stats.isFile() ? realpathSync(path) : undefined
}

class DescriptorSink implements Sink {
  private readonly buffer = new Uint8Array(BUFFER_SIZE)
  private length = 0
  private isOpen = true
  private readonly descriptor: number
  private readonly name: string
  /** What is to be done after the descriptor is closed; undefined: it is not ours to close. */
  private readonly settle: ((isWhole: boolean) => void) | undefined

  constructor(descriptor: number, name: string, settle: ((isWhole: boolean) => void) | undefined) {
    this.descriptor = descriptor
    this.name = name
    this.settle = settle
  }

  write(bytes: Uint8Array): void {
    if (bytes.length > this.buffer.length - this.length) this.flush()
    if (bytes.length > this.buffer.length) {
      this.out(bytes)
      return
    }
    this.buffer.set(bytes, this.length)
    this.length += bytes.length
  }

  flush(): void {
    const { length } = this
    this.length = 0
    if (length > 0) this.out(this.buffer.subarray(0, length))
  }

  close(): void {
    if (!this.isOpen) return
    this.flush()
    this.end(true)
  }

  abandon(): void {
    if (this.isOpen) this.end(false)
  }

  private end(isWhole: boolean): void {
    this.isOpen = false
    if (this.settle === undefined) return
    try {
      closeSync(this.descriptor)
      this.settle(isWhole)
    } catch (error) {
      throw unwritable(error, this.name)
    }
  }

  private out(bytes: Uint8Array): void {
    try {
      writeFully(this.descriptor, bytes)
    } catch (error) {
      throw unwritable(error, this.name)
    }
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such directory',
  ENOTDIR: 'no such directory',
  EISDIR: 'is a directory: name a file in it',
  EACCES: 'no permission to write it',
  EPERM: 'no permission to write it',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left',
  EDQUOT: 'no space left in the quota',
  EPIPE: 'its reader has gone',
}

/** The error for bytes that could not be written to `path`, with the system's reason. */
export function unwritable(cause: unknown, path: string): CaptureError {
  const { code = '', message = String(cause) } = cause as { code?: string; message?: string }
  const error = new CaptureError('unwritable', REASONS[code] ?? `cannot be written: ${message}`, undefined, { cause })
  error.path = path
  return error
}
