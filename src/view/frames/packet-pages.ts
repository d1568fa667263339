/**
 * Where the packets of a capture lie, and when they came: 21 bytes a packet, in pages of typed arrays that are never
 * copied when more come. Rows are decoded from the bytes when they are looked at.
 */
import type { CaptureInterface, CaptureRecord } from '../../capture/record.ts'

const PAGE = 1 << 16
/** What does not fit two bytes stands in a map. */
const LONG = 0xffff
const NO_TIME = -0x8000_0000

interface Page {
  /** Low 32 bits and the eight above: captures of up to a terabyte. */
  readonly low: Uint32Array
  readonly high: Uint8Array
  readonly captured: Uint16Array
  readonly original: Uint16Array
  readonly origin: Uint16Array
  /** Since the first second; `NO_TIME` for packets without a time stamp. */
  readonly seconds: Int32Array
  readonly nanoseconds: Uint32Array
  /** How many frames before this one its original lies; 0: it is no copy. */
  readonly copyDistance: Uint16Array
}

/** What packets of one interface of one section of one file have in common. */
interface Origin {
  readonly interface: CaptureInterface
  readonly section: number
  readonly linkType: number
  readonly file: string
}

/** Comments kept at most; a comment is not looked up again. */
const COMMENTS = 65_536

export class PacketPages {
  /** Packets so far. */
  count = 0
  private firstSecond = 0
  private readonly pages: Page[] = []
  private readonly origins: Origin[] = []
  private lastOrigin = 0
  private readonly long = new Map<number, { readonly captured: number; readonly original: number }>()
  private readonly comments = new Map<number, string>()

  /** Takes a record in whose bytes lie at `position`. */
  add(record: CaptureRecord, position: number, file: string): void {
    const at = this.count % PAGE
    if (at === 0) this.pages.push(newPage())
    const page = this.pages[this.pages.length - 1] as Page
    const captured = record.end - record.start
    const original = record.originalLength
    if (this.count === 0) this.firstSecond = record.seconds
    page.low[at] = position
    page.high[at] = position / 2 ** 32
    page.captured[at] = Math.min(captured, LONG)
    page.original[at] = Math.min(original, LONG)
    if (captured >= LONG || original >= LONG) this.long.set(this.count, { captured, original })
    page.origin[at] = this.originOf(record, file)
    page.seconds[at] = record.hasTime ? record.seconds - this.firstSecond : NO_TIME
    page.nanoseconds[at] = record.nanoseconds
    if (record.comment !== undefined && this.comments.size < COMMENTS) this.comments.set(this.count, record.comment)
    this.count++
  }

  /** Place of packet `index`'s bytes, from 0. */
  position(index: number): number {
    const page = this.pageOf(index)
    const at = index % PAGE
    return (page.low[at] as number) + (page.high[at] as number) * 2 ** 32
  }

  capturedLength(index: number): number {
    const length = this.pageOf(index).captured[index % PAGE] as number
    return length < LONG ? length : (this.long.get(index)?.captured ?? LONG)
  }

  hasTime(index: number): boolean {
    return this.pageOf(index).seconds[index % PAGE] !== NO_TIME
  }

  seconds(index: number): number {
    const seconds = this.pageOf(index).seconds[index % PAGE] as number
    return seconds === NO_TIME ? 0 : seconds + this.firstSecond
  }

  nanoseconds(index: number): number {
    return this.pageOf(index).nanoseconds[index % PAGE] as number
  }

  file(index: number): string {
    return this.origin(index).file
  }

  /** The frame's original, as an index; -1: it is no copy. */
  originalOf(index: number): number {
    const distance = this.pageOf(index).copyDistance[index % PAGE] as number
    return distance === 0 ? -1 : index - distance
  }

  /** Says that `index` is a copy of an earlier frame. One that lies too far back is not remembered. */
  markCopy(index: number, original: number): void {
    const distance = index - original
    if (distance > 0 && distance <= 0xffff) this.pageOf(index).copyDistance[index % PAGE] = distance
  }

  /** Fills in all of `record` but its bytes. */
  describe(index: number, record: CaptureRecord): void {
    const page = this.pageOf(index)
    const original = page.original[index % PAGE] as number
    const origin = this.origin(index)
    record.number = index + 1
    record.hasTime = this.hasTime(index)
    record.seconds = this.seconds(index)
    record.nanoseconds = this.nanoseconds(index)
    record.originalLength = original < LONG ? original : (this.long.get(index)?.original ?? LONG)
    record.linkType = origin.linkType
    record.section = origin.section
    record.interface = origin.interface
    record.comment = this.comments.get(index)
  }

  private origin(index: number): Origin {
    return this.origins[this.pageOf(index).origin[index % PAGE] as number] as Origin
  }

  private pageOf(index: number): Page {
    return this.pages[Math.floor(index / PAGE)] as Page
  }

  private originOf(record: CaptureRecord, file: string): number {
    const isIt = (one: Origin | undefined) =>
      one !== undefined &&
      one.interface === record.interface &&
      one.section === record.section &&
      one.linkType === record.linkType &&
      one.file === file
    if (isIt(this.origins[this.lastOrigin])) return this.lastOrigin
    let found = this.origins.findIndex(isIt)
    // Of more interfaces than there are numbers the last ones share one.
    if (found < 0 && this.origins.length > 0xffff) found = 0xffff
    if (found < 0)
      found =
        this.origins.push({
          interface: record.interface,
          section: record.section,
          linkType: record.linkType,
          file,
        }) - 1
    this.lastOrigin = found
    return found
  }
}

function newPage(): Page {
  return {
    low: new Uint32Array(PAGE),
    high: new Uint8Array(PAGE),
    captured: new Uint16Array(PAGE),
    original: new Uint16Array(PAGE),
    origin: new Uint16Array(PAGE),
    seconds: new Int32Array(PAGE),
    nanoseconds: new Uint32Array(PAGE),
    copyDistance: new Uint16Array(PAGE),
  }
}
