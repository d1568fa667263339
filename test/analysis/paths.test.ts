/** The ways of packets over interfaces and captures: held to tshark's fields, and to what was dropped in the lab. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type CapturePoint, compileFilter, type PacketPath, pathReport, paths } from '../../src/index.ts'
import { fixture, LAB_CAPTURES, truthTable } from '../support/fixtures.ts'

const WHOLE = LAB_CAPTURES.filter((name) => name !== 'vxlan-cut.pcap')
const links = new Map([
  [2, 'eth0'],
  [3, 'eth1'],
  [4, 'eth2'],
])

async function all(...args: Parameters<typeof paths>): Promise<PacketPath[]> {
  const found: PacketPath[] = []
  for await (const packet of paths(...args)) found.push(packet)
  return found
}

/** `router eth1 In 64 → router eth2 Out 63`. */
const wayOf = ({ hops }: PacketPath) =>
  hops
    .map(({ point, interface: name, direction, ttl }) => [point, name, direction, ttl].filter(Boolean).join(' '))
    .join(' → ')

function counted(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1
  return counts
}

/** What tshark says of each frame's inner packet, without what changes on the way; undefined for frames without IP. */
function identities(capture: string): (string | undefined)[] {
  const { names, rows } = truthTable(capture)
  const column = (name: string) => names.indexOf(name)
  const fields = ['ip.src', 'ip.dst', 'ip.id', 'ip.len', 'ip.frag_offset', 'ipv6.src', 'ipv6.dst'].map(column)
  const rest = ['tcp.srcport', 'tcp.dstport', 'tcp.flags', 'tcp.seq_raw', 'tcp.ack_raw', 'tcp.len', 'icmp.ident']
    .concat(['icmp.seq', 'icmpv6.echo.identifier', 'icmpv6.echo.sequence_number', 'icmpv6.type', 'dns.id'])
    .map(column)
  return rows.map((row) => {
    const isTunnelled = `${row[column('vxlan.vni')]}${row[column('geneve.vni')]}` !== ''
    const isOuterIpv6 = isTunnelled && (row[column('ipv6.src')] ?? '') !== '' && row[column('ip.src')] === ''
    const inner = fields.map((at) => {
      const values = (row[at] ?? '').split(',')
      const isOuter = isTunnelled && names[at]?.startsWith('ipv6') === isOuterIpv6
      return (isOuter ? values.slice(1) : values).join(',')
    })
    return inner.join('') === '' ? undefined : [...inner, ...rest.map((at) => row[at])].join(' ')
  })
}

describe.each(WHOLE)('of %s', (capture) => {
  test('frames are one packet where tshark has the same inner packet at different places, and nowhere else', async () => {
    const known = identities(capture)
    const found = await all(fixture(capture))
    for (const { hops } of found) {
      const said = new Set(hops.map(({ frame }) => known[frame - 1]))
      expect([...said], `frames ${hops.map(({ frame }) => frame)}`).toHaveLength(1)
    }
    // At one place every frame is a packet; of a key there are as many packets as at the place that saw it most often.
    const { names, rows } = truthTable(capture)
    const places = ['frame.interface_name', 'sll.ifindex', 'sll.pkttype'].map((name) => names.indexOf(name))
    const seen = new Map<string, Map<string, number>>()
    rows.forEach((row, at) => {
      const key = known[at]
      if (key === undefined) return
      const place = places.map((column) => row[column]).join(' ')
      const counts = seen.get(key) ?? new Map<string, number>()
      seen.set(key, counts.set(place, (counts.get(place) ?? 0) + 1))
    })
    const expected = [...seen.values()].reduce((sum, counts) => sum + Math.max(...counts.values()), 0)
    expect(found).toHaveLength(expected)
  })
})

describe('hops', () => {
  test('of a ping are in on eth1 with TTL 64 and out on eth2 with 63, 21 µs later', async () => {
    const [first] = await all([{ source: fixture('vxlan.pcap'), links }])
    const tunnel = { type: 'vxlan', vni: 3258, source: '192.168.10.100', destination: '192.168.20.100' }
    const file = fixture('vxlan.pcap')
    expect(first).toMatchObject({
      source: '172.20.0.158',
      destination: '172.20.2.115',
      protocol: 'ICMP',
      kind: 'packet',
      hops: [
        { file, interface: 'eth1', direction: 'In', frame: 1, ttl: 64, tunnel },
        { file, interface: 'eth2', direction: 'Out', frame: 2, ttl: 63, tunnel, sincePrevious: 21e-6 },
      ],
    })
    expect(first?.hops[0]?.time).toEqual({ seconds: 1795378377, nanoseconds: 91235000 })
    expect(first).not.toHaveProperty('lostBefore')
  })

  test('of native traffic are those of the only header: in on eth1, out on eth0', async () => {
    const found = await all([{ source: fixture('native-noreply.pcap'), links }])
    expect(counted(found.map(wayOf))).toEqual({
      'eth1 In 63 → eth0 Out 62': 12,
      'eth1 In 63 → eth2 Out 62': 1,
      'eth2 In 64 → eth0 Out 63': 1,
    })
    expect(found.every(({ hops }) => hops.every(({ tunnel }) => tunnel === undefined))).toBe(true)
  })

  test('on one node go from the pod through cilium_vxlan to eth1, before and behind the encapsulation', async () => {
    const nodeLinks = new Map([...links, [3, 'eth1'], [8, 'cilium_vxlan'], [2, 'lxc']])
    const found = await all([{ source: fixture('node-ctr-any.pcap'), links: nodeLinks }])
    const ways = counted(found.map(wayOf))
    expect(ways['lxc In 64 → cilium_vxlan Out 64 → eth1 Out 64']).toBe(24)
    expect(ways['eth1 In 63 → cilium_vxlan P 64 → lxc Out 63']).toBe(16)
    const sent = found.find((packet) => wayOf(packet).startsWith('lxc In 64 → cilium_vxlan'))
    expect(sent?.hops.map(({ tunnel }) => tunnel?.type)).toEqual([undefined, undefined, 'vxlan'])
    expect([...found].reduce((sum, { hops }) => sum + hops.length, 0)).toBe(416)
  })

  test('of IPv6 inside and outside, of fragments and of GENEVE are joined too', async () => {
    for (const [capture, packets] of [
      ['vxlan-ipv6.pcap', 78],
      ['vxlan-mtu.pcap', 63],
      ['geneve.pcap', 58],
    ] as const) {
      const found = await all(fixture(capture))
      expect([capture, found.length, ...new Set(found.map(({ hops }) => hops.length))]).toEqual([capture, packets, 2])
    }
  })

  test('are those of the packets that a filter selects a frame of', async () => {
    const found = await all(fixture('multi-node.pcap'), { filter: compileFilter('ip.ttl == 63 && icmp') })
    expect(found.length).toBeGreaterThan(5)
    expect(new Set(found.map(({ hops }) => hops.length))).toEqual(new Set([2]))
  })
})

describe('what is sent again', () => {
  test('is a retransmission of the first: six more SYNs of one connection', async () => {
    const found = await all(fixture('native-noreply.pcap'))
    const again = found.filter(({ kind }) => kind === 'retransmission')
    expect(again.map(({ hops }) => hops[0]?.frame)).toEqual([11, 13, 15, 17, 19, 21])
    expect(again.map(({ of }) => of?.frame)).toEqual([9, 9, 9, 9, 9, 9])
  })
})

/** Frames of multi-node.pcap that came in and never went out. */
const DROPPED = [13, 50, 93, 140, 173, 206, 239, 272, 305]

describe('losses', () => {
  test('of multi-node.pcap are the nine packets that came in and never went out', async () => {
    const found = await all([{ source: fixture('multi-node.pcap'), links }])
    const lost = found.filter(({ lostBefore }) => lostBefore !== undefined)
    expect(lost.map(({ hops }) => hops[0]?.frame)).toEqual(DROPPED)
    expect(counted(lost.map(({ lostBefore }) => `${lostBefore?.interface} ${lostBefore?.direction}`))).toEqual({
      'eth2 Out': 5,
      'eth1 Out': 4,
    })
    const { flows } = await pathReport([{ source: fixture('multi-node.pcap'), links }])
    const frames = flows.flatMap(({ hops }) => hops.flatMap(({ lostFrames }) => lostFrames.map(({ frame }) => frame)))
    expect(frames.sort((a, b) => a - b)).toEqual(DROPPED)
  })

  test.each(WHOLE.filter((name) => name !== 'multi-node.pcap'))('are none in %s', async (capture) => {
    const { flows } = await pathReport(fixture(capture))
    expect(flows.flatMap(({ hops }) => hops.filter(({ lost }) => lost > 0))).toEqual([])
  })

  test('are not told of a packet that was on its way when the capture ended', async () => {
    const found = await all(new Uint8Array(readFileSync(fixture('vxlan.pcap')).subarray(0, -138)))
    expect(found.filter(({ hops }) => hops.length === 1)).toHaveLength(1)
    expect(found.filter(({ lostBefore }) => lostBefore !== undefined)).toEqual([])
  })
})

describe('flows', () => {
  test('have their hops with the packets seen there, and how long they took', async () => {
    const { flows, packets, frames, clocks } = await pathReport([{ source: fixture('vxlan.pcap'), links }])
    expect([frames, packets, clocks]).toEqual([116, 58, []])
    const ping = flows.find(({ identifier }) => identifier !== undefined)
    expect(ping).toMatchObject({
      source: '172.20.0.158',
      destination: '172.20.2.115',
      protocol: 'ICMP',
      outer: { source: '192.168.10.100', destination: '192.168.20.100' },
      packets: 2,
      hops: [
        { interface: 'eth1', direction: 'In', packets: 2, lost: 0 },
        // 21 and 26 µs.
        { interface: 'eth2', direction: 'Out', packets: 2, lost: 0, median: 21e-6, p99: 26e-6 },
      ],
    })
  })
})

describe('three captures of three machines', () => {
  const CTR = 'multi-node-ctr.pcap'
  const ROUTER = 'multi-node.pcap'
  const W0 = 'multi-node-w0.pcap'

  /** A little-endian capture of microseconds whose clock is ahead by so much. */
  function ahead(capture: string, microseconds: number): Uint8Array {
    const bytes = Buffer.from(readFileSync(fixture(capture)))
    for (let at = 24; at < bytes.length; at += 16 + bytes.readUInt32LE(at + 8)) {
      const time = bytes.readUInt32LE(at) * 1e6 + bytes.readUInt32LE(at + 4) + microseconds
      bytes.writeUInt32LE(Math.floor(time / 1e6), at)
      bytes.writeUInt32LE(time % 1e6, at + 4)
    }
    return new Uint8Array(bytes)
  }

  const points = (ctr = 0, router = 0, w0 = 0): CapturePoint[] => [
    { source: ahead(CTR, ctr), name: 'k8s-ctr', interface: 'eth1' },
    { source: ahead(ROUTER, router), name: 'router', links },
    { source: ahead(W0, w0), name: 'k8s-w0', interface: 'eth1' },
  ]

  const THERE = 'k8s-ctr eth1 64 → router eth1 In 64 → router eth2 Out 63 → k8s-w0 eth1 63'
  const BACK = 'k8s-w0 eth1 64 → router eth2 In 64 → router eth1 Out 63 → k8s-ctr eth1 63'
  const WAYS = {
    [THERE]: 76,
    [BACK]: 69,
    // Lost on the router.
    'k8s-ctr eth1 64 → router eth1 In 64': 5,
    'k8s-w0 eth1 64 → router eth2 In 64': 4,
    // Between k8s-ctr and k8s-w1, which are on one network: the router only overhears them.
    'k8s-ctr eth1 64 → router eth1 P 64': 28,
  }

  test('give the way of each packet end to end', async () => {
    const found = await all(points())
    expect(counted(found.map(wayOf))).toEqual(WAYS)
    expect(found.reduce((sum, { hops }) => sum + hops.length, 0)).toBe(178 + 327 + 149)
    expect(found.filter(({ hops }) => hops.some(({ sincePrevious = 0 }) => sincePrevious < 0))).toEqual([])
  })

  test.each([
    [0, 0, 0],
    [0, 250_000, -250_000],
    [250_000, 0, -250_000],
    [-250_000, 250_000, 0],
    [0, 3_600_000_000, -86_400_000_000],
  ])('whose clocks are ahead by %d, %d and %d µs, the same, and the skew within 1 ms', async (...skews) => {
    const found = await all(points(...skews))
    expect(counted(found.map(wayOf))).toEqual(WAYS)
    const { clocks, flows } = await pathReport(points(...skews))
    expect(clocks.map(({ point, basis }) => [point, basis])).toEqual([
      ['k8s-ctr', 'reference'],
      ['router', 'two-way'],
      ['k8s-w0', 'two-way'],
    ])
    clocks.forEach(({ ahead: found, uncertainty }, at) => {
      const real = ((skews[at] as number) - (skews[0] as number)) / 1e6
      expect(Math.abs(found - real)).toBeLessThan(0.001)
      expect(Math.abs(found - real)).toBeLessThanOrEqual(uncertainty + 1e-9)
    })
    const lost = flows.flatMap(({ hops }) =>
      hops.flatMap(({ point, lostFrames }) => lostFrames.map((one) => [point, one.frame])),
    )
    expect(lost.map(([point]) => point)).toEqual(Array(9).fill('router'))
    expect(lost.map(([, frame]) => Number(frame)).sort((a, b) => a - b)).toEqual(DROPPED)
  })

  test('of which one has nothing in common with the others are taken as they are', async () => {
    const { clocks } = await pathReport([fixture(ROUTER), fixture('geneve-eth2.pcap')])
    expect(clocks.map(({ ahead: skew, basis }) => [skew, basis])).toEqual([
      [0, 'reference'],
      [0, 'nothing in common'],
    ])
  })

  test('that saw traffic in one direction only are said to be compared by that', async () => {
    const { clocks } = await pathReport([
      { source: ahead(CTR, 0) },
      { source: onlyFrom(ahead(ROUTER, 5_000_000), '192.168.10.100') },
    ])
    expect(clocks[1]).toMatchObject({ basis: 'one-way' })
    expect(clocks[1]?.ahead).toBeCloseTo(5, 2)
  })

  /** Records of a cooked capture whose outer source is this address. */
  function onlyFrom(bytes: Uint8Array, address: string): Uint8Array {
    const all = Buffer.from(bytes)
    const kept = [all.subarray(0, 24)]
    for (let at = 24; at < all.length; ) {
      const end = at + 16 + all.readUInt32LE(at + 8)
      const ip = at + 16 + 20
      if ([...all.subarray(ip + 12, ip + 16)].join('.') === address) kept.push(all.subarray(at, end))
      at = end
    }
    return new Uint8Array(Buffer.concat(kept))
  }
})
