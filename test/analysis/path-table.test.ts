/** Joined packets one by one: what is sent again, what is lost, and how much is remembered. */
import { describe, expect, test } from 'vitest'
import { flowReport } from '../../src/analysis/path-report.ts'
import { PathTable, type SeenPacket } from '../../src/analysis/path-table.ts'
import { ethernet, ipv4, ipv6, recordOf, sll2, tcp, udp, vxlan, walkOf } from '../dissect/frames.ts'

const SLL2 = 276
const MS = 1_000_000
const SECOND = 1_000_000_000
const OUT = 4

/** A table into which frames go at an interface and a time, and what it told of. */
function table() {
  const told: SeenPacket<unknown>[] = []
  const paths = new PathTable({ onPacket: (packet) => told.push({ ...packet }) })
  const walk = walkOf(recordOf(ethernet()))
  let number = 0
  const see = (packet: Uint8Array, index: number, time: number, { type = 0x0800, direction = 0, file = 0 } = {}) => {
    const frame = sll2({ type, index, direction }, packet)
    const record = recordOf(frame, { number: ++number, linkType: SLL2, time, interfaceId: file })
    paths.observe(record, walkOf(record, walk), file, true)
  }
  const finish = () => {
    paths.finish()
    return told
  }
  return { paths, told, see, finish }
}

const segment = (sequence: number, id: number, from = '172.20.0.1') =>
  ipv4({ from, to: '172.20.2.1', protocol: 6, id }, tcp({ sequence, flags: 0x18 }, new Uint8Array(5)))
const inTunnel = (inner: Uint8Array, id = 0) =>
  ipv4({ from: '192.168.10.1', to: '192.168.20.1', id }, udp({}, vxlan({ vni: 42 }, ethernet({}, inner))))

const kinds = (told: readonly SeenPacket<unknown>[]) => told.map(({ kind, of }) => [kind, of?.frame])

describe('what comes again', () => {
  test('with a new id is a retransmission, whose hops are its own', () => {
    const { see, finish } = table()
    see(segment(1, 10), 3, 0)
    see(segment(1, 11), 3, 200 * MS)
    see(segment(1, 11), 4, 200 * MS + 20)
    const told = finish()
    expect(kinds(told)).toEqual([
      ['packet', undefined],
      ['retransmission', 1],
    ])
    expect(told.map(({ sightings }) => sightings.map(({ frame }) => frame))).toEqual([[1], [2, 3]])
  })

  test('with the same id at the same place is a duplicate, and each has one of the frames on the other side', () => {
    const { see, finish } = table()
    see(segment(1, 10), 3, 0)
    see(segment(1, 10), 3, 10)
    see(segment(1, 10), 4, 20, { direction: OUT })
    see(segment(1, 10), 4, 30, { direction: OUT })
    const told = finish()
    expect(kinds(told)).toEqual([
      ['packet', undefined],
      ['duplicate', 1],
    ])
    expect(told.map(({ sightings }) => sightings.length)).toEqual([2, 2])
  })

  test('of IPv6, which has no id, is told by time: at once a duplicate, later a retransmission', () => {
    const packet = ipv6({ next: 6 }, tcp({ flags: 0x18 }, new Uint8Array(5)))
    for (const [time, kind] of [
      [MS / 2, 'duplicate'],
      [250 * MS, 'retransmission'],
    ] as const) {
      const { see, finish } = table()
      see(packet, 3, 0, { type: 0x86dd })
      see(packet, 3, time, { type: 0x86dd })
      expect(kinds(finish())).toEqual([
        ['packet', undefined],
        [kind, 1],
      ])
    }
  })

  test('is none of both where it only acknowledges', () => {
    const { see, finish } = table()
    const acknowledgment = (id: number) => ipv4({ protocol: 6, id }, tcp())
    see(acknowledgment(1), 3, 0)
    see(acknowledgment(2), 3, 10)
    expect(kinds(finish()).map(([kind]) => kind)).toEqual(['packet', 'packet'])
  })
})

describe('hops', () => {
  test('are in the order of time, and at equal times in that of TTL', () => {
    const { see, finish } = table()
    const packet = (ttl: number) => ipv4({ protocol: 6, id: 5, ttl }, tcp())
    see(packet(62), 5, 100)
    see(packet(63), 4, 50)
    see(packet(64), 3, 50)
    const [told] = finish()
    expect(told?.sightings.map(({ ttl }) => ttl)).toEqual([64, 63, 62])
  })

  test('are told of when no copy can come any more, not before', () => {
    const { told, see } = table()
    see(segment(1, 1), 3, 0)
    see(segment(2, 2), 3, SECOND)
    expect(told).toEqual([])
    see(segment(3, 3), 3, 1.5 * SECOND)
    expect(told).toHaveLength(1)
  })

  test('of more packets than are remembered at once are told all the same, each once, in their order', () => {
    const { told, see, finish } = table()
    const count = 40_000
    for (let n = 0; n < count; n++) {
      see(segment(n * 10, n & 0xffff), 3, n * 1000)
      see(segment(n * 10, n & 0xffff), 4, n * 1000 + 100, { direction: OUT })
    }
    // Not more than 16,384 wait.
    expect(told.length).toBe(count - 16_384)
    finish()
    expect(told.map(({ sightings }) => sightings[0]?.frame)).toEqual(Array.from({ length: count }, (_, n) => n * 2 + 1))
    expect(new Set(told.map(({ sightings }) => sightings.length))).toEqual(new Set([2]))
  })
})

describe('a flow', () => {
  const lossesOf = (paths: PathTable) =>
    [...paths.flows()].flatMap((flow) => flowReport(flow, paths).hops.map(({ lost }) => lost))

  test('loses a packet that stops where others went on', () => {
    const { paths, see, finish } = table()
    for (let n = 0; n < 10; n++) {
      see(segment(n, n + 1), 3, n * MS)
      if (n !== 4) see(segment(n, n + 1), 4, n * MS + 100, { direction: OUT })
    }
    see(segment(99, 99), 3, SECOND)
    see(segment(99, 99), 4, SECOND + 100, { direction: OUT })
    finish()
    expect(lossesOf(paths)).toEqual([1, 0])
    const [flow] = paths.flows()
    expect(flow && flowReport(flow, paths).hops[0]?.lostFrames).toEqual([{ file: 0, frame: 9 }])
  })

  test('of which all packets stop loses them if most between its nodes went on', () => {
    const { paths, see, finish } = table()
    for (let n = 0; n < 6; n++) {
      see(inTunnel(segment(n, n + 1), n + 1), 3, n * MS)
      see(inTunnel(segment(n, n + 1), n + 1), 4, n * MS + 100, { direction: OUT })
    }
    see(inTunnel(segment(7, 70, '172.20.0.9'), 70), 3, 7 * MS)
    see(inTunnel(segment(8, 80, '172.20.0.9'), 80), 3, 8 * MS)
    see(inTunnel(segment(99, 99), 99), 3, SECOND)
    see(inTunnel(segment(99, 99), 99), 4, SECOND + 100, { direction: OUT })
    finish()
    expect(lossesOf(paths)).toEqual([0, 0, 2, 0])
  })

  test('loses nothing where packets of its nodes mostly end there too', () => {
    const { paths, see, finish } = table()
    see(inTunnel(segment(1, 1), 1), 3, 0)
    see(inTunnel(segment(1, 1), 1), 4, 100, { direction: OUT })
    for (let n = 2; n < 6; n++) see(inTunnel(segment(n, n, '172.20.0.9'), n), 3, n * MS)
    see(inTunnel(segment(99, 99, '172.20.0.9'), 99), 3, SECOND)
    finish()
    expect(lossesOf(paths).every((lost) => lost === 0)).toBe(true)
  })

  test('has the median and the 99th percentile of each hop, also of many packets', () => {
    const { paths, see, finish } = table()
    for (let n = 0; n < 1000; n++) {
      see(segment(n, n + 1), 3, n * MS)
      see(segment(n, n + 1), 4, n * MS + (n % 100 === 7 ? 90_000 : 2000), { direction: OUT })
    }
    finish()
    const [flow] = paths.flows()
    const latency = flow && flowReport(flow, paths).hops[1]?.latency
    expect(Math.abs((latency?.median ?? 0) / 2000 - 1)).toBeLessThan(1 / 16)
    expect(latency?.p99).toBeLessThan(2200)
    expect(flow?.latencies(0, 1)?.percentile(0.995)).toBeGreaterThan(84_000)
  })
})
