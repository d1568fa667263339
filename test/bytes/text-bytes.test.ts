/** Text written as bytes. */
import { describe, expect, test } from 'vitest'
import { EncodedText, packText, TextBytes } from '../../src/bytes/text-bytes.ts'

function written(write: (out: TextBytes) => void): string {
  const out = new TextBytes(64)
  write(out)
  // Whatever was touched behind the end is not part of the text.
  return new TextDecoder().decode(out.bytes.subarray(0, out.at))
}

describe('numbers', () => {
  const edges = Array.from({ length: 11 }, (_, digits) => 10 ** digits).flatMap((power) => [
    power - 1,
    power,
    power + 1,
  ])
  const numbers = [...edges, 0, 7, 42, 65_535, 2 ** 31, 2 ** 32 - 1].filter((value) => value < 2 ** 32)

  test.each(numbers)('%i is written as it is', (value) => {
    expect(written((out) => out.decimal(value))).toBe(String(value))
  })

  test.each(numbers)('%i is padded to the width, and goes on where it is longer', (value) => {
    for (const width of [1, 2, 3, 8])
      expect(written((out) => out.paddedDecimal(value, width))).toBe(String(value).padStart(width))
  })

  test.each([0, 9, 10, 99, 100, 9999, 10_000, 123_456, 999_999])('%i is written in six digits', (value) => {
    expect(written((out) => out.sixDigits(value))).toBe(String(value).padStart(6, '0'))
  })

  test.each([0, 1, 0xab, 0x0fff, 0xffff])('%i is written in hexadecimal', (value) => {
    expect(written((out) => out.hex16(value))).toBe(value.toString(16).padStart(4, '0'))
  })
})

describe('texts', () => {
  test.each(['', 'a', 'abc', 'abcd', ' → ', '+21 µs', 'pod-ä/名前'])(
    '%j is the same when it was encoded before',
    (text) => {
      const encoded = new EncodedText(text)
      expect(written((out) => out.put(encoded))).toBe(text)
      expect(encoded.length).toBe(Buffer.byteLength(text))
    },
  )

  test.each(['', 'a', 'abcd', '10.0.0.1 → 10.0.0.2', '→', 'a→b', 'ä', '名前 → b'])(
    '%j is packed where there is room',
    (text) => {
      const length = Buffer.byteLength(text)
      const needed = Math.ceil(length / 4)
      const words = new Int32Array(needed + 2)
      expect(packText(text, words, 1, 1 + needed)).toBe(length)
      expect(written((out) => out.copy(words, 1, length))).toBe(text)
      expect(words[needed + 1]).toBe(0)
      if (needed > 0) expect(packText(text, words, 1, needed)).toBe(-1)
    },
  )

  test('follow each other without a gap', () => {
    const arrow = new EncodedText(' → ')
    const all = written((out) => {
      out.decimal(53)
      out.put(arrow)
      out.text('é')
      out.blanks(2)
      out.byte(0x21)
    })
    expect(all).toBe('53 → é  !')
  })

  test('find room, however long they are', () => {
    const long = 'ü'.repeat(1000)
    expect(written((out) => out.text(long))).toBe(long)
  })

  test('keep what was there when room is made', () => {
    const all = written((out) => {
      out.text('before ')
      out.grow(100_000)
      out.text('after')
    })
    expect(all).toBe('before after')
  })
})
