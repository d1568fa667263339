/** Escapes in quoted strings and characters, as C and Wireshark have them. */
import { filterError } from './filter-error.ts'

const ESCAPE = /\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([\s\S]))/g

const LETTERS: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  '\\': '\\',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

/** The text that `content` stands for; it begins at `at` of the filter's `text`. @throws UsageError for no escape. */
export function unescapeText(content: string, text: string, at: number): string {
  if (!content.includes('\\')) return content
  return content.replace(ESCAPE, (whole, octal, byte, short, long, letter, offset: number) => {
    const place = { start: at + offset, end: at + offset + whole.length }
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff)
    if (byte !== undefined) return String.fromCharCode(Number.parseInt(byte, 16))
    const point = short ?? long
    if (point !== undefined) {
      const code = Number.parseInt(point, 16)
      if (code > 0x10_ffff || (code >= 0xd800 && code < 0xe000))
        throw filterError(`${whole} is not a character`, text, place)
      return String.fromCodePoint(code)
    }
    const known = LETTERS[letter]
    if (known === undefined)
      throw filterError(`${whole} is not an escape; a backslash is written \\\\, or the string r"…"`, text, place)
    return known
  })
}
