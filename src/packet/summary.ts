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

interface Said {
  readonly depth: number
  readonly protocol: string
  readonly info: string | undefined
}

/** The last layer of the packet itself that has something to say speaks for it. */
export function summaryOf(packet: Dissection): Summary {
  const { walk, record } = packet
  if (walk.stop === Stop.LinkType) return { protocol: 'UNKNOWN', info: linkTypeText(record.linkType) }
  const said = lastOf(packet, ownDepth(walk))
  if (said === undefined) return { protocol: 'UNKNOWN', info: ending(packet) }
  return { protocol: said.protocol, info: `${withMessages(packet, said)}${ending(packet)}` }
}

/** What the last layer before `end` says that has something to say. */
function lastOf(packet: Dissection, end: number): Said | undefined {
  for (let depth = end - 1; depth >= 0; depth--) {
    // Of a message that only began TCP speaks.
    if (packet.notes?.(depth - 1)?.tcp?.isUnfinished === true) continue
    const layer = layerAt(packet.walk, depth)
    const r = reading(packet, depth)
    const info = layer.info?.(r)
    if (info === undefined && depth > 0 && !isLast(packet, depth)) continue
    if (info === undefined && layer.name === 'data') continue
    return { depth, protocol: layer.protocol?.(r) ?? layer.label, info }
  }
  return undefined
}

/** Several messages of one packet speak one after another, and the beginning of one that is not whole yet. */
function withMessages(packet: Dissection, { depth, info }: Said): string {
  const { notes, walk } = packet
  let text = info ?? ''
  let first = depth
  while (first > 0 && notes?.(first)?.message === undefined) first--
  if (notes === undefined || first === 0) return text
  const { framing } = layerAt(walk, first)
  let isRun = notes(first)?.message?.isRun === true
  for (;;) {
    const before = notes(first - 1)
    if (before?.tcp !== undefined) {
      const unfinished = before.tcp.isUnfinished === false ? (before.tcp.words ?? '') : ''
      return text + unfinished
    }
    const said = lastOf(packet, first)
    do first--
    while (first > 0 && notes(first)?.message === undefined)
    if (said === undefined || first === 0) return text
    if (!isRun || framing?.onlyLastOfRun !== true) text = (said.info ?? '') + (framing?.separator ?? '') + text
    isRun = notes(first)?.message?.isRun === true
  }
}

/** A layer at the end is named even if it has nothing to say. */
function isLast(packet: Dissection, depth: number): boolean {
  return depth === ownDepth(packet.walk) - 1
}

function ending(packet: Dissection): string {
  if (packet.walk.stop === Stop.None) return ''
  return isCutByCapture(packet) ? '[Packet size limited during capture]' : '[Malformed Packet]'
}
