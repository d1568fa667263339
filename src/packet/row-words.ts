/**
 * Protocol and info columns of application messages that came before, as bytes: rows repeat. What a layer says of its
 * `repeats` decides what may be used again; the words themselves always come from the layer's `info`, by `learn`.
 */
import { mixed } from '../bytes/hash-index.ts'
import { EncodedText, type TextBytes } from '../bytes/text-bytes.ts'
import type { Memory } from '../dissect/layer.ts'
import type { Walk } from '../dissect/walk.ts'

/** Messages of their own that are remembered; a later one takes the place of an earlier one. */
const PLACES = 4096
/** Longer messages, and longer words, are not remembered. */
const LONGEST = 1024
const NUMBER_SIZE = 2

class Words {
  readonly layer: number
  /** Bytes of the message that they stand for, without its number. */
  readonly message: DataView
  readonly messageLength: number
  readonly protocol: EncodedText
  /** Up to the number and behind it, where there is one. */
  readonly info: EncodedText
  readonly rest: EncodedText
  /** Cells of the protocol. */
  readonly protocolCells: number
  constructor(layer: number, message: DataView, protocol: string, info: string, rest: string) {
    this.layer = layer
    this.message = message
    this.messageLength = message.byteLength
    this.protocol = new EncodedText(protocol)
    this.info = new EncodedText(info)
    this.rest = new EncodedText(rest)
    this.protocolCells = protocol.length
  }
}

export class RowWords {
  /** What `know` has found. */
  private found: Words | undefined
  private number = 0
  private readonly places: (Words | undefined)[] = new Array<Words | undefined>(PLACES).fill(undefined)
  /** Of what `know` did not find. */
  private missed = 0
  private place = 0
  private from = 0
  private to = 0

  know(layer: number, view: DataView, walk: Walk, memory: Memory | undefined): boolean {
    const { marks, tables } = walk
    const { payload, end } = marks
    const repeats = tables.repeats[layer]
    this.missed = 0
    if (repeats === undefined || marks.claim !== end) return false
    const until = repeats.until(view, payload, end, memory)
    if (until < 0 || until - payload > LONGEST) return false
    this.number = repeats.hasNumber ? view.getUint16(payload) : -1
    this.from = repeats.hasNumber ? payload + NUMBER_SIZE : payload
    this.to = until
    this.place = (hashOf(view, this.from, until) + layer) & (PLACES - 1)
    const words = this.places[this.place]
    this.found =
      words !== undefined && words.layer === layer && isSame(view, this.from, until, words) ? words : undefined
    if (this.found !== undefined) return true
    this.missed = layer
    return false
  }

  /** Remembers what the message that was not known last is worded as, escaped; nothing if it was known. */
  learn(view: DataView, protocol: string, info: string): void {
    const layer = this.missed
    this.missed = 0
    if (layer === 0 || info.length > LONGEST) return
    let pieces = [info, '']
    if (this.number >= 0) {
      const number = this.number.toString(16).padStart(4, '0')
      const around = info.split(`0x${number}`)
      // Elsewhere too, or nowhere: then it is not clear where the next one's belongs.
      if (around.length !== 2) return
      pieces = [`${around[0]}0x`, around[1] as string]
    }
    const message = new DataView(view.buffer.slice(view.byteOffset + this.from, view.byteOffset + this.to))
    this.places[this.place] = new Words(layer, message, protocol, ...(pieces as [string, string]))
  }

  /** The protocol column of what `know` found, in at least `cells` cells. */
  writeProtocol(out: TextBytes, cells: number): void {
    const { protocol, protocolCells } = this.found as Words
    out.put(protocol)
    out.blanks(cells - protocolCells)
  }

  /** Its info column; at most four times LONGEST bytes. */
  writeInfo(out: TextBytes): void {
    const { info, rest } = this.found as Words
    out.put(info)
    if (this.number < 0) return
    out.hex16(this.number)
    out.put(rest)
  }
}

function hashOf(view: DataView, from: number, to: number): number {
  let hash = to - from
  let at = from
  for (; at + 4 <= to; at += 4) hash = (Math.imul(hash, 31) + view.getInt32(at)) | 0
  for (; at < to; at++) hash = (Math.imul(hash, 31) + view.getUint8(at)) | 0
  return mixed(hash)
}

function isSame(view: DataView, from: number, to: number, { message, messageLength }: Words): boolean {
  if (messageLength !== to - from) return false
  let at = 0
  for (; at + 4 <= messageLength; at += 4) if (view.getInt32(from + at) !== message.getInt32(at)) return false
  for (; at < messageLength; at++) if (view.getUint8(from + at) !== message.getUint8(at)) return false
  return true
}
