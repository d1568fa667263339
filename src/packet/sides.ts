/**
 * The two sides of an overlay packet as plain values: what is before the first tunnel (outer), the tunnels, what is
 * behind the last (inner). A packet without a tunnel has `network` and `transport` instead.
 */

import { bytesText, ipv4Text, ipv6Text, macText } from '../bytes/address.ts'
import type { CaptureRecord } from '../capture/record.ts'
import { nameOf } from '../dissect/field.ts'
import { type Node, walkNodes } from '../dissect/node.ts'
import { PACKET_TYPES } from '../dissect/numbers/packet-types.ts'
import { readingAt } from '../dissect/reading.ts'
import type { Walk } from '../dissect/walk.ts'
import type { AddressOwner } from '../names/names.ts'
import { layerAt, ownDepth } from './dissection.ts'

/**
 * A link header, or the pseudo-header of a cooked capture.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 *
 * const packet = (await loadCapture('vxlan.pcap')).packet(15)
 * console.log(packet.link) // { type: 'sll2', source: '08:00:27:3b:c3:54', interfaceIndex: 3, direction: 'In' }
 * console.log(packet.inner.link) // { type: 'eth', source: '9e:03:96:31:93:91', destination: 'b6:9e:11:a0:d5:38' }
 * ```
 */
export interface Link {
  readonly type: 'eth' | 'sll' | 'sll2' | 'null' | 'raw'
  /** Hardware addresses as `08:00:27:3b:c3:54`; a cooked capture has the source alone. */
  readonly source?: string
  readonly destination?: string
  /** VLAN ids, outermost first; absent without a tag. */
  readonly vlan?: readonly number[]
  /** Linux interface index of a cooked capture v2. */
  readonly interfaceIndex?: number
  /** How the capturing machine saw a cooked packet: 'In', 'Out', 'Broadcast', 'Multicast', 'OtherHost'. */
  readonly direction?: Direction
}

/**
 * How the capturing machine saw a cooked packet.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 *
 * const packet = (await loadCapture('vxlan.pcap')).packet(15)
 * console.log(packet.link.direction) // In
 * ```
 */
export type Direction = 'In' | 'Out' | 'Broadcast' | 'Multicast' | 'OtherHost'

/**
 * An IP header. RFC 791, RFC 8200.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 *
 * const packet = (await loadCapture('vxlan.pcap')).packet(15)
 * const { version, source, destination, ttl, length } = packet.inner.ip
 * console.log(version, source, destination, ttl, length) // 4 172.20.0.158 172.20.2.115 64 128
 * ```
 */
export interface Ip {
  readonly version: 4 | 6
  readonly source: string
  readonly destination: string
  /** Time to live or hop limit, 0 to 255. */
  readonly ttl: number
  /** IP protocol number of what follows (for IPv6 the first next header). */
  readonly protocol: number
  /** Whole length in bytes as the header says; 0 where offload left it out. */
  readonly length: number
  /** DSCP and ECN, 0 to 63 and 0 to 3. */
  readonly dscp: number
  readonly ecn: number
  /** Identification, IPv4 only, 0 to 65535. */
  readonly id?: number
  readonly dontFragment?: boolean
  readonly moreFragments?: boolean
  /** In bytes. */
  readonly fragmentOffset?: number
}

/**
 * An ARP packet for IPv4. RFC 826.
 * @example
 * ```js
 * import { dissect } from 'ovl-dissect'
 *
 * const frame = Buffer.from('ffffffffffff080027aabbcc08060001080006040001080027aabbcc0a0000010000000000000a000002', 'hex')
 * console.log(dissect(frame, 1).network) // { opcode: 1, source: '10.0.0.1', destination: '10.0.0.2' }
 * ```
 */
export interface Arp {
  /** 1 request, 2 reply. */
  readonly opcode: number
  readonly source: string
  readonly destination: string
}

/**
 * A UDP header. RFC 768. Ports are 0 to 65535.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 *
 * const packet = (await loadCapture('vxlan.pcap')).packet(15)
 * console.log(packet.outer.transport) // { protocol: 'udp', sourcePort: 37490, destinationPort: 8472, length: 150 }
 * ```
 */
export interface Udp {
  readonly protocol: 'udp'
  readonly sourcePort: number
  readonly destinationPort: number
  /** Bytes of payload as the header says. */
  readonly length: number
}

/**
 * A TCP header. RFC 9293. Ports are 0 to 65535.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 *
 * const packet = (await loadCapture('vxlan.pcap')).packet(15)
 * console.log(packet.inner.transport) // { protocol: 'tcp', sourcePort: 34586, destinationPort: 80, sequence: 839245242, acknowledgment: 2696165702, flags: [ 'PSH', 'ACK' ], window: 64, length: 76 }
 * ```
 */
export interface Tcp {
  readonly protocol: 'tcp'
  readonly sourcePort: number
  readonly destinationPort: number
  /** Raw sequence and acknowledgment numbers. */
  readonly sequence: number
  readonly acknowledgment: number
  /** Names of the flags that are set: 'SYN', 'ACK' … */
  readonly flags: readonly string[]
  /** The window as sent, not scaled. */
  readonly window: number
  /** Bytes of payload by the lengths around. */
  readonly length: number
}

/**
 * An ICMP or ICMPv6 header. RFC 792, RFC 4443.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 *
 * const capture = await loadCapture('vxlan.pcap')
 * console.log(capture.packet(1).inner.transport) // { protocol: 'icmp', type: 8, code: 0, id: 14898, sequence: 1 }
 * ```
 */
export interface Icmp {
  readonly protocol: 'icmp' | 'icmpv6'
  readonly type: number
  readonly code: number
  /** Of echo messages. */
  readonly id?: number
  readonly sequence?: number
}

/**
 * A transport header; `protocol` tells which.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 *
 * const packet = (await loadCapture('vxlan.pcap')).packet(15)
 * console.log(packet.outer.transport.protocol, packet.inner.transport.protocol) // udp tcp
 * ```
 */
export type Transport = Udp | Tcp | Icmp

/**
 * What is before the first tunnel, or behind the last. Parts that are not there, or cut, are absent.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 *
 * const packet = (await loadCapture('vxlan.pcap')).packet(15)
 * const { link, ip, transport } = packet.inner
 * console.log(link.type, ip.destination, transport.protocol) // eth 172.20.2.115 tcp
 * ```
 */
export interface Side {
  readonly link?: Link
  readonly ip?: Ip
  readonly transport?: Transport
  /** Who is behind the addresses; absent if the packet was read without names. */
  readonly source?: End
  readonly destination?: End
}

/**
 * An address with what lists say about it: `node`, `pod` and the rest.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 *
 * const packet = (await loadCapture('vxlan.pcap', { names: 'k8s' })).packet(15)
 * console.log(packet.inner.source.address, packet.inner.source.pod, packet.inner.source.node) // 172.20.0.158 curl-pod k8s-ctr
 * ```
 */
export interface End extends Partial<AddressOwner> {
  readonly address: string
}

/**
 * One option of a GENEVE header. RFC 8926 section 3.5.
 * @example
 * ```js
 * import { read } from 'ovl-dissect'
 *
 * for await (const { tunnels } of read('geneve-options.pcap')) {
 *   if (tunnels[0]?.options) console.log(tunnels[0].options) // [ { class: 331, type: 129, critical: true, data: 'c0a80a6475800000' } ]
 * }
 * ```
 */
export interface TunnelOption {
  readonly class: number
  readonly type: number
  readonly critical: boolean
  /** Data without the option's header, in hexadecimal. */
  readonly data: string
}

/**
 * The header of a tunnel. RFC 7348, RFC 8926, RFC 2784.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 *
 * const packet = (await loadCapture('vxlan.pcap')).packet(15)
 * console.log(packet.tunnels) // [ { type: 'vxlan', vni: 3258, port: 8472 } ]
 * ```
 */
export interface Tunnel {
  readonly type: 'vxlan' | 'geneve' | 'gre' | (string & {})
  /** Virtual network identifier, 24 bits; in Cilium the security identity of the packet's source. GRE and GTP-U have none. */
  readonly vni?: number
  /** UDP destination port; absent where the tunnel lies right on IP, as GRE does. */
  readonly port?: number
  /** GRE: its key, 32 bits, if it has one. */
  readonly key?: number
  /** VXLAN: group policy id, if the G bit is set. */
  readonly groupPolicy?: number
  /** GENEVE: its options, if any. */
  readonly options?: readonly TunnelOption[]
}

export interface Sides {
  readonly link: Link | undefined
  readonly outer: Side | undefined
  readonly tunnels: readonly Tunnel[]
  readonly inner: Side | undefined
  /** Without a tunnel only. */
  readonly network: Ip | Arp | undefined
  readonly transport: Transport | undefined
}

/** Takes the sides out of a walk. Quoted packets are no sides. */
export function sidesOf(record: CaptureRecord, walk: Walk): Sides {
  const own = ownDepth(walk)
  const view = record.view
  if (walk.firstTunnel < 0) {
    const side = sideOf(view, walk, 0, own)
    const network = side.ip ?? arpOf(view, walk, 0, own)
    return { link: side.link, outer: undefined, tunnels: [], inner: undefined, network, transport: side.transport }
  }
  const outer = sideOf(view, walk, 0, walk.firstTunnel)
  const inner = sideOf(view, walk, walk.lastTunnel + 1, own)
  const tunnels: Tunnel[] = []
  for (let depth = walk.firstTunnel; depth <= walk.lastTunnel; depth++) {
    if (layerAt(walk, depth).role === 'tunnel') tunnels.push(tunnelOf(record, walk, depth))
  }
  return { link: outer.link, outer, tunnels, inner, network: undefined, transport: undefined }
}

/** The last IP header and transport of the layers `[from, to)`, and their first link header. */
function sideOf(view: DataView, walk: Walk, from: number, to: number): Side {
  let ip: Ip | undefined
  let transport: Transport | undefined
  for (let depth = from; depth < to; depth++) {
    const { name } = layerAt(walk, depth)
    const at = walk.start[depth] as number
    const there = (walk.body[depth] as number) - at
    if (name === 'ip' && there >= 20) ip = ipv4Of(view, at)
    else if (name === 'ipv6' && there >= 40) ip = ipv6Of(view, at)
    else transport = transportOf(view, walk, depth, name, at, there) ?? transport
  }
  const link = linkOf(view, walk, from, to)
  return { ...(link && { link }), ...(ip && { ip }), ...(transport && { transport }) }
}

function linkOf(view: DataView, walk: Walk, from: number, to: number): Link | undefined {
  if (from >= to) return undefined
  const layer = layerAt(walk, from)
  const at = walk.start[from] as number
  const there = (walk.body[from] as number) - at
  if (layer.role !== 'link') return undefined
  const vlan = vlansOf(view, walk, from + 1, to)
  const tags = vlan.length === 0 ? {} : { vlan }
  switch (layer.id) {
    case 'eth':
      return there < 14
        ? undefined
        : { type: 'eth', source: macText(view, at + 6), destination: macText(view, at), ...tags }
    case 'sll':
      return there < 16
        ? undefined
        : { type: 'sll', ...hardware(view, at + 6, view.getUint16(at + 4)), ...direction(view.getUint16(at)), ...tags }
    case 'sll2':
      return there < 20
        ? undefined
        : {
            type: 'sll2',
            ...hardware(view, at + 12, view.getUint8(at + 11)),
            interfaceIndex: view.getUint32(at + 4),
            ...direction(view.getUint8(at + 10)),
            ...tags,
          }
    case 'null':
      return { type: 'null' }
    case 'raw':
      return { type: 'raw' }
    default:
      return undefined
  }
}

function hardware(view: DataView, at: number, length: number): { source?: string } {
  return length === 6 ? { source: macText(view, at) } : {}
}

const DIRECTIONS: readonly Direction[] = ['In', 'Broadcast', 'Multicast', 'OtherHost', 'Out']

function direction(packetType: number): { direction?: Direction } {
  const word = nameOf(PACKET_TYPES, packetType) === undefined ? undefined : DIRECTIONS[packetType]
  return word === undefined ? {} : { direction: word }
}

function vlansOf(view: DataView, walk: Walk, from: number, to: number): number[] {
  const ids: number[] = []
  for (let depth = from; depth < to; depth++) {
    const { name } = layerAt(walk, depth)
    if (name !== 'vlan' && name !== 'ieee8021ad') break
    const at = walk.start[depth] as number
    if ((walk.body[depth] as number) - at >= 2) ids.push(view.getUint16(at) & 0x0fff)
  }
  return ids
}

function ipv4Of(view: DataView, at: number): Ip {
  const fragment = view.getUint16(at + 6)
  return {
    version: 4,
    source: ipv4Text(view, at + 12),
    destination: ipv4Text(view, at + 16),
    ttl: view.getUint8(at + 8),
    protocol: view.getUint8(at + 9),
    length: view.getUint16(at + 2),
    dscp: view.getUint8(at + 1) >> 2,
    ecn: view.getUint8(at + 1) & 3,
    id: view.getUint16(at + 4),
    dontFragment: (fragment & 0x4000) !== 0,
    moreFragments: (fragment & 0x2000) !== 0,
    fragmentOffset: (fragment & 0x1fff) * 8,
  }
}

function ipv6Of(view: DataView, at: number): Ip {
  const trafficClass = (view.getUint32(at) >>> 20) & 0xff
  const payload = view.getUint16(at + 4)
  return {
    version: 6,
    source: ipv6Text(view, at + 8),
    destination: ipv6Text(view, at + 24),
    ttl: view.getUint8(at + 7),
    protocol: view.getUint8(at + 6),
    length: payload === 0 ? 0 : payload + 40,
    dscp: trafficClass >> 2,
    ecn: trafficClass & 3,
  }
}

function arpOf(view: DataView, walk: Walk, from: number, to: number): Arp | undefined {
  for (let depth = from; depth < to; depth++) {
    const at = walk.start[depth] as number
    if (layerAt(walk, depth).name !== 'arp' || (walk.body[depth] as number) - at < 28) continue
    return { opcode: view.getUint16(at + 6), source: ipv4Text(view, at + 14), destination: ipv4Text(view, at + 24) }
  }
  return undefined
}

const TCP_FLAGS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR', 'AE'] as const

function transportOf(
  view: DataView,
  walk: Walk,
  depth: number,
  name: string,
  at: number,
  there: number,
): Transport | undefined {
  if (name === 'udp' && there >= 8) {
    const length = Math.max(view.getUint16(at + 4) - 8, 0)
    return { protocol: 'udp', sourcePort: view.getUint16(at), destinationPort: view.getUint16(at + 2), length }
  }
  if (name === 'tcp' && there >= 20) {
    const flags = view.getUint16(at + 12)
    return {
      protocol: 'tcp',
      sourcePort: view.getUint16(at),
      destinationPort: view.getUint16(at + 2),
      sequence: view.getUint32(at + 4),
      acknowledgment: view.getUint32(at + 8),
      flags: TCP_FLAGS.filter((_, bit) => (flags >> bit) & 1),
      window: view.getUint16(at + 14),
      length: Math.max((walk.claimed[depth] as number) - (walk.body[depth] as number), 0),
    }
  }
  if ((name === 'icmp' || name === 'icmpv6') && there >= 8) {
    const type = view.getUint8(at)
    const isEcho = name === 'icmp' ? type === 0 || type === 8 : type === 128 || type === 129
    const echo = isEcho ? { id: view.getUint16(at + 4), sequence: view.getUint16(at + 6) } : {}
    return { protocol: name, type, code: view.getUint8(at + 1), ...echo }
  }
  return undefined
}

function tunnelOf(record: CaptureRecord, walk: Walk, depth: number): Tunnel {
  const layer = layerAt(walk, depth)
  const at = walk.start[depth] as number
  const isWhole = (walk.body[depth] as number) - at >= 8
  const carrier = depth > 0 && layerAt(walk, depth - 1).name === 'udp' ? (walk.start[depth - 1] as number) : -1
  const options = layer.name === 'geneve' ? optionsOf(record, walk, depth) : []
  const key = layer.name === 'gre' ? keyOf(record, walk, depth) : undefined
  return {
    type: layer.name,
    ...(layer.scope !== undefined && { vni: isWhole ? layer.scope.read(record.view, at) : 0 }),
    ...(carrier >= 0 && { port: record.view.getUint16(carrier + 2) }),
    ...(layer.name === 'vxlan' &&
      isWhole &&
      (record.view.getUint8(at) & 0x80) !== 0 && { groupPolicy: record.view.getUint16(at + 2) }),
    ...(options.length > 0 && { options }),
    ...(key !== undefined && { key }),
  }
}

function keyOf(record: CaptureRecord, walk: Walk, depth: number): number | undefined {
  const field = layerAt(walk, depth).fields.find(({ name }) => name === 'gre.key')
  const value = field?.nodes(readingAt(walk, depth, record.view, record.bytes))[0]?.value
  return typeof value === 'number' ? value : undefined
}

function optionsOf(record: CaptureRecord, walk: Walk, depth: number): TunnelOption[] {
  const r = readingAt(walk, depth, record.view, record.bytes)
  const options: TunnelOption[] = []
  const found = layerAt(walk, depth).fields.find((field) => field.name === 'geneve.options')
  for (const node of found?.nodes(r)[0]?.children ?? []) {
    const value = (name: string) => valueBeneath(node, name)
    const owner = value('geneve.option.class')
    if (owner === undefined) continue
    const type = Number(value('geneve.option.type'))
    options.push({
      class: Number(owner),
      type,
      critical: (type & 0x80) !== 0,
      data: bytesText(record.view, node.start + 4, node.end - node.start - 4),
    })
  }
  return options
}

function valueBeneath(node: Node, name: string): Node['value'] {
  for (const one of walkNodes(node.children)) if (one.field?.name === name) return one.value
  return undefined
}
