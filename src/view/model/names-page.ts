/** Who is who: what the lists of names hold, and every address with its name. */
import type { Names } from '../../names/names.ts'
import { reportOf } from '../../names/report.ts'
import { escapeText } from '../../render/escape.ts'
import { namesReportText } from '../../render/names-report.ts'
import { createStyle } from '../../render/style.ts'
import { cut, fitTo, widthOf } from '../../render/width.ts'
import { type Line, span } from '../line.ts'
import { textLines } from '../panes/page-pane.ts'

export interface NamesPage {
  readonly lines: readonly Line[]
  /** By line, the filter for its address. */
  readonly filters: readonly (string | undefined)[]
}

/** Addresses listed at most: nobody reads more, and the filter bar knows them too. */
const MOST = 2000
const GAP = 2

export function namesPage(names: Names, columns: number): NamesPage {
  const report = textLines(namesReportText(reportOf(names), createStyle(false)))
  const rows: { readonly address: string; readonly name: string; readonly node: string }[] = []
  let more = 0
  for (const { address, name } of names.all()) {
    if (rows.length >= MOST) more++
    else rows.push({ address, name: escapeText(name), node: escapeText(names.address(address)?.node ?? '') })
  }
  const widest = (head: string, texts: readonly string[]) => Math.max(head.length, ...texts.map(widthOf)) + GAP
  const address = widest(
    'ADDRESS',
    rows.map((row) => row.address),
  )
  const name = widest(
    'NAME',
    rows.map((row) => row.name),
  )
  const line = (row: (typeof rows)[number]) =>
    cut(`${fitTo(row.address, address)}${fitTo(row.name, name)}${row.node}`.trimEnd(), columns)
  const head = line({ address: 'ADDRESS', name: 'NAME', node: 'NODE' })
  const lines = [
    ...rows.map((row): Line => [span(line(row))]),
    ...(more > 0 ? [[span(`${more} more addresses`, 'hint')]] : []),
  ]
  return {
    lines: [[span(head, 'header')], ...lines, [], ...report],
    filters: [undefined, ...rows.map((row) => `${row.address.includes(':') ? 'ipv6' : 'ip'}.addr == ${row.address}`)],
  }
}
