/** Where a frame was seen: `eth1 In`, `if3 Out`. */
import { LinkType } from '../capture/link-type.ts'
import type { CaptureRecord } from '../capture/record.ts'

/** tcpdump's words for the packet types of cooked captures. */
const DIRECTIONS: readonly string[] = ['In', 'B', 'M', 'P', 'Out']

export interface Place {
  /** Interface; undefined if the capture says nothing. */
  readonly name: string | undefined
  readonly direction: string | undefined
}

/** Names come from pcapng or from the user, never from the reading machine. */
export function placeOf(record: CaptureRecord, links: ReadonlyMap<number, string>): Place {
  const { view, start, end, linkType, section } = record
  if (linkType === LinkType.LinuxSll2 && end - start >= 20) {
    const index = view.getUint32(start + 4)
    return { name: links.get(index) ?? `if${index}`, direction: DIRECTIONS[view.getUint8(start + 10)] }
  }
  const { name, id } = record.interface
  const direction = linkType === LinkType.LinuxSll && end - start >= 16 ? DIRECTIONS[view.getUint16(start)] : undefined
  return { name: name ?? (section > 0 ? `#${id}` : undefined), direction }
}

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
