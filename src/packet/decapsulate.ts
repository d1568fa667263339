/** The innermost packet of a tunnelled frame, without the headers around it. */
import type { OutgoingPacket } from '../capture/format-writer.ts'
import { LinkType } from '../capture/link-type.ts'
import type { CaptureRecord } from '../capture/record.ts'
import type { Walk } from '../dissect/walk.ts'

const UDP_LENGTH = 4

/**
 * What is behind the last tunnel header: an Ethernet frame, or an IP packet where the tunnel carries that (link type
 * RAW, which both versions share). Time, interface and comment are the frame's. Captured length and length on the wire
 * are both less what was taken off: the latter as the length fields say it.
 * @returns undefined if the frame is in no tunnel, or nothing of the packet inside was captured, or it is neither
 */
export function decapsulate(record: CaptureRecord, walk: Walk): OutgoingPacket | undefined {
  const { lastTunnel } = walk
  if (lastTunnel < 0 || lastTunnel + 1 >= walk.depth) return undefined
  const linkType = linkTypeOf(walk, walk.layer[lastTunnel + 1] as number)
  if (linkType < 0) return undefined
  const start = walk.body[lastTunnel] as number
  const end = walk.end[lastTunnel] as number
  if (end <= start) return undefined
  const { seconds, nanoseconds, hasTime, bytes, comment } = record
  const originalLength = Math.max(claimedEnd(record, walk) - start, end - start)
  const { interface: from } = record
  return { seconds, nanoseconds, hasTime, bytes, start, end, originalLength, linkType, interface: from, comment }
}

function linkTypeOf({ tables }: Walk, layer: number): number {
  if (layer === tables.ethernet) return LinkType.Ethernet
  return layer === tables.ipv4 || layer === tables.ipv6 ? LinkType.Raw : -1
}

/**
 * Where the inner packet would end, had all of it been captured. The first fragment of an outer datagram ends before
 * it does: there UDP knows the length of the whole.
 */
function claimedEnd({ view }: CaptureRecord, walk: Walk): number {
  const { lastTunnel } = walk
  const claimed = walk.claimed[lastTunnel] as number
  const carrier = lastTunnel - 1
  if (carrier < 0 || walk.layer[carrier] !== walk.tables.udp) return claimed
  const at = walk.start[carrier] as number
  return Math.max(claimed, at + view.getUint16(at + UDP_LENGTH))
}
