/**
 * A packet as Hubble's flow: the message `flow.Flow` of Cilium's api/v1/flow/flow.proto in proto3's JSON with the
 * names of the .proto, as `hubble observe -o json` prints it. What is zero, false or empty is left out, as there.
 * hubble-flow.schema.json describes it.
 */
import type { Instant } from '../bytes/time.ts'
import type { CaptureRecord } from '../capture/record.ts'
import type { Walk } from '../dissect/walk.ts'
import { BoundedMap } from '../streams/bounded-map.ts'
import { Replies } from '../streams/replies.ts'
import type { Dissection } from './dissection.ts'
import { hubbleApplication, type Layer7 } from './hubble-application.ts'
import { transportSummary } from './hubble-summary.ts'
import { type Ip, type Side, sidesOf, type Transport, type Tunnel } from './sides.ts'
import { summaryOf } from './summary.ts'

/** What a list of names knows about an address; all but the kind may be absent. */
export interface NamedAddress {
  readonly kind: 'pod' | 'node' | 'service' | (string & {})
  readonly name?: string | undefined
  readonly namespace?: string | undefined
  /** Cilium's security identity. */
  readonly identity?: number | undefined
  /** `foo=bar`. */
  readonly labels?: readonly string[] | undefined
}

/** Looks up an address as text; undefined: nothing is known. */
export type AddressNames = (address: string) => NamedAddress | undefined

export interface Endpoint {
  readonly identity?: number
  readonly namespace?: string
  readonly labels?: readonly string[]
  readonly pod_name?: string
}

export interface FlowIp {
  readonly source: string
  readonly destination: string
  readonly ipVersion: 'IPv4' | 'IPv6'
}

interface Ports {
  readonly source_port?: number
  readonly destination_port?: number
}

/** One of them. */
export interface Layer4 {
  readonly TCP?: Ports & { readonly flags?: Readonly<Record<string, true>> }
  readonly UDP?: Ports
  readonly ICMPv4?: { readonly type?: number; readonly code?: number }
  readonly ICMPv6?: { readonly type?: number; readonly code?: number }
}

export interface Flow {
  readonly time?: string
  /** A capture shows that a packet was there; what was decided about it nobody can know from that. */
  readonly verdict: 'TRACED'
  readonly ethernet?: { readonly source: string; readonly destination: string }
  readonly IP?: FlowIp
  readonly l4?: Layer4
  readonly source?: Endpoint
  readonly destination?: Endpoint
  readonly Type: 'L3_L4' | 'L7'
  readonly node_name?: string
  readonly l7?: Layer7
  readonly event_type?: { readonly type: number; readonly sub_type?: number }
  readonly source_service?: { readonly name: string; readonly namespace?: string }
  readonly destination_service?: { readonly name: string; readonly namespace?: string }
  readonly traffic_direction?: 'INGRESS' | 'EGRESS'
  readonly trace_observation_point?: 'TO_OVERLAY'
  readonly is_reply?: boolean
  readonly interface?: { readonly index?: number; readonly name?: string }
  readonly tunnel?: {
    readonly protocol?: 'VXLAN' | 'GENEVE'
    readonly IP?: FlowIp
    readonly l4?: Layer4
    readonly vni?: number
  }
  readonly Summary: string
}

/** A line of `hubble observe -o json`. */
export interface FlowEvent {
  readonly flow: Flow
  readonly node_name?: string
  readonly time?: string
}

/** Cilium's numbers: a trace notification, its sub-type for the tunnel, a record of its proxy's access log. */
const TRACE = 4
const TO_OVERLAY = 4
const ACCESS_LOG = 129

const IDENTITIES = 65_536

/**
 * Makes flows of the packets of one capture. A packet in a tunnel is told as the node that sent it would tell it: on
 * its way to the overlay, the VNI the identity of its source. What a pod sent itself is known from then on.
 */
export class HubbleFlows {
  private readonly names: AddressNames
  private readonly replies = new Replies()
  private readonly identities = new BoundedMap<string, number>(IDENTITIES)

  /** `names`: what is known about addresses from elsewhere. */
  constructor(names: AddressNames = () => undefined) {
    this.names = names
  }

  /** The flow of a packet; every packet of the capture has to pass in order. `names`: those of interface indexes. */
  eventOf(packet: Dissection, names: ReadonlyMap<number, string> = new Map()): FlowEvent {
    const { record, walk } = packet
    const flow = this.flowOf(packet, record, walk, names)
    const { node_name, time } = flow
    return { flow, ...(node_name !== undefined && { node_name }), ...(time !== undefined && { time }) }
  }

  private flowOf(packet: Dissection, record: CaptureRecord, walk: Walk, links: ReadonlyMap<number, string>): Flow {
    const { link, outer, tunnels, inner, network, transport } = sidesOf(record, walk)
    const own: Side = inner ?? (tunnels.length > 0 ? {} : { ...(link && { link }), ...(transport && { transport }) })
    const ip = tunnels.length > 0 ? inner?.ip : network !== undefined && 'version' in network ? network : undefined
    const tunnel = tunnels.at(-1)
    const isReply = this.replies.isReply(record, walk)
    if (ip !== undefined && tunnel?.vni !== undefined) this.identities.set(ip.source, tunnel.vni)
    const l7 = hubbleApplication(packet)
    const l4 = layer4(own.transport)
    const nodeName = this.nameOf(outer?.ip?.source, 'node')
    const isTrace = tunnel !== undefined && l7 === undefined
    return {
      ...(record.hasTime && { time: timestamp(record) }),
      verdict: 'TRACED',
      ...ethernetOf(own),
      ...(ip && { IP: flowIp(ip) }),
      ...(l4 && { l4 }),
      ...(ip && { source: this.endpoint(ip.source), destination: this.endpoint(ip.destination) }),
      Type: l7 === undefined ? 'L3_L4' : 'L7',
      ...(nodeName !== undefined && { node_name: nodeName }),
      ...(l7 && { l7: l7.layer7, event_type: { type: ACCESS_LOG } }),
      ...(isTrace && { event_type: { type: TRACE, sub_type: TO_OVERLAY } }),
      ...this.services(ip),
      // A reply leaves its pod too, but belongs to a connection that came in.
      ...(tunnel && isReply !== undefined && { traffic_direction: isReply ? 'INGRESS' : 'EGRESS' }),
      ...(isTrace && { trace_observation_point: 'TO_OVERLAY' }),
      ...(isReply !== undefined && { is_reply: isReply }),
      ...interfaceOf(link?.interfaceIndex, links.get(link?.interfaceIndex ?? -1) ?? record.interface.name),
      ...(tunnel && { tunnel: tunnelOf(tunnel, outer) }),
      Summary: l7?.summary ?? transportSummary(own.transport) ?? summaryOf(packet).info,
    }
  }

  private endpoint(address: string): Endpoint {
    const known = this.names(address)
    const identity = known?.identity ?? this.identities.get(address) ?? 0
    const isPod = known?.kind === 'pod'
    return {
      ...(identity !== 0 && { identity }),
      ...(isPod && known.namespace !== undefined && { namespace: known.namespace }),
      ...(known?.labels !== undefined && known.labels.length > 0 && { labels: known.labels }),
      ...(isPod && known.name !== undefined && { pod_name: known.name }),
    }
  }

  private services(ip: Ip | undefined): Pick<Flow, 'source_service' | 'destination_service'> {
    const service = (address: string | undefined) => {
      const known = address === undefined ? undefined : this.names(address)
      if (known?.kind !== 'service' || known.name === undefined) return undefined
      return { name: known.name, ...(known.namespace !== undefined && { namespace: known.namespace }) }
    }
    const [from, to] = [service(ip?.source), service(ip?.destination)]
    return { ...(from && { source_service: from }), ...(to && { destination_service: to }) }
  }

  private nameOf(address: string | undefined, kind: string): string | undefined {
    const known = address === undefined ? undefined : this.names(address)
    return known?.kind === kind ? known.name : undefined
  }
}

function flowIp({ source, destination, version }: Ip): FlowIp {
  return { source, destination, ipVersion: version === 4 ? 'IPv4' : 'IPv6' }
}

function layer4(transport: Transport | undefined): Layer4 | undefined {
  if (transport === undefined) return undefined
  if ('type' in transport) {
    const { type, code } = transport
    const message = { ...(type !== 0 && { type }), ...(code !== 0 && { code }) }
    return transport.protocol === 'icmp' ? { ICMPv4: message } : { ICMPv6: message }
  }
  const { sourcePort, destinationPort } = transport
  const ports = {
    ...(sourcePort !== 0 && { source_port: sourcePort }),
    ...(destinationPort !== 0 && { destination_port: destinationPort }),
  }
  if (transport.protocol === 'udp') return { UDP: ports }
  const flags = Object.fromEntries(transport.flags.map((flag) => [flag === 'AE' ? 'NS' : flag, true as const]))
  return { TCP: { ...ports, flags } }
}

function ethernetOf({ link }: Side): Pick<Flow, 'ethernet'> {
  if (link?.source === undefined || link.destination === undefined) return {}
  return { ethernet: { source: link.source, destination: link.destination } }
}

function interfaceOf(index: number | undefined, name: string | undefined): Pick<Flow, 'interface'> {
  if (index === undefined && name === undefined) return {}
  return { interface: { ...(index !== undefined && { index }), ...(name !== undefined && { name }) } }
}

function tunnelOf({ type, vni }: Tunnel, outer: Side | undefined): NonNullable<Flow['tunnel']> {
  const l4 = layer4(outer?.transport)
  return {
    ...(type === 'vxlan' && { protocol: 'VXLAN' }),
    ...(type === 'geneve' && { protocol: 'GENEVE' }),
    ...(outer?.ip && { IP: flowIp(outer.ip) }),
    ...(l4 && { l4 }),
    ...(vni !== undefined && vni !== 0 && { vni }),
  }
}

/** RFC 3339 in UTC with no, three, six or nine digits, as proto3's JSON has a Timestamp. */
function timestamp({ seconds, nanoseconds }: Instant): string {
  const date = new Date(seconds * 1000)
  if (Number.isNaN(date.getTime())) return '0001-01-01T00:00:00Z'
  const digits = String(nanoseconds)
    .padStart(9, '0')
    .replace(/^(000000000)$|(000){1,2}$/, '')
  return `${date.toISOString().slice(0, -5)}${digits === '' ? '' : `.${digits}`}Z`
}
