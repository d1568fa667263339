/**
 * Conversations of a capture, in bounded tables: what a packet alone cannot tell. Feed it every packet in order; it
 * may lengthen a packet's walk (a connection that was recognised as HTTP stays HTTP), and it writes the notes that
 * layers read. A conversation is its addresses and ports, as tshark has it: copies on several interfaces are in one.
 */
import type { Instant } from '../bytes/time.ts'
import type { CaptureRecord } from '../capture/record.ts'
import type { Layer, Memory } from '../dissect/layer.ts'
import type { LayerNotes } from '../dissect/notes.ts'
import { readingAt } from '../dissect/reading.ts'
import type { Tables } from '../dissect/tables.ts'
import { MAX_DEPTH, type Walk } from '../dissect/walk.ts'
import { offeredWindowShift } from '../layers/transport/tcp-options.ts'
import { endsOf } from './conversation-key.ts'
import { ConversationTable } from './conversation-table.ts'
import { Echoes } from './echoes.ts'
import { type Segment, TcpConnection } from './tcp-connection.ts'

/** Conversations remembered at once, of each protocol. */
const CAPACITY = 65_536
const TCP_HEADER = 20
const UDP_HEADER = 8
const ECHO_HEADER = 8

class Conversation {
  readonly stream: number
  readonly first: Instant
  readonly tcp = new TcpConnection()
  memory: Memory | undefined
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

  /** Remembers a packet as the one before. */
  keep(record: CaptureRecord): void {
    this.seconds = record.seconds
    this.nanoseconds = record.nanoseconds
  }
}

export interface ConversationOptions {
  /** Sequence numbers count from the start of their connection (tshark's tcp.analyze_sequence_numbers). Default true. */
  readonly relativeSequence?: boolean
}

export class Conversations {
  private readonly tables: Tables
  private readonly isRelative: boolean
  private readonly known = new ConversationTable<Conversation>(CAPACITY)
  private readonly echoes = new Echoes()
  private readonly streams = new Map<number, number>()
  private readonly notes: (LayerNotes | undefined)[] = new Array<LayerNotes | undefined>(MAX_DEPTH).fill(undefined)
  /** Depths below which `notes` may hold something. */
  private noted = 0
  private isTold = true
  private readonly noteAt = (depth: number) => this.notes[depth]
  private readonly tcp: number
  private readonly udp: number
  private readonly icmp: number
  private readonly icmpv6: number

  constructor(tables: Tables, options: ConversationOptions = {}) {
    this.tables = tables
    this.isRelative = options.relativeSequence ?? true
    this.tcp = tables.find('tcp')
    this.udp = tables.find('udp')
    this.icmp = tables.find('icmp')
    this.icmpv6 = tables.find('icmpv6')
  }

  /**
   * Takes a packet in. The notes it returns, by depth, hold until the next call; `isTold`: false if nobody will read
   * them, and the packet only matters to those that come.
   */
  observe(record: CaptureRecord, walk: Walk, isTold = true): (depth: number) => LayerNotes | undefined {
    const { depth } = walk
    for (let at = 0; at < this.noted; at++) this.notes[at] = undefined
    this.noted = depth
    this.isTold = isTold
    for (let at = 0; at < depth; at++) {
      const layer = walk.layer[at]
      if (layer === this.udp) this.observeUdp(record, walk, at)
      else if (layer === this.tcp) this.observeTcp(record, walk, at)
      else if (layer === this.icmp || layer === this.icmpv6) this.observeEcho(record, walk, at)
    }
    // A connection that stays what it was may have lengthened the walk.
    if (walk.depth > this.noted) this.noted = walk.depth
    return this.noteAt
  }

  private observeUdp(record: CaptureRecord, walk: Walk, depth: number): void {
    if ((walk.body[depth] as number) - (walk.start[depth] as number) < UDP_HEADER) return
    if (!this.known.turnTo(record.view, walk, depth, true)) return
    const conversation = this.find(walk.layer[depth] as number, record)
    const isQuoted = depth >= walk.quote
    if (this.isTold) this.notes[depth] = notesOf(conversation, isQuoted ? undefined : record)
    if (isQuoted) return
    conversation.keep(record)
    this.converse(record, walk, depth, conversation)
  }

  private observeTcp(record: CaptureRecord, walk: Walk, depth: number): void {
    const start = walk.start[depth] as number
    const body = walk.body[depth] as number
    if (body - start < TCP_HEADER) return
    if (!this.known.turnTo(record.view, walk, depth, true)) return
    const { direction } = this.known
    if (depth >= walk.quote) {
      this.notes[depth] = { stream: this.find(this.tcp, record).stream }
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
    this.keepApplication(record, walk, depth, conversation.tcp)
    this.converse(record, walk, depth, conversation)
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
    if (depth >= walk.depth) return
    const layer = this.tables.layers[walk.layer[depth] as number] as Layer
    if (layer.converse === undefined) return
    conversation.memory ??= {}
    const moment = { frame: record.number, time: instantOf(record) }
    this.notes[depth] = layer.converse(readingAt(walk, depth, record.view, record.bytes), conversation.memory, moment)
  }

  private observeEcho(record: CaptureRecord, walk: Walk, depth: number): void {
    const start = walk.start[depth] as number
    if (depth >= walk.quote) return
    if ((walk.body[depth] as number) - start < ECHO_HEADER) return
    const type = record.view.getUint8(start)
    const isRequest = type === 8 || type === 128
    if (!isRequest && type !== 0 && type !== 129) return
    const ends = endsOf(record.view, walk, depth, false)
    if (ends === undefined) return
    const direction = isRequest ? ends.direction : 1 - ends.direction
    // A ping inside a tunnel and the same one outside are two, each with its own answer.
    const key = `${ends.key}/${direction}/${walk.firstTunnel >= 0}/${record.view.getUint32(start + 4)}`
    if (isRequest) this.echoes.request(key, record.number, record)
    else this.notes[depth] = this.echoes.answer(key, record)
  }

  /** Of the ends that `known` has been turned to. */
  private findConnection(segment: Segment, record: CaptureRecord): Conversation {
    if (this.known.get()?.tcp.isReopenedBy(segment, this.known.direction)) this.known.delete()
    return this.find(this.tcp, record)
  }

  private find(layer: number, record: CaptureRecord): Conversation {
    const found = this.known.get()
    if (found !== undefined) return found
    const stream = this.streams.get(layer) ?? 0
    this.streams.set(layer, stream + 1)
    const conversation = new Conversation(stream, record)
    this.known.set(conversation)
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

function segmentAt(view: DataView, walk: Walk, depth: number): Segment {
  const start = walk.start[depth] as number
  const body = walk.body[depth] as number
  const flags = view.getUint16(start + 12) & 0xfff
  return {
    sequence: view.getUint32(start + 4),
    acknowledgment: view.getUint32(start + 8),
    flags,
    length: Math.max((walk.claimed[depth] as number) - body, 0),
    windowShift: (flags & 2) === 0 ? undefined : offeredWindowShift(view, start + TCP_HEADER, body),
  }
}
