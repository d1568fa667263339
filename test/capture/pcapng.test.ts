/** The block format, built byte by byte. */
import { describe, expect, test } from 'vitest'
import { big, bytesFrom, chunksOf, join, little, readAll, scanAll } from './build.ts'

const data = bytesFrom(1, 10)
const hex = '0102030405060708090a'

describe.each([
  ['little-endian', little],
  ['big-endian', big],
] as const)('a %s section', (byteOrder, make) => {
  test('gives its packets with interface, time, lengths and place', async () => {
    const file = join(
      make.section(),
      make.interfaceBlock(1, 96, [
        [2, 'eth1'],
        [3, 'first leg'],
        [11, '\0udp port 8472'],
      ]),
      make.interfaceBlock(276),
      make.packet(data, { ticks: 1_795_378_377_091_235n, original: 60 }),
      make.packet(data, { id: 1, ticks: 1n }),
    )
    const { records, error, info } = await scanAll(file)
    expect(error).toBeUndefined()
    expect(records).toMatchObject([
      {
        number: 1,
        time: '1795378377.091235000',
        original: 60,
        linkType: 1,
        interface: 'eth1',
        offset: 116,
        bytes: hex,
      },
      { number: 2, time: '0.000001000', original: 10, linkType: 276, interface: undefined, offset: 160, bytes: hex },
    ])
    expect(info?.format).toBe('pcapng')
    expect(info?.sections).toMatchObject([{ byteOrder, version: '1.0', offset: 0 }])
    expect(info?.sections[0]?.interfaces).toMatchObject([
      { id: 0, linkType: 1, snapLength: 96, name: 'eth1', description: 'first leg', filter: 'udp port 8472' },
      { id: 1, linkType: 276, snapLength: 0, name: undefined, description: undefined, filter: undefined },
    ])
  })
})

describe('sections', () => {
  test('one after another have their own byte order and interfaces, and records are counted through', async () => {
    const file = join(
      little.section(),
      little.interfaceBlock(1, 0, [[2, 'a']]),
      little.packet(data),
      big.section(),
      big.interfaceBlock(101, 0, [[2, 'b']]),
      big.packet(data),
      little.section(),
      little.interfaceBlock(276, 0, [[2, 'c']]),
      little.packet(data),
    )
    const { records, info } = await scanAll(file)
    expect(records.map((record) => [record.number, record.interface, record.linkType])).toEqual([
      [1, 'a', 1],
      [2, 'b', 101],
      [3, 'c', 276],
    ])
    expect(info?.sections.map((section) => section.byteOrder)).toEqual(['little-endian', 'big-endian', 'little-endian'])
  })

  test('keep their comment, hardware, system and program', async () => {
    const { info } = await scanAll(
      little.section([
        [1, 'a comment'],
        [2, 'a machine'],
        [3, 'a system'],
        [4, 'a program'],
        [1, 'and another'],
      ]),
    )
    expect(info?.sections).toMatchObject([
      { comment: 'a comment\nand another', hardware: 'a machine', system: 'a system', application: 'a program' },
    ])
  })

  test('may say their length, which does not matter', async () => {
    const file = join(little.section([], { length: 12n }), little.interfaceBlock(), little.packet(data))
    expect((await scanAll(file)).records.length).toBe(1)
  })

  test.each([0, 2])('of version 1.%i are read', async (minor) => {
    const file = join(little.section([], { minor }), little.interfaceBlock(), little.packet(data))
    expect((await scanAll(file)).records.length).toBe(1)
  })

  test('of another major version are unsupported, after the records before them', async () => {
    const before = join(little.section(), little.interfaceBlock(), little.packet(data))
    const { records, error } = await scanAll(join(before, little.section([], { major: 2 })))
    expect(records.length).toBe(1)
    expect(error).toMatchObject({ code: 'unsupported', offset: before.length })
    expect(error?.message).toContain('2.0')
  })

  test('without a byte-order magic are damaged', async () => {
    const { error } = await scanAll(little.block(0x0a0d0d0a, new Uint8Array(16)))
    expect(error).toMatchObject({ code: 'damaged', offset: 0 })
  })
})

describe('packets', () => {
  const head = join(little.section(), little.interfaceBlock())

  test('have their comments, each on a line of its own', async () => {
    const file = join(
      head,
      little.packet(data, {
        list: [
          [2, little.u32(1)],
          [1, 'größer'],
          [1, 'second\0'],
        ],
      }),
      little.packet(data),
      little.packet(data, { list: [[2, little.u32(1)]] }),
    )
    const { records } = await scanAll(file)
    expect(records.map(({ comment }) => comment)).toEqual(['größer\nsecond', undefined, undefined])
  })

  test('may end in options without an end-of-options', async () => {
    const body = [0, 0, 0, 0, 0].map((value) => little.u32(value))
    const file = join(head, little.block(6, join(...body, little.u16(1), little.u16(2), new Uint8Array([104, 105]))))
    const { records, error } = await scanAll(file)
    expect(error).toBeUndefined()
    expect(records[0]?.comment).toBe('hi')
  })

  test('of the obsolete kind have their interface in 16 bits', async () => {
    const body = join(little.u16(0), little.u16(0xffff), little.u32(0), little.u32(5), little.u32(10), little.u32(60))
    const { records } = await scanAll(join(head, little.block(2, join(body, data))))
    expect(records).toMatchObject([{ time: '0.000005000', original: 60, bytes: hex }])
  })

  test('of an interface that is not described are damaged', async () => {
    const file = join(head, little.packet(data), little.packet(data, { id: 1 }))
    const { records, error } = await scanAll(file)
    expect(records.length).toBe(1)
    expect(error).toMatchObject({ code: 'damaged', offset: head.length + 44 })
    expect(error?.message).toContain('interface 1')
  })

  test('of an interface of the section before are damaged', async () => {
    const { error } = await scanAll(join(head, little.section(), little.packet(data)))
    expect(error).toMatchObject({ code: 'damaged', offset: head.length + 28 })
  })

  test('longer than their block are damaged', async () => {
    const { records, error } = await scanAll(join(head, little.packet(data, { captured: 13 })))
    expect(records).toEqual([])
    expect(error).toMatchObject({ code: 'damaged', offset: head.length })
    expect(error?.message).toBe(`the block at byte ${head.length} has room for 12 bytes of a packet of 13`)
  })

  test('whose option is longer than their block are damaged', async () => {
    const body = [0, 0, 0, 0, 0].map((value) => little.u32(value))
    const file = join(head, little.block(6, join(...body, little.u16(1), little.u16(5), new Uint8Array(4))))
    const { error } = await scanAll(file)
    expect(error).toMatchObject({ code: 'damaged', offset: head.length + 28 })
  })
})

describe('simple packets', () => {
  test('have no time, and the snap length of interface 0 says how long they are', async () => {
    const file = join(
      little.section(),
      little.interfaceBlock(101, 6),
      little.interfaceBlock(1, 0),
      little.simplePacket(data.subarray(0, 6), 60),
      little.simplePacket(data.subarray(0, 5)),
      little.packet(data, { id: 1, ticks: 3n }),
    )
    const { records } = await scanAll(file)
    expect(records).toMatchObject([
      { time: '', original: 60, bytes: '010203040506', linkType: 101 },
      { time: '', original: 5, bytes: '0102030405', linkType: 101 },
      { time: '0.000003000', original: 10, linkType: 1 },
    ])
  })

  test('end with their block when there is no snap length', async () => {
    const file = join(little.section(), little.interfaceBlock(1, 0), little.simplePacket(data.subarray(0, 8), 60))
    expect((await scanAll(file)).records).toMatchObject([{ original: 60, bytes: '0102030405060708' }])
  })

  test('without any interface are damaged', async () => {
    const { error } = await scanAll(join(little.section(), little.simplePacket(data)))
    expect(error).toMatchObject({ code: 'damaged', offset: 28 })
  })
})

describe('interfaces', () => {
  test('with a compiled filter have no filter text', async () => {
    const file = join(little.section(), little.interfaceBlock(1, 0, [[11, new Uint8Array([1, 2, 3])]]))
    expect((await scanAll(file)).info?.sections[0]?.interfaces[0]?.filter).toBeUndefined()
  })

  test.each([
    ['if_tsresol', 9, 2],
    ['if_tsoffset', 14, 4],
  ])('with an %s of the wrong length are damaged', async (_name, code, length) => {
    const file = join(little.section(), little.interfaceBlock(1, 0, [[code, new Uint8Array(length)]]))
    expect((await scanAll(file)).error).toMatchObject({ code: 'damaged', offset: 28 + 16 })
  })

  test('count time as if_tsresol and if_tsoffset say', async () => {
    const file = join(
      little.section(),
      little.interfaceBlock(1, 0, [
        [9, new Uint8Array([9])],
        [14, little.i64(-10n)],
      ]),
      little.interfaceBlock(1, 0, [[9, new Uint8Array([0x80 | 20])]]),
      little.packet(data, { ticks: 7_000_000_001n }),
      little.packet(data, { id: 1, ticks: (3n << 20n) + 1n }),
    )
    const { records, info } = await scanAll(file)
    expect(records.map(({ time }) => time)).toEqual(['-3.000000001', '3.000000953'])
    expect(info?.sections[0]?.interfaces.map(({ ticksPerSecond }) => ticksPerSecond)).toEqual([1e9, 2 ** 20])
  })
})

describe('blocks', () => {
  const head = join(little.section(), little.interfaceBlock())

  test('of unknown types are skipped, whatever their size', async () => {
    const unknown = little.block(0x0bad, new Uint8Array(100_000).fill(6))
    const file = join(
      head,
      unknown,
      little.packet(data),
      little.block(0x8000_0bad, new Uint8Array(0)),
      little.packet(data),
    )
    for (const size of [1, 7, 4096, file.length]) {
      const { records, error } = await scanAll(chunksOf(file, size))
      expect(error).toBeUndefined()
      expect(records.map(({ offset }) => offset)).toEqual([48 + 100_012, 48 + 100_012 + 56])
    }
  })

  const hexOf = (words: string) => new Uint8Array(Buffer.from(words))

  test.each([
    [
      'name resolution',
      4,
      join(little.u16(1), little.u16(6), hexOf('\n\0\0\x01a\0'), new Uint8Array(2), little.u32(0)),
    ],
    ['interface statistics', 5, join(little.u32(0), little.u32(1), little.u32(2))],
    ['keys of TLS', 10, join(little.u32(0x544c_534b), little.u32(21), hexOf('CLIENT_RANDOM 00 00\n\0'))],
    ['keys of a length that is not so', 10, join(little.u32(0x544c_534b), little.u32(0xffff_ffff))],
    ['a custom block that may be copied', 0x0bad, join(little.u32(32473), bytesFrom(1, 5))],
    ['a custom block that must not', 0x4000_0bad, join(little.u32(32473), bytesFrom(1, 5))],
    ['the journal of systemd', 9, hexOf('MESSAGE=one\n')],
  ])('between packets that tell of other things leave the packets alone: %s', async (_name, type, body) => {
    const between = little.block(type, body)
    const file = join(
      little.section(),
      between,
      little.interfaceBlock(),
      little.packet(data),
      between,
      little.packet(data),
    )
    for (const all of [scanAll, readAll]) {
      const { records, error } = await all(file)
      expect(error).toBeUndefined()
      expect(records.map(({ bytes }) => bytes)).toEqual([hex, hex])
    }
  })

  test.each([
    ['packets', little.packet(data)],
    ['unknown blocks', little.block(0x0bad, data)],
  ])('are damaged when their two lengths differ: %s', async (_name, block) => {
    const wrong = block.slice()
    wrong[wrong.length - 1] = 1
    const { error } = await scanAll(join(head, little.packet(data), wrong))
    expect(error).toMatchObject({ code: 'damaged', offset: head.length + 44 })
  })

  test('are damaged when they are shorter than their fields', async () => {
    for (const [type, length] of [
      [0x0bad, 8],
      [6, 28],
      [3, 12],
      [1, 16],
      [0x0a0d0d0a, 24],
    ] as const) {
      const body = type === 0x0a0d0d0a ? join(little.u32(0x1a2b3c4d), new Uint8Array(12)) : new Uint8Array(28)
      const { error } = await scanAll(join(head, little.block(type, body, { length })))
      expect(error).toMatchObject({ code: 'damaged', offset: head.length })
      expect(error?.message).toContain(`${length} bytes`)
    }
  })

  test('whose length forgets the padding are read all the same', async () => {
    const packet = join(...[0, 0, 0, 10, 10].map((value) => little.u32(value)), data)
    const file = join(
      head,
      little.block(6, packet, { length: 42 }),
      little.block(0x0bad, data, { length: 22 }),
      little.packet(data),
    )
    const { records, error } = await scanAll(file)
    expect(error).toBeUndefined()
    expect(records.map(({ bytes }) => bytes)).toEqual([hex, hex])
  })

  test.each([
    ['unknown block', 0x0bad, 64 * 1024 * 1024 + 4],
    ['packet', 6, 18 * 1024 * 1024],
    ['description', 1, 17 * 1024 * 1024],
  ])('of more bytes than the bounds allow are too large: %s', async (_name, type, length) => {
    const { records, error } = await scanAll(
      join(head, little.packet(data), little.block(type, new Uint8Array(28), { length })),
    )
    expect(records.length).toBe(1)
    expect(error).toMatchObject({ code: 'too-large', offset: head.length + 44 })
  })

  test('describing interfaces without end are too large in the end', async () => {
    const many = little.interfaceBlock(1, 0, [[2, 'x'.repeat(60_000)]])
    async function* endless() {
      yield little.section()
      for (;;) yield many
    }
    const { error } = await scanAll(endless())
    expect(error?.code).toBe('too-large')
    expect(error?.offset).toBeGreaterThan(15 * 1024 * 1024)
    expect(error?.offset).toBeLessThan(17 * 1024 * 1024)
  })
})

describe('a file that ends too early', () => {
  const head = join(little.section(), little.interfaceBlock())
  const whole = join(head, little.packet(data), little.packet(data), little.block(0x0bad, new Uint8Array(40)))

  test.each([
    [6, 0, 0, 'the file ends in the middle of the head of a block: 8 bytes are needed at byte 0, 6 are there'],
    [11, 0, 0, 'the file ends in the middle of the head of a block: 12 bytes are needed at byte 0, 11 are there'],
    [27, 0, 0, 'the file ends in the middle of a block: 28 bytes were announced at byte 0, 27 are there'],
    [93, 1, 92, 'the file ends in the middle of the head of a block: 8 bytes are needed at byte 92, 1 are there'],
    [100, 1, 92, 'the file ends in the middle of a block: 44 bytes were announced at byte 92, 8 are there'],
    [135, 1, 92, 'the file ends in the middle of a block: 44 bytes were announced at byte 92, 43 are there'],
    [150, 2, 136, 'the file ends in the middle of a block: 52 bytes were announced at byte 136, 14 are there'],
    [185, 2, 136, 'the file ends in the middle of a block: 52 bytes were announced at byte 136, 49 are there'],
  ])('after %i bytes gives %i records, then says where it was cut', async (length, count, offset, message) => {
    for (const size of [1, 5, length]) {
      const { records, error } = await scanAll(chunksOf(whole.subarray(0, length), size))
      expect(records.length).toBe(count)
      expect(error).toMatchObject({ code: 'cut', offset, message })
    }
  })
})
