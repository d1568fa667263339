/** What standard output is, and what the user wants it to be. */

import { isTerminal } from './is-terminal.ts'
import type { ColorChoice } from './program.ts'

/** Width of what is printed where nobody looks: in a pipe or a file. */
export const PIPE_WIDTH = 160

export function terminalWidth(): number {
  return isTerminal('stdout') ? (process.stdout.columns ?? PIPE_WIDTH) : PIPE_WIDTH
}

/** https://no-color.org and https://force-color.org; the option is stronger than both. */
export function wantsColor(choice: ColorChoice, isTerminal: boolean, environment: NodeJS.ProcessEnv): boolean {
  if (choice !== 'auto') return choice === 'always'
  const { NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE } = environment
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false
  if ((FORCE_COLOR !== undefined && FORCE_COLOR !== '0') || (CLICOLOR_FORCE !== undefined && CLICOLOR_FORCE !== '0'))
    return true
  return isTerminal && environment.TERM !== 'dumb'
}
