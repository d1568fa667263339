/** A page over the panes: a view, or the help. */
import { fitLine, type Line, span } from '../line.ts'
import type { Role } from '../theme.ts'

export interface PagePane {
  readonly columns: number
  readonly rows: number
  readonly title: string
  /** What keys do here. */
  readonly hint: string
  readonly lines: readonly Line[]
  readonly top: number
  /** The line under the cursor; -1: there is none. */
  readonly cursor: number
}

export function pagePane({ columns, rows, title, hint, lines, top, cursor }: PagePane): Line[] {
  const shown = lines.slice(top, top + rows - 1).map((line, at): Line => {
    const isSelected = top + at === cursor
    return fitLine(
      isSelected ? line.map(({ text }) => span(text, 'selected')) : line,
      columns,
      isSelected ? 'selected' : 'plain',
    )
  })
  const more = lines.length > rows - 1 ? `  ${Math.min(top + rows - 1, lines.length)} of ${lines.length} lines` : ''
  const head: Line = [span(` ${title} `, 'box-title'), span(`  ${hint}${more}`, 'hint')]
  const empty: Line[] = Array.from({ length: Math.max(rows - 1 - shown.length, 0) }, () =>
    fitLine([span('')], columns, 'plain'),
  )
  return [fitLine(head, columns, 'plain'), ...shown, ...empty]
}

/** Plain text as lines. */
export const textLines = (text: string, role: Role = 'plain'): Line[] =>
  text.split('\n').map((line) => [span(line, role)])
