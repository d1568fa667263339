/** The options at the end of a pcapng block: code, length, value, padding. draft-ietf-opsawg-pcapng, section 3.5. */
import { CaptureError } from '../errors.ts'

const OPTION_HEADER_SIZE = 4
const END_OF_OPTIONS = 0

/** The comment of any block. */
export const OPT_COMMENT = 1

const utf8 = new TextDecoder()

/** Stands on one option after the other. One instance serves a whole file. */
export class OptionCursor {
  code = 0
  /** First byte of the value. */
  at = 0
  /** Length of the value in bytes, without padding. */
  length = 0
  private bytes: Uint8Array = new Uint8Array(0)
  private view: DataView = new DataView(this.bytes.buffer)
  private following = 0
  private to = 0
  private base = 0
  private littleEndian = true

  /** Goes before the first option of `view[from]` to `view[to - 1]`. `base` is the file offset of position 0. */
  start(bytes: Uint8Array, view: DataView, from: number, to: number, base: number, littleEndian: boolean): void {
    this.bytes = bytes
    this.view = view
    this.following = from
    this.to = to
    this.base = base
    this.littleEndian = littleEndian
  }

  /** Moves to the next option; false after the last. @throws CaptureError 'damaged' when it does not fit the block. */
  next(): boolean {
    const from = this.following
    if (this.to - from < OPTION_HEADER_SIZE) return false
    this.code = this.view.getUint16(from, this.littleEndian)
    if (this.code === END_OF_OPTIONS) return false
    this.length = this.view.getUint16(from + 2, this.littleEndian)
    this.at = from + OPTION_HEADER_SIZE
    if (this.length > this.to - this.at) throw this.damaged(`is longer than its block: ${this.length} bytes`)
    this.following = this.at + ((this.length + 3) & ~3)
    return true
  }

  /** The value as text. */
  text(): string {
    return this.decode(this.at)
  }

  /** The value as text if its first byte is `kind`, which is then left out. */
  textOfKind(kind: number): string | undefined {
    return this.length > 0 && this.view.getUint8(this.at) === kind ? this.decode(this.at + 1) : undefined
  }

  /** The value as an unsigned byte. */
  byte(): number {
    if (this.length !== 1) throw this.damaged(`has ${this.length} bytes instead of 1`)
    return this.view.getUint8(this.at)
  }

  /** The value as a signed number of 64 bits; beyond 2^53 the nearest. */
  signed64(): number {
    if (this.length !== 8) throw this.damaged(`has ${this.length} bytes instead of 8`)
    return Number(this.view.getBigInt64(this.at, this.littleEndian))
  }

  private decode(from: number): string {
    return utf8.decode(this.bytes.subarray(from, this.at + this.length)).replace(/\0+$/, '')
  }

  private damaged(how: string): CaptureError {
    const offset = this.base + this.at - OPTION_HEADER_SIZE
    return new CaptureError('damaged', `option ${this.code} at byte ${offset} ${how}`, offset)
  }
}

/** The comments among the options, one to a line; undefined if there are none. Moves `options` to the end. */
export function readComments(options: OptionCursor): string | undefined {
  let comments: string | undefined
  while (options.next()) {
    if (options.code === OPT_COMMENT) comments = joined(comments, options.text())
  }
  return comments
}

/** Adds one more comment to those before. */
export function joined(before: string | undefined, comment: string): string {
  return before === undefined ? comment : `${before}\n${comment}`
}
