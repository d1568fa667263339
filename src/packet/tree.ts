/** The protocol tree of one packet: a heading a layer, its fields beneath, each with its byte range. */

import { linkTypeName } from '../capture/link-type.ts'
import { childNodes, remark } from '../dissect/field.ts'
import type { Node } from '../dissect/node.ts'
import { Stop } from '../dissect/stop.ts'
import { type Dissection, layerAt, reading, stoppedOf } from './dissection.ts'
import { frameNode } from './frame.ts'
import { namedTree } from './named-tree.ts'

/** A layer's heading and lines. Positions count as in the record. */
export function layerNode(packet: Dissection, depth: number): Node {
  const layer = layerAt(packet.walk, depth)
  const r = reading(packet, depth)
  const nodes = childNodes(layer.fields, r)
  const children = layer.group?.(nodes, r) ?? nodes
  return remark(layer.heading?.(r) ?? layer.title, r.start, r.body, children)
}

/** The whole tree, the frame first. What an ICMP error quotes lies beneath the error, up to a tunnel in the quote. */
export function treeOf(packet: Dissection): Node[] {
  const { walk } = packet
  const roots: Node[] = [frameNode(packet)]
  let host: Node[] | undefined
  for (let depth = 0; depth < walk.depth; depth++) {
    const node = layerNode(packet, depth)
    const layer = layerAt(walk, depth)
    const isBeneath =
      host !== undefined &&
      (isQuotable(layer.role) || (layer.name === 'data' && isMessage(layerAt(walk, depth - 1).name)))
    if (isBeneath) host?.push(node)
    else {
      const { beside } = layer
      const isBeside = (child: Node) =>
        child.field !== undefined && beside.some(({ name }) => name === child.field?.name)
      const besides = beside.length === 0 ? [] : node.children.filter(isBeside)
      if (besides.length === 0) roots.push(node)
      else roots.push({ ...node, children: node.children.filter((child) => !isBeside(child)) }, ...besides)
      host = isMessage(layer.name) ? (node.children as Node[]) : undefined
    }
  }
  const stopped = stopNode(packet)
  if (stopped !== undefined) roots.push(stopped)
  return packet.names === undefined ? roots : namedTree(roots, packet, packet.names)
}

const isQuotable = (role: string) => role === 'network' || role === 'transport'
const isMessage = (name: string) => name === 'icmp' || name === 'icmpv6'

/** The last line of a tree that ends early: tshark's words first, then where and why. */
function stopNode(packet: Dissection): Node | undefined {
  const { walk, record } = packet
  const stopped = stoppedOf(walk, record.start, () => linkTypeText(record.linkType))
  if (stopped === undefined) return undefined
  const { start, end } = record
  const at = Math.min(start + stopped.offset, end)
  if (walk.stop === Stop.LinkType) return remark(`[${stopped.message}]`, at, end)
  const label = walk.tables.layers[walk.stopLayer]?.label ?? ''
  const isCut = isCutByCapture(packet)
  const words = isCut ? `[Packet size limited during capture: ${label} truncated]` : `[Malformed Packet: ${label}]`
  return remark(words, at, end, [remark(`[${stopped.message}]`, at, end)])
}

/** Whether the walk ran into the end of what was captured, rather than into a length field. */
export function isCutByCapture(packet: Dissection): boolean {
  const { walk } = packet
  return walk.stop === Stop.Truncated && walk.claim > walk.limit
}

/** `link type 147 (USER0) is not decoded`. */
export function linkTypeText(linkType: number): string {
  return `link type ${linkType} (${linkTypeName(linkType)}) is not decoded`
}

/** The deepest node whose bytes hold position `at`; for a cursor in the bytes. */
export function nodeAt(nodes: readonly Node[], at: number): Node | undefined {
  for (const node of nodes) {
    if (at < node.start || at >= node.end) continue
    return nodeAt(node.children, at) ?? node
  }
  return undefined
}
