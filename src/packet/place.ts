/** Where a frame was seen: interface and direction, as far as the capture and the user say. */
import { LinkType } from '../capture/link-type.ts'
import type { CaptureRecord } from '../capture/record.ts'

/** tcpdump's words for the packet types of cooked captures; P: between other machines, B and M: to all and to groups. */
const DIRECTIONS = ['In', 'B', 'M', 'P', 'Out'] as const

export type PlaceDirection = (typeof DIRECTIONS)[number]

export interface Place {
  /** Interface; undefined if the capture says nothing. */
  readonly name: string | undefined
  /** Undefined but in cooked captures. */
  readonly direction: PlaceDirection | undefined
}

/** Names come from pcapng or from the user, never from the reading machine. `links`: interface names by index. */
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
