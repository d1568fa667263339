/** Files that are read more than once: each time it has to be the same ones. */
import { statSync } from 'node:fs'
import { CaptureError } from '../errors.ts'
import type { Source } from './source.ts'

/** Remembers which files the names stand for when it is made. What is no file that can be opened again is left alone. */
export class SameFiles {
  private readonly known = new Map<string | URL, string>()

  constructor(sources: readonly Source[]) {
    for (const source of sources) {
      const identity = typeof source === 'string' || source instanceof URL ? identityOf(source) : undefined
      if (identity !== undefined) this.known.set(source as string | URL, identity)
    }
  }

  /**
   * Before a file is opened once more: of a rotated one the name stands for another by now, and what was learned of the
   * first one says nothing of that.
   * @throws CaptureError 'unreadable' when another file has taken the name, or none has it any more
   */
  check(): void {
    for (const [source, identity] of this.known) {
      if (identityOf(source) === identity) continue
      const words = 'was renamed or replaced by another file while it was read: read what it is called now'
      const error = new CaptureError('unreadable', words)
      error.path = String(source)
      throw error
    }
  }
}

/** The inode, and when it was born: a number is given to new files again. */
function identityOf(path: string | URL): string | undefined {
  if (path === '-') return undefined
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stats?.isFile() === true ? `${stats.dev} ${stats.ino} ${stats.birthtimeNs}` : undefined
}
