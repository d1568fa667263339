/** The streams of TCP connections, and what their messages make of a packet's walk. */
import { sightingPlace } from '../capture/places.ts'
import type { CaptureRecord } from '../capture/record.ts'
import { type Framing, Progress } from '../dissect/framing.ts'
import type { Memory } from '../dissect/layer.ts'
import type { Assembly, LayerNotes } from '../dissect/notes.ts'
import { MAX_DEPTH, type Walk } from '../dissect/walk.ts'
import { type Assembled, withSource } from './assembled-record.ts'
import { MemoryBudget } from './memory-budget.ts'
import { AS_IT_IS, type Delivery, messageEnd, SEEN, type SegmentBytes, TcpStream } from './tcp-stream.ts'

/** Memory for all messages that wait. */
const BUDGET = 64 << 20
/** Streams of one connection: each direction at each place where it was seen. Further places are not told apart. */
const STREAMS = 32
/** A first segment so near to the connection's start, and no start of a message, misses what comes before it. */
const NEAR = 65_536
/** Layers that a packet may have left when a further message is added: its own and its body's. */
const ROOM = 2

/** A segment and its connection. */
export interface SegmentAt {
  /** As it was captured. */
  readonly frame: CaptureRecord
  readonly depth: number
  readonly direction: 0 | 1
  readonly sequence: number
  readonly isFin: boolean
  /** The number of the application's layer. */
  readonly application: number
  /** The connection's first sequence number in this direction, and what the other side has acknowledged; if known. */
  readonly base: number | undefined
  readonly acknowledged: number | undefined
  readonly memory: Memory
}

/** One direction of a connection at one place. Most never hold anything back: then two numbers are all of it. */
export class Lane {
  readonly place: number
  readonly direction: 0 | 1
  stream: TcpStream | undefined
  /** Of the same connection, made after this one: an array, however short, has room for seventeen. */
  further: Lane | undefined
  /** Sequence numbers of the first byte and of the next one, while there is no stream; signed, as V8 keeps them in the object. */
  first: number
  next: number

  constructor(place: number, direction: 0 | 1, sequence: number) {
    this.place = place
    this.direction = direction
    this.first = sequence | 0
    this.next = this.first
  }

  /** A segment that is shown as if it were alone has brought the stream so far. */
  goOn(next: number): void {
    if (this.stream === undefined) this.next = next | 0
    else this.stream.goOn(next)
  }
}

/** The streams of one connection. */
export class ConnectionStreams {
  private first: Lane | undefined
  private count = 0

  find(place: number, direction: 0 | 1): Lane | undefined {
    let lane = this.first
    while (lane !== undefined && (lane.place !== place || lane.direction !== direction)) lane = lane.further
    return lane
  }

  add(place: number, direction: 0 | 1, sequence: number): Lane {
    const added = new Lane(place, direction, sequence)
    if (this.count < STREAMS) this.count++
    else this.first = this.first?.further
    let last = this.first
    while (last?.further !== undefined) last = last.further
    if (last === undefined) this.first = added
    else last.further = added
    return added
  }
}

/** Says what the layer at a depth adds to its conversation. */
export type Converse = (packet: Assembled, depth: number) => LayerNotes | undefined

export class TcpReassembly {
  private readonly budget = new MemoryBudget(BUDGET)
  private readonly progress = new Progress()

  /**
   * Takes a segment in: the packet with what it completes, `walk` having gone on in that; `notes` about its layers are
   * written. Undefined: the segment is to be read for itself.
   */
  take(
    packet: Assembled,
    walk: Walk,
    segment: SegmentAt,
    streams: ConnectionStreams,
    notes: (LayerNotes | undefined)[],
    converse: Converse,
  ): Assembled | undefined {
    const { depth } = segment
    const framing = walk.tables.layers[segment.application]?.framing
    if (framing === undefined) return undefined
    const bytes = bytesOf(packet.record, walk, segment)
    const stream = this.streamOf(segment, framing, bytes, streams)
    const length = (walk.claimed[depth] as number) - bytes.start
    if (length > bytes.end - bytes.start) {
      stream.pass(segment.sequence, length)
      return undefined
    }
    const delivery = stream.take(bytes, framing)
    if (delivery === AS_IT_IS) return undefined
    if (delivery === SEEN) {
      walk.forgetBehind(depth)
      const tcp = notes[depth]?.tcp
      if (tcp !== undefined) Object.assign(tcp, { isRepeated: true, parts: [[0, length]] })
      return packet
    }
    if (isAlone(delivery, walk, segment, bytes)) return undefined
    return show(packet, walk, segment, framing, delivery, bytes.start, notes, converse)
  }

  /**
   * The short way for a segment whose payload, all of it captured, lies at `[start, end)`: whether it is one message, or none
   * at all, and its stream waits for nothing else, so that it is shown as if it were alone. Nothing is changed.
   */
  isAlone(
    { view }: CaptureRecord,
    start: number,
    end: number,
    lane: Lane | undefined,
    sequence: number,
    base: number,
    framing: Framing,
    memory: Memory,
  ): boolean {
    if (lane === undefined) {
      if (isMissed((sequence - base - 1) | 0) && !framing.starts(view, start, end)) return false
    } else if (lane.stream === undefined ? lane.next !== (sequence | 0) : !lane.stream.isIdleAt(sequence)) return false
    if (start >= end) return true
    const { progress } = this
    progress.reset()
    return messageEnd(framing.measure(view, start, end, progress, memory), start, end) === end
  }

  private streamOf(
    { frame, direction, base, memory }: SegmentAt,
    framing: Framing,
    { sequence, view, start, end }: SegmentBytes,
    streams: ConnectionStreams,
  ): TcpStream {
    const place = sightingPlace(frame)
    const known = streams.find(place, direction)
    if (known?.stream !== undefined) return known.stream
    const stream = new TcpStream(this.budget, memory)
    if (known !== undefined) stream.begin(known.first, known.next)
    else if (base !== undefined && isMissed((sequence - base - 1) | 0) && !framing.starts(view, start, end))
      stream.begin(base + 1, base + 1)
    const lane = known ?? streams.add(place, direction, sequence)
    lane.stream = stream
    return stream
  }
}

/** Whether so many bytes are missing between the connection's start and its first segment with a message. */
const isMissed = (bytes: number) => bytes > 0 && bytes < NEAR

function bytesOf(record: CaptureRecord, walk: Walk, segment: SegmentAt): SegmentBytes {
  const { depth, sequence, isFin, acknowledged, frame } = segment
  const start = walk.body[depth] as number
  return {
    frame: frame.number,
    sequence,
    view: record.view,
    bytes: record.bytes,
    start,
    end: Math.max(walk.end[depth] as number, start),
    isFin,
    isKnownToPeer: acknowledged !== undefined && ((acknowledged - sequence) | 0) >= 0,
  }
}

/** Whether the segment is one message, as the walk has it already. */
function isAlone(
  { messages, parts }: Delivery,
  walk: Walk,
  { depth, application }: SegmentAt,
  bytes: SegmentBytes,
): boolean {
  const [message] = messages
  if (messages.length !== 1 || message === undefined || parts.length > 0 || !('start' in message)) return false
  const layer = depth + 1 < walk.depth ? (walk.layer[depth + 1] as number) : 0
  const isKnown = layer === application || layer === walk.tables.data
  return isKnown && message.start === bytes.start && message.end === bytes.end
}

/** Lets the walk go through the messages one after another. */
function show(
  packet: Assembled,
  walk: Walk,
  { depth, application }: SegmentAt,
  framing: Framing,
  { messages, parts, isUnfinished, words, wasAsked }: Delivery,
  payload: number,
  notes: (LayerNotes | undefined)[],
  converse: Converse,
): Assembled {
  walk.forgetBehind(depth)
  let current = packet
  const assemblies: Assembly[] = []
  for (const message of messages) {
    if (walk.depth > MAX_DEPTH - ROOM) break
    let isRun = false
    const at = walk.depth
    if ('bytes' in message) {
      const next = withSource(current, walk, 'Reassembled TCP', message.bytes)
      const { start, end } = next.sources.at(-1) as (typeof next.sources)[number]
      current = next
      assemblies.push({ start, end, parts: message.parts })
      walk.goOnAt(current.record.view, at - 1, application, start, end)
    } else {
      // A first source behind the frame has moved it to the start of its buffer.
      const moved = (walk.body[depth] as number) - payload
      isRun = message.isRun
      walk.goOnAt(current.record.view, at - 1, application, message.start + moved, message.end + moved)
    }
    if (walk.depth === at) continue
    notes[at] = { ...converse(current, at), message: { isRun } }
  }
  if (messages.length === 0 && wasAsked && framing.isNamedEarly === true)
    walk.addEmpty(application, walk.end[depth] as number)
  // Nobody reads what is told of this packet.
  const own = notes[depth]
  if (own === undefined) return current
  if (assemblies.length > 0) own.assemblies = assemblies
  if (own.tcp === undefined) return current
  if (parts.length > 0) own.tcp.parts = parts.map(([from, to]) => [from - payload, to - payload] as const)
  own.tcp.isUnfinished = isUnfinished && messages.length === 0
  if (isUnfinished && wasAsked && words !== undefined) own.tcp.words = words
  return current
}

/** What the application behind a TCP header is, by its layer. */
export function applicationBehind(walk: Walk, depth: number): number {
  if (depth + 1 >= walk.depth) return 0
  const layer = walk.layer[depth + 1] as number
  return layer === walk.tables.data ? 0 : layer
}
