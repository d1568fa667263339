/** Signals while a capture is being written. */
import { constants } from 'node:os'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Ends the program with `abandon` when a signal comes, so that nothing half stays behind. Reading a pipe, the first
 * Ctrl-C is left to who feeds it: it ends there, the pipe ends, and what came until then is written as a whole.
 * @returns what takes the listening back
 */
export function onInterrupt(readsPipe: boolean, abandon: () => void): () => void {
  let patience = readsPipe ? 1 : 0
  const listener = (signal: (typeof SIGNALS)[number]) => {
    if (signal === 'SIGINT' && patience-- > 0) return
    abandon()
    process.exit(128 + constants.signals[signal])
  }
  for (const signal of SIGNALS) process.on(signal, listener)
  return () => {
    for (const signal of SIGNALS) process.removeListener(signal, listener)
  }
}
