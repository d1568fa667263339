/** Classic capture files: one header, then records. draft-ietf-opsawg-pcap. */
import { CaptureError } from '../errors.ts'
import { cut, type FormatReader, MAX_RECORD, type Section, tooLarge } from './reader.ts'
import type { CaptureInterface, CaptureRecord } from './record.ts'
import type { RecordRuns, RecordShape } from './record-runs.ts'

/** The magic number as the file's own byte order gives it. */
export const PCAP_MICROSECONDS = 0xa1b2c3d4
export const PCAP_NANOSECONDS = 0xa1b23c4d

const FILE_HEADER_SIZE = 24
const RECORD_HEADER_SIZE = 16

/** Where the fields of the file header and of a record header begin. */
const file = { magic: 0, major: 4, minor: 6, snapLength: 16, network: 20 }
const header = { seconds: 0, fraction: 4, captured: 8, original: 12 }

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
    if (captureInterface === undefined || this.to - at < RECORD_HEADER_SIZE) {
      this.needed = captureInterface === undefined ? FILE_HEADER_SIZE : RECORD_HEADER_SIZE
      return false
    }
    const captured = view.getUint32(at + header.captured, littleEndian)
    if (captured > MAX_RECORD) throw tooLarge(`record ${this.count + 1}`, captured, this.base + at)
    const size = RECORD_HEADER_SIZE + captured
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
    record.start = at + RECORD_HEADER_SIZE
    record.end = end
    record.originalLength = view.getUint32(at + header.original, littleEndian)
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
    if (left < RECORD_HEADER_SIZE) throw cut(`${what}'s header`, `${RECORD_HEADER_SIZE} bytes are needed`, offset, left)
    const captured = this.needed - RECORD_HEADER_SIZE
    throw cut(what, `${captured} bytes captured were announced`, offset, left - RECORD_HEADER_SIZE)
  }

  private readFileHeader(): CaptureInterface | undefined {
    const { view, at, littleEndian } = this
    if (this.to - at < FILE_HEADER_SIZE) return undefined
    const major = view.getUint16(at + file.major, littleEndian)
    const version = `${major}.${view.getUint16(at + file.minor, littleEndian)}`
    if (major !== 2) throw new CaptureError('unsupported', `pcap version ${version} is not read, only 2.x is`, 0)
    this.fractionsPerSecond = view.getUint32(at + file.magic, littleEndian) === PCAP_NANOSECONDS ? 1e9 : 1e6
    this.nanosecondsPerFraction = 1e9 / this.fractionsPerSecond
    // The upper half of the word tells of frame check sequences, not of the link type.
    this.linkType = view.getUint32(at + file.network, littleEndian) & 0xffff
    this.shape = {
      isBigEndian: !littleEndian,
      fractionsPerSecond: this.fractionsPerSecond,
      linkType: this.linkType,
    }
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
}
