/** Whether the command opens the viewer: termshark's rule. */
import { closeSync, openSync } from 'node:fs'
import { isTerminal } from './is-terminal.ts'
import type { RawOptions } from './program.ts'

/** On a terminal, where nothing was asked for that is printed or written. */
export function opensViewer(options: RawOptions, environment = process.env): boolean {
  const { print, tree, hex, sides, summary, write, format, packet, count, width, lineBuffered } = options
  if ([print, tree, hex, sides, summary, write, packet, count, width, lineBuffered].some((one) => one !== undefined))
    return false
  if (format !== 'text' || environment.TERM === 'dumb' || !isTerminal('stdout')) return false
  return process.stdin.isTTY === true || hasTerminal()
}

/** Standard input may be the capture: keys then come from the controlling terminal, if there is one. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'))
    return true
  } catch {
    return false
  }
}
