/** What is known of the ways of packets when all have been seen: for each flow its hops, how long they took, and losses. */
import { expectedRoute, type FlowPath, type FrameOf } from './path-flows.ts'
import type { PathPoint } from './path-points.ts'
import { stoppedAt } from './path-routes.ts'
import type { PathTable } from './path-table.ts'

/** One point of the way that a flow's packets are expected to take. */
export interface FlowHop {
  readonly point: PathPoint
  /** Packets that were seen here. */
  readonly packets: number
  /** Since the point before, in nanoseconds; undefined at the first point, and where nothing was seen at both. */
  readonly latency: { readonly median: number; readonly p99: number } | undefined
  /** Packets that were seen here, and at no further point though the capture there ran. */
  readonly lost: number
  /** The first 64 of them, by the frame seen last. */
  readonly lostFrames: readonly FrameOf[]
}

export interface FlowReport {
  readonly flow: FlowPath
  readonly hops: readonly FlowHop[]
}

/** The report of a flow; hops are in the order in which its packets pass them. */
export function flowReport(flow: FlowPath, table: PathTable<unknown>): FlowReport {
  const { routes, points } = table
  const expected = expectedRoute(flow, routes)
  const packets = expected.map(() => 0)
  const lost = expected.map(() => 0)
  const lostFrames: FrameOf[][] = expected.map(() => [])
  for (const tally of flow.tallies.all) {
    const seen = routes.points(tally.route)
    for (const point of seen) {
      const at = expected.indexOf(point)
      if (at >= 0) packets[at] = (packets[at] as number) + tally.packets
    }
    const stopped = lostAt(seen, tally.running, expected, table)
    if (stopped === undefined) continue
    lost[stopped] = (lost[stopped] as number) + tally.packets
    lostFrames[stopped]?.push(...tally.examples)
  }
  const hops = expected.map((point, at) => ({
    point: points.at(point),
    packets: packets[at] as number,
    latency: at === 0 ? undefined : latencyOf(flow, expected[at - 1] as number, point),
    lost: lost[at] as number,
    lostFrames: (lostFrames[at] as FrameOf[]).sort((a, b) => a.file - b.file || a.frame - b.frame).slice(0, 64),
  }))
  return { flow, hops }
}

/** Position in `expected` behind which packets of a route were lost; undefined: they were not, or it cannot be told. */
export function lostAt(
  seen: readonly number[],
  running: number,
  expected: readonly number[],
  { points }: PathTable<unknown>,
): number | undefined {
  const at = stoppedAt(seen, expected)
  if (at === undefined) return undefined
  const next = points.at(expected[at + 1] as number)
  // A capture that had ended, or had not begun, saw nothing.
  return next.file < 31 && (running & (1 << next.file)) !== 0 ? at : undefined
}

function latencyOf(flow: FlowPath, from: number, to: number): FlowHop['latency'] {
  const latencies = flow.known(from, to)
  const median = latencies?.percentile(0.5)
  const p99 = latencies?.percentile(0.99)
  return median === undefined || p99 === undefined ? undefined : { median, p99 }
}
