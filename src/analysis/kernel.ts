/**
 * The door to the kernel (kernel/*.ts, in WebAssembly): packets go in, rows of pairs and flows come out. Its memory holds
 * everything, the tables and the bytes that are being looked at; nothing is allocated for a packet.
 */
import { CaptureRecord } from '../capture/record.ts'
import type { RecordRuns, RecordShape } from '../capture/record-runs.ts'
import type { Tables } from '../dissect/tables.ts'
import { skimPacket, Walk } from '../dissect/walk.ts'
import { KERNEL_BINARY } from './kernel-binary.ts'

const KIB = 1024
const MIB = 1024 * KIB
/** Places in its memory, in bytes, as kernel/memory.ts has them. */
const place = {
  linkType: 64 * KIB,
  etherType: 128 * KIB,
  udpPort: 192 * KIB,
  ipProtocol: 256 * KIB,
  roles: 256 * KIB + 256,
  topics: 256 * KIB + 512,
  tcpPort: 260 * KIB,
  said: 324 * KIB,
  window: MIB,
  head: 2 * MIB,
} as const
const WINDOW_SIZE = MIB
const HEAD_SIZE = 128 * KIB
const SAID_SIZE = 64 * KIB
/** With the bytes to skip of a topic: its first line alone counts. */
const IS_LINE = 0x80
/** Frames of a run that something can be found of, as kernel/memory.ts has it. */
export const MAX_FOUND = 8192

type Numbers = (...numbers: number[]) => number
interface Value {
  readonly value: number
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  readonly run: Numbers
  readonly add: Numbers
  readonly take: Numbers
  readonly prime: Numbers
  readonly count: Numbers
  readonly addressOf: Numbers
  readonly pairOf: Numbers
  readonly flowOf: Numbers
  readonly connectionOf: Numbers
  readonly addCounts: Numbers
  readonly mark: Numbers
  readonly setUp: Numbers
  readonly knownFlow: Numbers
  readonly taken: Value
}

/** Counters that the kernel keeps. */
const COUNTERS = [
  ...(['began', 'first', 'last', 'frames', 'packets', 'tunnelled', 'withoutIp', 'overflow'] as const),
  ...(['pairCount', 'flowCount', 'connectionCount', 'addressCount', 'lastLine'] as const),
] as const
type Counters = Readonly<Record<(typeof COUNTERS)[number], Value>>
/** Counters of frames, which can be added up, and their span. */
export type Summed = 'frames' | 'packets' | 'tunnelled' | 'withoutIp' | 'overflow' | 'first' | 'last'
/** First bytes of its tables. */
type Places = Readonly<Record<'PAIRS' | 'ADDRESSES' | 'FLOWS' | 'CONNECTIONS' | 'COPIES_LINES' | 'FOUND', Value>>

/** The types of Node do not have it. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object, imports: object) => { readonly exports: object }
}

/** What a packet's payload is about, as a small number; 0: nothing that is worth a word. */
export type Topic = (record: CaptureRecord, walk: Walk) => number

export interface KernelOptions {
  /** False: only pairs of addresses are counted. */
  readonly isByConversation: boolean
  /** Whether a packet counts once in all, also where one row has it before its encapsulation and another behind it. */
  readonly isMerged?: boolean | undefined
  /** Frames are not counted; what is found of each lies in the rows of `FOUND`. */
  readonly isToFind?: boolean | undefined
  /** The second in which the clock begins, where it is not the first frame's. */
  readonly began?: number | undefined
}

let compiled: object | undefined

/** Compiled once for all instances, in about a millisecond. */
function kernelModule(): object {
  compiled ??= new WebAssembly.Module(bytesOf(KERNEL_BINARY.trim()))
  return compiled
}

function bytesOf(base64: string): Uint8Array {
  const text = atob(base64)
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0))
}

export class Kernel implements RecordRuns {
  readonly buffer: Uint8Array
  private readonly exports: Exports & Counters & Places
  private readonly bytes: Uint8Array
  private readonly view: DataView
  private readonly topic: Topic
  private tables: Tables | undefined
  /** The record at hand, and its walk, where somebody else has read it. */
  private record: CaptureRecord | undefined
  private walk: Walk | undefined
  /** One of a run, made when the kernel asks about its payload. */
  private readonly asked = new CaptureRecord()
  private askedWalk: Walk | undefined
  private linkType = 0
  goesOn: (offset: number) => boolean = () => true
  /** Records that begin at this place of the file or behind it are left by `run`. */
  limit = Number.POSITIVE_INFINITY

  constructor(
    topic: Topic,
    { isByConversation, isMerged = false, isToFind = false, began = Number.NaN }: KernelOptions,
  ) {
    this.topic = topic
    const topicOf = (start: number, end: number, original: number) => this.topicOf(start, end, original >>> 0)
    const instance = new WebAssembly.Instance(kernelModule(), { topics: { topicOf } })
    this.exports = instance.exports as Exports & Counters & Places
    const { buffer } = this.exports.memory
    this.bytes = new Uint8Array(buffer)
    this.view = new DataView(buffer)
    this.buffer = new Uint8Array(buffer, place.window, WINDOW_SIZE)
    this.exports.setUp(isByConversation ? 1 : 0, isMerged ? 1 : 0, isToFind ? 1 : 0, began)
  }

  /** Says what follows what; the first time before any frame. */
  use(tables: Tables): void {
    if (tables === this.tables) return
    this.tables = tables
    this.askedWalk = new Walk(tables)
    // Without a short way of its own a dissector has layers that the kernel does not know: all frames go the long way.
    if (tables.skim !== undefined) this.bytes.set(tables.linkType, place.linkType)
    else this.bytes.fill(0, place.linkType, place.linkType + tables.linkType.length)
    this.bytes.set(tables.etherType, place.etherType)
    this.bytes.set(tables.udpPort, place.udpPort)
    this.bytes.set(tables.ipProtocol, place.ipProtocol)
    this.bytes.set(tables.roles, place.roles)
    this.bytes.set(tables.tcpPort, place.tcpPort)
    // What was said is remembered by the layers' numbers.
    this.bytes.fill(0, place.said, place.said + SAID_SIZE)
    tables.layers.forEach((layer, number) => {
      this.bytes[place.topics + number] =
        layer?.topic === undefined ? 0 : (layer.topic.skip + 1) | (layer.topic.isLine === true ? IS_LINE : 0)
    })
  }

  run(from: number, to: number, { isBigEndian, fractionsPerSecond, linkType }: RecordShape, offset: number): number {
    this.linkType = linkType
    const limit = Math.min(this.limit - offset + from, WINDOW_SIZE)
    const at = this.exports.run(
      place.window + from,
      place.window + to,
      isBigEndian ? 1 : 0,
      fractionsPerSecond,
      linkType,
      0,
      place.window + Math.max(limit, 0),
    )
    return at - place.window
  }

  get taken(): number {
    return this.exports.taken.value
  }

  /** Takes a frame in that has not been walked. */
  add(record: CaptureRecord, walk: Walk): void {
    const start = this.placeOf(record)
    const stop = start + record.end - record.start
    this.record = record
    this.walk = undefined
    const isCommon =
      stop - start <= HEAD_SIZE &&
      this.exports.add(
        start,
        stop,
        record.seconds,
        record.nanoseconds,
        record.hasTime ? 1 : 0,
        record.originalLength,
        record.linkType,
        record.interface.id,
      ) !== 0
    if (!isCommon) {
      skimPacket(walk, record.view, record.start, record.end, record.originalLength, record.linkType)
      this.takeAt(start, record, walk)
    }
    this.record = undefined
  }

  /** Takes a frame in of which `walk` knows the landmarks. */
  take(record: CaptureRecord, walk: Walk): void {
    this.takeAt(this.placeOf(record), record, walk)
    this.record = undefined
  }

  /** From here on frames are only remembered, so that their copies are known as such; they are counted elsewhere. */
  prime(): void {
    this.exports.prime()
  }

  /** From here on they are counted. */
  count(): void {
    this.exports.count()
  }

  /** The number of the flow of a pair, protocol and ports, if there is one; -1: there is none. */
  knownFlow(pair: number, protocol: number, ports: number): number {
    return this.exports.knownFlow(pair, protocol, ports)
  }

  /** The number of an IPv6 address of four words; of a pair of five words, below 0: no room; of a flow, likewise; made if needed. */
  addressOf([a = 0, b = 0, c = 0, d = 0]: Int32Array): number {
    return this.exports.addressOf(a, b, c, d)
  }

  pairOf([scope = 0, a = 0, b = 0, c = 0, d = 0]: Int32Array): number {
    return this.exports.pairOf(scope, a, b, c, d)
  }

  flowOf(pair: number, protocol: number, ports: number): number {
    return this.exports.flowOf(pair, protocol, ports)
  }

  /** The number of a flow's connection, from 1; made if there is none. */
  connectionOf(flow: number): number {
    return this.exports.connectionOf(flow)
  }

  /** Adds what was counted elsewhere. */
  addCounters(more: Readonly<Record<Summed, number>>): void {
    const { frames, packets, tunnelled, withoutIp, overflow, first, last } = more
    this.exports.addCounts(frames, packets, tunnelled, withoutIp, overflow, first, last)
  }

  addOverflow(frames: number): void {
    this.exports.addCounts(0, 0, 0, 0, frames, Number.NaN, Number.NaN)
  }

  /** Those of all frames. */
  counters(): Record<Summed, number> {
    const { frames, packets, tunnelled, withoutIp, overflow, first, last } = this.exports
    return {
      frames: frames.value,
      packets: packets.value,
      tunnelled: tunnelled.value,
      withoutIp: withoutIp.value,
      overflow: overflow.value,
      first: first.value,
      last: last.value,
    }
  }

  counter(which: keyof Counters): number {
    return this.exports[which].value
  }

  /** The rows of a table, as numbers of 32 and of 64 bits over the same memory. */
  rows(table: keyof Places): { readonly words: Int32Array; readonly floats: Float64Array } {
    const { buffer } = this.exports.memory
    const at = this.exports[table].value
    return { words: new Int32Array(buffer, at), floats: new Float64Array(buffer, at) }
  }

  private takeAt(start: number, record: CaptureRecord, walk: Walk): void {
    this.record = record
    this.walk = walk
    this.mark(start - record.start, walk)
    this.exports.take(
      start,
      start + record.end - record.start,
      record.seconds,
      record.nanoseconds,
      record.hasTime ? 1 : 0,
      record.originalLength,
      record.linkType,
      record.interface.id,
    )
  }

  /** Tells the landmarks, moved by as much as the record has been. */
  private mark(moved: number, { marks }: Walk): void {
    const moveIf = (at: number) => (at < 0 ? at : at + moved)
    this.exports.mark(
      moveIf(marks.outer),
      marks.outerLayer,
      marks.tunnelPort,
      marks.firstTunnelLayer,
      moveIf(marks.tunnel),
      marks.tunnelLayer,
      marks.vni,
      moveIf(marks.inner),
      marks.innerLayer,
      marks.innerBody + moved,
      marks.innerEnd + moved,
      marks.protocol,
      marks.transport + moved,
      marks.transportLayer,
      marks.payload + moved,
      marks.end + moved,
      // What a damaged header claims may not fit into 32 bits.
      Math.min(marks.claim + moved, MAX_INT32),
    )
  }

  /** Where a record begins in the kernel's memory; of one that lies elsewhere the head is put there. */
  private placeOf({ bytes, start, end }: CaptureRecord): number {
    if (bytes.buffer === this.bytes.buffer) return bytes.byteOffset + start
    this.bytes.set(bytes.subarray(start, Math.min(end, start + HEAD_SIZE)), place.head)
    return place.head
  }

  private topicOf(start: number, end: number, originalLength: number): number {
    const { record, walk, asked, askedWalk } = this
    if (record !== undefined && walk !== undefined) return this.topic(record, walk)
    if (askedWalk === undefined) return 0
    if (record === undefined) {
      asked.bytes = this.bytes
      asked.view = this.view
      asked.start = start
      asked.end = end
      asked.originalLength = originalLength
      asked.linkType = this.linkType
    }
    const one = record ?? asked
    skimPacket(askedWalk, one.view, one.start, one.end, one.originalLength, one.linkType)
    return this.topic(one, askedWalk)
  }
}

const MAX_INT32 = 0x7fff_ffff
