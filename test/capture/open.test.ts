/** What is said of files that are no captures. */
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { big, join, little, scanAll } from './build.ts'

const rest = new Uint8Array(60)

function text(words: string): Uint8Array {
  return new Uint8Array(Buffer.from(words))
}

/** A record of Ethernet as Endace's cards write it: time, type, flags, lengths, loss counter, padding, frame. */
function erf(size: number): Uint8Array {
  const lengths = [size + 18, 0, size].flatMap((value) => [value >> 8, value & 0xff])
  return join(
    new Uint8Array([0x78, 0x56, 0x34, 0x12, 0x00, 0x7a, 0x03, 0x6b, 2, 4, ...lengths, 0, 0]),
    new Uint8Array(size),
  )
}

describe('not a capture', () => {
  test('is an empty file, which is called empty', async () => {
    const { error } = await scanAll(new Uint8Array(0))
    expect(error).toMatchObject({ code: 'not-a-capture', offset: 0 })
    expect(error?.message).toContain('empty')
  })

  test('is a file of three bytes, which are shown', async () => {
    const { error } = await scanAll(little.pcapHeader().subarray(0, 3))
    expect(error?.code).toBe('not-a-capture')
    expect(error?.message).toContain('only 3 bytes (d4 c3 b2)')
  })

  test('is compressed nothing', async () => {
    const { error } = await scanAll(gzipSync(new Uint8Array(0)))
    expect(error?.code).toBe('not-a-capture')
    expect(error?.message).toContain('empty')
  })

  test.each([
    ['snoop', join(text('snoop\0\0\0'), rest), 'snoop', '73 6e 6f 6f 70 00 00 00'],
    ['zstd in gzip', gzipSync(join(new Uint8Array([0x28, 0xb5, 0x2f, 0xfd]), rest)), 'unzstd it first', '28 b5 2f fd'],
    ['ERF of one record', erf(60), 'ERF', '78 56 34 12 00 7a 03 6b'],
    ['ERF of two records', join(erf(64), erf(72)), 'ERF', '78 56 34 12 00 7a 03 6b'],
    ['bzip2', join(text('BZh9'), rest), 'bunzip2', '42 5a 68 39'],
    ['xz', join(new Uint8Array([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]), rest), 'unxz', 'fd 37 7a 58 5a 00'],
    ['zip', join(text('PK\x03\x04'), rest), 'unzip', '50 4b 03 04'],
    ['gzip twice', gzipSync(gzipSync(little.pcapHeader())), 'gzip twice', '1f 8b 08'],
    ['a web page', text('<!DOCTYPE html><html><title>404</title>'), 'web page', '3c 21 44 4f'],
    ['JSON', text('[{"_index": "packets-2025"}]'), 'JSON', '5b 7b'],
    ['text of tcpdump', text('10:00:00.1 IP 10.0.0.1.1 > 10.0.0.2.8472: OTV\n'), 'tcpdump -w', '31 30 3a'],
    ['text of tshark', text('    1   0.000000 10.0.0.1 → 10.0.0.2 ICMP 98\n'), 'tcpdump or tshark prints', '20 20 20'],
    ['other text', text('# Captures\n\nReal packets.\n'), 'text, not a capture', '23 20 43'],
    ['random bytes', new Uint8Array([0xde, 0xad, 0xbe, 0xef, 0, 1, 2, 3]), 'de ad be ef', 'de ad be ef 00 01 02 03'],
  ])('is %s', async (_name, bytes, hint, shown) => {
    const { records, error } = await scanAll(bytes)
    expect(records).toEqual([])
    expect(error).toMatchObject({ code: 'not-a-capture', offset: 0 })
    expect(error?.message).toContain(hint)
    expect(error?.message).toContain(shown)
  })

  test('gives no guess where there is none', async () => {
    const { error } = await scanAll(new Uint8Array([0xde, 0xad, 0xbe, 0xef, 0, 1, 2, 3]))
    expect(error?.message).toBe('not a pcap or pcapng capture: the file begins with de ad be ef 00 01 02 03')
  })
})

test.each([
  ['a record that is longer than it says', join(erf(64), new Uint8Array(3))],
  ['a type that nobody has', erf(64).with(8, 99)],
  ['a time in 1970', erf(64).with(7, 0)],
  ['a second record that makes no sense', join(erf(64), new Uint8Array(80).fill(7))],
])('bytes that are nearly ERF are not called so: %s', async (_name, bytes) => {
  const { error } = await scanAll(bytes)
  expect(error?.code).toBe('not-a-capture')
  expect(error?.message).not.toContain('ERF')
})

test.each([
  ['little-endian', little],
  ['big-endian', big],
])('a known variant of pcap is unsupported and called by its name: %s', async (_name, make) => {
  const { error } = await scanAll(join(make.pcapHeader({ magic: 0xa1b2c3cd }), rest))
  expect(error).toMatchObject({ code: 'unsupported', offset: 0 })
  expect(error?.message).toContain('Navtel')
  expect(error?.message).toContain('editcap')
})
