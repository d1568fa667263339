/** Pairs of ends gathered by what a finding says of them: judged once, at the end, at no cost for a frame. */
import type { Pair } from '../analysis/pair-rows.ts'
import type { Scene } from './scene.ts'
import type { Untold } from './subjects.ts'

/** A pair that went through a tunnel, with both sides' addresses. */
export interface TunnelledPair {
  readonly number: number
  readonly outer: { readonly source: string; readonly destination: string }
  readonly source: string
  readonly destination: string
  readonly vni: number
  /** UDP destination port of the tunnel. */
  readonly port: number
}

/** Groups told apart at most. */
const MAX_GROUPS = 4096

export class PairGroups<Group> {
  private readonly groups = new Map<string, { readonly group: Group; readonly pairs: number[] }>()
  private readonly scene: Untold

  constructor(scene: Untold) {
    this.scene = scene
  }

  add(key: string, pair: number, make: () => Group): void {
    const known = this.groups.get(key)
    if (known !== undefined) known.pairs.push(pair)
    else if (this.groups.size < MAX_GROUPS) this.groups.set(key, { group: make(), pairs: [pair] })
    else this.scene.untold++
  }

  [Symbol.iterator](): IterableIterator<{ readonly group: Group; readonly pairs: readonly number[] }> {
    return this.groups.values()
  }
}

/** Every pair that was in a tunnel with VNIs. GRE goes between routers, and ERSPAN in it to whoever watches: not from node to node. */
export function* tunnelledPairs({ pairs, sights, tables }: Scene): Generator<TunnelledPair> {
  for (let number = 0; number < pairs.size; number++) {
    const pair: Pair = pairs.pair(number, tables)
    const { outer } = pair
    if (outer === undefined || !pair.hasVni) continue
    const { source, destination, vni } = pair
    yield { number, outer, source, destination, vni, port: sights.port(number) }
  }
}
