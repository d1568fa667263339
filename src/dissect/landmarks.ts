/**
 * The main headers of a packet: what flow keys, copies and lists go by, without a list of all its layers. Filled for
 * every packet, either by `survey` from a walk, or straight from the bytes by a `Skim` generated from the layers.
 */
import type { Layer } from './layer.ts'
import { RoleNumber, type Tables } from './tables.ts'
import type { Walk } from './walk.ts'

/**
 * Positions count as in the record; -1: there is no such header, and what is said of it below means nothing. What an
 * ICMP error quotes is never meant.
 * @example
 * ```js
 * import { scan } from 'ovl-dissect'
 *
 * await scan('vxlan.pcap', (record, { marks }) => {
 *   console.log(marks.tunnelPort, marks.vni, marks.outer - record.start, marks.inner - record.start) // 8472 3258 20 70
 * })
 * ```
 */
export class Landmarks {
  /** First byte of the last whole IP header before the first tunnel; -1 without a tunnel. */
  outer = -1
  /** Its layer's number in the tables; likewise below. */
  outerLayer = 0
  /** UDP destination port that opened the first tunnel; -1 without one. */
  tunnelPort = -1
  firstTunnelLayer = 0
  /** First byte of the last tunnel's header; the first tunnel is the last one in all but nested overlays. */
  tunnel = -1
  tunnelLayer = 0
  /** VNI of the last tunnel, 0 to 2^24 - 1; 0 of one that has none (GRE, GTP-U); -1: no tunnel, or its header is cut. */
  vni = -1
  /** First byte of the last whole IP header behind the last tunnel; without a tunnel, of the only one. */
  inner = -1
  innerLayer = 0
  /** End of that header, and end of what it carries as captured and as every length allows. */
  innerBody = -1
  innerEnd = -1
  /** IP protocol number that it, or the last of its extension headers, names. */
  protocol = -1
  /** First byte behind the IP header and its extension headers. */
  transport = -1
  /** 0: what lies there is a later fragment, or a protocol that no layer decodes. */
  transportLayer = 0
  /** First byte behind the transport header (of one that is cut, the end); without one it is `transport`. */
  payload = -1
  /** Where the payload ends as captured, and where it would end had everything been captured. */
  end = -1
  claim = -1
}

/**
 * Fills `marks` from the frame at `[at, end)`, whose first layer has the number `first`, and which claims to end at
 * `claim`. False: the packet is not a common one, or not a whole one; `marks` then holds nothing of use.
 */
export type Skim = (
  marks: Landmarks,
  tables: Tables,
  view: DataView,
  first: number,
  at: number,
  end: number,
  claim: number,
) => boolean

/** Fills the landmarks of a walk from its list of layers. */
export function survey(walk: Walk, view: DataView): void {
  const { marks, tables } = walk
  clearMarks(marks)
  const own = walk.quote < walk.depth ? walk.quote : walk.depth
  for (let depth = 0; depth < own; depth++) {
    const layer = walk.layer[depth] as number
    if (tables.roles[layer] === RoleNumber.tunnel) passTunnel(walk, view, depth, layer)
    else if (layer === tables.ipv4 || layer === tables.ipv6) passIp(walk, view, depth, layer)
    else if (marks.inner >= 0 && marks.transport === walk.start[depth]) passBehindIp(walk, view, depth, layer)
  }
}

/** Before a packet. What lies behind a header that is not there is left as it was: nobody may look at it. */
export function clearMarks(marks: Landmarks): void {
  marks.outer = -1
  marks.tunnelPort = -1
  marks.tunnel = -1
  marks.vni = -1
  clearInner(marks)
}

/** Behind a tunnel's header: what was found so far is outside. */
export function clearInner(marks: Landmarks): void {
  marks.inner = -1
  marks.transport = -1
  marks.transportLayer = 0
}

function passTunnel(walk: Walk, view: DataView, depth: number, layer: number): void {
  const { marks, tables } = walk
  const start = walk.start[depth] as number
  if (depth === walk.firstTunnel) {
    marks.outer = marks.inner
    marks.outerLayer = marks.innerLayer
    marks.firstTunnelLayer = layer
    const isOnUdp = depth > 0 && walk.layer[depth - 1] === tables.udp
    marks.tunnelPort = isOnUdp ? view.getUint16((walk.start[depth - 1] as number) + 2) : -1
  }
  marks.tunnel = start
  marks.tunnelLayer = layer
  const { scope } = tables.layers[layer] as Layer
  if (scope === undefined) marks.vni = 0
  else marks.vni = (walk.body[depth] as number) - start >= scope.at + scope.size ? scope.read(view, start) : -1
  clearInner(marks)
}

const IPV4_FIXED_SIZE = 20
const IPV6_SIZE = 40

function passIp(walk: Walk, view: DataView, depth: number, layer: number): void {
  const { marks, tables } = walk
  const start = walk.start[depth] as number
  const body = walk.body[depth] as number
  const isIpv4 = layer === tables.ipv4
  if (body - start < (isIpv4 ? IPV4_FIXED_SIZE : IPV6_SIZE)) return
  marks.inner = start
  marks.innerLayer = layer
  marks.innerBody = body
  marks.innerEnd = walk.end[depth] as number
  marks.protocol = view.getUint8(start + (isIpv4 ? 9 : 6))
  marks.transport = body
  marks.transportLayer = 0
  endAt(walk, depth)
}

/** An extension header, or the transport header. */
function passBehindIp(walk: Walk, view: DataView, depth: number, layer: number): void {
  const { marks, tables } = walk
  if (marks.transportLayer !== 0 || layer === tables.data) return
  if (tables.isExtension[layer] !== 1) marks.transportLayer = layer
  else {
    const start = walk.start[depth] as number
    const body = walk.body[depth] as number
    if (body > start) marks.protocol = view.getUint8(start)
    marks.transport = body
  }
  endAt(walk, depth)
}

function endAt(walk: Walk, depth: number): void {
  const { marks } = walk
  marks.payload = walk.body[depth] as number
  marks.end = walk.end[depth] as number
  marks.claim = walk.claimed[depth] as number
}
