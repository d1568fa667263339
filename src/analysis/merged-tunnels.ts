/** Conversations joined over the node pairs, tunnels and VNIs that carried them. */
import { compareInstants } from '../bytes/time.ts'
import type { Flow, FlowDirection, FlowOrder } from './flows.ts'

/** One flow for each pair of inner ends (and ports, unless `isByPod`), in the order asked for. */
export function mergeTunnels(flows: Iterable<Flow>, order: FlowOrder, isByPod: boolean): Flow[] {
  const merged = new Map<string, Flow>()
  for (const flow of flows) {
    const key = keyOf(flow, isByPod)
    const turnedKey = keyOf(turned(flow), isByPod)
    const known = merged.get(key) ?? merged.get(turnedKey)
    if (known === undefined) merged.set(key, isByPod ? withoutPorts(flow) : flow)
    else if (merged.has(key)) merged.set(key, together(known, flow))
    else merged.set(turnedKey, together(known, turned(flow)))
  }
  return [...merged.values()].sort((a, b) => weight(b, order) - weight(a, order))
}

function keyOf(
  { source, destination, sourcePort, destinationPort, identifier, protocol }: Flow,
  isByPod: boolean,
): string {
  return JSON.stringify(
    isByPod ? [source, destination] : [source, destination, sourcePort, destinationPort, identifier, protocol],
  )
}

function withoutPorts(flow: Flow): Flow {
  return {
    ...flow,
    sourcePort: undefined,
    destinationPort: undefined,
    identifier: undefined,
    protocol: undefined,
    application: undefined,
    topic: undefined,
    state: undefined,
    handshake: undefined,
  }
}

function turned(flow: Flow): Flow {
  const { source, destination, sourcePort, destinationPort, forward, back, outer } = flow
  return {
    ...flow,
    outer: outer && { source: outer.destination, destination: outer.source },
    source: destination,
    destination: source,
    sourcePort: destinationPort,
    destinationPort: sourcePort,
    forward: back,
    back: forward,
  }
}

/** What both have in common stays; where they differ, nothing is said. */
function together(a: Flow, b: Flow): Flow {
  const isSameOuter = a.outer?.source === b.outer?.source && a.outer?.destination === b.outer?.destination
  const [first, second] =
    a.start !== undefined && b.start !== undefined && compareInstants(b.start, a.start) < 0 ? [b, a] : [a, b]
  return {
    ...a,
    outer: isSameOuter ? a.outer : undefined,
    paths: a.paths + b.paths,
    tunnel: a.tunnel === b.tunnel ? a.tunnel : undefined,
    application: a.application ?? b.application,
    topic: a.topic ?? b.topic,
    forward: sum(a.forward, b.forward),
    back: sum(a.back, b.back),
    start: first.start ?? second.start,
    duration: Math.max(endOf(a, first), endOf(b, first)),
    state: STATES.find((state) => state === a.state || state === b.state),
    handshake: first.handshake ?? second.handshake,
  }
}

/** The state that says most about a connection of which each tunnel carried a part. */
const STATES = ['reset', 'closed', 'established', 'SYN unanswered', 'mid-stream'] as const

function endOf(flow: Flow, first: Flow): number {
  if (flow.start === undefined || first.start === undefined) return flow.duration
  const offset = flow.start.seconds - first.start.seconds + (flow.start.nanoseconds - first.start.nanoseconds) / 1e9
  return offset + flow.duration
}

function sum(a: FlowDirection, b: FlowDirection): FlowDirection {
  return {
    packets: a.packets + b.packets,
    frames: a.frames + b.frames,
    bytes: a.bytes + b.bytes,
    innerBytes: a.innerBytes + b.innerBytes,
    // A row may have no packets of its own because another one counts them before their encapsulation.
    vni: a.vni === b.vni ? a.vni : b.packets === 0 ? (a.vni ?? b.vni) : a.packets === 0 ? (b.vni ?? a.vni) : undefined,
  }
}

function weight(flow: Flow, order: FlowOrder): number {
  switch (order) {
    case 'packets':
      return flow.forward.packets + flow.back.packets
    case 'start':
      return flow.start === undefined ? 0 : -(flow.start.seconds + flow.start.nanoseconds / 1e9)
    case 'duration':
      return flow.duration
    case 'rtt':
      return flow.handshake ?? -1
    default:
      return flow.forward.bytes + flow.back.bytes
  }
}
