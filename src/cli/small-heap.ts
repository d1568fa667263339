/** Garbage is collected earlier than V8 would by itself: what is in use is little, beside large arrays that grow. */
import { statSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import type { Source } from '../bytes/source.ts'

/** Bytes of a capture from which on it matters. */
const LARGE = 32 << 20
const GROWING = '--heap-growing-percent='

/** From here on the heap grows by half at most between collections, instead of fourfold; for captures that are large, or of which nobody knows. */
export function keepHeapSmall(captures: readonly Source[]): void {
  if (captures.every(isSmall)) return
  setFlagsFromString(`${GROWING}50`)
  // Compiled code that is kept at the end is only taken by a V8 with the same settings.
  process.prependOnceListener('exit', () => setFlagsFromString(`${GROWING}0`))
}

function isSmall(capture: Source): boolean {
  if (typeof capture !== 'string') return false
  const stats = capture === '-' ? undefined : statSync(capture, { throwIfNoEntry: false })
  return stats?.isFile() === true && stats.size < LARGE
}
