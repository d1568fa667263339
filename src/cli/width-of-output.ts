/** How wide lines may be. */
import { wholeNumber } from './whole-number.ts'

/** Width where nobody looks: in a pipe or a file. */
export const PIPE_WIDTH = 160

/** The width that the user named, the terminal's, or a pipe's. @throws UsageError for what is no width. */
export function widthOfOutput(named: string | undefined): number {
  if (named !== undefined) return wholeNumber('--width', named, 20)
  return process.stdout.isTTY === true ? (process.stdout.columns ?? PIPE_WIDTH) : PIPE_WIDTH
}
