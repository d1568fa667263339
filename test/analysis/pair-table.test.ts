/** Who talked to whom inside what: counters for each pair, over typed arrays that grow. */
import { describe, expect, test } from 'vitest'
import type { Pair } from '../../src/analysis/pair-rows.ts'
import { MAX_PAIRS, PairTable } from '../../src/analysis/pair-table.ts'
import type { CaptureRecord } from '../../src/capture/record.ts'
import { payloadLayer } from '../../src/dissect/payload-layer.ts'
import { defaultDissector } from '../../src/layers/create-dissector.ts'
import * as frames from '../dissect/frames.ts'

const { ethernet, geneve, icmp, ipv4, ipv6, recordOf, tcp, udp, vxlan, walkOf } = frames
const { tables } = defaultDissector()

function add(table: PairTable, frame: Uint8Array, { isCopy = false, originalLength = frame.length } = {}): void {
  const record = recordOf(frame, { originalLength })
  count(table, record, isCopy)
}

/** Counts a frame as the overview does. */
function count(table: PairTable, record: CaptureRecord, isCopy = false): void {
  const walk = walkOf(record)
  const pair = table.find(record.view, walk)
  table.count(pair, record, walk, isCopy, 0)
  if (isCopy) return
  table.note(pair, walk.marks.transportLayer)
  table.note(pair, payloadLayer(walk, record.view))
}

const pairsOf = (table: PairTable): Pair[] => [...table.pairs(tables)]
const inner = ethernet({}, ipv4({ from: '172.20.0.1', to: '172.20.2.1', protocol: 6 }, tcp()))
const overVxlan = (vni: number, frame: Uint8Array, outer: Parameters<typeof ipv4>[0] = {}) =>
  ethernet({}, ipv4({ from: '192.168.10.1', to: '192.168.20.1', ...outer }, udp({}, vxlan({ vni }, frame))))
const layerNames = (pair: Pair | undefined) => pair?.layers.map((layer) => tables.layers[layer]?.name)

describe('a pair', () => {
  test('has the outer and inner addresses, the tunnel and what was spoken', () => {
    const table = new PairTable()
    add(table, overVxlan(42, inner))
    const [pair, ...rest] = pairsOf(table)
    expect(rest).toEqual([])
    expect(pair).toMatchObject({
      outer: { source: '192.168.10.1', destination: '192.168.20.1' },
      tunnel: { type: 'vxlan', vni: 42 },
      source: '172.20.0.1',
      destination: '172.20.2.1',
      packets: 1,
      frames: 1,
      bytes: 104,
    })
    expect(layerNames(pair)).toEqual(['tcp'])
  })

  test('counts copies as frames only, not as packets nor bytes', () => {
    const table = new PairTable()
    add(table, overVxlan(42, inner))
    add(table, overVxlan(42, inner, { ttl: 63 }), { isCopy: true })
    expect(pairsOf(table)).toMatchObject([{ packets: 1, frames: 2, bytes: 104 }])
  })

  test('counts bytes on the wire, not those captured', () => {
    const table = new PairTable()
    add(table, overVxlan(42, inner), { originalLength: 1500 })
    expect(pairsOf(table)[0]?.bytes).toBe(1500)
  })

  test('is another one in another direction, VNI, tunnel, node or pod', () => {
    const table = new PairTable()
    const others = [
      overVxlan(42, inner),
      overVxlan(43, inner),
      overVxlan(42, ethernet({}, ipv4({ from: '172.20.2.1', to: '172.20.0.1', protocol: 6 }, tcp()))),
      overVxlan(42, inner, { from: '192.168.10.2' }),
      overVxlan(42, inner, { to: '192.168.20.2' }),
      ethernet({}, ipv4({ from: '192.168.10.1', to: '192.168.20.1' }, udp({ to: 6081 }, geneve({ vni: 42 }, inner)))),
      inner,
    ]
    for (const frame of [...others, ...others]) add(table, frame)
    expect(pairsOf(table).map(({ packets }) => packets)).toEqual(others.map(() => 2))
  })

  test('without a tunnel has neither nodes nor VNI', () => {
    const table = new PairTable()
    add(table, inner)
    expect(pairsOf(table)[0]).toMatchObject({ outer: undefined, tunnel: undefined, source: '172.20.0.1' })
  })

  test('collects all that was spoken', () => {
    const table = new PairTable()
    const ends = { from: '172.20.0.1', to: '172.20.2.1' }
    for (const payload of [
      ipv4({ ...ends, protocol: 6 }, tcp()),
      ipv4(ends, udp({ to: 9 })),
      ipv4({ ...ends, protocol: 1 }, icmp()),
    ])
      add(table, overVxlan(1, ethernet({}, payload)))
    expect(layerNames(pairsOf(table)[0])).toEqual(expect.arrayContaining(['tcp', 'udp', 'icmp']))
  })

  test('of an ICMP error is its own, not the quoted one', () => {
    const table = new PairTable()
    add(
      table,
      ethernet(
        {},
        ipv4(
          { from: '10.0.0.9', to: '10.0.0.1', protocol: 1 },
          icmp({ type: 3 }, ipv4({ from: '10.0.0.1', to: '10.0.0.2' }, udp())),
        ),
      ),
    )
    expect(pairsOf(table)).toMatchObject([{ source: '10.0.0.9', destination: '10.0.0.1', tunnel: undefined }])
  })

  test('has the outermost and the innermost addresses of tunnels in tunnels, and the last VNI', () => {
    const table = new PairTable()
    add(table, ethernet({}, ipv4({ from: '10.0.0.1' }, udp({ to: 6081 }, geneve({ vni: 1 }, overVxlan(2, inner))))))
    expect(pairsOf(table)).toMatchObject([
      { outer: { source: '10.0.0.1' }, tunnel: { type: 'vxlan', vni: 2 }, source: '172.20.0.1' },
    ])
  })

  test('keeps addresses and VNIs with their highest bit set', () => {
    const table = new PairTable()
    add(
      table,
      overVxlan(0xffffff, ethernet({}, ipv4({ from: '255.255.255.255', to: '224.0.0.1', protocol: 6 }, tcp())), {
        from: '240.0.0.1',
      }),
    )
    expect(pairsOf(table)).toMatchObject([
      {
        outer: { source: '240.0.0.1' },
        tunnel: { vni: 0xffffff },
        source: '255.255.255.255',
        destination: '224.0.0.1',
      },
    ])
  })

  test('is none without an IP header that is whole', () => {
    const table = new PairTable()
    add(table, ethernet({ type: 0x1234 }))
    add(table, overVxlan(1, ethernet()).subarray(0, 30))
    expect([table.size, table.overflow]).toEqual([0, 0])
  })
})

describe('IPv6', () => {
  test('stands outside, inside, and on both sides', () => {
    const table = new PairTable()
    const six = ethernet({ type: 0x86dd }, ipv6({ from: 'fd00::a', to: 'fd00::b', next: 6 }, tcp()))
    const outer6 = (frame: Uint8Array) =>
      ethernet({ type: 0x86dd }, ipv6({ from: 'fd00::1', to: 'fd00::2' }, udp({}, vxlan({ vni: 5 }, frame))))
    for (const frame of [overVxlan(5, six), outer6(inner), outer6(six), six]) add(table, frame)
    expect(
      pairsOf(table).map(({ outer, source, destination }) => [outer?.source, outer?.destination, source, destination]),
    ).toEqual([
      ['192.168.10.1', '192.168.20.1', 'fd00::a', 'fd00::b'],
      ['fd00::1', 'fd00::2', '172.20.0.1', '172.20.2.1'],
      ['fd00::1', 'fd00::2', 'fd00::a', 'fd00::b'],
      [undefined, undefined, 'fd00::a', 'fd00::b'],
    ])
  })

  test('is not taken for IPv4 with the same number in the table', () => {
    const table = new PairTable()
    // The first interned address is number 1: as IPv4 that would be 0.0.0.1.
    add(table, ethernet({ type: 0x86dd }, ipv6({ from: 'fd00::a', to: 'fd00::b', next: 6 }, tcp())))
    add(table, ethernet({}, ipv4({ from: '0.0.0.1', to: '0.0.0.2', protocol: 6 }, tcp())))
    expect(pairsOf(table).map(({ source }) => source)).toEqual(['fd00::a', '0.0.0.1'])
  })
})

describe('thousands of pairs', () => {
  const word = (bytes: Uint8Array, at: number, value: number) =>
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(at, value)

  test('of IPv4 are all kept apart while the table grows, and each is counted right', () => {
    const table = new PairTable()
    const frame = overVxlan(1, inner)
    const record = recordOf(frame)
    const expected = new Map<string, number>()
    // Positions of the inner source and of the VNI in the frame.
    const [source, vni] = [50 + 14 + 12, 46]
    for (let i = 0; i < 20_000; i++) {
      const pair = (i * 7919) % 6007
      word(frame, source, 0x0a00_0000 + (pair >> 2))
      word(frame, vni, ((pair & 3) + 1) << 8)
      count(table, record)
      const key = `10.0.${pair >> 10}.${(pair >> 2) & 255} ${(pair & 3) + 1}`
      expected.set(key, (expected.get(key) ?? 0) + 1)
    }
    const found = new Map(pairsOf(table).map((pair) => [`${pair.source} ${pair.tunnel?.vni}`, pair.packets]))
    expect(table.size).toBe(6007)
    expect(found).toEqual(expected)
    expect(
      pairsOf(table).every((pair) => pair.outer?.source === '192.168.10.1' && pair.bytes === pair.packets * 104),
    ).toBe(true)
  })

  test('of IPv6 are all kept apart while addresses and table grow', () => {
    const table = new PairTable()
    const frame = ethernet({ type: 0x86dd }, ipv6({ from: 'fd00::', to: 'fd00::', next: 6 }, tcp()))
    const record = recordOf(frame)
    const [source, destination] = [14 + 8 + 12, 14 + 24 + 4]
    for (let i = 0; i < 12_000; i++) {
      const pair = i % 4000
      word(frame, source, pair)
      word(frame, destination, 4000 - pair)
      count(table, record)
    }
    const pairs = pairsOf(table)
    expect(pairs).toHaveLength(4000)
    expect(pairs[0]).toMatchObject({ source: 'fd00::', destination: 'fd00:0:0:fa0::', packets: 3 })
    expect(pairs[3999]).toMatchObject({ source: 'fd00::f9f', destination: 'fd00:0:0:1::', packets: 3 })
    expect(new Set(pairs.map((pair) => `${pair.source} ${pair.destination}`)).size).toBe(4000)
    expect(pairs.every((pair) => pair.packets === 3)).toBe(true)
  })

  test('beyond what is told apart fill no memory with their IPv6 addresses, and equal ones stay equal', () => {
    const table = new PairTable()
    const frame = ethernet({ type: 0x86dd }, ipv6({ from: 'fd00::1', to: 'fd00::2', next: 6 }, tcp()))
    const record = recordOf(frame)
    const { view } = record
    const walk = walkOf(record)
    const source = walk.marks.inner + 8
    const numberOf = (one: number) => {
      view.setUint32(source, one)
      return table.find(view, walk)
    }
    for (let one = 0; one < MAX_PAIRS; one++) numberOf(one)
    const before = process.memoryUsage().arrayBuffers
    const beyond = new Set<number>()
    for (let one = MAX_PAIRS; one < MAX_PAIRS * 3; one++) beyond.add(numberOf(one))
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20)
    expect(table.size).toBe(MAX_PAIRS)
    expect([...beyond].every((number) => number < -1)).toBe(true)
    expect(beyond.size).toBeGreaterThan(MAX_PAIRS * 1.99)
    expect(numberOf(MAX_PAIRS + 7)).toBe(numberOf(MAX_PAIRS + 7))
    expect(numberOf(7)).toBe(7)
  })

  test('beyond what is told apart are counted together, and those known go on', () => {
    const table = new PairTable()
    const frame = overVxlan(1, inner)
    const record = recordOf(frame)
    for (let i = 0; i < MAX_PAIRS + 50; i++) {
      word(frame, 50 + 14 + 12, i)
      count(table, record)
    }
    expect([table.size, table.overflow]).toEqual([MAX_PAIRS, 50])
    word(frame, 50 + 14 + 12, 5)
    count(table, record)
    expect([table.size, table.overflow]).toEqual([MAX_PAIRS, 50])
    const [first, ...rest] = table.pairs(tables)
    expect(first).toMatchObject({ source: '0.0.0.0', packets: 1 })
    expect(rest[4]).toMatchObject({ source: '0.0.0.5', packets: 2 })
  })
})
