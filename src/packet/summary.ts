/** The Protocol and Info columns, in tshark's words. */
import { Stop } from '../dissect/stop.ts'
import { type Dissection, layerAt, ownDepth, reading } from './dissection.ts'
import { isCutByCapture, linkTypeText } from './tree.ts'

/**
 * What the Protocol and Info columns of a list say, in tshark's words.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 *
 * const packet = (await loadCapture('vxlan.pcap')).packet(15)
 * console.log(packet.summary) // { protocol: 'HTTP', info: 'GET / HTTP/1.1 ' }
 * ```
 */
export interface Summary {
  readonly protocol: string
  /** Not escaped: may hold any character that a packet can. */
  readonly info: string
}

/** The last layer of the packet itself that has something to say speaks for it. */
export function summaryOf(packet: Dissection): Summary {
  const { walk, record } = packet
  if (walk.stop === Stop.LinkType) return { protocol: 'UNKNOWN', info: linkTypeText(record.linkType) }
  for (let depth = ownDepth(walk) - 1; depth >= 0; depth--) {
    const layer = layerAt(walk, depth)
    const r = reading(packet, depth)
    const info = layer.info?.(r)
    if (info === undefined && depth > 0 && !isLast(packet, depth)) continue
    if (info === undefined && layer.name === 'data') continue
    const protocol = layer.protocol?.(r) ?? layer.label
    return { protocol, info: `${info ?? ''}${ending(packet)}` }
  }
  return { protocol: 'UNKNOWN', info: ending(packet) }
}

/** A layer at the end is named even if it has nothing to say. */
function isLast(packet: Dissection, depth: number): boolean {
  return depth === ownDepth(packet.walk) - 1
}

function ending(packet: Dissection): string {
  if (packet.walk.stop === Stop.None) return ''
  return isCutByCapture(packet) ? '[Packet size limited during capture]' : '[Malformed Packet]'
}
