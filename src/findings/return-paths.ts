/** Answers that come back another way than the requests went, and pod traffic that leaves the tunnel out. */
import { Groups } from '../analysis/groups.ts'
import type { FindingKind } from './finding.ts'
import { bitsOf } from './pair-sights.ts'
import type { Family, Scene } from './scene.ts'
import { counted, listed } from './speaker.ts'

export const asymmetricReturn: FindingKind = {
  code: 'OVL203',
  title: 'answer by another tunnel endpoint',
  severity: 'warning',
  meaning:
    'Packets between two pods go through a tunnel from one node to another, and what comes back is in a tunnel of other nodes, or in none. Firewalls that follow connections see one half only, and a node may drop what comes from where it does not expect it.',
  likely:
    'an ipcache entry of one node is out of date, or one of the nodes has several addresses and sends from another',
  next: ['cilium-dbg bpf ipcache get <address> on both nodes', 'kubectl get ciliumnodes -o wide'],
}

export const outsideTunnel: FindingKind = {
  code: 'OVL204',
  title: 'pod traffic outside the tunnel',
  severity: 'error',
  meaning:
    'On one and the same interface packets between two pods are seen both inside a tunnel and without one. What is outside carries no identity, and routers between the nodes do not know where pods are. That a node shows its pods without tunnel on their own interfaces is not meant.',
  likely:
    'a node routes this pod address itself: its ipcache has no tunnel endpoint for it, or auto-direct-node-routes is on for some nodes only',
  next: ['ip route get <address> on the sending node', 'cilium-dbg bpf ipcache get <address> there'],
}

export const returnPaths: Family = {
  kinds: [asymmetricReturn, outsideTunnel],
  begin: (scene) => ({ findings: () => findings(scene) }),
}

/** Traffic from one pod to another, all ways together. */
interface Direction {
  readonly source: string
  readonly destination: string
  /** Numbers of pairs in tunnels and without. */
  readonly inside: number[]
  readonly outside: number[]
}

function* findings(scene: Scene) {
  const { pairs } = scene
  let hasTunnels = false
  for (let number = 0; number < pairs.size && !hasTunnels; number++) hasTunnels = pairs.isInTunnel(number)
  if (!hasTunnels) return
  const directions = new Directions(scene)
  for (let number = 0; number < directions.size; number++) {
    const there = directions.at(number)
    if (there.inside.length === 0) continue
    const back = directions.back(there)
    const bare = outside(scene, there, back)
    if (bare !== undefined) yield bare
    if (back !== undefined && there.source < there.destination) yield* asymmetric(scene, there, back)
  }
}

/** All directions by number. There may be hundreds of thousands: each is made when it is looked at. */
class Directions {
  private readonly scene: Scene
  private readonly groups = new Groups()
  /** The first pair of each, and the next one of the same, plus one. */
  private readonly first: Int32Array
  private readonly last: Int32Array
  private readonly next: Int32Array

  constructor(scene: Scene) {
    this.scene = scene
    const { pairs, tables } = scene
    this.first = new Int32Array(pairs.size)
    this.last = new Int32Array(pairs.size)
    this.next = new Int32Array(pairs.size)
    for (let number = 0; number < pairs.size; number++) {
      const pair = pairs.pair(number, tables)
      // A mirror's copy, or another network's way.
      if (pairs.isInTunnel(number) && !pair.hasVni) continue
      const group = this.groups.numberOf(pairs.isInnerIpv6(number) ? 1 : 0, pair.end(3), pair.end(4))
      if ((this.first[group] as number) === 0) this.first[group] = number + 1
      else this.next[(this.last[group] as number) - 1] = number + 1
      this.last[group] = number + 1
    }
  }

  get size(): number {
    return this.groups.size
  }

  at(group: number): Direction {
    const { pairs, tables } = this.scene
    const first = (this.first[group] as number) - 1
    const { source, destination } = pairs.pair(first, tables)
    const [inside, outside]: [number[], number[]] = [[], []]
    for (let one = first + 1; one !== 0; one = this.next[one - 1] as number)
      (pairs.isInTunnel(one - 1) ? inside : outside).push(one - 1)
    return { source, destination, inside, outside }
  }

  back({ inside, outside }: Direction): Direction | undefined {
    const { pairs, tables } = this.scene
    const number = inside[0] ?? (outside[0] as number)
    const pair = pairs.pair(number, tables)
    const group = this.groups.known(pairs.isInnerIpv6(number) ? 1 : 0, pair.end(4), pair.end(3))
    return group < 0 ? undefined : this.at(group)
  }
}

/** The nodes of a pair's tunnel; by name where they have one, as a node may have several addresses. */
function nodes({ pairs, tables, speak }: Scene, number: number): { readonly from: string; readonly to: string } {
  const { outer } = pairs.pair(number, tables)
  return { from: speak.node(outer?.source ?? ''), to: speak.node(outer?.destination ?? '') }
}

function* asymmetric(scene: Scene, there: Direction, back: Direction) {
  const { speak, sights } = scene
  if (back.inside.length === 0) return
  const ways = (direction: Direction) => direction.inside.map((number) => nodes(scene, number))
  const isBack = ways(there).some(({ from, to }) => ways(back).some((way) => way.from === to && way.to === from))
  if (isBack) return
  const frames = sights.framesOf([...there.inside, ...back.inside])
  const words = (direction: Direction) => listed([...new Set(ways(direction).map(({ from, to }) => `${from} → ${to}`))])
  yield scene.finding(asymmetricReturn, {
    sentence: `${speak.end(there.source)} → ${speak.end(there.destination)} goes ${words(there)}, but what comes back goes ${words(back)}`,
    next: asymmetricReturn.next.map((line) => line.replace('<address>', there.source)),
    frames,
    shows: 'one of the two ways',
    values: { source: there.source, destination: there.destination, there: words(there), back: words(back) },
  })
}

/** Whether the pods' traffic is seen without a tunnel where it is seen in one, in either direction. */
function outside(scene: Scene, there: Direction, back: Direction | undefined) {
  const { speak, sights, interfaces } = scene
  const passed = (numbers: readonly number[]) => numbers.reduce((mask, number) => mask | sights.passed(number), 0)
  const inside = passed(there.inside) | passed(back?.inside ?? [])
  // Where all interfaces of a machine look alike, nothing can be told.
  const both = bitsOf(inside & passed(there.outside)).filter((bit) => interfaces.all[bit]?.isOne === true)
  if (both.length > 0) return bare(scene, outsideTunnel, there, there.outside, both)
  const backBoth = bitsOf(inside & passed(back?.outside ?? [])).filter((bit) => interfaces.all[bit]?.isOne === true)
  // Of a pair in tunnels both ways, the other direction tells its own.
  if (back === undefined || backBoth.length === 0 || back.inside.length > 0) return undefined
  const frames = sights.framesOf(back.outside)
  return scene.finding(asymmetricReturn, {
    sentence: `${speak.end(there.source)} → ${speak.end(there.destination)} goes through a tunnel, but what comes back (${counted(frames.count, 'packet')}) is in none`,
    likely: `the node of ${speak.end(back.source)} has no tunnel endpoint for ${speak.end(back.destination)}`,
    next: asymmetricReturn.next.map((line) => line.replace('<address>', back.destination)),
    frames,
    shows: 'outside the tunnel',
    values: { source: there.source, destination: there.destination, packets: frames.count },
  })
}

function bare(
  scene: Scene,
  kind: FindingKind,
  { source, destination }: Direction,
  numbers: readonly number[],
  interfaces: readonly number[],
) {
  const { speak, sights } = scene
  const frames = sights.framesOf(numbers)
  const place = listed(interfaces.map((one) => speak.interface(one)).filter((one) => one !== undefined))
  return scene.finding(kind, {
    sentence: `${speak.end(source)} → ${speak.end(destination)}: ${counted(frames.count, 'packet')} outside the tunnel${place === '' ? '' : ` on ${place}`}, where others of theirs are inside`,
    next: kind.next.map((line) => line.replace('<address>', destination)),
    frames,
    shows: 'no tunnel around it',
    values: { source, destination, packets: frames.count },
  })
}
