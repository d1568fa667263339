/** Signals: what ends reading, and what happens to a capture that is being written. */
import { fstatSync, statSync } from 'node:fs'
import { constants } from 'node:os'
import { endPipes } from '../bytes/pipe-chunks.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const STANDARD_INPUT = 0
/**
 * Ctrl-C goes to who writes a pipe, too, and tcpdump then hands out what it still holds and ends: it gets so many
 * milliseconds for that.
 */
const LAST_WORDS = 250

/** Whether a capture comes through a pipe, so that nobody knows its end. */
export function isPipe(file: string): boolean {
  if (file === '-') return !fstatSync(STANDARD_INPUT).isFile()
  return statSync(file, { throwIfNoEntry: false })?.isFIFO() === true
}

/** The first Ctrl-C ends reading, so that what was read until then is told; the second one ends the program. */
export class Interrupt {
  isStopped = false
  private timer: NodeJS.Timeout | undefined

  constructor() {
    process.once('SIGINT', this.stop)
  }

  release(): void {
    clearTimeout(this.timer)
    process.removeListener('SIGINT', this.stop)
  }

  private readonly stop = (): void => {
    this.isStopped = true
    this.timer = setTimeout(endPipes, LAST_WORDS)
  }
}

/**
 * Ends the program with `abandon` when a signal comes, so that nothing half stays behind. Reading a pipe, the first
 * Ctrl-C only ends the pipe: what came until then is written as a whole.
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
