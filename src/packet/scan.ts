/** `scan`: the hot path. One buffer, one record, one walk, all reused; nothing is allocated for a packet. */
import type { Source } from '../bytes/source.ts'
import { type ReadOptions, scanRecords } from '../capture/read-records.ts'
import type { CaptureRecord } from '../capture/record.ts'
import type { Dissector, DissectorOptions } from '../dissect/dissector.ts'
import { skimPacket, type Walk } from '../dissect/walk.ts'
import { dissectorOf } from './packet-maker.ts'

export interface ScanOptions extends DissectorOptions, ReadOptions {
  readonly dissector?: Dissector
}

/**
 * Calls `visit` for every packet of a capture. Record, walk and the bytes behind them are valid during the call only.
 * Returning false ends the scan.
 * @throws CaptureError where the file cannot be read on; every packet before has been visited.
 * @throws UsageError for options that make no sense.
 */
export async function scan(
  source: Source,
  // biome-ignore lint/suspicious/noConfusingVoidType: a visitor that returns nothing is the common one
  visit: (record: CaptureRecord, walk: Walk) => void | false,
  options: ScanOptions = {},
): Promise<void> {
  const walk = dissectorOf(options).walk()
  walk.rehearse()
  await scanRecords(
    source,
    (record) => {
      skimPacket(walk, record.view, record.start, record.end, record.originalLength, record.linkType)
      return visit(record, walk)
    },
    options,
  )
}
