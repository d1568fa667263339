/** What an assertion found: whether it holds, and what to say where that is not what was expected. */
import { escapeText } from '../render/escape.ts'

/**
 * What an assertion found: whether it holds, and what to say where that is not what was expected.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import { toCarry } from 'ovl-dissect/matchers'
 *
 * const capture = await loadCapture('vxlan.pcap')
 * const verdict = toCarry(capture, 'arp')
 * console.log(verdict.pass, verdict.message().split('\n')[1]) // false but none is like that
 * ```
 */
export interface Verdict {
  readonly pass: boolean
  /** Why it does not hold or, if it holds, why it should not have been expected not to. Lines are safe to print. */
  message(): string
}

/** Lines of a message; whatever came from a packet, a file or a list is escaped. Undefined lines are left out. */
export function messageOf(lines: readonly (string | undefined)[]): string {
  return lines
    .filter((line) => line !== undefined)
    .map((line) => escapeText(line))
    .join('\n')
}

export const plural = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`
