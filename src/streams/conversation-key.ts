/** Keys of conversations: both directions of the same two ends have one key. */
import type { Walk } from '../dissect/walk.ts'

export interface Ends {
  /** The same for both directions. */
  readonly key: string
  /** 0: from the end that sorts first to the other; 1: back. */
  readonly direction: 0 | 1
}

/** The network header that carries the layer at `depth`: the nearest one before it that has addresses; -1: none. */
export function carrierOf(walk: Walk, depth: number): number {
  const { tables } = walk
  for (let i = depth - 1; i >= 0; i--) {
    const layer = walk.layer[i]
    if (layer === tables.ipv4 || layer === tables.ipv6) return i
  }
  return -1
}

/** The ends of the layer at `depth`, by addresses and, where `hasPorts`, the ports in its first four bytes. */
export function endsOf(view: DataView, walk: Walk, depth: number, hasPorts: boolean): Ends | undefined {
  const carrier = carrierOf(walk, depth)
  if (carrier < 0) return undefined
  const at = walk.start[carrier] as number
  const isIpv6 = walk.layer[carrier] === walk.tables.ipv6
  const source = isIpv6 ? address6(view, at + 8) : String(view.getUint32(at + 12))
  const destination = isIpv6 ? address6(view, at + 24) : String(view.getUint32(at + 16))
  const start = walk.start[depth] as number
  const from = hasPorts ? `${source}.${view.getUint16(start)}` : source
  const to = hasPorts ? `${destination}.${view.getUint16(start + 2)}` : destination
  return from <= to
    ? { key: `${walk.layer[depth]}/${from}/${to}`, direction: 0 }
    : { key: `${walk.layer[depth]}/${to}/${from}`, direction: 1 }
}

function address6(view: DataView, at: number): string {
  return `${view.getUint32(at)},${view.getUint32(at + 4)},${view.getUint32(at + 8)},${view.getUint32(at + 12)}`
}
