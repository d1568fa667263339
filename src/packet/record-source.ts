/** Records that another reader delivers, as a source for `read`. */
import type { CaptureRecord } from '../capture/record.ts'

/** Something that yields whole records; each is its own object and stays valid. */
export interface RecordSource {
  records(): AsyncIterable<CaptureRecord>
}

export function isRecordSource(source: unknown): source is RecordSource {
  return typeof source === 'object' && source !== null && 'records' in source && typeof source.records === 'function'
}
