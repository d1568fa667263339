/** Flows by the ways that their packets took: how many took which, how long each hop took, and where packets stopped. */
import { Latencies } from './latencies.ts'
import { type PathRoutes, stoppedAt } from './path-routes.ts'

/** A frame of one of the captures; numbers of frames from 1, of captures from 0. */
export interface FrameOf {
  readonly file: number
  readonly frame: number
}

/** Frames that are kept as examples of packets that took a way. */
export const EXAMPLES = 64
/** A way that so small a part of packets took is no reason to expect the others to. */
const RARE = 0.01

/** Packets that took one route while the same captures ran. */
export class Tally {
  readonly route: number
  /** Bits of the captures that had begun before the packets and went on after them. */
  readonly running: number
  packets = 0
  /** Where the first of them were seen last. */
  readonly examples: FrameOf[] = []

  constructor(route: number, running: number) {
    this.route = route
    this.running = running
  }
}

/** How often which route was taken. */
export class Tallies {
  readonly all: Tally[] = []

  of(route: number, running: number): Tally {
    for (const tally of this.all) if (tally.route === route && tally.running === running) return tally
    const made = new Tally(route, running)
    this.all.push(made)
    return made
  }

  /** Packets by route, whatever ran. */
  byRoute(): Map<number, number> {
    const counts = new Map<number, number>()
    for (const { route, packets } of this.all) counts.set(route, (counts.get(route) ?? 0) + packets)
    return counts
  }
}

interface Hop {
  readonly from: number
  readonly to: number
  readonly latencies: Latencies
}

/** One direction of a conversation. */
export class FlowPath {
  readonly number: number
  readonly source: string
  readonly destination: string
  /** IP protocol number, and both ports in one, as FlowRows has them. */
  readonly protocol: number
  readonly ports: number
  packets = 0
  retransmissions = 0
  duplicates = 0
  readonly tallies = new Tallies()
  /** Of all flows between the same tunnel endpoints; undefined without a tunnel. */
  neighbours: Tallies | undefined
  /** The pair of the first frame in a tunnel, as PairTable numbers it; -1: none yet. */
  tunnelPair = -1
  private readonly hops: Hop[] = []

  constructor(number: number, source: string, destination: string, protocol: number, ports: number) {
    this.number = number
    this.source = source
    this.destination = destination
    this.protocol = protocol
    this.ports = ports
  }

  /** Of packets that went from one point straight to another; made if there were none. */
  latencies(from: number, to: number): Latencies {
    return this.known(from, to) ?? this.add(from, to)
  }

  known(from: number, to: number): Latencies | undefined {
    for (const hop of this.hops) if (hop.from === from && hop.to === to) return hop.latencies
    return undefined
  }

  private add(from: number, to: number): Latencies {
    const latencies = new Latencies()
    this.hops.push({ from, to, latencies })
    return latencies
  }
}

/**
 * The route that the flow's packets are expected to take: the one that most took of those that go on where others
 * stop. Where the flow itself knows none that goes on, what most packets between the same tunnel endpoints did tells.
 */
export function expectedRoute(flow: FlowPath, routes: PathRoutes): readonly number[] {
  const own = flow.tallies.byRoute()
  const best = mostTaken(own, routes)
  const others = flow.neighbours?.byRoute()
  if (others === undefined) return best
  const further = mostTaken(others, routes)
  if (stoppedAt(best, further) === undefined) return best
  // Others count only where most of them went on.
  let [stopped, passed] = [0, 0]
  for (const [route, packets] of others) {
    const points = routes.points(route)
    if (stoppedAt(points, further) !== undefined) stopped += packets
    else if (points.at(-1) === further.at(-1)) passed += packets
  }
  return passed > stopped ? further : best
}

/** The most taken of those routes that do not stop where another goes on. */
function mostTaken(counts: ReadonlyMap<number, number>, routes: PathRoutes): readonly number[] {
  const taken = Array.from(counts, ([route, packets]) => ({ points: routes.points(route), packets }))
  const goesOn = (one: (typeof taken)[number]) =>
    taken.some((other) => stoppedAt(one.points, other.points) !== undefined && other.packets >= one.packets * RARE)
  const whole = taken.filter((one) => !goesOn(one))
  let best = whole[0] ?? taken[0]
  for (const one of whole)
    if (
      best === undefined ||
      one.packets > best.packets ||
      (one.packets === best.packets && one.points.length > best.points.length)
    )
      best = one
  return best?.points ?? []
}
