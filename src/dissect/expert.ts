/** Remarks about a field, in the shape tshark's -V gives its expert information. */
import { remark } from './field.ts'
import type { Node } from './node.ts'

export type Severity = 'Chat' | 'Note' | 'Warning' | 'Error'

/** One remark on the bytes `[start, end)`. */
export function expert(severity: Severity, group: string, text: string, start: number, end: number): Node {
  return remark(`[Expert Info (${severity}/${group}): ${text}]`, start, end, [
    remark(`[${text}]`, start, end),
    remark(`[Severity level: ${severity}]`, start, end),
    remark(`[Group: ${group}]`, start, end),
  ])
}
