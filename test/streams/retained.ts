/** How much memory something keeps, after all that can be freed has been. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

function used(): number {
  collect()
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** MiB that what `make` returns keeps alive. */
export function retained(make: () => unknown): number {
  const before = used()
  const kept = make()
  const mebibytes = (used() - before) / 2 ** 20
  if (kept === undefined) throw new Error('nothing was made')
  return mebibytes
}
