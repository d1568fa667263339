/** The adapter for the package pcap-parser, with the package itself. */
import { EventEmitter } from 'node:events'
import { createReadStream } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { fromPcapParser, type Packet, type PcapParser, packetToJson, type RecordSource, read } from '../../src/index.ts'
import { CAPTURES, captureBytes, captureUrl, packetsOf } from './captures.ts'

const { parse } = createRequire(import.meta.url)('pcap-parser') as { parse(input: unknown): PcapParser }

/** What the package reads: the classic format with microseconds, in either byte order. */
const READABLE = CAPTURES.filter(
  (name) =>
    name.endsWith('.pcap') &&
    // It takes every version for 2.4.
    !/version-2\.[23]/.test(name) &&
    ['a1b2c3d4', 'd4c3b2a1'].includes(Buffer.from(captureBytes(name).subarray(0, 4)).toString('hex')),
)

const record = ({ number, time, capturedLength, originalLength, linkType, bytes }: Packet) => [
  number,
  time,
  capturedLength,
  originalLength,
  linkType,
  Buffer.from(bytes).toString('hex'),
]
const everything = (packet: Packet) => JSON.stringify([record(packet), packetToJson(packet), packet.tree()])
/** Packets that are compared with all that can be said of them; the others by their records. */
const LOOKED_INTO = 12

const collect = (parser: PcapParser): Promise<Packet[]> => collectFrom(fromPcapParser(parser))

async function collectFrom(source: RecordSource): Promise<Packet[]> {
  const all: Packet[] = []
  for await (const packet of read(source)) all.push(packet)
  return all
}

test('there are captures that the package reads', () => {
  expect(READABLE.length).toBeGreaterThan(25)
  expect(READABLE).toContain('vxlan-be.pcap')
  expect(READABLE).not.toContain('vxlan-nano.pcap')
})

test.each(READABLE)('%s has the packets that read finds', async (capture) => {
  const parsed = await collect(parse(fileURLToPath(captureUrl(capture))))
  const expected = await packetsOf(capture)
  expect(parsed.length).toBe(expected.length)
  parsed.forEach((packet, index) => {
    const [one, other] = [packet, expected[index] as Packet].map(
      index < LOOKED_INTO ? everything : (each) => JSON.stringify(record(each)),
    )
    if (one !== other) expect(one, `packet ${packet.number}`).toBe(other)
  })
})

test('a stream in small pieces is read as well', async () => {
  const stream = createReadStream(captureUrl('vxlan-gso.pcap'), { highWaterMark: 1000 })
  expect((await collect(parse(stream))).length).toBe((await packetsOf('vxlan-gso.pcap')).length)
})

test('a file that is no capture is an error of the loop', async () => {
  await expect(collect(parse(fileURLToPath(captureUrl('vxlan.pcapng'))))).rejects.toThrow(/magic number/)
})

/** A parser that says what it is told to. */
class Told extends EventEmitter {
  readonly calls: string[] = []
  readonly stream = { pause: () => void this.calls.push('pause'), resume: () => void this.calls.push('resume') }

  header(linkLayerType = 1): void {
    this.emit('globalHeader', { linkLayerType, snapshotLength: 100 })
  }

  packet(data = new Uint8Array(14), { seconds = 1, microseconds = 2, originalLength = 60 } = {}): void {
    this.emit('packet', {
      header: {
        timestampSeconds: seconds,
        timestampMicroseconds: microseconds,
        capturedLength: data.length,
        originalLength,
      },
      data,
    })
  }
}

describe('the events', () => {
  test('become records with every number in its unit', async () => {
    const parser = new Told()
    const source = fromPcapParser(parser)
    parser.header(0x1234_0001)
    parser.packet(new Uint8Array(20), { seconds: 5, microseconds: 999_999, originalLength: 1500 })
    parser.emit('end')
    const [packet, ...rest] = await collectFrom(source)
    expect(rest).toEqual([])
    // The upper half of the field is not the link type's.
    expect(packet).toMatchObject({
      number: 1,
      time: { seconds: 5, nanoseconds: 999_999_000 },
      capturedLength: 20,
      originalLength: 1500,
      linkType: 1,
    })
  })

  test('that come late are waited for', async () => {
    const parser = new Told()
    const reading = collect(parser)
    await new Promise((resolve) => setTimeout(resolve, 5))
    parser.header()
    parser.packet()
    await new Promise((resolve) => setTimeout(resolve, 5))
    parser.packet()
    parser.emit('end')
    expect((await reading).map((packet) => packet.number)).toEqual([1, 2])
  })

  test('that come faster than they are read stop the stream, and reading goes on', async () => {
    const parser = new Told()
    const source = fromPcapParser(parser)
    parser.header()
    for (let i = 0; i < 3000; i++) parser.packet()
    expect(parser.calls).toContain('pause')
    const packets = read(source)
    expect((await packets.next()).value?.number).toBe(1)
    let last = 1
    parser.emit('end')
    for await (const packet of packets) {
      expect(packet.number).toBe(last + 1)
      last = packet.number
    }
    expect(last).toBe(3000)
  })

  test('of an error come after the packets before it', async () => {
    const parser = new Told()
    const source = fromPcapParser(parser)
    parser.header()
    parser.packet()
    parser.packet()
    parser.emit('error', new Error('disk on fire'))
    const seen: number[] = []
    const reading = async () => {
      for await (const packet of read(source)) seen.push(packet.number)
    }
    await expect(reading()).rejects.toThrow('disk on fire')
    expect(seen).toEqual([1, 2])
  })

  test('of two errors: the first counts', async () => {
    const parser = new Told()
    const source = fromPcapParser(parser)
    parser.emit('error', new Error('first'))
    parser.emit('error', new Error('second'))
    await expect(collectFrom(source)).rejects.toThrow('first')
  })
})
