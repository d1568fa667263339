/** All that lists of names say, for other programs: a row, or a line of JSON, for each address and each identity. */
import type { Names } from '../../names/names.ts'
import { jsonText } from '../../render/json-text.ts'
import { RowWriter } from '../../render/rows.ts'
import type { ListFormat } from './list-formats.ts'

/** New ones come last. */
const NAME_COLUMNS = [
  'address',
  'kind',
  'name',
  'node',
  'role',
  'namespace',
  'pod',
  'service',
  'host',
  'phase',
  'identity',
  'labels',
  'source',
] as const

/** What lists contradict each other about has no name, and no row. */
export function printAllNames(names: Names, format: ListFormat, print: (line: string) => void): void {
  const rows = format === 'ndjson' ? undefined : new RowWriter(NAME_COLUMNS, format, print)
  rows?.header()
  for (const { address } of names.all()) {
    const owner = names.address(address)
    if (owner === undefined) continue
    if (rows === undefined) print(jsonText({ address, ...owner }))
    else rows.row({ address, ...owner })
  }
  for (const { id: identity, labels, ...said } of names.identities()) {
    if (rows === undefined) print(jsonText({ kind: 'identity', identity, ...said, labels }))
    else {
      const { name, namespace, source } = said
      rows.row({ kind: 'identity', identity, name, namespace, labels: labels.join(' '), source })
    }
  }
}
