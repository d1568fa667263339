/** `read`: packets to keep. Whatever the source, they are the same, and stay so when reading goes on. */
import { createReadStream } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  CaptureError,
  compileFilter,
  createDissector,
  dissect,
  type Packet,
  packetToJson,
  read,
  scan,
} from '../../src/index.ts'
import { chunksOf } from '../capture/build.ts'
import { CAPTURES, captureBytes, captureUrl, packetsOf } from './captures.ts'

/** Everything of a packet that others do not tell, as text. */
const alone = (packet: Packet) => JSON.stringify([packetToJson(packet), packet.tree()])

async function collect(source: Parameters<typeof read>[0]): Promise<Packet[]> {
  const all: Packet[] = []
  for await (const packet of read(source)) all.push(packet)
  return all
}

describe('packets kept in an array', () => {
  test.each(['vxlan.pcap', 'vxlan-gso.pcap', 'vxlan.pcapng', 'made/members.pcap.gz'])(
    'of %s are what they were when they came',
    async (capture) => {
      const kept: Packet[] = []
      const before: string[] = []
      for await (const packet of read(captureUrl(capture))) {
        before.push(`${Buffer.from(packet.bytes).toString('hex')} ${alone(packet)}`)
        kept.push(packet)
      }
      expect(kept.length).toBeGreaterThan(10)
      kept.forEach((packet, index) => {
        const after = `${Buffer.from(packet.bytes).toString('hex')} ${alone(packet)}`
        if (after !== before[index]) expect(after, `packet ${packet.number}`).toBe(before[index])
      })
    },
  )

  test('need not have been looked at before reading went on', async () => {
    const untouched = await collect(captureUrl('vxlan-gso.pcap'))
    const looked: string[] = []
    for await (const packet of read(captureUrl('vxlan-gso.pcap'))) looked.push(alone(packet))
    expect(untouched.map(alone)).toEqual(looked)
  })

  test('have the bytes of the file', async () => {
    const file = captureBytes('vxlan-gso.pcap')
    const view = new DataView(file.buffer)
    let at = 24
    for (const packet of await collect(captureUrl('vxlan-gso.pcap'))) {
      const length = view.getUint32(at + 8, true)
      expect(Buffer.compare(packet.bytes, file.subarray(at + 16, at + 16 + length)), `packet ${packet.number}`).toBe(0)
      at += 16 + length
    }
    expect(at).toBe(file.length)
  })
})

describe('the same packets come', () => {
  const capture = 'vxlan-eth1.pcap'
  const expected = async () => (await packetsOf(capture)).map(alone)

  test.each<[string, () => Parameters<typeof read>[0]]>([
    ['a path', () => captureUrl(capture).pathname],
    ['bytes in memory', () => captureBytes(capture)],
    ['a stream', () => createReadStream(captureUrl(capture), { highWaterMark: 100 })],
    ['chunks of one byte', () => chunksOf(captureBytes(capture), 1)],
  ])('from %s', async (_name, source) => {
    expect((await collect(source())).map(alone)).toEqual(await expected())
  })

  test('out of gzip', async () => {
    expect((await packetsOf('made/vxlan-eth1.pcap.gz')).map((packet) => alone(packet))).toEqual(await expected())
  })
})

describe('dissect', () => {
  test.each(CAPTURES)('gives for the bytes of a packet of %s what read gives', async (capture) => {
    for (const packet of await packetsOf(capture, { conversations: false, reassemble: false })) {
      const { bytes, linkType, originalLength } = packet
      const again = dissect(bytes, linkType, { originalLength })
      const [one, other] = [packet, again].map((each) =>
        JSON.stringify([
          each.layers,
          each.link,
          each.outer,
          each.tunnels,
          each.inner,
          each.network,
          each.transport,
          each.stopped,
          each.summary,
          packet.number <= 12 ? each.layerNodes() : [],
        ]),
      )
      if (one !== other) expect(other, `packet ${packet.number}`).toBe(one)
    }
  })

  test('copies nothing and begins at the start of a view', () => {
    const bytes = new Uint8Array(100).subarray(50, 64)
    const packet = dissect(bytes, 1)
    expect(packet.bytes.buffer).toBe(bytes.buffer)
    expect([packet.bytes.byteOffset, packet.capturedLength, packet.originalLength]).toEqual([50, 14, 14])
    expect(packet.tree()[1]).toMatchObject({ start: 0, end: 14 })
  })

  test('takes the length on the wire, and believes no shorter one than the bytes', () => {
    const bytes = new Uint8Array(10)
    expect(dissect(bytes, 1, { originalLength: 60 }).stopped).toMatchObject({
      reason: 'truncated',
      needed: 14,
      available: 10,
    })
    expect(dissect(bytes, 1, { originalLength: 4 }).stopped).toMatchObject({
      reason: 'truncated',
      needed: 14,
      available: 10,
    })
  })

  test('says of an empty frame, and of a link type it does not know, what they are', () => {
    expect(dissect(new Uint8Array(0), 1).layers).toEqual([])
    expect(dissect(new Uint8Array(0), 1).summary.protocol).toBe('UNKNOWN')
    expect(dissect(new Uint8Array(4), 70_000).stopped?.reason).toBe('link-type')
  })
})

describe('conversations', () => {
  test('can be left out: numbers are raw then', async () => {
    const [told, raw] = [await packetsOf('vxlan.pcap'), await packetsOf('vxlan.pcap', { conversations: false })]
    expect([told[14]?.get('tcp.seq'), told[14]?.get('tcp.stream')]).toEqual([1, 0])
    expect([raw[14]?.get('tcp.seq'), raw[14]?.get('tcp.stream')]).toEqual([839_245_242, undefined])
    expect(raw[14]?.get('tcp.seq_raw')).toBe(told[14]?.get('tcp.seq_raw'))
  })

  test('name the request of an answer', async () => {
    const packets = await packetsOf('vxlan.pcap')
    const answer = packets.find((packet) => packet.get('icmp.type') === 0)
    const asked = packets[Number(answer?.get('icmp.resp_to')) - 1]
    expect(asked?.get('icmp.type')).toBe(8)
    expect(asked?.get('icmp.seq')).toBe(answer?.get('icmp.seq'))
  })

  test('count the time from the first packet and from the one before', async () => {
    const [first, second] = await packetsOf('vxlan.pcap')
    expect([first?.get('frame.time_relative'), first?.get('frame.time_delta')]).toEqual(['0.000000000', '0.000000000'])
    expect([second?.get('frame.time_relative'), second?.get('frame.time_delta')]).toEqual([
      '0.000021000',
      '0.000021000',
    ])
  })
})

describe('what the capture says', () => {
  test('of its interfaces is there by name', async () => {
    expect((await packetsOf('vxlan.pcapng'))[2]?.interface).toEqual({ id: 0, name: 'eth1', index: undefined })
    expect((await packetsOf('vxlan-any.pcapng'))[0]?.interface.name).toBe('any')
    expect((await packetsOf('vxlan.pcap'))[0]?.interface).toEqual({ id: 0, name: undefined, index: 3 })
  })

  test('of its packets in comments is there', async () => {
    const [packet] = await packetsOf('made/sections.pcapng')
    expect(packet?.comment).toBe('the first packet')
    expect(packet?.get('frame.comment')).toBe('the first packet')
    expect(packet?.get('frame.section_number')).toBe(1)
  })

  test('of its format is told once, before the first packet', async () => {
    const told: string[] = []
    for await (const packet of read(captureUrl('made/vxlan.pcapng.gz'), {
      onOpen: ({ format, compressed }) => told.push(`${format} ${compressed}`),
    })) {
      expect(told).toEqual(['pcapng true'])
      if (packet.number === 3) break
    }
    expect(told).toHaveLength(1)
  })
})

describe('a capture that cannot be read on', () => {
  test('gives every packet before, then the error', async () => {
    const seen: number[] = []
    const reading = async () => {
      for await (const packet of read(captureUrl('vxlan-cut.pcap'))) seen.push(packet.number)
    }
    const error = await reading().catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(CaptureError)
    expect((error as CaptureError).code).toBe('cut')
    expect((error as CaptureError).path).toMatch(/vxlan-cut\.pcap$/)
    expect(seen).toHaveLength(115)
  })

  test('gives scan the same', async () => {
    let seen = 0
    await expect(scan(captureUrl('vxlan-cut.pcap'), () => void seen++)).rejects.toThrow(CaptureError)
    expect(seen).toBe(115)
  })

  test('is no capture at all', async () => {
    await expect(collect(new TextEncoder().encode('this is no capture, but text'))).rejects.toMatchObject({
      code: 'not-a-capture',
    })
    await expect(collect('/no/such/file.pcap')).rejects.toMatchObject({ code: 'unreadable' })
  })
})

describe('scan', () => {
  test('moves one record and one walk, and ends where the visitor says so', async () => {
    const records = new Set<unknown>()
    const walks = new Set<unknown>()
    let seen = 0
    await scan(captureUrl('vxlan.pcap'), (record, walk) => {
      records.add(record)
      walks.add(walk)
      seen++
      return seen === 7 ? false : undefined
    })
    expect([seen, records.size, walks.size]).toEqual([7, 1, 1])
  })

  test('lets an error of the visitor through', async () => {
    const visit = () => {
      throw new RangeError('mine')
    }
    await expect(scan(captureUrl('vxlan.pcap'), visit)).rejects.toThrow(new RangeError('mine'))
  })
})

describe('with a filter', () => {
  const numbers = async (options: Parameters<typeof read>[1]) => {
    const found: number[] = []
    for await (const packet of read(captureUrl('vxlan.pcap'), options)) found.push(packet.number)
    return found
  }

  test('only packets that it selects are delivered', async () => {
    expect(await numbers({ filter: compileFilter('http.request') })).toEqual([15, 16, 59, 60, 103, 104])
  })

  test('conversations are whole', async () => {
    const streams: unknown[] = []
    for await (const packet of read(captureUrl('vxlan.pcap'), {
      filter: compileFilter('http.request && tcp.stream == 2'),
    }))
      streams.push(packet.get('tcp.stream'), packet.get('tcp.seq'))
    expect(streams).toEqual([2, 1, 2, 1])
    expect(await numbers({ filter: compileFilter('tcp.stream == 2'), conversations: false })).toEqual([])
  })

  test('the frame shown before is the one delivered before', async () => {
    const times: unknown[] = []
    for await (const packet of read(captureUrl('vxlan.pcap'), { filter: compileFilter('frame.number in {1, 5}') }))
      times.push(packet.get('frame.time_delta_displayed'), packet.get('frame.time_relative'))
    expect(times[0]).toBe('0.000000000')
    expect(times[2]).toBe(times[3])
  })

  test('a packet can be asked', async () => {
    const dissector = createDissector({ tunnels: ['geneve'] })
    const [isVxlan, isUdp] = ['vxlan', 'udp'].map((text) => compileFilter(text, { dissector }))
    for await (const packet of read(captureUrl('vxlan.pcap'), { dissector })) {
      expect([
        packet.matches(isVxlan as NonNullable<typeof isVxlan>),
        packet.matches(isUdp as NonNullable<typeof isUdp>),
      ]).toEqual([false, true])
    }
  })

  test('scan asks for each frame, from its bytes alone', async () => {
    const filter = compileFilter('inner.ip.src == 172.20.2.115 && tcp.flags.syn == 1')
    const found: number[] = []
    await scan(captureUrl('vxlan.pcap'), (record, walk) => {
      if (filter.matchesFrame(record, walk)) found.push(record.number)
    })
    expect(found).toEqual([11, 12, 55, 56, 99, 100])
    expect(filter).toMatchObject({ isHeaderOnly: true, text: 'inner.ip.src == 172.20.2.115 && tcp.flags.syn == 1' })
  })
})
