/** createCaptureWriter: captures from packets, one's own or those that were read. */
import { existsSync, readFileSync } from 'node:fs'
import { PassThrough, Writable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createCaptureWriter, type PacketToWrite, read } from '../../src/index.ts'
import { little, scanAll } from '../capture/build.ts'
import { scratch } from '../capture/written.ts'
import { fixture } from '../support/fixtures.ts'

const file = scratch()
const bytes = Uint8Array.of(1, 2, 3, 4, 5)

async function written(packets: readonly PacketToWrite[], name: string, options = {}) {
  const writer = createCaptureWriter(file(name), options)
  for (const packet of packets) await writer.write(packet)
  await writer.close()
  return scanAll(file(name))
}

test('a packet of nothing but bytes and a link type is enough', async () => {
  for (const name of ['least.pcap', 'least.pcapng'])
    expect((await written([{ bytes, linkType: 1 }], name)).records).toMatchObject([
      { bytes: '0102030405', original: 5, time: '0.000000000', linkType: 1, interface: undefined, comment: undefined },
    ])
})

test('time, length on the wire, comment and interface stay, of the latter two only in pcapng', async () => {
  const packet = {
    bytes,
    linkType: 276,
    time: { seconds: 1795378377, nanoseconds: 91235001 },
    originalLength: 900,
    comment: 'first\nsecond',
    interface: { id: 3, name: 'cilium_vxlan' },
  }
  const common = { bytes: '0102030405', original: 900, time: '1795378377.091235001', linkType: 276 }
  expect((await written([packet], 'all.pcapng')).records).toMatchObject([
    { ...common, comment: 'first\nsecond', interface: 'cilium_vxlan' },
  ])
  expect((await written([packet], 'all.pcap')).records).toMatchObject([common])
})

test('microseconds are for those who want the files that tcpdump writes', async () => {
  const packet = { bytes, linkType: 1, time: { seconds: 5, nanoseconds: 123_456_789 } }
  const { records } = await written([packet], 'micro.pcap', { resolution: 'microseconds' })
  expect(records[0]?.time).toBe('5.123456000')
  expect(readFileSync(file('micro.pcap')).readUInt32LE(0)).toBe(0xa1b2c3d4)
})

test('packets that were read are packets to write', async () => {
  const writer = createCaptureWriter(file('read.pcapng'))
  for await (const packet of read(fixture('vxlan.pcapng'))) await writer.write(packet)
  await writer.close()
  const plain = async (path: string) =>
    (await scanAll(path)).records.map((one) => [one.time, one.bytes, one.original, one.interface, one.comment])
  expect(await plain(file('read.pcapng'))).toEqual(await plain(fixture('vxlan.pcapng')))
})

describe('classic pcap refuses, and says what to do', () => {
  const refuses = async (packets: PacketToWrite[], message: RegExp) => {
    await expect(written(packets, 'refused.pcap')).rejects.toThrow(message)
    await expect(written(packets, 'accepted.pcapng')).resolves.toMatchObject({ records: { length: packets.length } })
  }
  test('two link types', () =>
    refuses(
      [
        { bytes, linkType: 1 },
        { bytes, linkType: 276 },
      ],
      /ETHERNET and LINUX_SLL2: write a \.pcapng/,
    ))
  test('times before 1970', () =>
    refuses([{ bytes, linkType: 1, time: { seconds: -1, nanoseconds: 0 } }], /1970 to 2106.*\.pcapng/))
})

test('pcapng holds every time there can be', async () => {
  const times = [
    { seconds: -1, nanoseconds: 999_999_999 },
    { seconds: -62_135_596_800, nanoseconds: 0 },
    { seconds: 2 ** 32, nanoseconds: 1 },
    { seconds: 2 ** 40, nanoseconds: 5 },
  ]
  const { records } = await written(
    times.map((time) => ({ bytes, linkType: 1, time })),
    'times.pcapng',
  )
  expect(records.map((one) => one.time)).toEqual([
    '-1.999999999',
    '-62135596800.000000000',
    '4294967296.000000001',
    '1099511627776.000000005',
  ])
})

test('any packets come back as they were', async () => {
  const packet = fc.record({
    bytes: fc.uint8Array({ maxLength: 70_000 }),
    linkType: fc.constantFrom(1, 101, 113, 276),
    time: fc.record({
      seconds: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      nanoseconds: fc.integer({ min: 0, max: 999_999_999 }),
    }),
    originalLength: fc.integer({ min: 70_000, max: 2 ** 32 - 1 }),
    comment: fc.option(fc.stringMatching(/^[a-zä→ ]{1,40}$/), { nil: undefined }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(packet, { maxLength: 20 }), async (packets) => {
      const { records } = await written(packets, 'random.pcapng')
      expect(records.map((one) => [one.bytes, one.linkType, one.time, one.original, one.comment])).toEqual(
        packets.map(({ bytes, linkType, time, originalLength, comment }) => [
          Buffer.from(bytes).toString('hex'),
          linkType,
          `${time.seconds}.${String(time.nanoseconds).padStart(9, '0')}`,
          originalLength,
          comment,
        ]),
      )
    }),
    { numRuns: 50 },
  )
})

describe('a file', () => {
  test('is there when it is closed, not before, and never when it is abandoned', async () => {
    const writer = createCaptureWriter(file('later.pcap'))
    await writer.write({ bytes, linkType: 1 })
    expect(existsSync(file('later.pcap'))).toBe(false)
    await writer.close()
    writer.abandon()
    expect(existsSync(file('later.pcap'))).toBe(true)
    const given = createCaptureWriter(file('never.pcap'))
    given.abandon()
    expect(existsSync(file('never.pcap'))).toBe(false)
  })

  test('that two writers are after is the one that was closed last', async () => {
    const [one, two] = [createCaptureWriter(file('same.pcap')), createCaptureWriter(file('same.pcap'))]
    await one.write({ bytes, linkType: 1 })
    for (let i = 0; i < 3; i++) await two.write({ bytes, linkType: 1 })
    await two.close()
    await one.close()
    expect((await scanAll(file('same.pcap'))).records).toHaveLength(1)
  })

  test('that cannot be made is an error that says why', () => {
    expect(() => createCaptureWriter('/nowhere/x.pcap')).toThrow(
      expect.objectContaining({ code: 'unwritable', path: '/nowhere/x.pcap', message: 'no such directory' }),
    )
    expect(() => createCaptureWriter('x.pcap.gz')).toThrow(/uncompressed/)
  })
})

describe('a stream', () => {
  test('gets pcapng unless a format is named, and is ended', async () => {
    for (const format of ['pcapng', 'pcap'] as const) {
      const stream = new PassThrough()
      const writer = createCaptureWriter(stream, format === 'pcapng' ? {} : { format })
      await writer.write({ bytes, linkType: 1 })
      await writer.close()
      expect(await scanAll(stream)).toMatchObject({ info: { format }, records: [{ bytes: '0102030405' }] })
    }
  })

  test('that takes its time is waited for', async () => {
    let most = 0
    const slow = new Writable({
      highWaterMark: 1000,
      write(_chunk, _encoding, done) {
        most = Math.max(most, this.writableLength)
        void setImmediate().then(() => done())
      },
    })
    const writer = createCaptureWriter(slow)
    for (let i = 0; i < 200; i++) await writer.write({ bytes: new Uint8Array(500), linkType: 1 })
    await writer.close()
    expect(most).toBeLessThan(3000)
  })

  test('that fails is an error of write or close', async () => {
    const broken = new Writable({ write: (_chunk, _encoding, done) => done(new Error('gone')) })
    const writer = createCaptureWriter(broken)
    await writer.write({ bytes, linkType: 1 }).catch(() => {})
    await setImmediate()
    await expect(writer.close()).rejects.toThrow('gone')
  })
})

test('names are written before the packets, four and six alike; what is no address is left out', async () => {
  const names = [
    { address: '172.20.0.158', name: 'default/curl-pod' },
    { address: 'fd00::1', name: 'six' },
    { address: 'nonsense', name: 'x' },
  ]
  await written([{ bytes, linkType: 1 }], 'names.pcapng', { names })
  const { u16, u32, block } = little
  const text = (word: string) => new Uint8Array(Buffer.from(`${word}\0`))
  const pad = (size: number) => new Uint8Array(size)
  const six = Uint8Array.of(0xfd, 0, ...pad(13), 1)
  const body = Buffer.concat([
    u16(1),
    u16(21),
    Uint8Array.of(172, 20, 0, 158),
    text('default/curl-pod'),
    pad(3),
    u16(2),
    u16(20),
    six,
    text('six'),
    u32(0),
  ])
  expect(readFileSync(file('names.pcapng')).includes(Buffer.from(block(4, new Uint8Array(body))))).toBe(true)
})
