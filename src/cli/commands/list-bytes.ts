/**
 * Rows of the list as bytes, for where they are many and nobody sees their colours: into a pipe or a file. The text is that
 * of `ListPrinter`, which words what is new; what repeats is kept as bytes, and numbers are written by tables of digits. A
 * test holds both to the same text.
 */

import type { Overview } from '../../analysis/overview.ts'
import { NO_PAIR } from '../../analysis/pair-table.ts'
import type { TextBytes } from '../../bytes/text-bytes.ts'
import { durationText } from '../../bytes/time.ts'
import { LinkType } from '../../capture/link-type.ts'
import type { CaptureInterface, CaptureRecord } from '../../capture/record.ts'
import type { Landmarks } from '../../dissect/landmarks.ts'
import type { Walk } from '../../dissect/walk.ts'
import { type RowNumbers, TCP_ROW, writeEchoInfo, writeTcpInfo, writeUdpInfo } from '../../layers/row-bytes.ts'
import type { Clock } from '../../packet/dissection.ts'
import { RowWords } from '../../packet/row-words.ts'
import type { Columns, EndCells } from '../../render/list.ts'
import { timeText } from '../../render/time-column.ts'
import type { Output } from '../output.ts'
import type { Settings } from '../settings.ts'

/** Who words what is new. */
export interface RowWorder {
  readonly columns: Columns
  /** The column for the place. */
  place(record: CaptureRecord, file: string): string
  /** Undefined: the row has to be made as a whole. `remark` stands before the info. */
  ends(record: CaptureRecord, walk: Walk, hasPorts: boolean): (EndCells & { readonly remark: string }) | undefined
}

/** Pairs whose texts are kept, and bytes for each. */
const PAIRS = 1 << 15
const PAIR_BYTES = 288
/** Words that say where a pair's texts end, and whose they are. */
const PAIR_WORDS = 8
const word = { pair: 0, tunnel: 1, between: 2, after: 3, remark: 4, end: 5, innerCells: 6 }
const PLACES = 1024
const ROW = PAIR_BYTES + TCP_ROW + 512 + 4 * 1024

const encoder = new TextEncoder()

function encoded(text: string): DataView {
  const bytes = encoder.encode(text)
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}

const NOWHERE = encoded('')
const FORWARDED = encoded(', forwarded: TTL ')
const EARLIER = encoded(', seen before it was forwarded: TTL ')
const AGAIN = encoded(', again, ')
const ARROW = encoded('→')
const PLUS = encoded('+')
const MICROSECONDS = encoded(' µs')

const put = (out: TextBytes, words: DataView) => out.copy(words, 0, words.byteLength)

export class ListBytes {
  readonly words = new RowWords()
  private readonly settings: Settings
  private readonly output: Output
  private readonly worder: RowWorder
  private readonly texts = new DataView(new ArrayBuffer(PAIRS * PAIR_BYTES))
  private readonly textBytes = new Uint8Array(this.texts.buffer)
  private readonly pairs = new Int32Array(PAIRS * PAIR_WORDS)
  private readonly places = new Map<CaptureInterface, Map<number, DataView>>()
  private placesKept = 0
  private lastInterface: CaptureInterface | undefined
  private lastPlaces = new Map<number, DataView>()
  private lastPlace: DataView = encoded('')
  private lastPlaceNumber = -1

  constructor(settings: Settings, output: Output, worder: RowWorder) {
    this.settings = settings
    this.output = output
    this.worder = worder
  }

  /** Writes the row of a skimmed packet that was let pass as `layer`; `pair` is where `pairPlace` has put its ends. */
  write(
    record: CaptureRecord,
    walk: Walk,
    file: string,
    clock: Clock,
    overview: Overview,
    isCopy: boolean,
    layer: number,
    numbers: RowNumbers,
    pair: number,
  ): void {
    const { marks, tables } = walk
    const cells = this.worder.columns
    const out = this.output.pending
    const at = cells.place > 0 ? this.placeOf(record, file) : NOWHERE
    out.grow(ROW + at.byteLength)
    out.paddedDecimal(record.number, cells.number)
    out.byte(BLANK)
    if (cells.time > 0) {
      this.writeTime(out, record, clock)
      out.byte(BLANK)
    }
    if (cells.place > 0) {
      put(out, at)
      out.byte(BLANK)
    }
    this.writeEnds(out, record.view, marks, pair)
    out.byte(BLANK)
    const { tcp, udp } = tables
    const isTransport = layer === marks.transportLayer
    if (!isTransport) this.words.writeProtocol(out, cells.protocol)
    else {
      const isIcmp = layer !== tcp && layer !== udp
      out.word(layer === tcp ? TCP : isIcmp ? ICMP : UDP, isIcmp ? 4 : 3)
      out.blanks(cells.protocol - (isIcmp ? 4 : 3))
    }
    out.byte(BLANK)
    if (cells.length > 0) {
      out.paddedDecimal(record.originalLength, cells.length)
      out.byte(BLANK)
    }
    if (isCopy) writeCopy(out, overview)
    else {
      this.writeRemark(out, pair)
      if (!isTransport) this.words.writeInfo(out)
      else if (layer === tcp) {
        const length = marks.claim > marks.payload ? marks.claim - marks.payload : 0
        writeTcpInfo(out, record.view, marks.transport, marks.payload, length, numbers)
      } else if (layer === udp) writeUdpInfo(out, record.view, marks.transport)
      else writeEchoInfo(out, record.view, marks.transport, marks.inner, numbers)
    }
    while (out.bytes[out.at - 1] === BLANK) out.at--
    out.byte(LINE_FEED)
    this.output.wrote()
  }

  private writeTime(out: TextBytes, record: CaptureRecord, clock: Clock): void {
    const cells = this.worder.columns
    const { time } = this.settings
    if (!record.hasTime) {
      out.blanks(cells.time)
      return
    }
    if (time === 'r' || time === 'd' || time === 'dd') {
      const since = time === 'r' ? clock.first : time === 'd' ? clock.previous : clock.previousShown
      let seconds = record.seconds - since.seconds
      let nanoseconds = record.nanoseconds - since.nanoseconds
      if (nanoseconds < 0) {
        nanoseconds += 1_000_000_000
        seconds--
      }
      if (seconds >= 0) {
        // The point and six digits are seven of the cells.
        out.paddedDecimal(seconds, cells.time - 7)
        out.byte(POINT)
        out.sixDigits((nanoseconds / 1000) | 0)
        return
      }
    }
    out.text(timeText(record, clock, time).padStart(cells.time))
    out.grow(ROW)
  }

  private placeOf(record: CaptureRecord, file: string): DataView {
    if (record.interface !== this.lastInterface) {
      this.lastInterface = record.interface
      this.lastPlaces = this.places.get(record.interface) ?? new Map<number, DataView>()
      this.places.set(record.interface, this.lastPlaces)
      this.lastPlaceNumber = -1
    }
    const number = placeNumber(record)
    if (number === this.lastPlaceNumber) return this.lastPlace
    let text = this.lastPlaces.get(number)
    if (text === undefined) {
      text = encoded(this.worder.place(record, file))
      if (++this.placesKept > PLACES) {
        this.places.clear()
        this.lastPlaces = new Map<number, DataView>()
        this.places.set(record.interface, this.lastPlaces)
        this.placesKept = 1
      }
      this.lastPlaces.set(number, text)
    }
    this.lastPlaceNumber = number
    this.lastPlace = text
    return text
  }

  /** Where the texts of a skimmed packet's ends are kept, made if they are not there; -1: the row has to be made as a whole. */
  pairPlace(record: CaptureRecord, walk: Walk, pair: number): number {
    const { marks, tables } = walk
    if (pair <= NO_PAIR || isNested(record.view, walk)) return -1
    const hasPorts = marks.transportLayer === tables.tcp || marks.transportLayer === tables.udp
    const key = pair * 2 + (hasPorts ? 1 : 0) + 1
    const place = key & (PAIRS - 1)
    const { pairs } = this
    const at = place * PAIR_WORDS
    if (pairs[at + word.pair] === key && pairs[at + word.tunnel] === marks.tunnelPort) return place
    const cells = this.worder.ends(record, walk, hasPorts)
    if (cells === undefined) return -1
    const { textBytes } = this
    const start = place * PAIR_BYTES
    let end = start
    let isWhole = true
    const add = (text: string): number => {
      const { read, written } = encoder.encodeInto(text, textBytes.subarray(end, start + PAIR_BYTES))
      if (read < text.length) isWhole = false
      end += written
      return end
    }
    pairs[at + word.between] = add(cells.before)
    pairs[at + word.after] = add(cells.between)
    pairs[at + word.remark] = add(cells.after)
    pairs[at + word.end] = add(cells.remark)
    pairs[at + word.innerCells] = cells.innerCells
    pairs[at + word.tunnel] = marks.tunnelPort
    pairs[at + word.pair] = isWhole ? key : 0
    return isWhole ? place : -1
  }

  private writeEnds(out: TextBytes, view: DataView, marks: Landmarks, place: number): void {
    const { pairs, texts } = this
    const at = place * PAIR_WORDS
    const between = pairs[at + word.between] as number
    const after = pairs[at + word.after] as number
    const remark = pairs[at + word.remark] as number
    let left = this.worder.columns.inner - (pairs[at + word.innerCells] as number)
    out.copy(texts, place * PAIR_BYTES, between)
    if (((pairs[at + word.pair] as number) & 1) === 0) {
      const { at: before } = out
      out.decimal(view.getUint16(marks.transport))
      left -= out.at - before
      out.copy(texts, between, after)
      const { at: second } = out
      out.decimal(view.getUint16(marks.transport + 2))
      left -= out.at - second
      out.copy(texts, after, remark)
    }
    out.blanks(left)
  }

  private writeRemark(out: TextBytes, place: number): void {
    const at = place * PAIR_WORDS
    const remark = this.pairs[at + word.remark] as number
    const end = this.pairs[at + word.end] as number
    if (end > remark) out.copy(this.texts, remark, end)
  }
}

const BLANK = 0x20
const POINT = 0x2e
const LINE_FEED = 0x0a
const TCP = 0x54435000
const UDP = 0x55445000
const ICMP = 0x49434d50

/** What tells places of one interface apart. */
function placeNumber({ view, start, end, linkType }: CaptureRecord): number {
  if (linkType === LinkType.LinuxSll2 && end - start >= 20)
    return view.getUint32(start + 4) * 256 + view.getUint8(start + 10)
  return linkType === LinkType.LinuxSll && end - start >= 16 ? view.getUint16(start) : 0
}

/** A tunnel in a tunnel: the port that opened the inner one is no landmark. */
function isNested(view: DataView, { marks, tables }: Walk): boolean {
  if (marks.tunnel < 0) return false
  if (marks.outer < 0) return true
  const size = marks.outerLayer === tables.ipv4 ? (view.getUint8(marks.outer) & 15) * 4 : 40
  return marks.tunnel !== marks.outer + size + 8
}

/** `= 1, forwarded: TTL 64→63, +21 µs`. */
function writeCopy(out: TextBytes, { copies }: Overview): void {
  const { original, originalTtl, ttl, sinceOriginal } = copies
  out.word(0x3d200000, 2)
  out.decimal(original)
  if (ttl === originalTtl) put(out, AGAIN)
  else {
    put(out, ttl < originalTtl ? FORWARDED : EARLIER)
    out.decimal(originalTtl)
    put(out, ARROW)
    out.decimal(ttl)
    out.word(0x2c200000, 2)
  }
  if (sinceOriginal >= 0) put(out, PLUS)
  // Whole microseconds, as most captures count.
  if (sinceOriginal >= 1000 && sinceOriginal < 1_000_000 && sinceOriginal % 1000 === 0) {
    out.decimal(sinceOriginal / 1000)
    put(out, MICROSECONDS)
  } else {
    out.text(durationText({ seconds: 0, nanoseconds: sinceOriginal }))
  }
}
