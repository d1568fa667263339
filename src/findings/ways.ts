/**
 * Which interface of the capturing machine leads where, and which packets left by another one. An address is reached by
 * the interface that its own packets come in by; a pod, by the one that leads to its node.
 */

import { Groups } from '../analysis/groups.ts'
import { PrefixTable } from '../names/prefix-table.ts'
import type { Route } from '../names/routes.ts'
import type { FrameAt } from './frames.ts'
import { bitsOf } from './pair-sights.ts'
import type { Scene } from './scene.ts'

/** Packets that left by an interface that does not lead to their destination. */
export interface WrongExit {
  /** Numbers of the pairs; all have these ends. */
  readonly pairs: number[]
  readonly source: string
  readonly destination: string
  /** By which they left, and which leads there. */
  readonly exit: number
  readonly expected: readonly number[]
  /** The node through which the destination is reached; undefined if it is reached itself. */
  readonly via: string | undefined
  /** A frame that shows that the expected interface leads there; undefined where the routes say it. */
  readonly shown: FrameAt | undefined
  /** The machine's own route that sent them there, if it is known. */
  readonly route: Route | undefined
  /** Whether the machine forwarded them: they came in before. */
  readonly isForwarded: boolean
}

interface Entrance {
  mask: number
  readonly frame: FrameAt | undefined
}

export function wrongExits(scene: Scene): WrongExit[] {
  // What leads where is a matter of each machine.
  return scene.captures.flatMap((_, file) => new Ways(scene, file).wrong())
}

class Ways {
  private readonly scene: Scene
  /** Interfaces of the machine that can be told from others, as bits. */
  private readonly mask: number
  private readonly routes = new PrefixTable<Route>()
  private readonly defaults: readonly Route[]
  /** By address, where its packets came in. */
  private readonly entrances = new Map<string, Entrance>()
  /** Inner ends that are also in tunnels: without one they are on their way into it. */
  private readonly tunnelled = new Groups()

  constructor(scene: Scene, file: number) {
    this.scene = scene
    this.mask = scene.interfaces.all.reduce(
      (mask, one, bit) => (one.file === file && one.isOne ? mask | (1 << bit) : mask),
      0,
    )
    const routes = scene.captures[file]?.routes ?? []
    this.defaults = routes.filter(({ destination }) => destination === 'default')
    for (const route of routes) this.routes.set(route.destination, route)
    // Where all look alike nothing can be told, and of very many pairs much would be remembered.
    if (this.mask === 0) return
    const { pairs, sights, tables } = scene
    for (let number = 0; number < pairs.size; number++) {
      const pair = pairs.pair(number, tables)
      const { outer } = pair
      if (pairs.isInTunnel(number)) this.tunnelled.numberOf(...this.endsOf(number))
      const mask = sights.passed(number, 'in') & this.mask
      if (mask === 0) continue
      const source = outer?.source ?? pair.source
      const known = this.entrances.get(source)
      if (known !== undefined) known.mask |= mask
      else this.entrances.set(source, { mask, frame: sights.passage(number, 'in', bitsOf(mask)[0] as number) })
    }
  }

  wrong(): WrongExit[] {
    const { pairs, sights, tables } = this.scene
    const found = new Map<string, WrongExit>()
    for (let number = 0; number < pairs.size; number++) {
      const exits = sights.passed(number, 'out') & this.mask
      if (exits === 0) continue
      const pair = pairs.pair(number, tables)
      const { outer, source, destination } = pair
      if (outer === undefined && this.tunnelled.known(...this.endsOf(number)) >= 0) continue
      const way = { source: outer?.source ?? source, destination: outer?.destination ?? destination }
      const reached = this.reached(way.destination)
      if (reached === undefined) continue
      for (const exit of bitsOf(exits & ~reached.mask)) {
        const key = `${way.source} ${way.destination} ${exit}`
        const known = found.get(key)
        if (known !== undefined) known.pairs.push(number)
        else
          found.set(key, {
            ...way,
            pairs: [number],
            exit,
            expected: bitsOf(reached.mask),
            via: reached.via,
            shown: reached.frame,
            route: this.routeBy(way.destination, exit),
            isForwarded: (sights.passed(number, 'in') & this.mask) !== 0,
          })
      }
    }
    return [...found.values()]
  }

  /** The inner ends of a pair, as a combination. */
  private endsOf(number: number): [number, number, number] {
    const { pairs, tables } = this.scene
    const pair = pairs.pair(number, tables)
    return [pairs.isInnerIpv6(number) ? 1 : 0, pair.end(3), pair.end(4)]
  }

  private reached(address: string): (Entrance & { readonly via: string | undefined }) | undefined {
    const own = this.entrances.get(address)
    const owner = this.scene.names?.address(address)
    const node = owner?.kind === 'pod' ? owner.node : undefined
    if (own !== undefined) return { ...own, via: node }
    if (node === undefined) return undefined
    for (const [one] of this.scene.names?.book.nodes.get(node)?.addresses ?? []) {
      const entrance = this.entrances.get(one)
      if (entrance !== undefined) return { ...entrance, via: node }
      const device = this.route(one)?.device
      const number = device === undefined ? undefined : this.interfaceNamed(device)
      if (number !== undefined) return { mask: 1 << number, frame: undefined, via: node }
    }
    return undefined
  }

  private route(address: string): Route | undefined {
    return this.routes.find(address) ?? this.defaults[0]
  }

  /** The route that the machine takes, if it leads to the interface by which the packets really left. */
  private routeBy(address: string, exit: number): Route | undefined {
    const route = this.route(address)
    return route?.device !== undefined && this.interfaceNamed(route.device) === exit ? route : undefined
  }

  private interfaceNamed(name: string): number | undefined {
    const { interfaces, speak } = this.scene
    const number = interfaces.all.findIndex((_, one) => (this.mask & (1 << one)) !== 0 && speak.interface(one) === name)
    return number < 0 ? undefined : number
  }
}
