/** Which of a packet's layers a name means: all, those before the first tunnel, those behind the last; and the nth of a kind. */
import type { Walk } from '../dissect/walk.ts'
import { ownDepth } from '../packet/dissection.ts'
import { hasLayer, type Range } from './ranges.ts'

export type Side = 'any' | 'outer' | 'inner'

export interface Stretch {
  readonly side: Side
  /** Ranges of `ip.src#2`, counted from 1 among the headers of one protocol; undefined: each of them. */
  readonly layers: readonly Range[] | undefined
}

export const EVERYWHERE: Stretch = { side: 'any', layers: undefined }

/** Index of the first layer of a side. */
export function sideStart(walk: Walk, side: Side): number {
  return side === 'inner' ? walk.lastTunnel + 1 : 0
}

/** Index after the last layer of a side; without a tunnel there is neither outer nor inner. */
export function sideEnd(walk: Walk, side: Side): number {
  if (side === 'any') return walk.depth
  if (walk.firstTunnel < 0) return 0
  return side === 'outer' ? walk.firstTunnel : ownDepth(walk)
}

/** Whether the layer at `depth` is one that `stretch` numbers. */
export function isNumbered(walk: Walk, depth: number, { side, layers }: Stretch): boolean {
  if (layers === undefined) return true
  const { tables } = walk
  const name = tables.layers[walk.layer[depth] as number]?.name
  const end = sideEnd(walk, side)
  let ordinal = 0
  let count = 0
  for (let at = sideStart(walk, side); at < end; at++) {
    if (tables.layers[walk.layer[at] as number]?.name !== name) continue
    count++
    if (at === depth) ordinal = count
  }
  return hasLayer(layers, ordinal, count)
}
