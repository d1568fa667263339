/** What is known of the ways of packets when all have been seen: for each flow its hops, how long they took, and losses. */
import { expectedRoute } from './expected-route.ts'
import { EXAMPLES, type FlowPath, type FrameOf } from './path-flows.ts'
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
  /** The first 64 of them, by the frame that was seen last. */
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
  for (const tally of flow.tallies) {
    const seen = routes.points(tally.route)
    for (const point of seen) {
      const at = expected.indexOf(point)
      if (at >= 0) packets[at] = (packets[at] as number) + tally.packets
    }
    const stopped = lostAt(seen, tally.running, expected, table)
    if (stopped === undefined) continue
    lost[stopped] = (lost[stopped] as number) + tally.packets
    const { file } = points.at(seen.at(-1) as number)
    for (const frame of tally.frames) lostFrames[stopped]?.push({ file, frame })
  }
  const hops = expected.map((point, at) => ({
    point: points.at(point),
    packets: packets[at] as number,
    latency: at === 0 ? undefined : latencyOf(flow, expected[at - 1] as number, point),
    lost: lost[at] as number,
    lostFrames: (lostFrames[at] as FrameOf[]).sort((a, b) => a.file - b.file || a.frame - b.frame).slice(0, EXAMPLES),
  }))
  return { flow, hops }
}

/** Flows by what was lost of them and then by packets, as many as are wanted, and sums over all. */
export interface PathSummary {
  readonly flows: number
  readonly packets: number
  readonly lost: number
  readonly reports: readonly FlowReport[]
}

/** Most flows lost nothing, and are only counted. */
export function pathSummary(table: PathTable<unknown>, top: number): PathSummary {
  let best: Ranked[] = []
  let [flows, packets, lost] = [0, 0, 0]
  for (const flow of table.flows()) {
    const own = flow.mayHaveLost ? flowReport(flow, table).hops.reduce((sum, hop) => sum + hop.lost, 0) : 0
    const sent = flow.packets
    best.push({ flow, packets: sent, lost: own })
    flows++
    packets += sent
    lost += own
    // There may be hundreds of thousands.
    if (best.length >= top + SPARE) best = best.sort(byLoss).slice(0, top)
  }
  const reports = best.sort(byLoss).slice(0, top)
  return { flows, packets, lost, reports: reports.map(({ flow }) => flowReport(flow, table)) }
}

interface Ranked {
  readonly flow: FlowPath
  readonly packets: number
  readonly lost: number
}

const SPARE = 4096

const byLoss = (a: Ranked, b: Ranked) => b.lost - a.lost || b.packets - a.packets || a.flow.number - b.flow.number

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
  const latencies = flow.latencies(from, to)
  const median = latencies?.percentile(0.5)
  const p99 = latencies?.percentile(0.99)
  return median === undefined || p99 === undefined ? undefined : { median, p99 }
}
