/** Flows added up: by pair of nodes, by VNI, by what was served. */
import type { Flow, FlowDirection, FlowOrder } from './flows.ts'

export const GROUPINGS = ['node', 'vni', 'service'] as const
export type Grouping = (typeof GROUPINGS)[number]

/** Several flows as one row. */
export interface FlowGroup {
  /** What they have in common: `192.168.10.100 ↔ 192.168.20.100`, `3258`, `172.20.2.115:80`. */
  readonly name: string
  /** Kind of tunnel, or protocol of the service; empty where there is none. */
  readonly kind: string
  flows: number
  /** From the first end of the name to the second; of a VNI and a service: from and to its pods. */
  readonly forward: GroupDirection
  readonly back: GroupDirection
  /** Seconds since 1970 of the first packet, and seconds to the last; NaN: none had a time. */
  start: number
  duration: number
}

export type GroupDirection = { -readonly [Key in 'packets' | 'frames' | 'bytes' | 'innerBytes']: FlowDirection[Key] }

/** Names for what groups have in common; the default is addresses and numbers. */
export interface GroupNames {
  node(address: string): string
  vni(vni: number, tunnel: string): string
  /** Undefined where no service is known. */
  service(address: string, port: number, protocol: string): string | undefined
}

/** Groups told apart; what comes beyond is one more. */
const MAX_GROUPS = 32_768
const OTHERS: Place = { name: 'others (too many to tell apart)', kind: '', isTurned: false }

const NUMBERS: GroupNames = { node: (address) => address, vni: String, service: () => undefined }

/** Adds flows up. Of those without a tunnel, or without ports, the group says so in its name. */
export function groupFlows(
  flows: Iterable<Flow>,
  by: Grouping,
  order: FlowOrder,
  names: GroupNames = NUMBERS,
): FlowGroup[] {
  const groups = new Map<string, FlowGroup>()
  for (const flow of flows)
    for (const place of placesOf(flow, by, names)) addTo(groupAt(groups, place), flow, place.isTurned, place.only)
  return [...groups.values()].sort((a, b) => weight(b, order) - weight(a, order))
}

function groupAt(groups: Map<string, FlowGroup>, { name, kind }: Place): FlowGroup {
  const key = `${kind} ${name}`
  const known = groups.get(key)
  if (known !== undefined) return known
  if (groups.size >= MAX_GROUPS && name !== OTHERS.name) return groupAt(groups, OTHERS)
  const group = { name, kind, flows: 0, forward: nothing(), back: nothing(), start: Number.NaN, duration: Number.NaN }
  groups.set(key, group)
  return group
}

interface Place {
  readonly name: string
  readonly kind: string
  /** Whether the flow's forward is the group's back. */
  readonly isTurned: boolean
  /** The only direction of the flow that belongs there. */
  readonly only?: 'forward' | 'back'
}

function placesOf(flow: Flow, by: Grouping, names: GroupNames): Place[] {
  switch (by) {
    case 'node':
      return [nodesOf(flow, names)]
    case 'vni':
      return vnisOf(flow, names)
    case 'service':
      return [serviceOf(flow, names)]
  }
}

function nodesOf({ outer, tunnel }: Flow, names: GroupNames): Place {
  if (outer === undefined) return { name: 'no tunnel', kind: '', isTurned: false }
  const [source, destination] = [names.node(outer.source), names.node(outer.destination)]
  return source <= destination
    ? { name: `${source} ↔ ${destination}`, kind: tunnel ?? '', isTurned: false }
    : { name: `${destination} ↔ ${source}`, kind: tunnel ?? '', isTurned: true }
}

/** Each direction counts under its own VNI: with Cilium it is the sender's identity. */
function vnisOf({ forward, back, tunnel }: Flow, names: GroupNames): Place[] {
  const kind = tunnel ?? ''
  const name = (vni: number | undefined) => (vni === undefined ? 'no tunnel' : names.vni(vni, kind))
  if (back.packets === 0 || back.vni === forward.vni) return [{ name: name(forward.vni), kind, isTurned: false }]
  return [
    { name: name(forward.vni), kind, isTurned: false, only: 'forward' },
    { name: name(back.vni), kind, isTurned: true, only: 'back' },
  ]
}

/** A service is where connections are opened to; of a conversation that was not seen to open, the lower port's end. */
function serviceOf(flow: Flow, names: GroupNames): Place {
  const { source, destination, sourcePort, destinationPort, protocol = '' } = flow
  if (sourcePort === undefined || destinationPort === undefined)
    return { name: destination, kind: protocol, isTurned: false }
  const isOpened = flow.state !== undefined && flow.state !== 'mid-stream'
  const isTurned = !isOpened && sourcePort < destinationPort
  const [address, port] = isTurned ? [source, sourcePort] : [destination, destinationPort]
  const service = names.service(address, port, protocol)
  return {
    name: service ?? (address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`),
    kind: flow.application ?? protocol,
    isTurned,
  }
}

const nothing = (): GroupDirection => ({ packets: 0, frames: 0, bytes: 0, innerBytes: 0 })

function addTo(group: FlowGroup, flow: Flow, isTurned: boolean, only: 'forward' | 'back' | undefined): void {
  group.flows++
  if (only !== 'back') addDirection(isTurned ? group.back : group.forward, flow.forward)
  if (only === 'back') addDirection(group.forward, flow.back)
  else if (only === undefined) addDirection(isTurned ? group.forward : group.back, flow.back)
  if (flow.start === undefined) return
  const start = flow.start.seconds + flow.start.nanoseconds / 1e9
  const end = Math.max(start + flow.duration, Number.isNaN(group.start) ? 0 : group.start + group.duration)
  group.start = Number.isNaN(group.start) ? start : Math.min(group.start, start)
  group.duration = end - group.start
}

function addDirection(to: GroupDirection, from: FlowDirection): void {
  to.packets += from.packets
  to.frames += from.frames
  to.bytes += from.bytes
  to.innerBytes += from.innerBytes
}

function weight({ forward, back, start, duration }: FlowGroup, order: FlowOrder): number {
  switch (order) {
    case 'packets':
      return forward.packets + back.packets
    case 'start':
      return -start
    case 'duration':
      return duration
    default:
      return forward.bytes + back.bytes
  }
}
