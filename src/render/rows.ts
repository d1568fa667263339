/** Rows for other programs: CSV as RFC 4180 has it, and TSV; safe to open in a spreadsheet and to print. */
import { escapeText } from './escape.ts'

export type RowFormat = 'csv' | 'tsv'

/** undefined is an empty cell. Text may come from a packet, a file or a list of names. */
export type Cell = string | number | undefined

/**
 * Prints rows of named columns, the names first:
 *
 *     const rows = new RowWriter(['source', 'packets'], 'csv', (line) => output.line(line))
 *     rows.header()
 *     rows.row({ source: '172.20.0.158', packets: 20 })
 */
export class RowWriter<Column extends string> {
  private readonly columns: readonly Column[]
  private readonly format: RowFormat
  private readonly print: (line: string) => void

  constructor(columns: readonly Column[], format: RowFormat, print: (line: string) => void) {
    this.columns = columns
    this.format = format
    this.print = print
  }

  header(): void {
    this.print(rowLine(this.columns, this.format))
  }

  /** A column that `cells` lacks is empty. */
  row(cells: Readonly<Partial<Record<Column, Cell>>>): void {
    this.print(
      rowLine(
        this.columns.map((column) => cells[column]),
        this.format,
      ),
    )
  }
}

/** One line, without its end. */
export function rowLine(cells: readonly Cell[], format: RowFormat): string {
  const texts = cells.map((cell) => (typeof cell === 'string' ? guarded(escapeText(cell)) : String(cell ?? '')))
  // Tabs are escaped by now, so nothing in a TSV needs quotes.
  return format === 'tsv' ? texts.join('\t') : texts.map(quoted).join(',')
}

const DECIMAL = /^-?\d+(\.\d+)?$/

/** What a spreadsheet would take for a formula gets an apostrophe before it; numbers are none. */
function guarded(text: string): string {
  return /^[=+\-@]/.test(text) && !DECIMAL.test(text) ? `'${text}` : text
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
