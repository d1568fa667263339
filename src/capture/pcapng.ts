/** Captures made of blocks: sections, interfaces, packets of several links. draft-ietf-opsawg-pcapng. */
import { CaptureError } from '../errors.ts'
import * as block from './pcapng-blocks.ts'
import { type DescribedInterface, describeInterface, describeSection, type OpenSection } from './pcapng-descriptions.ts'
import { OptionCursor, readComments } from './pcapng-options.ts'
import { cut, type FormatReader, MAX_DESCRIPTIONS, tooLarge } from './reader.ts'
import type { CaptureInterface, CaptureRecord } from './record.ts'

const BYTE_ORDER_MAGIC = 0x1a2b3c4d

/** The reader of a capture file made of blocks. The bytes begin with a section header block. */
export function pcapngReader(): FormatReader {
  return new PcapngReader()
}

class PcapngReader implements FormatReader {
  readonly format = 'pcapng'
  readonly sections: OpenSection[] = []
  at = 0
  needed = block.BLOCK_HEADER_SIZE
  private bytes: Uint8Array = new Uint8Array(0)
  private view: DataView = new DataView(this.bytes.buffer)
  private to = 0
  /** Place in the file of the window's position 0. */
  private base = 0
  private count = 0
  private littleEndian = true
  /** Those of the section. */
  private interfaces: DescribedInterface[] = []
  /** Bytes of descriptions read so far. */
  private described = 0
  /** Of a block that is being skipped: its place, its length, and how much of it is still to come. */
  private skippedAt = 0
  private skippedLength = 0
  private skipping = 0
  private readonly options = new OptionCursor()

  feed(bytes: Uint8Array, view: DataView, from: number, to: number, offset: number): void {
    this.bytes = bytes
    this.view = view
    this.at = from
    this.to = to
    this.base = offset - from
  }

  next(record: CaptureRecord): boolean {
    for (;;) {
      if (this.skipping > 0 && !this.skip()) return false
      const { view, at } = this
      const there = this.to - at
      if (there < block.BLOCK_HEADER_SIZE) return this.need(block.BLOCK_HEADER_SIZE)
      const type = view.getUint32(at, this.littleEndian)
      if (type === block.SECTION_HEADER && !this.readByteOrder(at, there)) return false
      const length = view.getUint32(at + block.BLOCK_LENGTH, this.littleEndian)
      if (length < block.leastLength(type)) throw this.damaged(at, `is too short: ${length} bytes`)
      if (length > block.mostLength(type)) throw tooLarge('the block', length, this.base + at)
      // Lengths must be multiples of four; a writer that forgot to count the padding still wrote it.
      const size = (length + 3) & ~3
      if (!block.isRead(type)) {
        this.startSkipping(length, size)
        continue
      }
      if (there < size) return this.need(size)
      this.checkTrailer(this.base + at, at + size - block.TRAILER_SIZE, length)
      this.at = at + size
      if (type === block.ENHANCED_PACKET || type === block.OBSOLETE_PACKET) this.readPacket(record, type, at, size)
      else if (type === block.SIMPLE_PACKET) this.readSimplePacket(record, at, size)
      else {
        this.readDescription(type, at, size)
        continue
      }
      return true
    }
  }

  finish(left: number): void {
    const offset = this.base + this.at
    if (this.skipping > 0) {
      throw cut('a block', `${this.skippedLength} bytes were announced`, this.skippedAt, offset + left - this.skippedAt)
    }
    if (left === 0) return
    const isHead = this.needed <= block.SECTION_BYTE_ORDER + 4
    if (isHead) throw cut('the head of a block', `${this.needed} bytes are needed`, offset, left)
    throw cut('a block', `${this.needed} bytes were announced`, offset, left)
  }

  private need(bytes: number): false {
    this.needed = bytes
    return false
  }

  /** Finds the byte order of a section, which all its blocks then have. False when more bytes are needed. */
  private readByteOrder(at: number, there: number): boolean {
    if (there < block.SECTION_BYTE_ORDER + 4) return this.need(block.SECTION_BYTE_ORDER + 4)
    this.littleEndian = this.view.getUint32(at + block.SECTION_BYTE_ORDER, true) === BYTE_ORDER_MAGIC
    if (this.littleEndian || this.view.getUint32(at + block.SECTION_BYTE_ORDER, false) === BYTE_ORDER_MAGIC) return true
    throw this.damaged(at, 'is a section header without a byte-order magic')
  }

  private checkTrailer(offset: number, trailer: number, length: number): void {
    const repeated = this.view.getUint32(trailer, this.littleEndian)
    if (repeated === length) return
    const message = `the block at byte ${offset} begins with the length ${length} and ends with the length ${repeated}`
    throw new CaptureError('damaged', message, offset)
  }

  private startSkipping(length: number, size: number): void {
    this.skippedAt = this.base + this.at
    this.skippedLength = length
    this.skipping = size
  }

  /** Goes on past a block that is not read, without waiting for all of it. False when the window ends first. */
  private skip(): boolean {
    const step = Math.min(this.skipping - block.TRAILER_SIZE, this.to - this.at)
    this.at += step
    this.skipping -= step
    if (this.skipping > block.TRAILER_SIZE || this.to - this.at < block.TRAILER_SIZE) {
      return this.need(block.TRAILER_SIZE)
    }
    this.checkTrailer(this.skippedAt, this.at, this.skippedLength)
    this.at += block.TRAILER_SIZE
    this.skipping = 0
    return true
  }

  private readPacket(record: CaptureRecord, type: number, at: number, size: number): void {
    const { view, littleEndian } = this
    const place = at + block.PACKET_INTERFACE
    const id =
      type === block.ENHANCED_PACKET ? view.getUint32(place, littleEndian) : view.getUint16(place, littleEndian)
    const from = this.interfaces[id]
    if (from === undefined) throw this.unknownInterface(at, id)
    const captured = view.getUint32(at + block.PACKET_CAPTURED, littleEndian)
    const start = at + block.PACKET_DATA
    const trailer = at + size - block.TRAILER_SIZE
    if (captured > trailer - start) {
      throw this.damaged(at, `has room for ${trailer - start} bytes of a packet of ${captured}`)
    }
    const options = start + ((captured + 3) & ~3)
    record.comment = options < trailer ? this.readComments(options, trailer) : undefined
    const high = view.getUint32(at + block.PACKET_TIME_HIGH, littleEndian)
    from.clock.stamp(record, high, view.getUint32(at + block.PACKET_TIME_LOW, littleEndian))
    record.hasTime = true
    record.originalLength = view.getUint32(at + block.PACKET_ORIGINAL, littleEndian)
    this.place(record, at, start, captured, from.facts)
  }

  private readSimplePacket(record: CaptureRecord, at: number, size: number): void {
    const from = this.interfaces[0]?.facts
    if (from === undefined) throw this.unknownInterface(at, 0)
    const original = this.view.getUint32(at + block.SIMPLE_ORIGINAL, this.littleEndian)
    const limit = from.snapLength === 0 ? original : from.snapLength
    const room = size - block.SIMPLE_DATA - block.TRAILER_SIZE
    record.comment = undefined
    record.seconds = 0
    record.nanoseconds = 0
    record.hasTime = false
    record.originalLength = original
    this.place(record, at, at + block.SIMPLE_DATA, Math.min(original, limit, room), from)
  }

  private place(record: CaptureRecord, at: number, start: number, captured: number, from: CaptureInterface): void {
    record.number = ++this.count
    record.bytes = this.bytes
    record.view = this.view
    record.start = start
    record.end = start + captured
    record.linkType = from.linkType
    record.interface = from
    record.section = this.sections.length
    record.offset = this.base + at
  }

  private readComments(from: number, to: number): string | undefined {
    this.options.start(this.bytes, this.view, from, to, this.base, this.littleEndian)
    return readComments(this.options)
  }

  private readDescription(type: number, at: number, size: number): void {
    const { view, littleEndian, options } = this
    const offset = this.base + at
    this.described += size
    if (this.described > MAX_DESCRIPTIONS) {
      throw new CaptureError(
        'too-large',
        `up to byte ${offset} there are ${this.described} bytes of descriptions`,
        offset,
      )
    }
    const isSection = type === block.SECTION_HEADER
    const first = at + (isSection ? block.SECTION_OPTIONS : block.INTERFACE_OPTIONS)
    options.start(this.bytes, view, first, at + size - block.TRAILER_SIZE, this.base, littleEndian)
    if (isSection) {
      this.sections.push(describeSection(options, view, at, offset, littleEndian))
      this.interfaces = []
    } else {
      const described = describeInterface(options, view, at, this.interfaces.length, littleEndian)
      this.interfaces.push(described)
      this.sections.at(-1)?.interfaces.push(described.facts)
    }
  }

  private damaged(at: number, how: string): CaptureError {
    const offset = this.base + at
    return new CaptureError('damaged', `the block at byte ${offset} ${how}`, offset)
  }

  private unknownInterface(at: number, id: number): CaptureError {
    const known = this.interfaces.length
    return this.damaged(at, `is a packet of interface ${id}, but its section has described ${known} so far`)
  }
}
