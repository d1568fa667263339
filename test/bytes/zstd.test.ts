/** Captures compressed with zstd: read where Node can, refused in a line where it cannot. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { uncompressed } from '../../src/bytes/uncompressed.ts'
import { hasZstd } from '../../src/bytes/zstd.ts'
import { CaptureError } from '../../src/errors.ts'
import { chunksOf, join, scanAll } from '../capture/build.ts'

const fixture = (name: string) => new Uint8Array(readFileSync(new URL(`../../fixtures/${name}`, import.meta.url)))
const whole = fixture('vxlan.pcap')
const one = fixture('zstd/vxlan.pcap.zst')
/** Two frames, one of them without checksum, a frame to be skipped between them, and one that holds nothing. */
const several = fixture('zstd/frames.pcap.zst')

async function read(bytes: Uint8Array, size = bytes.length) {
  const parts: Uint8Array[] = []
  let error: CaptureError | undefined
  try {
    for await (const part of uncompressed(chunksOf(bytes, size), undefined, () => {})) parts.push(part)
  } catch (caught) {
    if (!(caught instanceof CaptureError)) throw caught
    error = caught
  }
  return { bytes: join(...parts), error }
}

describe.skipIf(!hasZstd())('where Node has zstd', () => {
  test.each([
    ['one frame', one],
    ['several frames, and some to be skipped', several],
  ])('%s is decompressed, in chunks of any size', async (_name, bytes) => {
    for (const size of [1, 3, 100, 2500, bytes.length]) {
      const { bytes: found, error } = await read(bytes, size)
      expect(error).toBeUndefined()
      expect(Buffer.from(found).equals(whole)).toBe(true)
    }
  })

  test('a capture is read from file and pipe alike', async () => {
    const path = new URL('../../fixtures/zstd/vxlan.pcap.zst', import.meta.url)
    const plain = await scanAll(whole)
    for (const source of [path, one, chunksOf(several, 1000)]) {
      const { records, error, info } = await scanAll(source)
      expect(error).toBeUndefined()
      expect(info?.compressed).toBe(true)
      expect(records).toEqual(plain.records)
    }
  })

  test('one that ends too early has given every frame before', async () => {
    const { bytes, error } = await read(several.subarray(0, -40))
    expect(error?.code).toBe('cut')
    expect(error?.message).toContain('the zstd data breaks off')
    expect(Buffer.from(bytes).equals(whole.subarray(0, bytes.length))).toBe(true)
    expect(bytes.length).toBeGreaterThanOrEqual(6000)
  })

  test('every prefix ends in "cut", or is whole, and gives nothing but what is there', async () => {
    const ends = new Set<number>()
    for (let length = 4; length < several.length; length += 7) {
      const { bytes, error } = await read(several.subarray(0, length))
      expect(Buffer.from(bytes).equals(whole.subarray(0, bytes.length))).toBe(true)
      expect(error === undefined || error.code === 'cut' || error.code === 'damaged').toBe(true)
      ends.add(bytes.length)
    }
    expect([...ends].sort((a, b) => a - b).slice(0, 2)).toEqual([0, 6000])
  })

  test('one that is damaged says so, and what follows that is no zstd as well', async () => {
    const { error } = await read(one.with(1000, (one[1000] as number) ^ 0xff))
    expect(error?.code).toBe('damaged')
    const followed = await read(join(one, new Uint8Array(Buffer.from('more'))))
    expect(followed.error?.message).toContain('is followed by something that is not zstd')
    expect(Buffer.from(followed.bytes).equals(whole)).toBe(true)
  })

  test('memory for a window of more than 128 MiB is not given because a header asks for it', async () => {
    const { error } = await read(new Uint8Array([0x28, 0xb5, 0x2f, 0xfd, 0x00, 18 << 3, 1, 0, 0]))
    expect(error).toMatchObject({ code: 'unsupported' })
    expect(error?.message).toContain('128 MiB')
  })
})

describe.skipIf(hasZstd())('where Node has no zstd', () => {
  test.each([
    ['a frame', one],
    ['a frame that is to be skipped', several.subarray(Buffer.from(several).indexOf('hello') - 8)],
  ])('%s is refused in one line that says what to do', async (_name, bytes) => {
    const { records, error } = await scanAll(bytes)
    expect(records).toEqual([])
    expect(error).toMatchObject({ code: 'unsupported', offset: 0 })
    expect(error?.message).toMatch(
      /^compressed with zstd, which Node 20\.\S+ cannot read: use Node 22.15 or newer, or: zstd -dc/,
    )
  })
})

test('four bytes that are nearly zstd are not taken for it', async () => {
  for (const first of [
    [0x28, 0xb5, 0x2f, 0xfc],
    [0x60, 0x2a, 0x4d, 0x18],
    [0x50, 0x2a, 0x4d, 0x19],
  ]) {
    const { error } = await scanAll(new Uint8Array([...first, 0, 0, 0, 0]))
    expect(error?.message).toContain('not a pcap or pcapng capture')
  }
})
