/** A packet as JSON: a shape of our own that later versions add to and never change. packet.schema.json describes it. */
import { decimalText } from '../bytes/time.ts'
import { linkTypeName } from '../capture/link-type.ts'
import type { Stopped } from '../dissect/stop.ts'
import type { IdentityName } from '../names/identity-name.ts'
import type { AddressOwner, ServiceName } from '../names/names.ts'
import { FieldsText } from './fields-text.ts'
import type { Packet } from './packet.ts'
import type { EndNames, PacketNames } from './packet-names.ts'
import type { Arp, Ip, Link, Side, Transport, Tunnel } from './sides.ts'

/**
 * Raised only when a name changes its meaning or goes away.
 * @example
 * ```js
 * import { packetToJson, read, SCHEMA_VERSION } from 'ovl-dissect'
 *
 * for await (const packet of read('vxlan.pcap')) {
 *   console.log(packetToJson(packet).schemaVersion === SCHEMA_VERSION) // true
 * }
 * ```
 */
export const SCHEMA_VERSION = 1

/** Bytes that layers lie in. */
export interface SourceJson {
  /** 'Frame', 'Reassembled IPv4', 'Reassembled IPv6', 'Reassembled TCP'. */
  readonly name: string
  readonly length: number
}

/** One layer: its name, where it lies in the frame, and its fields; a field that occurs several times is a list. */
export interface LayerJson {
  readonly name: string
  /** Index in `sources`; absent: it lies in the frame. */
  readonly source?: number
  readonly start: number
  readonly end: number
  readonly fields: Readonly<Record<string, JsonValue | readonly JsonValue[]>>
}

export type JsonValue = number | string | boolean

/**
 * A packet as plain data; `ovl-dissect/packet.schema.json` is its schema. Lengths are in bytes, the time is a text of seconds since
 * 1970 with nine decimals.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import { packetToJson } from 'ovl-dissect'
 *
 * const { frame, tunnels } = packetToJson((await loadCapture('vxlan.pcap')).packet(15))
 * console.log(frame.time, frame.protocol, tunnels) // 1795378377.532469000 HTTP [ { type: 'vxlan', vni: 3258, port: 8472 } ]
 * ```
 */
export interface PacketJson {
  readonly schemaVersion: typeof SCHEMA_VERSION
  readonly frame: {
    readonly number: number
    /** Seconds since 1970 with nine digits, as text, since a double cannot hold them. */
    readonly time: string
    readonly length: number
    readonly capturedLength: number
    readonly linkType: string
    readonly interface: { readonly id: number; readonly name?: string; readonly index?: number }
    readonly protocols: string
    readonly protocol: string
    readonly info: string
    readonly comment?: string
    /** Path of its capture, where there are several. */
    readonly file?: string
    readonly stopped?: Stopped
  }
  readonly link?: Link
  readonly outer?: Side
  readonly tunnels: readonly Tunnel[]
  readonly inner?: Side
  readonly network?: Ip | Arp
  readonly transport?: Transport
  readonly names?: NamesJson
  readonly layers: readonly LayerJson[]
  /** Where layers lie in bytes put together of several packets: those, after the frame. */
  readonly sources?: readonly SourceJson[]
}

/** Who is behind addresses and VNI, each with the list that says so; only if the packet was read with names. */
export interface NamesJson {
  readonly outer?: EndNamesJson
  /** Of a packet without a tunnel: its only ends. */
  readonly inner?: EndNamesJson
  readonly service?: ServiceName
  readonly identity?: IdentityName
  /** What should be so in an overlay; absent where the lists do not say enough to tell. */
  readonly checks: { readonly source?: boolean; readonly identity?: boolean; readonly destination?: boolean }
  /** A sentence for each check that fails. */
  readonly notes: readonly string[]
}

export interface EndNamesJson {
  readonly src?: AddressOwner
  readonly dst?: AddressOwner
}

/**
 * The packet as plain data, for JSON.stringify.
 * @example
 * ```js
 * import { packetToJson, read } from 'ovl-dissect'
 *
 * for await (const packet of read('vxlan.pcap')) {
 *   console.log(JSON.stringify(packetToJson(packet).inner.ip.destination)) // "172.20.2.115"
 * }
 * ```
 */
export function packetToJson(packet: Packet): PacketJson {
  const sources = sourcesOf(packet)
  return { ...headOf(packet), layers: layersOf(packet), ...(sources && { sources }) }
}

/** `packetToJson` as the text that JSON.stringify makes of it, made without the objects of its fields. */
export function packetJsonText(packet: Packet): string {
  const sources = sourcesOf(packet)
  const head = JSON.stringify(headOf(packet)).slice(0, -1)
  const tail = sources === undefined ? '' : `,"sources":${JSON.stringify(sources)}`
  return `${head},"layers":[${layersText(packet)}]${tail}}`
}

/** All but the layers and what they lie in. */
function headOf(packet: Packet): Omit<PacketJson, 'layers' | 'sources'> {
  const { id, name, index } = packet.interface
  const { stopped, comment, file, link, outer, inner, network, transport, names } = packet
  const { protocol, info } = packet.summary
  return {
    schemaVersion: SCHEMA_VERSION,
    frame: {
      number: packet.number,
      time: decimalText(packet.time),
      length: packet.originalLength,
      capturedLength: packet.capturedLength,
      linkType: linkTypeName(packet.linkType),
      interface: { id, ...(name !== undefined && { name }), ...(index !== undefined && { index }) },
      protocols: packet.protocols,
      protocol,
      info,
      ...(comment !== undefined && { comment }),
      ...(file !== undefined && { file }),
      ...(stopped !== undefined && { stopped }),
    },
    ...(link && { link }),
    ...(outer && { outer: withoutNames(outer) }),
    tunnels: packet.tunnels,
    ...(inner && { inner: withoutNames(inner) }),
    ...(network && { network }),
    ...(transport && { transport }),
    ...(names && { names: namesJson(names) }),
  }
}

/** Nothing where all layers lie in the frame. */
function sourcesOf({ sources }: Packet): SourceJson[] | undefined {
  return sources.length > 1 ? sources.map(({ name, bytes }) => ({ name, length: bytes.length })) : undefined
}

/** Names have a place of their own. */
function withoutNames({ link, ip, transport }: Side): Side {
  return { ...(link && { link }), ...(ip && { ip }), ...(transport && { transport }) }
}

function namesJson({ outer, inner, service, identity, checks, notes }: PacketNames): NamesJson {
  return {
    ...(outer && { outer: endsJson(outer) }),
    ...(inner && { inner: endsJson(inner) }),
    ...(service && { service }),
    ...(identity && { identity }),
    checks: {
      ...(checks.source !== undefined && { source: checks.source }),
      ...(checks.identity !== undefined && { identity: checks.identity }),
      ...(checks.destination !== undefined && { destination: checks.destination }),
    },
    notes,
  }
}

function endsJson({ source, destination }: EndNames): EndNamesJson {
  return { ...(source && { src: source }), ...(destination && { dst: destination }) }
}

function layersOf(packet: Packet): LayerJson[] {
  const layers: LayerJson[] = []
  let fields: Record<string, JsonValue | JsonValue[]> = {}
  packet.visitLayers(
    (name, place) => {
      fields = {}
      layers.push({ name, ...place, fields })
    },
    ({ name }, value) => {
      if (name === '') return
      const known = fields[name]
      if (known === undefined) fields[name] = value
      else if (Array.isArray(known)) known.push(value)
      else fields[name] = [known, value]
    },
  )
  return layers
}

/** The text of `layersOf`, without the brackets around. */
function layersText(packet: Packet): string {
  let text = ''
  packet.visitLayers(
    (name, { source, start, end }) => {
      if (text !== '') text += `${fieldsText.take()}},`
      const where = source === undefined ? '' : `"source":${source},`
      text += `{"name":${JSON.stringify(name)},${where}"start":${start},"end":${end},"fields":`
    },
    (field, value) => fieldsText.add(field.name, value),
  )
  return text === '' ? '' : `${text}${fieldsText.take()}}`
}

const fieldsText = new FieldsText()
