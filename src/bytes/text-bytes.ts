/**
 * Text written as bytes, for output of many lines: numbers by tables of digits, four bytes at a time. Who writes asks for
 * room first; what is written may touch a few bytes behind its end, so room is given with a margin.
 */

/** Bytes behind the end that writing may touch. */
const MARGIN = 16

/** `00` to `99` as two bytes each. */
const TWO_DIGITS = Int32Array.from(
  { length: 100 },
  (_, value) => ((0x30 + Math.trunc(value / 10)) << 8) | (0x30 + (value % 10)),
)

/** 0 to 9999 as four bytes, most significant first, with zeros before it. */
function fourOf(value: number): number {
  const high = (value / 100) | 0
  return ((TWO_DIGITS[high] as number) << 16) | (TWO_DIGITS[value - high * 100] as number)
}

const HEX = Int32Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0))

const encoder = new TextEncoder()

/** A text as bytes, four in each word, the first one in its highest byte: they are copied a word at a time. */
export class EncodedText {
  readonly words: Int32Array
  /** In bytes. */
  readonly length: number

  constructor(text: string) {
    const bytes = encoder.encode(text)
    this.length = bytes.length
    this.words = new Int32Array((bytes.length + 3) >> 2)
    packWords(bytes, this.words, 0)
  }
}

const ARROW = 0x2192

/**
 * Puts a text into words, from `words[at]` on and before `words[end]`; returns its length in bytes, or -1: there is no room.
 * Our own texts are ASCII with arrows, which is found out by writing them; the encoder would be asked for the others only.
 */
export function packText(text: string, words: Int32Array, at: number, end: number): number {
  let length = 0
  let word = 0
  let place = at
  const put = (byte: number) => {
    word = (word << 8) | byte
    if ((++length & 3) === 0) words[place++] = word
  }
  if ((text.length + 3) >> 2 > end - at) return -1
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code < 0x80) put(code)
    else if (code === ARROW) {
      put(0xe2)
      put(0x86)
      put(0x92)
    } else return packBytes(encoder.encode(text), words, at, end)
    if (place >= end && index + 1 < text.length) return -1
  }
  if ((length & 3) !== 0) {
    if (place >= end) return -1
    words[place] = word << (8 * (4 - (length & 3)))
  }
  return length
}

function packBytes(bytes: Uint8Array, words: Int32Array, at: number, end: number): number {
  if ((bytes.length + 3) >> 2 > end - at) return -1
  packWords(bytes, words, at)
  return bytes.length
}

function packWords(bytes: Uint8Array, words: Int32Array, at: number): void {
  for (let index = 0; index < bytes.length; index++) {
    const word = at + (index >> 2)
    const before = (index & 3) === 0 ? 0 : (words[word] as number)
    words[word] = before | ((bytes[index] as number) << (24 - 8 * (index & 3)))
  }
}

export class TextBytes {
  bytes: Uint8Array
  /** Where the next byte goes. */
  at = 0
  private view: DataView

  constructor(size: number) {
    this.bytes = new Uint8Array(size + MARGIN)
    this.view = new DataView(this.bytes.buffer)
  }

  /** Whether `count` more bytes fit. */
  hasRoom(count: number): boolean {
    return this.at + count + MARGIN <= this.bytes.length
  }

  /** Room for `count` more bytes, whatever they are. */
  grow(count: number): void {
    if (this.hasRoom(count)) return
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.at + count + MARGIN))
    larger.set(this.bytes.subarray(0, this.at))
    this.bytes = larger
    this.view = new DataView(larger.buffer)
  }

  byte(code: number): void {
    this.bytes[this.at++] = code
  }

  /** Up to four bytes in one number, the first one in its highest byte; those after `count` are overwritten by what follows. */
  word(value: number, count: number): void {
    this.view.setInt32(this.at, value)
    this.at += count
  }

  /** A whole number, 0 to 2^32 - 1. */
  decimal(value: number): void {
    if (value < 10_000) this.upToFour(value)
    else if (value < 100_000_000) {
      const high = (value / 10_000) | 0
      this.upToFour(high)
      this.fourDigits(value - high * 10_000)
    } else {
      const high = Math.floor(value / 100_000_000)
      const rest = value - high * 100_000_000
      const middle = (rest / 10_000) | 0
      this.upToFour(high)
      this.fourDigits(middle)
      this.fourDigits(rest - middle * 10_000)
    }
  }

  /** The last four digits, with zeros before them. */
  fourDigits(value: number): void {
    this.view.setInt32(this.at, fourOf(value))
    this.at += 4
  }

  /** 0 to 999,999, with zeros before it. */
  sixDigits(value: number): void {
    const high = (value / 10_000) | 0
    this.word((TWO_DIGITS[high] as number) << 16, 2)
    this.fourDigits(value - high * 10_000)
  }

  /** A number in at least `width` cells, blanks before it. */
  paddedDecimal(value: number, width: number): void {
    for (let least = 10, cells = 1; cells < width; cells++, least *= 10) if (value < least) this.byte(0x20)
    this.decimal(value)
  }

  /** 16 bits as four hexadecimal digits. */
  hex16(value: number): void {
    this.word(
      ((HEX[value >>> 12] as number) << 24) |
        ((HEX[(value >>> 8) & 15] as number) << 16) |
        ((HEX[(value >>> 4) & 15] as number) << 8) |
        (HEX[value & 15] as number),
      4,
    )
  }

  blanks(count: number): void {
    for (let left = count; left > 0; left--) this.bytes[this.at++] = 0x20
  }

  /** A text that was encoded before. */
  put({ words, length }: EncodedText): void {
    this.copy(words, 0, length)
  }

  /** `count` bytes that were encoded before, from `words[from]` on. */
  copy(words: Int32Array, from: number, count: number): void {
    const { view, at } = this
    for (let done = 0, word = from; done < count; done += 4, word++) view.setInt32(at + done, words[word] as number)
    this.at = at + count
  }

  /** A text, as UTF-8. */
  text(text: string): void {
    this.grow(text.length * 3)
    this.at += encoder.encodeInto(text, this.bytes.subarray(this.at)).written
  }

  private upToFour(value: number): void {
    const digits = fourOf(value)
    if (value >= 1000) this.word(digits, 4)
    else if (value >= 100) this.word(digits << 8, 3)
    else if (value >= 10) this.word(digits << 16, 2)
    else this.word(digits << 24, 1)
  }
}
