/** Routes: the points that a packet passed, in order, as one number. A trie over the numbers of points. */
import { MAX_POINTS } from './path-points.ts'

/** Told apart at most; longer or further ones end where the last known one does. */
const MAX_ROUTES = 65_536
/** Steps remembered for speed. */
const RECENT = 256

/** The route of a packet that was seen nowhere yet. */
export const NOWHERE = 0

export class PathRoutes {
  private readonly before: number[] = [NOWHERE]
  private readonly lastPoint: number[] = [-1]
  private readonly pointLists: (readonly number[])[] = [[]]
  private readonly isPrefix: boolean[] = [true]
  private readonly known = new Map<number, number>()
  private readonly recentKeys = new Float64Array(RECENT).fill(-1)
  private readonly recentRoutes = new Int32Array(RECENT)

  /** The route that goes on from `route` to `point`. */
  extended(route: number, point: number): number {
    const key = route * MAX_POINTS + point
    const slot = (route * 31 + point) & (RECENT - 1)
    if (this.recentKeys[slot] === key) return this.recentRoutes[slot] as number
    let next = this.known.get(key)
    if (next === undefined) {
      if (this.before.length >= MAX_ROUTES) return route
      next = this.before.push(route) - 1
      this.lastPoint.push(point)
      this.pointLists.push([...(this.pointLists[route] as readonly number[]), point])
      this.isPrefix.push(false)
      this.isPrefix[route] = true
      this.known.set(key, next)
    }
    this.recentKeys[slot] = key
    this.recentRoutes[slot] = next
    return next
  }

  /** Its points, first to last. */
  points(route: number): readonly number[] {
    return this.pointLists[route] as readonly number[]
  }

  /** Whether some packet took this route and went on. */
  goesOn(route: number): boolean {
    return this.isPrefix[route] as boolean
  }

  /** Whether `route` is the beginning of `longer`. */
  isOnWay(route: number, longer: number): boolean {
    for (let at = longer; at !== NOWHERE; at = this.before[at] as number)
      if (this.before[at] === route) return route !== NOWHERE
    return false
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
