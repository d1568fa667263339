/** What a list shows of a packet's sides: addresses, ports, VNI; without the rest that `sidesOf` takes out. */
import { ipv4Text, ipv6Text } from '../bytes/address.ts'
import type { CaptureRecord } from '../capture/record.ts'
import type { Walk } from '../dissect/walk.ts'
import { ownDepth } from './dissection.ts'

export interface Ends {
  readonly source: string
  readonly destination: string
  readonly sourcePort: number | undefined
  readonly destinationPort: number | undefined
}

export interface ListEnds {
  /** Node to node; undefined without a tunnel. */
  readonly outer: Ends | undefined
  /** VNI of the innermost tunnel. */
  readonly vni: number | undefined
  /** Pod to pod; without a tunnel the only ends there are. */
  readonly inner: Ends | undefined
}

export function listEnds(record: CaptureRecord, walk: Walk): ListEnds {
  const own = ownDepth(walk)
  const { firstTunnel, lastTunnel } = walk
  if (firstTunnel < 0) return { outer: undefined, vni: undefined, inner: endsAmong(record.view, walk, 0, own) }
  const scope = walk.tables.layers[walk.layer[lastTunnel] as number]?.scope
  const at = walk.start[lastTunnel] as number
  const isWhole = scope !== undefined && (walk.body[lastTunnel] as number) - at >= scope.at + scope.size
  return {
    outer: endsAmong(record.view, walk, 0, firstTunnel),
    vni: isWhole ? scope.read(record.view, at) : undefined,
    inner: endsAmong(record.view, walk, lastTunnel + 1, own),
  }
}

/** The last IP (or ARP) header among the layers `[from, to)`, and the ports behind it. */
function endsAmong(view: DataView, walk: Walk, from: number, to: number): Ends | undefined {
  const { ipv4, ipv6, arp, udp, tcp } = walk.tables
  let sourcePort: number | undefined
  let destinationPort: number | undefined
  for (let depth = to - 1; depth >= from; depth--) {
    const layer = walk.layer[depth] as number
    const at = walk.start[depth] as number
    const size = (walk.body[depth] as number) - at
    if ((layer === tcp || layer === udp) && size >= 4) {
      sourcePort = view.getUint16(at)
      destinationPort = view.getUint16(at + 2)
    } else if (layer === ipv4 && size >= 20) {
      return { source: ipv4Text(view, at + 12), destination: ipv4Text(view, at + 16), sourcePort, destinationPort }
    } else if (layer === ipv6 && size >= 40) {
      return { source: ipv6Text(view, at + 8), destination: ipv6Text(view, at + 24), sourcePort, destinationPort }
    } else if (layer === arp && size >= 28) {
      return { source: ipv4Text(view, at + 14), destination: ipv4Text(view, at + 24), sourcePort, destinationPort }
    }
  }
  return undefined
}
