/** The ends of a packet as text. */
import { ipv4Text, ipv6Text } from '../bytes/address.ts'
import type { Walk } from '../dissect/walk.ts'
import type { Sighting } from './sighting.ts'

export const isIpv4Layer = (walk: Walk, layer: number) => layer === walk.tables.ipv4

export function addressText(view: DataView, at: number, isIpv4: boolean): string {
  return isIpv4 ? ipv4Text(view, at) : ipv6Text(view, at)
}

/** Addresses of the innermost IP header, which must be there. */
export function innerEnds({ walk, view }: Sighting): { readonly source: string; readonly destination: string } {
  return endsAt(walk, view, walk.marks.inner, walk.marks.innerLayer)
}

/** Addresses of the header by which the packet finds its way: the outer one of a tunnel. */
export function wayEnds({ walk, view }: Sighting): { readonly source: string; readonly destination: string } {
  const { outer, outerLayer, inner, innerLayer } = walk.marks
  return outer < 0 ? endsAt(walk, view, inner, innerLayer) : endsAt(walk, view, outer, outerLayer)
}

function endsAt(walk: Walk, view: DataView, at: number, layer: number) {
  const isIpv4 = isIpv4Layer(walk, layer)
  return {
    source: addressText(view, at + (isIpv4 ? 12 : 8), isIpv4),
    destination: addressText(view, at + (isIpv4 ? 16 : 24), isIpv4),
  }
}

/** Nobody answers for a group, or for all of a network. */
export function isGroup(address: string): boolean {
  if (address.includes(':')) return address.startsWith('ff')
  return Number(address.slice(0, address.indexOf('.'))) >= 224
}
