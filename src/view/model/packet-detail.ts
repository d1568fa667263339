/** One packet as the lower panes show it: its tree, its bytes, and where the tunnel lies between outer and inner. */
import type { Node } from '../../dissect/node.ts'
import type { Dissection } from '../../packet/dissection.ts'
import { treeOf } from '../../packet/tree.ts'

export type Region = 'outer' | 'tunnel' | 'inner' | 'whole'

export interface PacketDetail {
  /** Number in the capture, from 1. */
  readonly number: number
  readonly nodes: readonly Node[]
  /** The frame; nodes count from its first byte. */
  readonly bytes: Uint8Array
  /** First byte of the first tunnel header, and first byte behind the last one; both -1 without a tunnel. */
  readonly tunnelStart: number
  readonly tunnelEnd: number
  /** False while what other packets tell is still being looked for. */
  readonly isComplete: boolean
}

/** `packet` has a record of its own, whose first byte is the frame's. */
export function detailOf(packet: Dissection, isComplete: boolean): PacketDetail {
  const { walk, record } = packet
  const { firstTunnel, lastTunnel } = walk
  return {
    number: record.number,
    nodes: treeOf(packet),
    bytes: record.bytes,
    tunnelStart: firstTunnel < 0 ? -1 : (walk.start[firstTunnel] as number),
    tunnelEnd: firstTunnel < 0 ? -1 : (walk.body[lastTunnel] as number),
    isComplete,
  }
}

/** On which side of the tunnel the byte at `at` lies. */
export function regionAt({ tunnelStart, tunnelEnd }: PacketDetail, at: number): Region {
  if (tunnelStart < 0) return 'whole'
  if (at < tunnelStart) return 'outer'
  return at < tunnelEnd ? 'tunnel' : 'inner'
}
