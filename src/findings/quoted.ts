/** What an ICMP error quotes: the packet that it is about, with its tunnel if it is in one. */
import { addressText, isIpv4Layer } from './end-text.ts'
import type { Sighting } from './sighting.ts'

export interface Quoted {
  /** Of the quoted packet itself: the outer ends where it is in a tunnel. */
  readonly source: string
  readonly destination: string
  /** Bytes that it had, as its length field says. */
  readonly length: number
  /** Bytes from its IP header to the innermost one: what the tunnel costs; 0 without one. */
  readonly overhead: number
  /** Of the innermost IP packet that is there. */
  readonly inner: {
    readonly source: string
    readonly destination: string
    readonly length: number
    readonly protocol: number
    /** First byte behind its header. */
    readonly transport: number
    /** End of what is quoted. */
    readonly end: number
  }
}

const IPV6_HEADER = 40

/** Undefined if nothing is quoted, or less than an IP header. */
export function quotedOf(seen: Sighting): Quoted | undefined {
  const { walk, view } = seen
  let first = -1
  let last = -1
  for (let depth = walk.quote; depth < walk.depth; depth++) {
    const isIp = walk.layer[depth] === walk.tables.ipv4 || walk.layer[depth] === walk.tables.ipv6
    const isThere = (walk.body[depth] as number) - (walk.start[depth] as number) >= 20
    if (!isIp || !isThere) continue
    if (first < 0) first = depth
    last = depth
  }
  if (first < 0) return undefined
  const outer = walk.start[first] as number
  const inner = walk.start[last] as number
  const isIpv4 = isIpv4Layer(walk, walk.layer[last] as number)
  return {
    ...endsAt(seen, first),
    length: lengthAt(seen, first),
    overhead: inner - outer,
    inner: {
      ...endsAt(seen, last),
      length: lengthAt(seen, last),
      protocol: view.getUint8(inner + (isIpv4 ? 9 : 6)),
      transport: walk.body[last] as number,
      end: walk.end[last] as number,
    },
  }
}

function endsAt({ walk, view }: Sighting, depth: number): { source: string; destination: string } {
  const start = walk.start[depth] as number
  const isIpv4 = isIpv4Layer(walk, walk.layer[depth] as number)
  const hasAll = isIpv4 || (walk.body[depth] as number) - start >= IPV6_HEADER
  if (!hasAll) return { source: '', destination: '' }
  return {
    source: addressText(view, start + (isIpv4 ? 12 : 8), isIpv4),
    destination: addressText(view, start + (isIpv4 ? 16 : 24), isIpv4),
  }
}

function lengthAt({ walk, view }: Sighting, depth: number): number {
  const start = walk.start[depth] as number
  const isIpv4 = isIpv4Layer(walk, walk.layer[depth] as number)
  return isIpv4 ? view.getUint16(start + 2) : view.getUint16(start + 4) + IPV6_HEADER
}
