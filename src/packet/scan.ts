/** `scan`: the hot path. One buffer, one record, one walk, all reused; nothing is allocated for a packet. */
import type { Source } from '../bytes/source.ts'
import { type ReadOptions, scanRecords } from '../capture/read-records.ts'
import type { CaptureRecord } from '../capture/record.ts'
import type { Dissector, DissectorOptions } from '../dissect/dissector.ts'
import { skimPacket, type Walk } from '../dissect/walk.ts'
import { dissectorOf } from './packet-maker.ts'

/**
 * Options of `scan`.
 * @example
 * ```js
 * import { scan } from 'ovl-dissect'
 *
 * let packets = 0
 * await scan('vxlan.pcap', () => {
 *   packets++
 * }, { applications: false })
 * console.log(packets) // 116
 * ```
 */
export interface ScanOptions extends DissectorOptions, ReadOptions {
  readonly dissector?: Dissector
}

/**
 * Calls `visit` for every packet of a capture. Record, walk and the bytes behind them are valid during the call only.
 * Returning false ends the scan.
 * @throws CaptureError where the file cannot be read on; every packet before has been visited.
 * @throws UsageError for options that make no sense.
 * @example
 * ```js
 * import { scan } from 'ovl-dissect'
 *
 * const vnis = new Set()
 * await scan('vxlan.pcap', (_record, walk) => {
 *   vnis.add(walk.marks.vni)
 * })
 * console.log([...vnis]) // [ 3258, 14053, 9473 ]
 * ```
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
