/** What flows are about (`GET /orders HTTP/1.1`, the name that was looked up), each text kept once. */
import type { CaptureRecord } from '../capture/record.ts'
import { payloadLayer } from '../dissect/payload-layer.ts'
import { readingAt } from '../dissect/reading.ts'
import type { Walk } from '../dissect/walk.ts'

/** Different texts kept at most; flows after that have the name of their protocol only. */
const MAX_TEXTS = 8192
/** Messages with equal first bytes are about the same; most are told apart by fewer. */
const COMPARED_BYTES = 128
const LONGEST_TEXT = 200
const CARRIAGE_RETURN = 0x0d
const LINE_FEED = 0x0a

export interface TopicText {
  /** Number of the application's layer in the tables. */
  readonly layer: number
  /** Not escaped. */
  readonly text: string | undefined
}

/** What an instance knows; of `messages` different messages. */
export interface KnownTopics {
  readonly texts: readonly TopicText[]
  readonly messages: number
}

export class Topics {
  private readonly known: TopicText[] = []
  /** Numbers of texts by what the messages' first bytes hash to. */
  private readonly byBytes = new Map<number, number>()
  private readonly byText = new Map<string, number>()

  /** A number for what the packet's payload is about, from 1; 0: it does not say. */
  of(record: CaptureRecord, walk: Walk): number {
    const layer = payloadLayer(walk, record.view)
    const topic = walk.tables.layers[layer]?.topic
    if (topic === undefined) return 0
    const { payload, end } = walk.marks
    const from = payload + topic.skip
    const most = Math.min(end, payload + COMPARED_BYTES)
    const key = hashOf(record.view, from, topic.isLine === true ? lineEnd(record.view, from, most) : most, layer)
    const known = this.byBytes.get(key)
    if (known !== undefined) return known
    if (this.byBytes.size >= MAX_TEXTS) return 0
    const number = this.numberOf(layer, this.read(record, walk, layer))
    this.byBytes.set(key, number)
    return number
  }

  /** What a number stands for. */
  text(number: number): TopicText | undefined {
    return this.known[number - 1]
  }

  /** Everything that is known, to be handed over. */
  all(): KnownTopics {
    return { texts: this.known, messages: this.byBytes.size }
  }

  /** Whether what another instance knows can be adopted without leaving anything out. */
  hasRoomFor({ messages }: KnownTopics): boolean {
    return this.byBytes.size + messages < MAX_TEXTS
  }

  /** For each number of another instance the number here. */
  adoptAll({ texts }: KnownTopics): Int32Array {
    return Int32Array.from([0, ...texts.map(({ layer, text }) => this.numberOf(layer, text))])
  }

  private numberOf(layer: number, text: string | undefined): number {
    if (text === undefined || text === '') return 0
    const key = `${layer} ${text}`
    let number = this.byText.get(key)
    if (number === undefined && this.known.length < MAX_TEXTS) {
      number = this.known.push({ layer, text })
      this.byText.set(key, number)
    }
    return number ?? 0
  }

  private read(record: CaptureRecord, walk: Walk, layer: number): string | undefined {
    const { payload } = walk.marks
    for (let depth = 0; depth < walk.depth; depth++) {
      if (walk.start[depth] !== payload || walk.layer[depth] !== layer) continue
      const text = walk.tables.layers[layer]?.topic?.of(readingAt(walk, depth, record.view, record.bytes))
      return text?.trim().slice(0, LONGEST_TEXT)
    }
    return undefined
  }
}

/** Where the line at `from` ends, at most at `to`. */
function lineEnd(view: DataView, from: number, to: number): number {
  for (let at = from; at < to; at++) {
    const byte = view.getUint8(at)
    if (byte === CARRIAGE_RETURN || byte === LINE_FEED) return at
  }
  return to
}

/** A number of 53 bits: two hashes, so that different messages hardly ever share one. */
function hashOf(view: DataView, from: number, to: number, layer: number): number {
  let a = layer
  let b = to - from
  for (let at = from; at < to; at++) {
    const byte = view.getUint8(at)
    a = Math.imul(a ^ byte, 0x01000193)
    b = Math.imul((b << 5) ^ (b >>> 27) ^ byte, 0x9e3779b1)
  }
  return (a >>> 0) * 0x20_0000 + ((b >>> 11) & 0x1f_ffff)
}
