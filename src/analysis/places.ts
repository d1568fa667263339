/** Where in a walk the addresses lie that tables and fingerprints go by. Hot: nothing is allocated. */
import type { CaptureRecord } from '../capture/record.ts'
import type { Walk } from '../dissect/walk.ts'

/** The last IP header among the layers `[from, to)`; -1: none that is whole. */
export function lastIp(walk: Walk, from: number, to: number): number {
  const { ipv4, ipv6 } = walk.tables
  for (let depth = to - 1; depth >= from; depth--) {
    const layer = walk.layer[depth]
    if (layer !== ipv4 && layer !== ipv6) continue
    const size = (walk.body[depth] as number) - (walk.start[depth] as number)
    if (size >= (layer === ipv4 ? 20 : 40)) return depth
  }
  return -1
}

/** The layers that are the packet's own: not those an ICMP error quotes. */
export function ownLayers(walk: Walk): number {
  return walk.quote < walk.depth ? walk.quote : walk.depth
}

/**
 * A number for the interface and direction a frame was seen at: the capture's own interface number and, in a cooked
 * capture, interface index and packet type. Two frames with different numbers were seen at different places.
 */
export function sightingPlace(record: CaptureRecord, walk: Walk): number {
  const { linkType, start, end, view } = record
  if (linkType === SLL2 && end - start >= 20)
    return (record.interface.id << 23) | ((view.getInt32(start + 4) & 0xfffff) << 3) | (view.getUint8(start + 10) & 7)
  if (linkType === SLL && end - start >= 16) return (record.interface.id << 3) | (view.getUint16(start) & 7)
  return walk.depth === 0 ? -1 : -2 - record.interface.id
}

const SLL = 113
const SLL2 = 276
