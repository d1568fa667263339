/** What lists of names say, for a person. */
import type { NamesReport } from '../names/report.ts'
import { BORDERLESS } from './borderless.ts'
import { escapeText } from './escape.ts'
import type { Style } from './style.ts'
import { newTable } from './table.ts'

/** Nodes and conflicts shown at most. */
const ROWS = 40

export function namesReportText(report: NamesReport, style: Style): string {
  const { lists, skipped, nodes, conflicts } = report
  const blocks = [
    table(
      ['LIST', 'HOLDS'],
      lists.map(({ source, holds }) => [source, heldWords(holds)]),
      style,
    ),
    nodes.length === 0 ? '' : table(['NODE', 'ADDRESSES', 'POD CIDRS'], nodes.map(nodeCells), style),
    countsLine(report),
    skipped.length === 0
      ? ''
      : `${skipped.length} files are no lists: ${skipped
          .map(({ source }) => escapeText(source))
          .slice(0, 5)
          .join(', ')}${skipped.length > 5 ? ' …' : ''}`,
    conflicts.length === 0
      ? 'No conflicts.'
      : table(
          ['NO NAME FOR', 'CLAIMED BY', 'WHY'],
          conflicts.map(({ about, claims, why }) => [about, claims.join(', '), why]),
          style,
        ),
  ]
  return blocks.filter((block) => block !== '').join('\n\n')
}

/** `20 Pod`, `37 ipcache rows`. */
function heldWords(holds: Readonly<Record<string, number>>): string {
  return Object.entries(holds)
    .map(([what, count]) => `${count} ${what}`)
    .join(', ')
}

function nodeCells({ name, addresses, podCidrs }: NamesReport['nodes'][number]): string[] {
  const words = addresses.map(({ address, role }) => (role === 'internal' ? address : `${address} (${role})`))
  return [name, words.join(', '), podCidrs.join(', ')]
}

function countsLine({ nodes, pods, podAddresses, services, identities, config }: NamesReport): string {
  const counts = `${nodes.length} nodes, ${pods} pods with ${podAddresses} addresses, ${services} services, ${identities} identities`
  return config === undefined ? counts : `${counts}; cilium-config: ${escapeText(config)}`
}

function table(heads: readonly string[], rows: readonly (readonly string[])[], style: Style): string {
  const one = newTable({ ...BORDERLESS, head: heads.map((head) => style.bold(head)) })
  for (const row of rows.slice(0, ROWS)) one.push(row.map((cell) => escapeText(cell)))
  const more = rows.length > ROWS ? `\n(${rows.length - ROWS} more)` : ''
  const lines = one.toString().split('\n')
  return lines.map((line) => line.trimEnd()).join('\n') + more
}
