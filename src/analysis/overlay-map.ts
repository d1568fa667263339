/** What a capture alone tells of an overlay: tunnel endpoints, what each sent for, and who talked to whom between them. */
import type { NodePair } from './topology.ts'

/** A sender or receiver inside the overlay. */
export interface MapPod {
  readonly address: string
  /** The VNIs it sent with; empty: it was only sent to. */
  readonly vnis: readonly number[]
  /** Sent by it. */
  readonly packets: number
  readonly bytes: number
}

/** A tunnel endpoint: a node. */
export interface MapNode {
  readonly address: string
  /** Those that it sent for, or that were sent to through it, with the most packets first. */
  readonly pods: readonly MapPod[]
  /** Sent by it, for all of them. */
  readonly packets: number
  readonly bytes: number
}

/** One end of a conversation. */
export interface MapEnd {
  readonly node: string
  readonly pod: string
}

export interface MapLink {
  readonly from: MapEnd
  readonly to: MapEnd
  /** 'vxlan', 'geneve'. */
  readonly tunnel: string
  readonly vnis: readonly number[]
  readonly vnisBack: readonly number[]
  readonly packets: number
  readonly packetsBack: number
  readonly bytes: number
  readonly bytesBack: number
  /** 'HTTP', 'DNS' … */
  readonly spoke: readonly string[]
}

export interface OverlayMap {
  /** With the most packets first; links likewise. */
  readonly nodes: readonly MapNode[]
  readonly links: readonly MapLink[]
  /** Pod pairs that are not on the map, as there are too many: those with the fewest packets. */
  readonly folded: number
}

/** Pod pairs on a map: nobody reads a picture of more. */
const MOST = 16_384

/** The map of pairs that were in a tunnel: of all, or of the 16,384 with the most packets. */
export function overlayMap(topology: readonly NodePair[]): OverlayMap {
  const isOnMap = most(topology)
  let folded = 0
  const nodes = new Map<string, Map<string, Gathered>>()
  const links: MapLink[] = []
  for (const pair of topology) {
    if (pair.isOutside) continue
    const shown = pair.podsOf(isOnMap)
    folded += pair.size - shown.length
    if (shown.length === 0) continue
    const { nodes: ends, tunnel } = pair
    if (ends === undefined || tunnel === undefined) continue
    for (const pods of shown) {
      const { a, b, there, back, bytesThere, bytesBack, vnisThere, vnisBack, spoke } = pods
      gather(nodes, ends.a, a, vnisThere, there, bytesThere)
      gather(nodes, ends.b, b, vnisBack, back, bytesBack)
      links.push({
        from: { node: ends.a, pod: a },
        to: { node: ends.b, pod: b },
        tunnel,
        vnis: vnisThere,
        vnisBack,
        packets: there,
        packetsBack: back,
        bytes: bytesThere,
        bytesBack,
        spoke,
      })
    }
  }
  const all = [...nodes].map(([address, pods]) => nodeOf(address, pods))
  return { nodes: all.sort(byPackets), links: links.sort((x, y) => total(y) - total(x)), folded }
}

/** Whether a pair of so many packets is one of the most; of those that have as many as the last, the first ones. */
function most(topology: readonly NodePair[]): (packets: number) => boolean {
  const size = topology.reduce((sum, pair) => sum + (pair.isOutside ? 0 : pair.size), 0)
  if (size <= MOST) return () => true
  const packets = new Float64Array(size)
  let count = 0
  for (const pair of topology) if (!pair.isOutside) for (const one of pair.packetsOfPods()) packets[count++] = one
  packets.sort()
  const least = packets[size - MOST] as number
  let equal = MOST - packets.reduce((sum, one) => sum + (one > least ? 1 : 0), 0)
  return (one) => one > least || (one === least && equal-- > 0)
}

/** Packets of both directions. */
export const total = ({ packets, packetsBack }: MapLink) => packets + packetsBack

interface Gathered {
  readonly vnis: Set<number>
  packets: number
  bytes: number
}

function gather(
  nodes: Map<string, Map<string, Gathered>>,
  node: string,
  pod: string,
  vnis: readonly number[],
  packets: number,
  bytes: number,
): void {
  const pods = nodes.get(node) ?? new Map<string, Gathered>()
  nodes.set(node, pods)
  const known = pods.get(pod) ?? { vnis: new Set(), packets: 0, bytes: 0 }
  pods.set(pod, known)
  for (const vni of vnis) known.vnis.add(vni)
  known.packets += packets
  known.bytes += bytes
}

function nodeOf(address: string, gathered: ReadonlyMap<string, Gathered>): MapNode {
  const pods = [...gathered].map(([pod, { vnis, packets, bytes }]) => ({
    address: pod,
    vnis: [...vnis],
    packets,
    bytes,
  }))
  return {
    address,
    pods: pods.sort(byPackets),
    packets: pods.reduce((sum, { packets }) => sum + packets, 0),
    bytes: pods.reduce((sum, { bytes }) => sum + bytes, 0),
  }
}

const byPackets = (x: { readonly packets: number }, y: { readonly packets: number }) => y.packets - x.packets
