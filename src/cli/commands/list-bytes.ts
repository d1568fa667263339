/**
 * Rows of the list as bytes, for where they are many and nobody sees their colours: into a pipe or a file. The text is that
 * of `ListPrinter`, which words what is new; what repeats is kept as bytes, and numbers are written by tables of digits. A
 * test holds both to the same text.
 */

import type { Overview } from '../../analysis/overview.ts'
import { NO_PAIR } from '../../analysis/pair-rows.ts'
import { EncodedText, packText, type TextBytes } from '../../bytes/text-bytes.ts'
import { durationText } from '../../bytes/time.ts'
import { LinkType } from '../../capture/link-type.ts'
import type { CaptureInterface, CaptureRecord } from '../../capture/record.ts'
import type { Landmarks } from '../../dissect/landmarks.ts'
import type { Layer } from '../../dissect/layer.ts'
import { type RowNumbers, TRANSPORT_ROW } from '../../dissect/row-numbers.ts'
import type { Walk } from '../../dissect/walk.ts'
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
const TEXT_WORDS = 72
/** Words that say whose texts they are, how long each is, and where the later ones begin. */
const PAIR_WORDS = 16
const word = { pair: 0, tunnel: 1, innerCells: 2, lengths: 3, places: 7 }
const piece = { before: 0, between: 1, after: 2, remark: 3 }
const PLACES = 1024
const ROW = TEXT_WORDS * 4 + TRANSPORT_ROW + 512 + 4 * 1024

const encoded = (text: string) => new EncodedText(text)

const NOWHERE = encoded('')
const FORWARDED = encoded(', forwarded: TTL ')
const EARLIER = encoded(', seen before it was forwarded: TTL ')
const ENCAPSULATED = encoded(', encapsulated, ')
const DECAPSULATED = encoded(', decapsulated, ')
const AGAIN = encoded(', again, ')
const ARROW = encoded('→')
const PLUS = encoded('+')
const MICROSECONDS = encoded(' µs')

export class ListBytes {
  readonly words = new RowWords()
  private readonly settings: Settings
  private readonly output: Output
  private readonly worder: RowWorder
  private readonly texts = new Int32Array(PAIRS * TEXT_WORDS)
  private readonly labels: readonly EncodedText[]
  private readonly rows: readonly Layer['row'][]
  private readonly pairs = new Int32Array(PAIRS * PAIR_WORDS)
  private readonly places = new Map<CaptureInterface, Map<number, EncodedText>>()
  private placesKept = 0
  private lastInterface: CaptureInterface | undefined
  private lastPlaces = new Map<number, EncodedText>()
  private lastPlace: EncodedText = encoded('')
  private lastPlaceNumber = -1

  constructor(settings: Settings, output: Output, worder: RowWorder) {
    this.settings = settings
    this.output = output
    this.worder = worder
    const { layers } = settings.dissector.tables
    this.labels = layers.map((layer) => new EncodedText(layer?.label ?? ''))
    this.rows = layers.map((layer) => layer?.row)
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
    const { marks } = walk
    const cells = this.worder.columns
    const out = this.output.pending
    const at = cells.place > 0 ? this.placeOf(record, file) : NOWHERE
    out.grow(ROW + at.length)
    out.paddedDecimal(record.number, cells.number)
    out.byte(BLANK)
    if (cells.time > 0) {
      this.writeTime(out, record, clock)
      out.byte(BLANK)
    }
    if (cells.place > 0) {
      out.put(at)
      out.byte(BLANK)
    }
    this.writeEnds(out, record.view, marks, pair)
    out.byte(BLANK)
    const isTransport = layer === marks.transportLayer
    if (!isTransport) this.words.writeProtocol(out, cells.protocol)
    else {
      const label = this.labels[layer] as EncodedText
      out.put(label)
      out.blanks(cells.protocol - label.length)
    }
    out.byte(BLANK)
    if (cells.length > 0) {
      out.paddedDecimal(record.originalLength, cells.length)
      out.byte(BLANK)
    }
    if (isCopy) writeCopy(out, overview, marks.tunnel >= 0)
    else {
      this.writePiece(out, pair * PAIR_WORDS, piece.remark)
      if (!isTransport) this.words.writeInfo(out)
      else this.rows[layer]?.(out, record.view, marks, numbers)
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

  private placeOf(record: CaptureRecord, file: string): EncodedText {
    if (record.interface !== this.lastInterface) {
      this.lastInterface = record.interface
      this.lastPlaces = this.places.get(record.interface) ?? new Map<number, EncodedText>()
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
        this.lastPlaces = new Map<number, EncodedText>()
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
    // Pairs have small numbers: those without ports, which are few, stand at the other end.
    const place = (hasPorts ? pair : ~pair) & (PAIRS - 1)
    const { pairs } = this
    const at = place * PAIR_WORDS
    if (pairs[at + word.pair] === key && pairs[at + word.tunnel] === marks.tunnelPort) return place
    const cells = this.worder.ends(record, walk, hasPorts)
    if (cells === undefined) return -1
    pairs[at + word.pair] = 0
    let from = place * TEXT_WORDS
    const end = from + TEXT_WORDS
    const texts = [cells.before, cells.between, cells.after, cells.remark]
    for (let index = 0; index < texts.length; index++) {
      const length = packText(texts[index] as string, this.texts, from, end)
      if (length < 0) return -1
      pairs[at + word.lengths + index] = length
      pairs[at + word.places + index] = from
      from += (length + 3) >> 2
    }
    pairs[at + word.innerCells] = cells.innerCells
    pairs[at + word.tunnel] = marks.tunnelPort
    pairs[at + word.pair] = key
    return place
  }

  private writeEnds(out: TextBytes, view: DataView, marks: Landmarks, place: number): void {
    const at = place * PAIR_WORDS
    const { pairs } = this
    this.writePiece(out, at, piece.before)
    let left = this.worder.columns.inner - (pairs[at + word.innerCells] as number)
    if (((pairs[at + word.pair] as number) & 1) === 0) {
      const before = out.at
      out.decimal(view.getUint16(marks.transport))
      left -= out.at - before
      this.writePiece(out, at, piece.between)
      const second = out.at
      out.decimal(view.getUint16(marks.transport + 2))
      left -= out.at - second
      this.writePiece(out, at, piece.after)
    }
    out.blanks(left)
  }

  private writePiece(out: TextBytes, at: number, which: number): void {
    const { pairs } = this
    out.copy(this.texts, pairs[at + word.places + which] as number, pairs[at + word.lengths + which] as number)
  }
}

const BLANK = 0x20
const POINT = 0x2e
const LINE_FEED = 0x0a

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
function writeCopy(out: TextBytes, { copies }: Overview, isTunnelled: boolean): void {
  const { original, originalTtl, ttl, sinceOriginal, wasTunnelled } = copies
  out.word(0x3d200000, 2)
  out.decimal(original)
  if (isTunnelled !== wasTunnelled) out.put(isTunnelled ? ENCAPSULATED : DECAPSULATED)
  else if (ttl === originalTtl) out.put(AGAIN)
  else {
    out.put(ttl < originalTtl ? FORWARDED : EARLIER)
    out.decimal(originalTtl)
    out.put(ARROW)
    out.decimal(ttl)
    out.word(0x2c200000, 2)
  }
  if (sinceOriginal >= 0) out.put(PLUS)
  // Whole microseconds, as most captures count.
  if (sinceOriginal >= 1000 && sinceOriginal < 1_000_000 && sinceOriginal % 1000 === 0) {
    out.decimal(sinceOriginal / 1000)
    out.put(MICROSECONDS)
  } else {
    out.text(durationText({ seconds: 0, nanoseconds: sinceOriginal }))
  }
}
