/**
 * Conversations of a capture, in bounded tables: what a packet alone cannot tell. Feed it every packet in order; it
 * may lengthen a packet's walk (a connection that was recognised as HTTP stays HTTP), and it writes the notes that
 * layers read. A conversation is its addresses and ports, as tshark has it: copies on several interfaces are in one.
 */
import type { Instant } from '../bytes/time.ts'
import { sightingPlace } from '../capture/places.ts'
import { CaptureRecord } from '../capture/record.ts'
import type { Framing } from '../dissect/framing.ts'
import type { Layer, Memory } from '../dissect/layer.ts'
import type { LayerNotes } from '../dissect/notes.ts'
import { readingAt } from '../dissect/reading.ts'
import type { Tables } from '../dissect/tables.ts'
import { MAX_DEPTH, type Walk } from '../dissect/walk.ts'
import { offeredWindowShift } from '../layers/transport/tcp-options.ts'
import type { Assembled } from './assembled-record.ts'
import { carrierOf } from './conversation-key.ts'
import { ConversationTable } from './conversation-table.ts'
import { Echoes } from './echoes.ts'
import { IpReassembly, type IpReassemblyOptions } from './ip-reassembly.ts'
import { type Holder, MemoryBudget } from './memory-budget.ts'
import { type Segment, TcpConnection } from './tcp-connection.ts'
import { applicationBehind, ConnectionStreams, TcpReassembly } from './tcp-reassembly.ts'

/** Conversations remembered at once, of each protocol. */
const CAPACITY = 65_536
const TCP_HEADER = 20
const UDP_HEADER = 8
const ECHO_HEADER = 8
const FIN = 1
const SYN = 2

/** Bytes that applications remember of all conversations together. */
const MEMORY_BUDGET = 16 << 20

class Conversation implements Holder {
  held = 0
  readonly stream: number
  readonly first: Instant
  readonly tcp = new TcpConnection()
  memory: Memory | undefined
  streams: ConnectionStreams | undefined
  private seconds: number
  private nanoseconds: number

  constructor(stream: number, record: CaptureRecord) {
    this.stream = stream
    this.first = instantOf(record)
    this.seconds = record.seconds
    this.nanoseconds = record.nanoseconds
  }

  /** Arrival of the packet before. */
  get previous(): Instant {
    return { seconds: this.seconds, nanoseconds: this.nanoseconds }
  }

  /** What an application remembers; streams go on with the same object. */
  release(): void {
    for (const name of Object.keys(this.memory ?? {})) delete this.memory?.[name]
  }

  /** Remembers a packet as the one before. */
  keep(record: CaptureRecord): void {
    this.seconds = record.seconds
    this.nanoseconds = record.nanoseconds
  }
}

const NO_MEMORY: Memory = {}
const NO_PACKET: Assembled = { record: new CaptureRecord(), sources: undefined }
/** Rows that were worded before. */
export interface KnownWords {
  /** Whether the payload of a skimmed packet, walked as `layer`, is worded like one before. */
  know(layer: number, view: DataView, walk: Walk, memory: Memory | undefined): boolean
}

/** What `pass` says of packets that it did not take in. */
export const REFUSED = -1

export interface ConversationOptions {
  /** Sequence numbers count from the start of their connection (tshark's tcp.analyze_sequence_numbers). Default true. */
  readonly relativeSequence?: boolean
  /** What is put together of several packets; false: nothing. Default: all. */
  readonly reassembly?: ReassemblyOptions | false
}

/**
 * What is put together of several packets; each is on unless it is false.
 * @example
 * ```js
 * import { read } from 'ovl-dissect'
 *
 * for await (const packet of read('vxlan.pcap', { reassemble: { ipv4: true, tcp: false } })) {
 *   console.log(packet.sources.length) // 1
 *   break
 * }
 * ```
 */
export interface ReassemblyOptions extends IpReassemblyOptions {
  /** Messages of TCP (tshark's tcp.desegment_tcp_streams). Default true. */
  readonly tcp?: boolean
}

/** A packet after `observe`; holds until the next call. */
export interface Observed extends Assembled {
  /** By depth in the walk. */
  readonly notes: (depth: number) => LayerNotes | undefined
}

export class Conversations {
  private readonly tables: Tables
  private readonly isRelative: boolean
  /** Of each protocol apart: many datagrams, each from a port of its own, must not make connections forgotten. */
  private readonly connections = new ConversationTable<Conversation>(CAPACITY)
  private readonly datagrams = new ConversationTable<Conversation>(CAPACITY)
  private readonly echoes = new Echoes()
  private readonly streams = new Map<number, number>()
  private readonly notes: (LayerNotes | undefined)[] = new Array<LayerNotes | undefined>(MAX_DEPTH).fill(undefined)
  /** Depths below which `notes` may hold something. */
  private noted = 0
  /** After `pass`: what the row of a segment, or of the answer to a ping, shows. */
  readonly rowNumbers = { base: 0, peerBase: 0, windowShift: 0, requestFrame: 0 }
  private readonly segment: SegmentRead = {
    sequence: 0,
    acknowledgment: 0,
    flags: 0,
    length: 0,
    windowShift: undefined,
  }
  private isTold = true
  private readonly noteAt = (depth: number) => this.notes[depth]
  private readonly fragments: IpReassembly | undefined
  private readonly segments: TcpReassembly | undefined
  private readonly memories = new MemoryBudget(MEMORY_BUDGET)
  /** The packet at hand, as far as it has been put together. */
  private packet: Assembled = NO_PACKET
  private readonly tcp: number
  private readonly udp: number
  private readonly icmp: number
  private readonly icmpv6: number

  constructor(tables: Tables, options: ConversationOptions = {}) {
    this.tables = tables
    this.isRelative = options.relativeSequence ?? true
    const { reassembly = {} } = options
    if (reassembly !== false) {
      this.fragments = new IpReassembly(reassembly)
      if (reassembly.tcp !== false) this.segments = new TcpReassembly()
    }
    this.tcp = tables.find('tcp')
    this.udp = tables.find('udp')
    this.icmp = tables.find('icmp')
    this.icmpv6 = tables.find('icmpv6')
  }

  /**
   * Takes a packet in. Where it completes what began in others, `walk` goes on in bytes that the returned record has behind
   * the frame's own; the walk's positions are then positions in that record. What is returned holds until the next call;
   * `isTold`: false if nobody will read the notes, and the packet only matters to those that come.
   */
  observe(frame: CaptureRecord, walk: Walk, isTold = true): Observed {
    this.packet = this.observeHeaders(frame, walk)
    this.isTold = isTold
    for (let at = 0; at < walk.depth; at++) {
      const layer = walk.layer[at]
      const { record } = this.packet
      if (layer === this.udp) this.observeUdp(record, walk, at)
      else if (layer === this.tcp) this.observeTcp(frame, walk, at)
      else if (layer === this.icmp || layer === this.icmpv6) this.observeEcho(record, walk, at)
    }
    // What was put together, and a connection that stays what it was, may have lengthened the walk.
    if (walk.depth > this.noted) this.noted = walk.depth
    const { record, sources } = this.packet
    return { record, sources, notes: this.noteAt }
  }

  /** Like `observe`, without what is told about transport and applications: only fragments are put together. */
  observeHeaders(frame: CaptureRecord, walk: Walk): Observed {
    for (let at = 0; at < this.noted; at++) this.notes[at] = undefined
    const isPart = walk.isFragment && this.fragments !== undefined
    const whole = isPart ? this.fragments.observe(frame, walk, this.notes) : undefined
    this.noted = walk.depth
    return { record: whole?.record ?? frame, sources: whole?.sources, notes: this.noteAt }
  }

  /**
   * The short way for a packet that was skimmed, where nobody reads notes, but for what rows show: UDP conversations are
   * not kept. `payload` is the layer of its payload. Returns the layer that the row words: the payload's, or what its
   * connection is known to carry, if it is an application that `words` knows how to word (without `words`: whose words are
   * none that other rows depend on), else that of the transport; REFUSED: the packet has not been taken in, and needs
   * `observe`. `rowNumbers` then hold what the row of a segment or an echo shows.
   */
  pass(record: CaptureRecord, walk: Walk, payload: number, words: KnownWords | undefined): number {
    const { marks, tables } = walk
    const { transportLayer } = marks
    const { view } = record
    // Nothing is left of the payload, but there was one: an application may have something to say of that.
    if (marks.payload >= marks.end && marks.claim > marks.payload) return REFUSED
    if (transportLayer === this.udp) {
      if (payload === 0 || payload === tables.data) return transportLayer
      return this.isWorded(payload, view, walk, undefined, words) ? payload : REFUSED
    }
    if (transportLayer === this.icmp) return this.passEcho(record, walk) ? transportLayer : REFUSED
    if (transportLayer !== this.tcp) return REFUSED
    const { connections, segment } = this
    connections.turnToTransport(view, walk)
    const { direction } = connections
    readSegment(segment, view, marks.transport, marks.payload, marks.claim)
    const known = connections.get()
    let layer = payload
    if (known !== undefined) {
      if ((segment.flags & SYN) !== 0 && known.tcp.isReopenedBy(segment, direction)) return REFUSED
      if (payload === tables.data && known.tcp.application !== 0) layer = known.tcp.application
    }
    const isApplication = layer !== 0 && layer !== tables.data
    const application = known === undefined || known.tcp.application === 0 ? layer : known.tcp.application
    // It may be a part of a message, or the end of one.
    const isEnd = (segment.flags & FIN) !== 0 && known !== undefined && known.tcp.application !== 0
    const framing = isApplication || isEnd ? tables.layers[application]?.framing : undefined
    const isFramed = this.segments !== undefined && framing !== undefined
    if (isFramed) {
      // What looks like another application is shown as this connection's.
      const isOwn = layer === application || layer === 0 || layer === tables.data
      if (!isOwn || !this.isAlone(record, walk, framing, known)) return REFUSED
    }
    if (isApplication && !this.isWorded(layer, view, walk, known?.memory, words)) return REFUSED
    const conversation = known ?? this.find(connections, this.tcp, record)
    if (isFramed) this.passAlone(record, walk, framing, conversation)
    const { tcp } = conversation
    tcp.observe(segment, direction, record, this.isRelative, false)
    conversation.keep(record)
    if (isApplication) {
      tcp.application = layer
      return layer
    }
    if (words !== undefined) tcp.tellRow(this.rowNumbers, direction, this.isRelative)
    return transportLayer
  }

  /** Whether the segment at hand is a message of its own, or nothing, in a stream that waits for nothing. */
  private isAlone(record: CaptureRecord, { marks }: Walk, framing: Framing, known: Conversation | undefined): boolean {
    const { segments, segment, connections } = this
    if (segments === undefined || marks.claim !== marks.end) return false
    const { direction } = connections
    const { sequence } = segment
    const isSyn = (segment.flags & SYN) !== 0
    const base = known?.tcp.directions[direction].base ?? (isSyn ? sequence : sequence - 1)
    const lane = known?.streams?.find(sightingPlace(record), direction)
    return segments.isAlone(record, marks.payload, marks.end, lane, sequence, base, framing, known?.memory ?? NO_MEMORY)
  }

  /** Takes that segment in. */
  private passAlone(record: CaptureRecord, { marks }: Walk, framing: Framing, conversation: Conversation): void {
    const { segment, connections } = this
    const { direction } = connections
    const { sequence } = segment
    conversation.streams ??= new ConnectionStreams()
    const place = sightingPlace(record)
    const lane = conversation.streams.find(place, direction) ?? conversation.streams.add(place, direction, sequence)
    lane.goOn(sequence + marks.end - marks.payload)
    if (framing.keep === undefined || marks.payload >= marks.end) return
    conversation.memory ??= {}
    framing.keep(record.view, marks.payload, marks.end, conversation.memory)
    this.weigh(conversation)
  }

  /** Counts what an application remembers of a conversation. */
  private weigh(conversation: Conversation): void {
    const bytes = conversation.memory?.bytes ?? 0
    if (bytes === conversation.held) return
    if (bytes === 0) this.memories.give(conversation)
    else this.memories.take(conversation, bytes - conversation.held)
  }

  private isWorded(
    layer: number,
    view: DataView,
    walk: Walk,
    memory: Memory | undefined,
    words: KnownWords | undefined,
  ): boolean {
    if (words !== undefined) return words.know(layer, view, walk, memory)
    const repeats = this.tables.repeats[layer]
    if (repeats === undefined) return false
    const { payload, end, claim } = walk.marks
    return repeats.isStateless || (claim === end && repeats.until(view, payload, end, memory) >= 0)
  }

  private observeUdp(record: CaptureRecord, walk: Walk, depth: number): void {
    if ((walk.body[depth] as number) - (walk.start[depth] as number) < UDP_HEADER) return
    if (!this.datagrams.turnTo(record.view, walk, depth, true)) return
    const conversation = this.find(this.datagrams, this.udp, record)
    const isQuoted = depth >= walk.quote
    if (this.isTold) this.notes[depth] = notesOf(conversation, isQuoted ? undefined : record)
    if (isQuoted) return
    conversation.keep(record)
    this.converse(record, walk, depth, conversation)
  }

  private observeTcp(frame: CaptureRecord, walk: Walk, depth: number): void {
    const { record } = this.packet
    const start = walk.start[depth] as number
    const body = walk.body[depth] as number
    if (body - start < TCP_HEADER) return
    if (!this.connections.turnTo(record.view, walk, depth, true)) return
    const { direction } = this.connections
    if (depth >= walk.quote) {
      this.notes[depth] = { stream: this.find(this.connections, this.tcp, record).stream }
      return
    }
    const segment = segmentAt(record.view, walk, depth)
    const conversation = this.findConnection(segment, record)
    const tcp = conversation.tcp.observe(segment, direction, record, this.isRelative, this.isTold)
    if (tcp !== undefined) {
      const notes = notesOf(conversation, record)
      notes.tcp = tcp
      this.notes[depth] = notes
    }
    conversation.keep(record)
    if (this.reassemble(frame, walk, depth, direction, segment, conversation)) return
    this.keepApplication(record, walk, depth, conversation.tcp)
    this.converse(record, walk, depth, conversation)
  }

  /** Puts messages of several segments together; false: this segment is to be read for itself. */
  private reassemble(
    frame: CaptureRecord,
    walk: Walk,
    depth: number,
    direction: 0 | 1,
    { sequence, flags }: Segment,
    conversation: Conversation,
  ): boolean {
    if (this.segments === undefined) return false
    const { tcp } = conversation
    const application = tcp.application === 0 ? applicationBehind(walk, depth) : tcp.application
    const isFin = (flags & FIN) !== 0
    if (application === 0 || ((walk.end[depth] as number) <= (walk.body[depth] as number) && !isFin)) return false
    conversation.streams ??= new ConnectionStreams()
    conversation.memory ??= {}
    const [forward, reverse] = [tcp.directions[direction], tcp.directions[direction === 0 ? 1 : 0]]
    const { base } = forward
    const acknowledged = reverse.acknowledgedNumber
    const at = {
      frame,
      depth,
      direction,
      sequence,
      isFin,
      application,
      base,
      acknowledged,
      memory: conversation.memory,
    }
    const packet = this.segments.take(this.packet, walk, at, conversation.streams, this.notes, (whole, message) =>
      this.conversed(whole.record, walk, message, conversation),
    )
    if (packet === undefined) return false
    this.packet = packet
    tcp.application = application
    return true
  }

  /** A connection that was once recognised keeps its application, also in segments that do not look like it. */
  private keepApplication(record: CaptureRecord, walk: Walk, depth: number, connection: TcpConnection): void {
    if (depth + 1 >= walk.depth) return
    const layer = walk.layer[depth + 1] as number
    if (layer !== this.tables.data) {
      connection.application = layer
      return
    }
    if (connection.application === 0) return
    walk.goOn(record.view, depth, connection.application)
  }

  /** Lets the layer behind a transport header speak with its conversation. */
  private converse(record: CaptureRecord, walk: Walk, transport: number, conversation: Conversation): void {
    const depth = transport + 1
    if (depth < walk.depth) this.notes[depth] = this.conversed(record, walk, depth, conversation)
  }

  private conversed(
    record: CaptureRecord,
    walk: Walk,
    depth: number,
    conversation: Conversation,
  ): LayerNotes | undefined {
    const layer = this.tables.layers[walk.layer[depth] as number] as Layer
    if (layer.converse === undefined) return undefined
    conversation.memory ??= {}
    const moment = { frame: record.number, time: instantOf(record) }
    const notes = layer.converse(readingAt(walk, depth, record.view, record.bytes), conversation.memory, moment)
    this.weigh(conversation)
    return notes
  }

  private observeEcho(record: CaptureRecord, walk: Walk, depth: number): void {
    const start = walk.start[depth] as number
    if (depth >= walk.quote) return
    if ((walk.body[depth] as number) - start < ECHO_HEADER) return
    const type = record.view.getUint8(start)
    const isRequest = type === 8 || type === 128
    if (!isRequest && type !== 0 && type !== 129) return
    const carrier = carrierOf(walk, depth)
    if (carrier < 0) return
    const isIpv6 = walk.layer[carrier] === walk.tables.ipv6
    const at = walk.start[carrier] as number
    const layer = walk.layer[depth] as number
    this.echoes.turnTo(record.view, layer, isIpv6, at, start, isRequest, walk.firstTunnel >= 0)
    if (isRequest) this.echoes.request(record.number, record)
    else this.notes[depth] = this.echoes.answer(record)
  }

  /** An echo of ICMP among the landmarks; false: it is another message. */
  private passEcho(record: CaptureRecord, { marks, tables }: Walk): boolean {
    const { view } = record
    const type = view.getUint8(marks.transport)
    if (type !== 0 && type !== 8) return false
    const isIpv6 = marks.innerLayer === tables.ipv6
    this.echoes.turnTo(view, this.icmp, isIpv6, marks.inner, marks.transport, type === 8, marks.tunnel >= 0)
    this.rowNumbers.requestFrame = 0
    if (type === 8) this.echoes.request(record.number, record)
    else this.rowNumbers.requestFrame = this.echoes.take()?.frame ?? 0
    return true
  }

  /** Of the ends that `connections` has been turned to. */
  private findConnection(segment: Segment, record: CaptureRecord): Conversation {
    const { connections } = this
    if (connections.get()?.tcp.isReopenedBy(segment, connections.direction)) connections.delete()
    return this.find(connections, this.tcp, record)
  }

  private find(table: ConversationTable<Conversation>, layer: number, record: CaptureRecord): Conversation {
    const found = table.get()
    if (found !== undefined) return found
    const stream = this.streams.get(layer) ?? 0
    this.streams.set(layer, stream + 1)
    const conversation = new Conversation(stream, record)
    table.set(conversation)
    return conversation
  }
}

function instantOf(record: CaptureRecord): Instant {
  return { seconds: record.seconds, nanoseconds: record.nanoseconds }
}

/** The stream's number, and its times up to `record`. */
function notesOf({ stream, first, previous }: Conversation, record: CaptureRecord | undefined): LayerNotes {
  return record === undefined ? { stream } : { stream, times: { first, previous, now: instantOf(record) } }
}

type SegmentRead = { -readonly [Key in keyof Segment]: Segment[Key] }

function segmentAt(view: DataView, walk: Walk, depth: number): Segment {
  const segment: SegmentRead = { sequence: 0, acknowledgment: 0, flags: 0, length: 0, windowShift: undefined }
  readSegment(segment, view, walk.start[depth] as number, walk.body[depth] as number, walk.claimed[depth] as number)
  return segment
}

function readSegment(to: SegmentRead, view: DataView, start: number, body: number, claimed: number): void {
  const flags = view.getUint16(start + 12) & 0xfff
  to.sequence = view.getUint32(start + 4)
  to.acknowledgment = view.getUint32(start + 8)
  to.flags = flags
  to.length = claimed > body ? claimed - body : 0
  to.windowShift = (flags & SYN) === 0 ? undefined : offeredWindowShift(view, start + TCP_HEADER, body)
}
