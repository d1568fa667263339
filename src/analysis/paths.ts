/** The library's doors to the ways of packets: each packet with its hops, and what all of them say of each flow. */
import { SameFiles } from '../bytes/same-files.ts'
import type { Source } from '../bytes/source.ts'
import type { Instant } from '../bytes/time.ts'
import type { CaptureRecord } from '../capture/record.ts'
import type { Dissector } from '../dissect/dissector.ts'
import type { Tables } from '../dissect/tables.ts'
import { type Walk, walkPacket } from '../dissect/walk.ts'
import type { Filter } from '../filter/filter.ts'
import type { Route } from '../names/routes.ts'
import { listEnds } from '../packet/list-ends.ts'
import { dissectorOf } from '../packet/packet-maker.ts'
import type { PlaceDirection } from '../packet/place.ts'
import type { ScanOptions } from '../packet/scan.ts'
import { summaryOf } from '../packet/summary.ts'
import type { CaptureClock } from './clocks.ts'
import { expectedRoute } from './expected-route.ts'
import type { FrameOf } from './path-flows.ts'
import type { PathPoint } from './path-points.ts'
import { fastFinder, isReadableAgain, type Preparation, prepare, readPaths } from './path-reading.ts'
import { type FlowReport, flowReport, lostAt } from './path-report.ts'
import { type PacketKind, PathTable, type SeenPacket, type Sighting } from './path-table.ts'
import { instantAt } from './span.ts'

/**
 * A capture, and where it was made.
 * @example
 * ```js
 * import { paths } from 'ovl-dissect'
 *
 * const points = [
 *   { source: 'multi-node-ctr.pcap', name: 'k8s-ctr' },
 *   { source: 'multi-node-w0.pcap', name: 'k8s-w0' },
 * ]
 * for await (const { hops } of paths(points)) {
 *   console.log(hops.map(({ point }) => point)) // [ 'k8s-ctr', 'k8s-w0' ]
 * }
 * ```
 */
export interface CapturePoint {
  readonly source: Source
  /** Name of the machine, or of whatever the capture was made on. */
  readonly name?: string | undefined
  /** Interface of a capture that does not say on which it was made. */
  readonly interface?: string | undefined
  /** Names of the machine's interfaces by index, for cooked captures. */
  readonly links?: ReadonlyMap<number, string> | undefined
  /** The machine's routes; findings go by them. */
  readonly routes?: readonly Route[] | undefined
}

/**
 * Where packets pass.
 * @example
 * ```js
 * import { paths } from 'ovl-dissect'
 *
 * for await (const { hops } of paths('vxlan.pcap')) {
 *   const [{ interface: name, direction }] = hops
 *   console.log(name, direction) // if3 In
 * }
 * ```
 */
export interface PathPlace {
  /** Path of the capture; absent for bytes and streams. */
  readonly file?: string
  /** The capture point's name, if it has one. */
  readonly point?: string
  readonly interface?: string
  /** In cooked captures; `P`: overheard between other machines, `B` and `M`: to all and to groups. */
  readonly direction?: PlaceDirection
}

/**
 * One sighting of a packet.
 * @example
 * ```js
 * import { paths } from 'ovl-dissect'
 *
 * for await (const { hops } of paths('vxlan.pcap')) {
 *   console.log(hops.map(({ frame, ttl }) => `#${frame} TTL ${ttl}`)) // [ '#1 TTL 64', '#2 TTL 63' ]
 * }
 * ```
 */
export interface PathHop extends PathPlace {
  /** Number of the frame in its capture, from 1. */
  readonly frame: number
  /** By the clock of the first capture; absent if the frame has none. */
  readonly time?: Instant
  /** Seconds since the hop before; below 0 where two clocks still disagree. */
  readonly sincePrevious?: number
  /** TTL or hop limit, 0 to 255: of the outer header if it is in a tunnel here. */
  readonly ttl: number
  /** The tunnel that it is in here. */
  readonly tunnel?: {
    readonly type: string
    /** Absent of a tunnel that has none, such as GRE. */
    readonly vni?: number
    readonly source: string
    readonly destination: string
  }
}

/**
 * One packet, however often it was captured. Addresses and ports are the inner ones.
 * @example
 * ```js
 * import { paths } from 'ovl-dissect'
 *
 * for await (const { source, destination, info, hops } of paths('vxlan.pcap')) {
 *   console.log(source, destination, info, hops.length) // 172.20.0.158 172.20.2.115 Echo (ping) request  id=0x3a32, seq=1/256, ttl=64 2
 * }
 * ```
 */
export interface PacketPath {
  readonly source: string
  readonly destination: string
  readonly sourcePort?: number
  readonly destinationPort?: number
  /** The columns of tshark. Not escaped for terminals. */
  readonly protocol: string
  readonly info: string
  /** `retransmission`: a TCP segment sent again, as another packet; `duplicate`: the same packet twice at one place. */
  readonly kind: PacketKind
  /** Of a retransmission or duplicate: the frame of the earlier packet. */
  readonly of?: { readonly file?: string; readonly frame: number }
  readonly hops: readonly PathHop[]
  /** Where others of its flow (or between its nodes) went on, and it did not, though that capture ran. */
  readonly lostBefore?: PathPlace
}

/**
 * What is said of one point of a flow's way.
 * @example
 * ```js
 * import { pathReport } from 'ovl-dissect'
 *
 * const { flows } = await pathReport('vxlan.pcap')
 * console.log(flows[0].hops.map(({ packets, lost }) => ({ packets, lost }))) // [ { packets: 2, lost: 0 }, { packets: 2, lost: 0 } ]
 * ```
 */
export interface PathFlowHop extends PathPlace {
  /** Packets seen here. */
  readonly packets: number
  /** Seconds since the point before; the median and what 99 % do not exceed. */
  readonly median?: number
  readonly p99?: number
  /** Packets seen here and no further. */
  readonly lost: number
  /** Their frames here, the first 64. */
  readonly lostFrames: readonly { readonly file?: string; readonly frame: number }[]
}

/**
 * One direction of a conversation, inner ends.
 * @example
 * ```js
 * import { pathReport } from 'ovl-dissect'
 *
 * const [{ source, destinationPort, packets, outer }] = (await pathReport('vxlan.pcap')).flows
 * console.log(source, destinationPort, packets, outer) // 172.20.0.158 undefined 2 { source: '192.168.10.100', destination: '192.168.20.100' }
 * ```
 */
export interface PathFlow {
  readonly source: string
  readonly destination: string
  readonly sourcePort?: number
  readonly destinationPort?: number
  /** Of a ping. */
  readonly identifier?: number
  readonly protocol: string
  /** Tunnel endpoints; absent without a tunnel. */
  readonly outer?: { readonly source: string; readonly destination: string }
  readonly packets: number
  readonly retransmissions: number
  readonly duplicates: number
  /** In the order in which packets pass. */
  readonly hops: readonly PathFlowHop[]
}

/**
 * A capture's clock against that of the first capture.
 * @example
 * ```js
 * import { pathReport } from 'ovl-dissect'
 *
 * const { clocks } = await pathReport(['multi-node-ctr.pcap', 'multi-node-w0.pcap'])
 * console.log(clocks.map(({ file, basis }) => `${file}: ${basis}`)) // [ 'multi-node-ctr.pcap: reference', 'multi-node-w0.pcap: two-way' ]
 * ```
 */
export interface PathClock extends PathPlace {
  /** Seconds that it is ahead, which times of hops are without. */
  readonly ahead: number
  /** Seconds that it gains in a second. */
  readonly drift: number
  /** `ahead` may be wrong by so many seconds. */
  readonly uncertainty: number
  readonly basis: CaptureClock['basis']
}

/**
 * What all packets together say: their flows with losses and times, and the captures' clocks. Plain data.
 * @example
 * ```js
 * import { pathReport } from 'ovl-dissect'
 *
 * const { frames, packets, flows, clocks } = await pathReport('vxlan.pcap')
 * console.log(frames, packets, flows.length, clocks.length) // 116 58 20 0
 * ```
 */
export interface PathReport {
  readonly frames: number
  readonly packets: number
  readonly flows: readonly PathFlow[]
  /** Of several captures; empty for one, and where captures cannot be read twice. */
  readonly clocks: readonly PathClock[]
}

/**
 * Options of `paths` and `pathReport`.
 * @example
 * ```js
 * import { compileFilter, paths } from 'ovl-dissect'
 *
 * for await (const { info } of paths('vxlan.pcap', { filter: compileFilter('http.request') })) {
 *   console.log(info) // GET / HTTP/1.1
 * }
 * ```
 */
export interface PathOptions extends ScanOptions {
  /** Only packets of which it selects a frame. */
  readonly filter?: Filter
}

/** What is kept of a packet's first frame for its path. */
export interface PathAbout {
  readonly source: string
  readonly destination: string
  readonly sourcePort: number | undefined
  readonly destinationPort: number | undefined
  readonly protocol: string
  readonly info: string
}

/**
 * The packets of one capture, or of several from different machines, each with its hops: interface, direction, TTL and
 * time. Packets come in the order of their first sighting, about a second later. Captures that can be read twice (paths,
 * bytes) are: to compare clocks, and to know the ways of flows before losses are told.
 * @throws CaptureError where a capture cannot be read on; every packet before has been delivered.
 * @example
 * ```js
 * import { paths } from 'ovl-dissect'
 *
 * for await (const { protocol, hops } of paths(['multi-node-ctr.pcap', 'multi-node-w0.pcap'])) {
 *   console.log(protocol, hops.map(({ file }) => file)) // ICMP [ 'multi-node-ctr.pcap', 'multi-node-w0.pcap' ]
 * }
 * ```
 */
export async function* paths(
  captures: Source | readonly (CapturePoint | string)[],
  options: PathOptions = {},
): AsyncGenerator<PacketPath, void, void> {
  const points = capturePoints(captures)
  const sources = points.map(({ source }) => source)
  const dissector = dissectorOf(options)
  const same = new SameFiles(sources)
  const prepared = await prepare(sources, dissector)
  same.check()
  const learned = sources.every(isReadableAgain) ? await learn(points, dissector, prepared) : undefined
  same.check()
  const ready: PacketPath[] = []
  let taken: (() => void) | undefined
  let arrived: (() => void) | undefined
  let isDone = false
  let isLeft = false
  const table: PathTable<PathAbout> = new PathTable<PathAbout>({
    ...tableOptions(points, prepared),
    describe: describer(dissector),
    onPacket: (seen) => ready.push(packetPath(seen, table, points, dissector.tables, learned)),
  })
  const reading = readPaths(sources, table, {
    dissector,
    prepared,
    select: selectorOf(options.filter),
    isEnough: () => isLeft,
    onPause: async () => {
      if (ready.length === 0 || isLeft) return
      const waited = new Promise<void>((go) => {
        taken = go
      })
      arrived?.()
      await waited
    },
  }).finally(() => {
    isDone = true
    arrived?.()
  })
  // Whoever leaves early does not hear of it.
  reading.catch(() => undefined)
  try {
    while (true) {
      if (ready.length === 0 && !isDone)
        await new Promise<void>((go) => {
          arrived = go
        })
      yield* ready.splice(0)
      if (isDone && ready.length === 0) break
      taken?.()
      taken = undefined
    }
    await reading
  } finally {
    isLeft = true
    taken?.()
  }
}

/**
 * What the ways of all packets say of each flow, in the order of first sight: hops, how long they took, losses.
 * @throws CaptureError where a capture cannot be read on.
 * @example
 * ```js
 * import { pathReport } from 'ovl-dissect'
 *
 * const { flows } = await pathReport('vxlan.pcap')
 * console.log(flows.filter(({ protocol }) => protocol === 'UDP').length) // 12
 * ```
 */
export async function pathReport(
  captures: Source | readonly (CapturePoint | string)[],
  options: PathOptions = {},
): Promise<PathReport> {
  const points = capturePoints(captures)
  const dissector = dissectorOf(options)
  const sources = points.map(({ source }) => source)
  const same = new SameFiles(sources)
  const prepared = await prepare(sources, dissector)
  same.check()
  const select = selectorOf(options.filter)
  const finder = select === undefined ? fastFinder(sources, prepared) : undefined
  const table = new PathTable({ ...tableOptions(points, prepared), finder })
  await readPaths(sources, table, { dissector, prepared, select })
  return {
    frames: table.seenFrames,
    packets: table.packets,
    flows: Array.from(table.flows(), (flow) => pathFlow(flowReport(flow, table), points, dissector.tables)),
    clocks: pathClocks(prepared, points),
  }
}

/** What `paths` was given, one by one. */
export function capturePoints(captures: Source | readonly (CapturePoint | string)[]): CapturePoint[] {
  if (!isList(captures)) return [{ source: captures }]
  return captures.map((one) => (typeof one === 'string' ? { source: one } : one))
}

/** Chunks of bytes are an iterable as well. */
function isList(captures: Source | readonly (CapturePoint | string)[]): captures is readonly (CapturePoint | string)[] {
  return (
    Array.isArray(captures) &&
    captures.every((one) => typeof one === 'string' || (typeof one === 'object' && one !== null && 'source' in one))
  )
}

/** Reads all captures to learn which ways flows take. */
export async function learn(
  points: readonly CapturePoint[],
  dissector: Dissector,
  prepared: Preparation | undefined,
): Promise<PathTable> {
  const sources = points.map(({ source }) => source)
  const finder = fastFinder(sources, prepared)
  const table = new PathTable({ ...tableOptions(points, prepared), finder, isTimed: false })
  await readPaths(sources, table, {
    dissector,
    prepared,
    onError: () => {
      // It comes again when packets are told of.
    },
  })
  return table
}

/** What a table needs to know of its captures. */
export function tableOptions(points: readonly CapturePoint[], prepared: Preparation | undefined) {
  return {
    linksOf: (file: number) => points[file]?.links ?? NO_LINKS,
    began: prepared?.began,
    coverage: prepared?.coverage,
    uncertainty: prepared?.uncertainty,
  }
}

const NO_LINKS: ReadonlyMap<number, string> = new Map()

const selectorOf = (filter: Filter | undefined) =>
  filter &&
  ((record: CaptureRecord, walk: Walk) => {
    walkPacket(walk, record.view, record.start, record.end, record.originalLength, record.linkType)
    return filter.matchesFrame(record, walk)
  })

/** What is kept of a packet's first frame. */
export function describer(dissector: Dissector): (record: CaptureRecord, walk: Walk) => PathAbout {
  return (record, walk) => {
    const { inner } = listEnds(record, walk)
    const { protocol, info } = summaryOf({ dissector, record, walk, notes: undefined, clock: undefined })
    return {
      source: inner?.source ?? '',
      destination: inner?.destination ?? '',
      sourcePort: inner?.sourcePort,
      destinationPort: inner?.destinationPort,
      protocol,
      info,
    }
  }
}

/** A packet's path as an object of its own. `learned`: what is known of all packets, if they were read before. */
export function packetPath(
  seen: SeenPacket<PathAbout>,
  table: PathTable<PathAbout>,
  points: readonly CapturePoint[],
  tables: Tables,
  learned: PathTable | undefined,
): PacketPath {
  const { about, kind, of, sightings } = seen
  const lostBefore = lostBeforeOf(seen, table, learned)
  return {
    source: about?.source ?? '',
    destination: about?.destination ?? '',
    ...(about?.sourcePort !== undefined && { sourcePort: about.sourcePort }),
    ...(about?.destinationPort !== undefined && { destinationPort: about.destinationPort }),
    protocol: about?.protocol ?? '',
    info: about?.info ?? '',
    kind,
    ...(of !== undefined && { of: frameIn(of, points) }),
    hops: sightings.map((sighting, at) => hopOf(sighting, sightings[at - 1], table, points, tables)),
    ...(lostBefore !== undefined && { lostBefore: placeIn(lostBefore, points) }),
  }
}

function hopOf(
  sighting: Sighting,
  before: Sighting | undefined,
  table: PathTable<PathAbout>,
  points: readonly CapturePoint[],
  tables: Tables,
): PathHop {
  const { outer, tunnel } = table.pairs.pair(sighting.pair, tables)
  const since = before === undefined ? Number.NaN : sighting.time - before.time
  return {
    ...placeIn(sighting.point, points),
    frame: sighting.frame,
    ...(!Number.isNaN(sighting.time) && { time: instantAt(sighting.time, table.began) }),
    ...(!Number.isNaN(since) && { sincePrevious: since / 1e9 }),
    ttl: sighting.ttl,
    ...(outer !== undefined && tunnel !== undefined && { tunnel: { ...tunnel, ...outer } }),
  }
}

/** The point that a packet should have come to next, and did not. */
function lostBeforeOf(
  { flow, route, running }: SeenPacket<PathAbout>,
  table: PathTable<PathAbout>,
  learned: PathTable | undefined,
): PathPoint | undefined {
  if (flow === undefined) return undefined
  // Readings of the same captures number flows and points alike.
  const known: PathTable<unknown> = learned ?? table
  const expected = learned === undefined ? expectedRoute(flow, table.routes) : expectedOf(learned, flow.number)
  const at = lostAt(table.routes.points(route), running, expected, known)
  return at === undefined ? undefined : known.points.at(expected[at + 1] as number)
}

const expectations = new WeakMap<PathTable<unknown>, Map<number, readonly number[]>>()
/** Flows of which that is remembered: those of packets that are near each other, not of all that there ever were. */
const MAX_EXPECTATIONS = 16_384

/** What is expected of a flow when all of its packets are known. */
function expectedOf(learned: PathTable<unknown>, flow: number): readonly number[] {
  const known = expectations.get(learned) ?? new Map<number, readonly number[]>()
  expectations.set(learned, known)
  let expected = known.get(flow)
  if (expected === undefined) {
    expected = expectedRoute(learned.flowAt(flow), learned.routes)
    if (known.size >= MAX_EXPECTATIONS) known.clear()
    known.set(flow, expected)
  }
  return expected
}

/** A flow's report in words of its own. */
export function pathFlow({ flow, hops }: FlowReport, points: readonly CapturePoint[], tables: Tables): PathFlow {
  const layer = tables.ipProtocol[flow.protocol] as number
  const hasPorts = flow.ports !== 0 && (layer === tables.tcp || layer === tables.udp)
  const { outer } = flow
  return {
    source: flow.source,
    destination: flow.destination,
    ...(hasPorts && { sourcePort: flow.ports >>> 16, destinationPort: flow.ports & 0xffff }),
    ...(!hasPorts && flow.ports !== 0 && { identifier: flow.ports & 0xffff }),
    protocol: tables.layers[layer]?.label ?? `IP protocol ${flow.protocol}`,
    ...(outer !== undefined && { outer }),
    packets: flow.packets,
    retransmissions: flow.retransmissions,
    duplicates: flow.duplicates,
    hops: hops.map(({ point, packets, latency, lost, lostFrames }) => ({
      ...placeIn(point, points),
      packets,
      ...(latency !== undefined && { median: latency.median / 1e9, p99: latency.p99 / 1e9 }),
      lost,
      lostFrames: lostFrames.map((frame) => frameIn(frame, points)),
    })),
  }
}

/** The clocks of several captures; none of one. */
export function pathClocks(prepared: Preparation | undefined, points: readonly CapturePoint[]): PathClock[] {
  return (prepared?.clocks ?? []).map(({ file, offset, drift, uncertainty, basis }) => ({
    ...placeIn({ file, interface: undefined, direction: undefined }, points),
    ahead: offset / 1e9,
    drift: drift / 1e9,
    uncertainty: uncertainty / 1e9,
    basis,
  }))
}

function placeIn(place: PathPoint, points: readonly CapturePoint[]): PathPlace {
  const { source, name, interface: own } = points[place.file] as CapturePoint
  const seen = place.interface ?? own
  return {
    ...(fileOf(source) !== undefined && { file: fileOf(source) as string }),
    ...(name !== undefined && { point: name }),
    ...(seen !== undefined && { interface: seen }),
    ...(place.direction !== undefined && { direction: place.direction }),
  }
}

function frameIn({ file, frame }: FrameOf, points: readonly CapturePoint[]) {
  const path = fileOf(points[file]?.source)
  return { ...(path !== undefined && { file: path }), frame }
}

function fileOf(source: Source | undefined): string | undefined {
  if (typeof source === 'string') return source
  return source instanceof URL ? source.pathname : undefined
}
