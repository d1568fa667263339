/** `diagnose` and `explain` for other programs: a row, or a line of JSON, for each finding and each kind. */
import type { Finding, FindingKind } from '../../findings/finding.ts'
import { jsonText } from '../../render/json-text.ts'
import { RowWriter } from '../../render/rows.ts'
import type { ListFormat } from './list-formats.ts'

const FINDING_COLUMNS = ['code', 'severity', 'title', 'sentence', 'likely', 'next', 'packets', 'frames'] as const
const KIND_COLUMNS = ['code', 'severity', 'title', 'meaning', 'likely', 'next'] as const

type Print = (line: string) => void

export function printFindings(findings: readonly Finding[], format: ListFormat, print: Print): void {
  if (format === 'ndjson') for (const finding of findings) print(jsonText(finding))
  else {
    const rows = new RowWriter(FINDING_COLUMNS, format, print)
    rows.header()
    for (const { next, evidence, ...finding } of findings)
      rows.row({ ...finding, next: next.join('; '), frames: framesText(evidence) })
  }
}

/** Frame numbers, with their captures where there are several. */
function framesText(evidence: Finding['evidence']): string {
  const isOne = new Set(evidence.map(({ file }) => file)).size <= 1
  return evidence.map(({ file, frame }) => (isOne ? frame : `${file}:${frame}`)).join(' ')
}

export function printKinds(kinds: readonly FindingKind[], format: ListFormat, print: Print): void {
  if (format === 'ndjson') for (const kind of kinds) print(jsonText(kind))
  else {
    const rows = new RowWriter(KIND_COLUMNS, format, print)
    rows.header()
    for (const { next, ...kind } of kinds) rows.row({ ...kind, next: next.join('; ') })
  }
}
