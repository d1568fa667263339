/** Where a frame was seen, in words: `eth1 In`, `if3 Out`. */
import { LinkType } from '../capture/link-type.ts'
import type { CaptureRecord } from '../capture/record.ts'

/** tcpdump's words for the packet types of cooked captures. */
const DIRECTIONS: readonly string[] = ['In', 'B', 'M', 'P', 'Out']

/** Undefined if the capture says nothing; names come from pcapng or from the user, never from the reading machine. */
export function placeWords(record: CaptureRecord, links: ReadonlyMap<number, string>): string | undefined {
  const { view, start, end, linkType, section } = record
  if (linkType === LinkType.LinuxSll2 && end - start >= 20) {
    const index = view.getUint32(start + 4)
    return `${links.get(index) ?? `if${index}`} ${DIRECTIONS[view.getUint8(start + 10)] ?? ''}`
  }
  const { name, id } = record.interface
  const place = name ?? (section > 0 ? `#${id}` : undefined)
  const direction = linkType === LinkType.LinuxSll && end - start >= 16 ? DIRECTIONS[view.getUint16(start)] : undefined
  if (place === undefined) return direction
  return direction === undefined ? place : `${place} ${direction}`
}
