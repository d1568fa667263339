/** Where a frame was seen, in words: `eth1 In`, `if3 Out`. */
import type { CaptureRecord } from '../capture/record.ts'
import { placeOf } from '../packet/place.ts'

/** All in one, after the short name of the file if it has one; undefined if there is nothing to say. */
export function placeWords(
  record: CaptureRecord,
  file: string,
  { links, labels }: { links: ReadonlyMap<number, string>; labels: ReadonlyMap<string, string> },
): string | undefined {
  const { name, direction } = placeOf(record, links)
  const words = [labels.get(file), name, direction].filter((word) => word !== undefined)
  return words.length === 0 ? undefined : words.join(' ')
}
