/** A packet for those who use the library: lazy, and valid for as long as it is referenced. */
import { CaptureRecord } from '../capture/record.ts'
import type { Dissector } from '../dissect/dissector.ts'
import type { Node, Value } from '../dissect/node.ts'
import type { LayerNotes } from '../dissect/notes.ts'
import type { Stopped } from '../dissect/stop.ts'
import { type Walk, walkPacket } from '../dissect/walk.ts'
import type { Names } from '../names/names.ts'
import { type ByteSource, sourceAt } from '../streams/assembled-record.ts'
import { type Clock, type Dissection, layerAt, type PacketFilter, protocolsOf, stoppedOf } from './dissection.ts'
import { type Extractor, extractor, occurrenceText } from './extract.ts'
import { packetNames } from './name-fields.ts'
import { type PacketNames, withNames } from './packet-names.ts'
import { type Arp, type Ip, type Link, type Side, type Sides, sidesOf, type Transport, type Tunnel } from './sides.ts'
import { type Summary, summaryOf } from './summary.ts'
import { layerNode, linkTypeText, treeOf } from './tree.ts'

/**
 * The interface a packet was captured on, as far as the capture says.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 *
 * const packet = (await loadCapture('vxlan.pcap')).packet(15)
 * console.log(packet.interface) // { id: 0, name: undefined, index: 3 }
 * ```
 */
export interface PacketInterface {
  /** pcapng interface id; 0 in classic pcap. */
  readonly id: number
  /** Interface name from pcapng, never from the reading machine. */
  readonly name: string | undefined
  /** Linux interface index, from a cooked capture v2. */
  readonly index: number | undefined
}

/** What other packets tell about this one. */
export interface PacketContext {
  readonly notes?: (depth: number) => LayerNotes | undefined
  readonly clock?: Clock
  readonly names?: Names | undefined
  /** The runs of bytes behind the record's positions, the frame first; undefined: only the frame. */
  readonly sources?: readonly ByteSource[] | undefined
  /** Path of its capture. */
  readonly file?: string
}

/**
 * Bytes that layers lie in, as Wireshark's tabs have them.
 * @example
 * ```js
 * import { read } from 'ovl-dissect'
 *
 * for await (const { sources } of read('vxlan.pcap')) {
 *   const [{ name, bytes }] = sources
 *   console.log(name, bytes.length) // Frame 154
 *   break
 * }
 * ```
 */
export interface PacketSource {
  /** 'Frame', 'Reassembled IPv4', 'Reassembled IPv6', 'Reassembled TCP'. */
  readonly name: string
  /** A view, nothing is copied; do not write to it. */
  readonly bytes: Uint8Array
}

const extractors = new WeakMap<Dissector, Map<string, Extractor>>()

function extractorOf(dissector: Dissector, name: string): Extractor {
  let known = extractors.get(dissector)
  if (known === undefined) {
    known = new Map()
    extractors.set(dissector, known)
  }
  let found = known.get(name)
  if (found === undefined) {
    found = extractor(dissector, name)
    known.set(name, found)
  }
  return found
}

/**
 * A packet that `read`, `dissect` or `loadCapture` gives. It stays valid, and keeps its bytes, for as long as it is referenced; what
 * is asked of it is decoded then. Nothing throws because of what it says.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 *
 * const packet = (await loadCapture('vxlan.pcap')).packet(15)
 * console.log(packet.number, packet.originalLength, packet.layers) // 15 198 [ 'sll', 'ip', 'udp', 'vxlan', 'eth', 'ip', 'tcp', 'http' ]
 * console.log(packet.get('http.host'), packet.getAll('ip.src')) // 172.20.2.115 [ '192.168.10.100', '172.20.0.158' ]
 * console.log(packet.outer.ip.source, packet.tunnels[0].vni, packet.inner.ip.source) // 192.168.10.100 3258 172.20.0.158
 * ```
 */
export class Packet {
  /** Number in the capture, from 1. */
  readonly number: number
  /** Arrival: seconds since 1970 and nanoseconds (0 to 999,999,999). */
  readonly time: { readonly seconds: number; readonly nanoseconds: number }
  /** Bytes in the capture. */
  readonly capturedLength: number
  /** Bytes on the wire. */
  readonly originalLength: number
  /** LINKTYPE_ number. */
  readonly linkType: number
  /** The frame's bytes: a view, nothing is copied. Valid for as long as it is referenced; do not write to it. */
  readonly bytes: Uint8Array
  /** Comment of a pcapng packet. */
  readonly comment: string | undefined
  /** Path of the capture, where several are read as one. */
  readonly file: string | undefined
  private readonly dissector: Dissector
  private readonly record: CaptureRecord
  private readonly context: PacketContext
  private walked: Walk | undefined
  private sided: Sides | undefined

  /** Not for direct use: packets come from `read` and `dissect`. `record` must not be moved on afterwards. */
  constructor(dissector: Dissector, record: CaptureRecord, context: PacketContext = {}, walk?: Walk) {
    this.dissector = dissector
    this.record = record
    this.context = context
    this.walked = walk
    this.number = record.number
    this.time = { seconds: record.seconds, nanoseconds: record.nanoseconds }
    this.capturedLength = record.end - record.start
    this.originalLength = record.originalLength
    this.linkType = record.linkType
    this.bytes = record.bytes.subarray(record.start, record.end)
    this.comment = record.comment
    this.file = context.file
  }

  get interface(): PacketInterface {
    const { id, name } = this.record.interface
    return { id, name, index: this.link?.interfaceIndex }
  }

  /** The frame's own link header; undefined if it is not decoded or cut. */
  get link(): Link | undefined {
    return this.sides.link
  }

  /** What is before the first tunnel; undefined without one. */
  get outer(): Side | undefined {
    return this.sides.outer
  }

  /** Tunnel headers, outermost first. */
  get tunnels(): readonly Tunnel[] {
    return this.sides.tunnels
  }

  /** What is behind the last tunnel; undefined without one. */
  get inner(): Side | undefined {
    return this.sides.inner
  }

  /** The packet's network header if it is in no tunnel. */
  get network(): Ip | Arp | undefined {
    return this.sides.network
  }

  /** The packet's transport header if it is in no tunnel. */
  get transport(): Transport | undefined {
    return this.sides.transport
  }

  /** Names of the layers, outermost first: `['sll', 'ip', 'udp', 'vxlan', 'eth', 'ip', 'tcp', 'http']`. */
  get layers(): string[] {
    const walk = this.walk
    return Array.from({ length: walk.depth }, (_, depth) => layerAt(walk, depth).name)
  }

  /** Layers with tshark's pseudo-layers, as in the field frame.protocols. */
  get protocols(): string {
    return protocolsOf(this.dissection)
  }

  /** The Protocol and Info columns as tshark words them. Not escaped for terminals. */
  get summary(): Summary {
    return summaryOf(this.dissection)
  }

  /** Who is behind its addresses and its VNI, and whether that fits together; undefined if it was read without names. */
  get names(): PacketNames | undefined {
    return packetNames(this.dissection)
  }

  /** Why decoding ended before the last byte; undefined if it did not. */
  get stopped(): Stopped | undefined {
    return stoppedOf(this.walk, this.record.start, () => linkTypeText(this.linkType))
  }

  /**
   * The first (outermost) occurrence of a field, by its Wireshark name: numbers for integers and flags (0 or 1), text
   * for addresses and strings, hexadecimal text for bytes. Undefined if the packet has none.
   * @throws UsageError for a name that does not exist, with the nearest ones.
   */
  get(name: string): Value {
    return extractorOf(this.dissector, name)(this.dissection)[0]?.value
  }

  /** Every occurrence of a field, outermost first, quotes of ICMP errors included. @throws UsageError as `get`. */
  getAll(name: string): Value[] {
    return extractorOf(this.dissector, name)(this.dissection).map(({ value }) => value)
  }

  /** Every occurrence as `-T fields` prints it. @throws UsageError as `get`. */
  texts(name: string): string[] {
    return extractorOf(this.dissector, name)(this.dissection).map(occurrenceText)
  }

  /** Whether a filter of `compileFilter` selects this packet. */
  matches(filter: PacketFilter): boolean {
    return filter.matches(this.dissection)
  }

  /**
   * The bytes that the tree's ranges lie in: the frame's own first, then what was put together of several packets and is
   * complete with this one, in the order in which it was. A node's `source` is an index of this list.
   */
  get sources(): readonly PacketSource[] {
    const { bytes } = this.record
    const all = this.context.sources ?? [{ name: 'Frame', start: this.record.start, end: this.record.end }]
    return all.map(({ name, start, end }) => ({ name, bytes: bytes.subarray(start, end) }))
  }

  /** The protocol tree; byte ranges count from the first byte of a node's source, which is the frame unless it says so. */
  tree(): Node[] {
    return treeOf(this.dissection).map(this.placed)
  }

  /** Each layer's name and its part of the tree, outermost first; byte ranges as in `tree`. */
  layerNodes(): { readonly name: string; readonly node: Node }[] {
    return this.layers.map((name, depth) => ({ name, node: this.placed(layerNode(this.dissection, depth)) }))
  }

  /** A node whose positions count in its own source. */
  private readonly placed = (node: Node): Node => {
    const { sources } = this.context
    const { start } = this.record
    if (sources === undefined) return start === 0 ? node : shifted(node, start)
    return inSources(node, sources)
  }

  private get walk(): Walk {
    if (this.walked === undefined) {
      const { view, start, end, originalLength, linkType } = this.record
      this.walked = this.dissector.walk()
      walkPacket(this.walked, view, start, end, originalLength, linkType)
    }
    return this.walked
  }

  private get sides(): Sides {
    this.sided ??= withNames(sidesOf(this.record, this.walk), this.names)
    return this.sided
  }

  private get dissection(): Dissection {
    const { dissector, record, context, file } = this
    const { notes, clock, names, sources } = context
    return { dissector, record, walk: this.walk, sources, notes, clock, names, ...(file !== undefined && { file }) }
  }
}

function inSources(node: Node, sources: readonly ByteSource[]): Node {
  const source = sourceAt(sources, node.start)
  const from = (sources[source] as ByteSource).start
  return {
    ...node,
    start: node.start - from,
    end: node.end - from,
    ...(source > 0 && { source }),
    children: node.children.map((child) => inSources(child, sources)),
  }
}

/** Names each part: to spread nodes, which are made in many places, takes an eighth of the time of a packet's JSON. */
function shifted({ field, text, start, end, value, children, hidden }: Node, by: number): Node {
  const below = children.length === 0 ? children : children.map((child) => shifted(child, by))
  const moved = { field, text, start: start - by, end: end - by, value, children: below }
  return hidden === undefined ? moved : { ...moved, hidden }
}

/** Dissects one frame from elsewhere; `linkType` is its LINKTYPE_ number (1 Ethernet, 113 cooked v1, 276 cooked v2). */
export function packetOf(
  dissector: Dissector,
  bytes: Uint8Array,
  linkType: number,
  originalLength = bytes.length,
): Packet {
  const record = new CaptureRecord()
  record.number = 1
  record.bytes = bytes
  record.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  record.end = bytes.length
  record.originalLength = originalLength
  record.linkType = linkType
  return new Packet(dissector, record)
}
