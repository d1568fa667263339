/** CSV and TSV: what a spreadsheet and a parser make of it. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RowWriter, rowLine } from '../../src/render/rows.ts'

/** A parser of RFC 4180 for one line. */
function cellsOf(line: string): string[] {
  return [...`${line},`.matchAll(/(?:"((?:[^"]|"")*)"|([^",]*)),/g)].map(([, quoted, plain]) =>
    quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'),
  )
}

test('columns stand in the order of their names, and what is missing is empty', () => {
  const lines: string[] = []
  const rows = new RowWriter(['source', 'packets', 'note'], 'csv', (line) => lines.push(line))
  rows.header()
  rows.row({ packets: 20, source: '172.20.0.158' })
  rows.row({ note: undefined })
  expect(lines).toEqual(['source,packets,note', '172.20.0.158,20,', ',,'])
})

test('commas and quotes are quoted as RFC 4180 has it; TSV needs none', () => {
  expect(rowLine(['a,b', 'say "hi"', 'plain'], 'csv')).toBe('"a,b","say ""hi""",plain')
  expect(rowLine(['a,b', 'say "hi"', 'tab\there'], 'tsv')).toBe('a,b\tsay "hi"\ttab\\there')
})

test.each(['=1+1', '+1+1', '-1+1', '@SUM(A1)', "=cmd|'/c calc'!A0"])('%s is text, not a formula', (text) => {
  expect(cellsOf(rowLine([text], 'csv'))).toEqual([`'${text}`])
  expect(rowLine([text], 'tsv')).toBe(`'${text}`)
})

test('numbers are numbers, below zero too', () => {
  expect(rowLine([-5, '-0.000021', '+1', 'a=b'], 'csv')).toBe("-5,-0.000021,'+1,a=b")
})

test('any texts give one line of as many cells, with nothing that moves a cursor', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (texts) => {
      const csv = rowLine(texts, 'csv')
      expect(csv).not.toMatch(/[\x00-\x1f\x7f\u202e]/)
      expect(cellsOf(csv)).toHaveLength(texts.length)
      expect(rowLine(texts, 'tsv').split('\t')).toHaveLength(texts.length)
      for (const cell of cellsOf(csv)) expect(cell).not.toMatch(/^[=+\-@](?!\d+(\.\d+)?$)/)
    }),
  )
})
