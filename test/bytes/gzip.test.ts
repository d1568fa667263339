/** gzip, whole and broken, in chunks of any size. */
import { crc32, deflateRawSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { uncompressed } from '../../src/bytes/uncompressed.ts'
import { CaptureError } from '../../src/errors.ts'

/** Bytes that compress to about half: sixteen values without a pattern. */
const plain = new Uint8Array(400_000)
for (let index = 0, state = 1; index < plain.length; index++) {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  plain[index] = state >>> 28
}

interface Result {
  bytes: Buffer
  compressed: boolean
  error: CaptureError | undefined
}

async function read(input: Uint8Array, { size = 4096, again = false } = {}): Promise<Result> {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < input.length; at += size) yield input.slice(at, at + size)
  }
  const outputs: Uint8Array[] = []
  const result: Result = { bytes: Buffer.alloc(0), compressed: false, error: undefined }
  try {
    const onGzip = () => {
      result.compressed = true
    }
    for await (const output of uncompressed(chunks(), again ? chunks : undefined, onGzip)) outputs.push(output)
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error
    result.error = error
  }
  result.bytes = Buffer.concat(outputs)
  return result
}

/** A member with every optional field in its header. */
function withAllFields(bytes: Uint8Array): Buffer {
  const head = Buffer.concat([
    Buffer.from([0x1f, 0x8b, 8, 0x1f, 0, 0, 0, 0, 0, 3, 6, 0]),
    Buffer.from('ab\x02\0xyname\0a comment\0'),
  ])
  const numbers = Buffer.alloc(8)
  numbers.writeUInt32LE(crc32(bytes), 0)
  numbers.writeUInt32LE(bytes.length, 4)
  return Buffer.concat([head, Buffer.alloc(2), deflateRawSync(bytes), numbers])
}

describe('whole input', () => {
  test.each([0, 1, 2, 100])('that is not gzip goes through as it is: %i bytes', async (length) => {
    const { bytes, compressed, error } = await read(plain.subarray(0, length), { size: 1 })
    expect(bytes.equals(plain.subarray(0, length))).toBe(true)
    expect([compressed, error]).toEqual([false, undefined])
  })

  test.each([1000, 4096, 1_000_000])('is inflated from chunks of %i bytes', async (size) => {
    const { bytes, compressed, error } = await read(gzipSync(plain), { size })
    expect(bytes.equals(plain)).toBe(true)
    expect([compressed, error]).toEqual([true, undefined])
  })

  test('is inflated byte by byte, with all optional fields of the header', async () => {
    const part = plain.subarray(0, 3000)
    const { bytes, error } = await read(withAllFields(part), { size: 1 })
    expect(error).toBeUndefined()
    expect(bytes.equals(part)).toBe(true)
  })

  test('may have several members, empty ones too, and zeros at the end', async () => {
    const parts = [plain.subarray(0, 5), new Uint8Array(0), plain.subarray(5)]
    for (const size of [977, 1_000_000]) {
      const input = Buffer.concat([...parts.map((part) => gzipSync(part)), Buffer.alloc(10_000)])
      const { bytes, error } = await read(input, { size })
      expect(error).toBeUndefined()
      expect(bytes.equals(plain)).toBe(true)
    }
  })

  test('may end exactly at the end of a chunk at any place', async () => {
    const member = gzipSync(plain.subarray(0, 50))
    const input = Buffer.concat([member, member])
    for (let size = 1; size <= input.length; size++) {
      const { bytes, error } = await read(input, { size })
      expect(error).toBeUndefined()
      expect(bytes.length).toBe(100)
    }
  })
})

describe('input that ends too early', () => {
  const input = gzipSync(plain)

  test.each([5, 200, 60_000, input.length - 1])('gives all it held, then fails: %i bytes', async (length) => {
    const { bytes, error } = await read(input.subarray(0, length))
    expect(bytes.equals(plain.subarray(0, bytes.length))).toBe(true)
    expect(bytes.length).toBeGreaterThanOrEqual(Math.floor((plain.length * length) / input.length) - 100_000)
    expect(error).toMatchObject({ code: 'cut', offset: bytes.length })
    expect(error?.message).toContain(`at byte ${length} of the compressed file, after ${bytes.length} inflated bytes`)
  })

  test('without its trailer has still given everything', async () => {
    const { bytes, error } = await read(input.subarray(0, input.length - 8))
    expect(bytes.equals(plain)).toBe(true)
    expect(error?.code).toBe('cut')
  })

  test('in the header of a later member has given the members before', async () => {
    const { bytes, error } = await read(Buffer.concat([input, input.subarray(0, 9)]))
    expect(bytes.equals(plain)).toBe(true)
    expect(error?.code).toBe('cut')
  })
})

describe('damaged input', () => {
  // A stored block, then a block of the reserved type: the damage is noticed exactly there.
  const stored = Buffer.concat([Buffer.from([0, 0x10, 0x27, 0xef, 0xd8]), plain.subarray(0, 10_000)])
  const head = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])
  const broken = Buffer.concat([head, stored, stored, stored, Buffer.alloc(50_000, 0xff)])

  test('gives all before the damage when it can be read again', async () => {
    const { bytes, error } = await read(broken, { again: true, size: 1_000_000 })
    expect(bytes.length).toBeGreaterThan(29_900)
    expect(bytes.subarray(0, 10_000).equals(plain.subarray(0, 10_000))).toBe(true)
    expect(bytes.subarray(20_000).equals(plain.subarray(0, bytes.length - 20_000))).toBe(true)
    expect(error).toMatchObject({ code: 'damaged', offset: bytes.length })
  })

  test('gives all but the last 4 KiB before the damage when it cannot', async () => {
    const { bytes, error } = await read(broken, { size: 1_000_000 })
    expect(bytes.length).toBeGreaterThan(30_000 - 4096)
    expect(error).toMatchObject({ code: 'damaged', offset: bytes.length })
  })

  test.each([
    ['checksum', 8],
    ['length', 4],
  ])('with a wrong %s has given everything', async (name, fromEnd) => {
    const input = gzipSync(plain)
    input[input.length - fromEnd] = (input[input.length - fromEnd] ?? 0) ^ 1
    const { bytes, error } = await read(input)
    expect(bytes.equals(plain)).toBe(true)
    expect(error).toMatchObject({ code: 'damaged', offset: plain.length })
    expect(error?.message).toContain(name)
  })

  test('followed by something else has given everything', async () => {
    for (const tail of ['more', '\0\0\0more']) {
      const { bytes, error } = await read(Buffer.concat([gzipSync(plain), Buffer.from(tail)]))
      expect(bytes.equals(plain)).toBe(true)
      expect(error).toMatchObject({ code: 'damaged' })
      expect(error?.message).toContain('followed by something that is not gzip')
    }
  })

  test('with another method than deflate is unsupported', async () => {
    const { error } = await read(Buffer.from([0x1f, 0x8b, 7, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3]))
    expect(error).toMatchObject({ code: 'unsupported', offset: 0 })
  })
})

test('input is asked for only as output is taken', async () => {
  const input = gzipSync(Buffer.alloc(30 * 1024 * 1024), { level: 9 })
  let asked = 0
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < input.length; at += 256) {
      asked++
      yield input.subarray(at, at + 256)
    }
  }
  const output = uncompressed(chunks(), undefined, () => {})
  await output.next()
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(asked).toBeLessThan(4)
  await output.return(undefined)
})
