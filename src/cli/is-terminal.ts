/** Whether standard output or standard error is a terminal. */
import { fstatSync, statSync } from 'node:fs'

const DESCRIPTOR = { stdout: 1, stderr: 2 } as const

/** To give its answer Node makes a stream, which takes as long as a short list: it is only asked where there may be a terminal. */
export function isTerminal(which: keyof typeof DESCRIPTOR): boolean {
  return mayBeTerminal(DESCRIPTOR[which]) && process[which].isTTY === true
}

function mayBeTerminal(descriptor: number): boolean {
  try {
    const stats = fstatSync(descriptor)
    return stats.isCharacterDevice() && stats.rdev !== statSync('/dev/null', { throwIfNoEntry: false })?.rdev
  } catch {
    return true
  }
}
