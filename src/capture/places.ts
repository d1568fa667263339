/** Where a frame was seen, as a number. Hot: nothing is allocated. */
import { LinkType } from './link-type.ts'
import type { CaptureRecord } from './record.ts'

/**
 * A number for the interface and direction a frame was seen at: the capture's own interface number and, in a cooked
 * capture, interface index and packet type. Two frames with different numbers were seen at different places.
 */
export function sightingPlace(record: CaptureRecord): number {
  const { linkType, start, end, view } = record
  if (linkType === LinkType.LinuxSll2 && end - start >= 20)
    return (record.interface.id << 23) | ((view.getInt32(start + 4) & 0xfffff) << 3) | (view.getUint8(start + 10) & 7)
  if (linkType === LinkType.LinuxSll && end - start >= 16)
    return (record.interface.id << 3) | (view.getUint16(start) & 7)
  return -2 - record.interface.id
}
