/** Routes: the points that a packet passed, in order, as one number. A trie over the numbers of points. */
import { MAX_POINTS } from './path-points.ts'

/** Told apart at most; longer or further ones end where the last known one does. */
const MAX_ROUTES = 65_536

/** The route of a packet that was seen nowhere yet. */
export const NOWHERE = 0

export class PathRoutes {
  private readonly before: number[] = [NOWHERE]
  private readonly lastPoint: number[] = [-1]
  private readonly known = new Map<number, number>()

  /** The route that goes on from `route` to `point`. */
  extended(route: number, point: number): number {
    const key = route * MAX_POINTS + point
    let next = this.known.get(key)
    if (next !== undefined) return next
    if (this.before.length >= MAX_ROUTES) return route
    next = this.before.push(route) - 1
    this.lastPoint.push(point)
    this.known.set(key, next)
    return next
  }

  /** Its points, first to last. */
  points(route: number): number[] {
    const points: number[] = []
    for (let at = route; at !== NOWHERE; at = this.before[at] as number) points.push(this.lastPoint[at] as number)
    return points.reverse()
  }
}

/**
 * Where in `route` a packet that was seen at `seen` only came to its end, if it was on this way and did not reach the
 * route's end: the position of the last point that saw it. Points that missed a packet seen later do not matter.
 */
export function stoppedAt(seen: readonly number[], route: readonly number[]): number | undefined {
  let at = -1
  for (const point of seen) {
    at = route.indexOf(point, at + 1)
    if (at < 0) return undefined
  }
  return at >= 0 && at < route.length - 1 ? at : undefined
}
