/** Text out of packets, as tshark words it: what would not print is written out (`\r\n`, `\033`, `\u200B`). */

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** What has no shape of its own: control and format characters, and numbers that are no character. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cn}]/gu

const SHORT: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
}

/** Bytes as UTF-8; what is none becomes U+FFFD. */
export function utf8Text(bytes: Uint8Array, start: number, end: number): string {
  return decoder.decode(bytes.subarray(start, end))
}

/** Bytes as ASCII; each byte that is none becomes U+FFFD. */
export function asciiText(bytes: Uint8Array, start: number, end: number): string {
  let text = ''
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number
    text += byte < 0x80 ? String.fromCharCode(byte) : '\ufffd'
  }
  return text
}

/** A text as a line of the tree or a column shows it. */
export function shown(text: string): string {
  return text.replace(UNPRINTABLE, escaped)
}

function escaped(character: string): string {
  const short = SHORT[character]
  if (short !== undefined) return short
  const code = character.codePointAt(0) as number
  if (code < 0x80) return `\\${code.toString(8).padStart(3, '0')}`
  const digits = code.toString(16).toUpperCase()
  return code < 0x1_0000 ? `\\u${digits.padStart(4, '0')}` : `\\U${digits.padStart(8, '0')}`
}

/** Bytes as a line of the tree or a column shows them. */
export function shownBytes(bytes: Uint8Array, start: number, end: number): string {
  return shown(utf8Text(bytes, start, end))
}
