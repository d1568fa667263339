/**
 * Classic capture files: one header, then records. draft-ietf-opsawg-pcap; files of version 2.3 and before, and those of
 * patched libpcaps, as libpcap's savefile.c reads them.
 */
import { CaptureError } from '../errors.ts'
import { cut, type FormatReader, MAX_RECORD, type Section, tooLarge } from './reader.ts'
import type { CaptureInterface, CaptureRecord } from './record.ts'
import type { RecordRuns, RecordShape } from './record-runs.ts'

/** The magic number as the file's own byte order gives it. */
export const PCAP_MICROSECONDS = 0xa1b2c3d4
export const PCAP_NANOSECONDS = 0xa1b23c4d
/** Alexey Kuznetzov's patch: each record has interface index, protocol and packet type behind its lengths. */
export const PCAP_MODIFIED = 0xa1b2cd34

const FILE_HEADER_SIZE = 24
const RECORD_HEADER_SIZE = 16
const MODIFIED_HEADER_SIZE = 24
/** From this version 2.x on the captured length stands before the original one; before it was the other way round. */
const LENGTHS_IN_ORDER = 3

/** Where the fields of the file header and of a record header begin. */
const file = { magic: 0, major: 4, minor: 6, snapLength: 16, network: 20 }
const header = { seconds: 0, fraction: 4, captured: 8, original: 12 }

/** The word of the link type: in the lower half the type, in between bits that are 0, above whether frames end with a checksum. */
const TYPE_BITS = 0xffff
const RESERVED_BITS = 0x03ff_0000

/** The reader of a classic capture file of either byte order and either resolution. */
export function pcapReader(littleEndian: boolean): FormatReader {
  return new PcapReader(littleEndian)
}

class PcapReader implements FormatReader {
  readonly format = 'pcap'
  readonly sections: Section[] = []
  at = 0
  needed = FILE_HEADER_SIZE
  private bytes: Uint8Array = new Uint8Array(0)
  private view: DataView = new DataView(this.bytes.buffer)
  private to = 0
  /** Place in the file of the window's position 0. */
  private base = 0
  private count = 0
  private interface: CaptureInterface | undefined
  private linkType = 0
  private fractionsPerSecond = 0
  private nanosecondsPerFraction = 0
  private shape: RecordShape | undefined
  private headerSize = RECORD_HEADER_SIZE
  private capturedAt = header.captured
  private originalAt = header.original
  /** In files of version 2.3 some programs still wrote them the other way round: the larger one is the original. */
  private mayBeSwapped = false
  private readonly littleEndian: boolean

  constructor(littleEndian: boolean) {
    this.littleEndian = littleEndian
  }

  feed(bytes: Uint8Array, view: DataView, from: number, to: number, offset: number): void {
    this.bytes = bytes
    this.view = view
    this.at = from
    this.to = to
    this.base = offset - from
  }

  pass(runs: RecordRuns): boolean {
    if (this.interface === undefined) this.readFileHeader()
    if (this.shape !== undefined) {
      this.at = runs.run(this.at, this.to, this.shape, this.base + this.at)
      this.count += runs.taken
    }
    return runs.goesOn(this.base + this.at)
  }

  next(record: CaptureRecord): boolean {
    const captureInterface = this.interface ?? this.readFileHeader()
    const { view, at, littleEndian } = this
    const { headerSize } = this
    if (captureInterface === undefined || this.to - at < headerSize) {
      this.needed = captureInterface === undefined ? FILE_HEADER_SIZE : headerSize
      return false
    }
    let captured = view.getUint32(at + this.capturedAt, littleEndian)
    let original = view.getUint32(at + this.originalAt, littleEndian)
    if (this.mayBeSwapped && captured > original) [captured, original] = [original, captured]
    if (captured > MAX_RECORD) throw tooLarge(`record ${this.count + 1}`, captured, this.base + at)
    const size = headerSize + captured
    const end = at + size
    if (end > this.to) {
      this.needed = size
      return false
    }
    let seconds = view.getUint32(at + header.seconds, littleEndian)
    let fraction = view.getUint32(at + header.fraction, littleEndian)
    if (fraction >= this.fractionsPerSecond) {
      const whole = Math.floor(fraction / this.fractionsPerSecond)
      seconds += whole
      fraction -= whole * this.fractionsPerSecond
    }
    record.number = ++this.count
    record.seconds = seconds
    record.nanoseconds = fraction * this.nanosecondsPerFraction
    record.bytes = this.bytes
    record.view = view
    record.start = at + headerSize
    record.end = end
    record.originalLength = original
    record.linkType = this.linkType
    record.interface = captureInterface
    record.offset = this.base + at
    this.at = end
    return true
  }

  resume(number: number): void {
    this.count = number
  }

  finish(left: number): void {
    if (left === 0 && this.interface !== undefined) return
    const offset = this.base + this.at
    if (this.interface === undefined) throw cut('the file header', `${FILE_HEADER_SIZE} bytes are needed`, offset, left)
    const what = `record ${this.count + 1}`
    const { headerSize } = this
    if (left < headerSize) throw cut(`${what}'s header`, `${headerSize} bytes are needed`, offset, left)
    const captured = this.needed - headerSize
    throw cut(what, `${captured} bytes captured were announced`, offset, left - headerSize)
  }

  private readFileHeader(): CaptureInterface | undefined {
    const { view, at, littleEndian } = this
    if (this.to - at < FILE_HEADER_SIZE) return undefined
    const major = view.getUint16(at + file.major, littleEndian)
    const minor = view.getUint16(at + file.minor, littleEndian)
    const version = `${major}.${minor}`
    if (major !== 2) throw new CaptureError('unsupported', `pcap version ${version} is not read, only 2.x is`, 0)
    const magic = view.getUint32(at + file.magic, littleEndian)
    this.fractionsPerSecond = magic === PCAP_NANOSECONDS ? 1e9 : 1e6
    this.nanosecondsPerFraction = 1e9 / this.fractionsPerSecond
    this.linkType = linkTypeOf(view.getUint32(at + file.network, littleEndian))
    this.readRecordShape(magic, minor)
    this.interface = {
      id: 0,
      linkType: this.linkType,
      snapLength: view.getUint32(at + file.snapLength, littleEndian),
      name: undefined,
      description: undefined,
      filter: undefined,
      ticksPerSecond: this.fractionsPerSecond,
    }
    this.sections.push({
      offset: this.base + at,
      byteOrder: littleEndian ? 'little-endian' : 'big-endian',
      version,
      interfaces: [this.interface],
      comment: undefined,
      hardware: undefined,
      system: undefined,
      application: undefined,
    })
    this.at = at + FILE_HEADER_SIZE
    return this.interface
  }

  private readRecordShape(magic: number, minor: number): void {
    const { littleEndian, fractionsPerSecond, linkType } = this
    if (magic === PCAP_MODIFIED) this.headerSize = MODIFIED_HEADER_SIZE
    else if (minor > LENGTHS_IN_ORDER) this.shape = { isBigEndian: !littleEndian, fractionsPerSecond, linkType }
    this.mayBeSwapped = minor === LENGTHS_IN_ORDER
    if (minor >= LENGTHS_IN_ORDER) return
    this.capturedAt = header.original
    this.originalAt = header.captured
  }
}

/**
 * The link type without what the word says of frame check sequences: those stay at the end of their frames, behind what the
 * packets' own lengths count. A reader should refuse reserved bits that are set, and others do: they may mean anything.
 */
function linkTypeOf(word: number): number {
  if ((word & RESERVED_BITS) === 0) return word & TYPE_BITS
  const text = `0x${word.toString(16).padStart(8, '0')}`
  throw new CaptureError('unsupported', `the link type of the file is ${text}, which has bits set that are reserved`, 0)
}
