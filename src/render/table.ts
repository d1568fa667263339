/** The table library, which is only loaded when a table is printed. */
import type Table from 'cli-table3'
import type { TableConstructorOptions } from 'cli-table3'

let library: typeof Table | undefined

/** To be awaited before the first table. */
export async function loadTables(): Promise<void> {
  library ??= (await import('cli-table3')).default
}

/** An empty table. */
export function newTable(options: TableConstructorOptions): Table.Table {
  if (library === undefined) throw new Error('loadTables has not been awaited')
  return new library(options)
}
