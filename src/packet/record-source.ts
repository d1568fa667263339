/** Records that another reader delivers, as a source for `read`. */
import type { CaptureRecord } from '../capture/record.ts'

/**
 * Something that yields whole records; each is its own object and stays valid.
 * @example
 * ```js
 * import pcapParser from 'pcap-parser'
 * import { fromPcapParser } from 'ovl-dissect'
 *
 * const parser = pcapParser.parse('vxlan.pcap')
 * const source = fromPcapParser(parser)
 * for await (const record of source.records()) console.log(record.number, record.linkType) // 1 276
 * ```
 */
export interface RecordSource {
  /** The records in their order, once. */
  records(): AsyncIterable<CaptureRecord>
}

export function isRecordSource(source: unknown): source is RecordSource {
  return typeof source === 'object' && source !== null && 'records' in source && typeof source.records === 'function'
}
