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
}

/** The map of all pairs that were in a tunnel. */
export function overlayMap(topology: readonly NodePair[]): OverlayMap {
  const nodes = new Map<string, Map<string, Gathered>>()
  const links: MapLink[] = []
  for (const pair of topology) {
    const { nodes: ends, tunnel } = pair
    if (ends === undefined || tunnel === undefined) continue
    for (const pods of pair.pods) {
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
  return { nodes: all.sort(byPackets), links: links.sort((x, y) => total(y) - total(x)) }
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
