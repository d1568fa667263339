/** The way that packets of a flow should take, by what the others of them did. */
import type { FlowPath, Tally } from './path-flows.ts'
import { NOWHERE, type PathRoutes, stoppedAt } from './path-routes.ts'

/** A way that so small a part of packets took is no reason to expect the others to. */
const RARE = 0.01

/**
 * The route that the flow's packets are expected to take, as numbers of points: the one that most took of those that go
 * on where others stop. Where the flow itself knows none that goes on, what most packets between the same tunnel
 * endpoints did tells.
 */
export function expectedRoute(flow: FlowPath, routes: PathRoutes): readonly number[] {
  const best = mostTaken(flow.tallies, routes)
  const points = routes.points(best)
  // Nobody ever went on from there.
  if (!routes.goesOn(best)) return points
  const others = flow.neighbours ?? []
  const further = routes.points(mostTaken(others, routes))
  if (stoppedAt(points, further) === undefined) return points
  let [stopped, passed] = [0, 0]
  for (const { route, packets } of others) {
    const taken = routes.points(route)
    if (stoppedAt(taken, further) !== undefined) stopped += packets
    else if (taken.at(-1) === further.at(-1)) passed += packets
  }
  return passed > stopped ? further : points
}

/** The most taken of those routes that do not stop where another goes on. */
function mostTaken(tallies: readonly Tally[], routes: PathRoutes): number {
  const counts = new Map<number, number>()
  for (const { route, packets } of tallies) counts.set(route, (counts.get(route) ?? 0) + packets)
  const taken = Array.from(counts, ([route, packets]) => ({ route, points: routes.points(route), packets }))
  const goesOn = (one: (typeof taken)[number]) =>
    taken.some((other) => stoppedAt(one.points, other.points) !== undefined && other.packets >= one.packets * RARE)
  const whole = taken.filter((one) => !goesOn(one))
  const order = (a: (typeof taken)[number], b: (typeof taken)[number]) =>
    b.packets - a.packets || b.points.length - a.points.length
  return (whole.length === 0 ? taken : whole).sort(order)[0]?.route ?? NOWHERE
}
