/** The classic format, built byte by byte. */
import { describe, expect, test } from 'vitest'
import { big, bytesFrom, join, little, readAll, scanAll } from './build.ts'

const data = bytesFrom(1, 10)

describe.each([
  ['little-endian', little],
  ['big-endian', big],
] as const)('a %s file', (byteOrder, make) => {
  test('with microseconds gives nanoseconds', async () => {
    const file = join(
      make.pcapHeader(),
      make.pcapRecord(data, { seconds: 1_795_378_377, fraction: 91_235, original: 60 }),
    )
    const { records, info, error } = await scanAll(file)
    expect(error).toBeUndefined()
    expect(records).toEqual([
      {
        number: 1,
        time: '1795378377.091235000',
        original: 60,
        linkType: 1,
        interface: undefined,
        offset: 24,
        comment: undefined,
        bytes: '0102030405060708090a',
      },
    ])
    expect(info?.format).toBe('pcap')
    expect(info?.compressed).toBe(false)
    expect(info?.sections).toMatchObject([{ byteOrder, version: '2.4', offset: 0 }])
    expect(info?.sections[0]?.interfaces).toMatchObject([{ id: 0, linkType: 1, ticksPerSecond: 1_000_000 }])
  })

  test('with nanoseconds keeps them', async () => {
    const header = make.pcapHeader({ magic: 0xa1b23c4d })
    const { records, info } = await scanAll(join(header, make.pcapRecord(data, { seconds: 1, fraction: 999_999_999 })))
    expect(records.map(({ time }) => time)).toEqual(['1.999999999'])
    expect(info?.sections[0]?.interfaces[0]?.ticksPerSecond).toBe(1_000_000_000)
  })
})

test('seconds are unsigned, so times go on after 2038', async () => {
  const { records } = await scanAll(join(little.pcapHeader(), little.pcapRecord(data, { seconds: 0xffff_ffff })))
  expect(records[0]?.time).toBe('4294967295.000000000')
})

test('a fraction of more than a second is carried over', async () => {
  const { records } = await scanAll(
    join(little.pcapHeader(), little.pcapRecord(data, { seconds: 5, fraction: 2_500_000 })),
  )
  expect(records[0]?.time).toBe('7.500000000')
})

describe.each([
  ['little-endian', little],
  ['big-endian', big],
] as const)("the word of a %s file's link type", (_byteOrder, make) => {
  test.each([
    ['whether a checksum is there', 0x0400_0114],
    ['its length, in 16 bits', 0x2400_0114],
    ['the longest', 0xf400_0114],
    ['a length that does not count', 0x2000_0114],
    ['the bit that is not used', 0x0800_0114],
  ])('tells more in its upper half, which is not the link type: %s', async (_name, network) => {
    const { records, info, error } = await scanAll(join(make.pcapHeader({ network }), make.pcapRecord(data)))
    expect(error).toBeUndefined()
    // The checksum stays in the frame: its bytes were captured.
    expect(records).toMatchObject([{ linkType: 276, bytes: Buffer.from(data).toString('hex'), original: data.length }])
    expect(info?.sections[0]?.interfaces).toMatchObject([{ linkType: 276 }])
  })

  test.each([0x0001_0001, 0x0200_0001, 0x2401_0001])(
    'has reserved bits, and the file is refused when one is set: %i',
    async (network) => {
      for (const all of [scanAll, readAll]) {
        const { records, error } = await all(join(make.pcapHeader({ network }), make.pcapRecord(data)))
        expect(records).toEqual([])
        expect(error).toMatchObject({ code: 'unsupported', offset: 0 })
        expect(error?.message).toContain(`0x${network.toString(16).padStart(8, '0')}`)
      }
    },
  )
})

test.each([0, 1, 0xffff_ffff])('a snap length of %i does not limit the records', async (snapLength) => {
  const { records } = await scanAll(join(little.pcapHeader({ snapLength }), little.pcapRecord(data)))
  expect(records[0]?.bytes.length).toBe(20)
})

test('a record may be empty', async () => {
  const none = new Uint8Array(0)
  const { records } = await scanAll(
    join(little.pcapHeader(), little.pcapRecord(none, { original: 70 }), little.pcapRecord(none)),
  )
  expect(records).toMatchObject([
    { bytes: '', original: 70, offset: 24 },
    { bytes: '', original: 0, offset: 40 },
  ])
})

test('a file may have no records', async () => {
  const { records, error, info } = await scanAll(big.pcapHeader())
  expect(records).toEqual([])
  expect(error).toBeUndefined()
  expect(info?.sections[0]?.byteOrder).toBe('big-endian')
})

test('another major version is unsupported', async () => {
  const { error } = await scanAll(join(little.pcapHeader({ major: 3 }), little.pcapRecord(data)))
  expect(error).toMatchObject({ code: 'unsupported', offset: 0 })
  expect(error?.message).toContain('3.4')
})

describe('a file that ends too early', () => {
  const whole = join(little.pcapHeader(), little.pcapRecord(data), little.pcapRecord(data))

  test.each([
    [4, 0, 0, 'the file ends in the middle of the file header: 24 bytes are needed at byte 0, 4 are there'],
    [23, 0, 0, 'the file ends in the middle of the file header: 24 bytes are needed at byte 0, 23 are there'],
    [25, 0, 24, "the file ends in the middle of record 1's header: 16 bytes are needed at byte 24, 1 are there"],
    [65, 1, 50, "the file ends in the middle of record 2's header: 16 bytes are needed at byte 50, 15 are there"],
    [66, 1, 50, 'the file ends in the middle of record 2: 10 bytes captured were announced at byte 50, 0 are there'],
    [75, 1, 50, 'the file ends in the middle of record 2: 10 bytes captured were announced at byte 50, 9 are there'],
  ])('after %i bytes gives %i records, then says where it was cut', async (length, count, offset, message) => {
    for (const all of [scanAll, readAll]) {
      const { records, error } = await all(whole.subarray(0, length))
      expect(records.length).toBe(count)
      expect(error).toMatchObject({ code: 'cut', offset, message })
    }
  })

  test('at the end of a record is whole', async () => {
    const { records, error } = await scanAll(whole.subarray(0, 50))
    expect(records.length).toBe(1)
    expect(error).toBeUndefined()
  })
})

test('a captured length of more than 16 MiB is too large, after the records before it', async () => {
  const liar = little.pcapRecord(data, { captured: 16 * 1024 * 1024 + 1 })
  const { records, error } = await scanAll(join(little.pcapHeader(), little.pcapRecord(data), liar))
  expect(records.length).toBe(1)
  expect(error).toMatchObject({ code: 'too-large', offset: 50 })
  expect(error?.message).toBe('record 2 at byte 50 claims 16777217 bytes; the file is probably damaged there')
})

test('a record of exactly 16 MiB is read', async () => {
  const huge = new Uint8Array(16 * 1024 * 1024)
  const { records, error } = await scanAll(join(little.pcapHeader(), little.pcapRecord(huge), little.pcapRecord(data)))
  expect(error).toBeUndefined()
  expect(records.map(({ bytes }) => bytes.length / 2)).toEqual([huge.length, 10])
})

describe.each([
  ['little-endian', little],
  ['big-endian', big],
] as const)('a %s file of another kind', (_byteOrder, make) => {
  /** A record header, and behind it what the patched libpcap added: interface 3, IPv4, outgoing. */
  const modified = (bytes: Uint8Array, seconds: number) => {
    const record = make.pcapRecord(bytes, { seconds, fraction: 7, original: 99 })
    return join(record.subarray(0, 16), make.u32(3), make.u16(0x0800), Uint8Array.of(4, 0), bytes)
  }

  test("with the longer record headers of Kuznetzov's patch is read", async () => {
    const head = make.pcapHeader({ magic: 0xa1b2cd34 })
    const { records, error } = await scanAll(join(head, modified(data, 1), modified(bytesFrom(50, 3), 2)))
    expect(error).toBeUndefined()
    expect(records).toMatchObject([
      { number: 1, time: '1.000007000', original: 99, offset: 24, bytes: Buffer.from(data).toString('hex') },
      { number: 2, time: '2.000007000', original: 99, offset: 24 + 24 + data.length, bytes: '323334' },
    ])
  })

  test('with such headers says where it is cut', async () => {
    const whole = join(make.pcapHeader({ magic: 0xa1b2cd34 }), modified(data, 1))
    const { error } = await scanAll(whole.subarray(0, 24 + 20))
    expect(error).toMatchObject({ code: 'cut', offset: 24 })
    expect(error?.message).toContain("record 1's header: 24 bytes are needed at byte 24, 20 are there")
    expect((await scanAll(whole.subarray(0, -1))).error?.message).toContain(
      '10 bytes captured were announced at byte 24, 9 are there',
    )
  })

  const swapped = (bytes: Uint8Array, original: number) =>
    join(make.pcapRecord(new Uint8Array(0), { captured: original, original: bytes.length }), bytes)

  test('of version 2.2 has its lengths the other way round', async () => {
    const { records, error } = await scanAll(join(make.pcapHeader({ minor: 2 }), swapped(data, 60), swapped(data, 61)))
    expect(error).toBeUndefined()
    expect(records.map(({ original, bytes }) => [original, bytes.length / 2])).toEqual([
      [60, 10],
      [61, 10],
    ])
  })

  test('of version 2.3 has them either way, the longer one is what was on the wire', async () => {
    const file = join(make.pcapHeader({ minor: 3 }), swapped(data, 60), make.pcapRecord(data, { original: 61 }))
    const { records, error } = await scanAll(file)
    expect(error).toBeUndefined()
    expect(records.map(({ original, bytes }) => [original, bytes.length / 2])).toEqual([
      [60, 10],
      [61, 10],
    ])
  })

  test('of version 2.4 keeps a captured length above the original', async () => {
    const file = join(make.pcapHeader(), make.pcapRecord(data, { original: 4 }))
    expect((await scanAll(file)).records).toMatchObject([{ original: 4, bytes: Buffer.from(data).toString('hex') }])
  })
})
