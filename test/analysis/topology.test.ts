/** The overview of a capture, and the nodes and pods that are drawn from it. */
import { describe, expect, test } from 'vitest'
import { Overview } from '../../src/analysis/overview.ts'
import { type NodePair, topologyOf } from '../../src/analysis/topology.ts'
import { scan } from '../../src/index.ts'
import { createDissector, defaultDissector } from '../../src/layers/create-dissector.ts'
import * as frames from '../dissect/frames.ts'
import { captureUrl } from '../packet/captures.ts'

const { ethernet, ipv4, recordOf, tcp, u8, udp, vxlan, walkOf } = frames
const { tables } = defaultDissector()

async function overviewOf(capture: string): Promise<Overview> {
  const overview = new Overview()
  await scan(captureUrl(capture), (record, walk) => void overview.add(record, walk))
  return overview
}

function overviewOfFrames(some: readonly Uint8Array[], times: readonly number[] = []): Overview {
  const overview = new Overview()
  some.forEach((frame, index) => {
    const record = recordOf(frame, { number: index + 1, time: times[index] ?? index })
    overview.add(record, walkOf(record))
  })
  return overview
}

const talk = (a: string, b: string) => ethernet({}, ipv4({ from: a, to: b, protocol: 6 }, tcp()))
let id = 0
const inVxlan = (vni: number, a: string, b: string, frame: Uint8Array) =>
  ethernet({}, ipv4({ from: a, to: b, id: ++id }, udp({}, vxlan({ vni }, frame))))
const pods = (pair: NodePair | undefined) => pair?.pods.map(({ a, b, there, back }) => [a, b, there, back])

describe('vxlan.pcap', () => {
  test('has one pair of nodes, with the identities of each way', async () => {
    const [pair, ...rest] = topologyOf(await overviewOf('vxlan.pcap'), tables)
    expect(rest).toEqual([])
    expect(pair?.nodes).toEqual({ a: '192.168.10.100', b: '192.168.20.100' })
    expect(pair?.tunnel).toBe('vxlan')
    expect([...(pair?.vnisThere ?? []), ...(pair?.vnisBack ?? [])].sort((a, b) => a - b)).toEqual([3258, 9473, 14_053])
    expect(pair?.packets).toBe(58)
  })

  test('has two pairs of pods: 3258 answered by 14053, and by 9473', async () => {
    const [pair] = topologyOf(await overviewOf('vxlan.pcap'), tables)
    expect(pair?.pods.map(({ vnisThere, vnisBack }) => [vnisThere, vnisBack])).toEqual(
      expect.arrayContaining([
        [[3258], [14_053]],
        [[3258], [9473]],
      ]),
    )
    expect(pair?.pods).toHaveLength(2)
    expect(pair?.pods.every((pod) => pod.a === '172.20.0.158')).toBe(true)
    expect(pair?.pods.reduce((sum, pod) => sum + pod.there + pod.back, 0)).toBe(58)
  })

  test('counts frames, packets, tunnelled frames, ports and time', async () => {
    const overview = await overviewOf('vxlan.pcap')
    expect([overview.copies.frames, overview.copies.packets, overview.tunnelled, overview.undecoded]).toEqual([
      116, 58, 116, 0,
    ])
    expect(overview.ports.seen(tables)).toEqual([{ type: 'vxlan', port: 8472, frames: 116 }])
    expect(overview.ports.guesses()).toEqual([])
    const times = overview.times()
    expect(times?.first).toEqual({ seconds: 1_795_378_377, nanoseconds: 91_235_000 })
    expect(times?.last.seconds).toBeGreaterThanOrEqual(1_795_378_377)
  })
})

test('geneve.pcap has the same pods in the other tunnel', async () => {
  const [vxlanPair] = topologyOf(await overviewOf('vxlan.pcap'), tables)
  const [genevePair] = topologyOf(await overviewOf('geneve.pcap'), tables)
  expect(genevePair?.tunnel).toBe('geneve')
  expect(genevePair?.pods.map(({ a, b }) => `${a} ${b}`).sort()).toEqual(
    vxlanPair?.pods.map(({ a, b }) => `${a} ${b}`).sort(),
  )
})

test('native-noreply.pcap has pods without nodes', async () => {
  const [pair, ...rest] = topologyOf(await overviewOf('native-noreply.pcap'), tables)
  expect(rest).toEqual([])
  expect([pair?.nodes, pair?.tunnel, pair?.vnisThere, pair?.vnisBack]).toEqual([undefined, undefined, [], []])
  // Nobody answered.
  expect(pair?.pods.some(({ there, back }) => there > 0 && back === 0)).toBe(true)
})

describe('nodes', () => {
  test('are one pair in both directions, named as they were seen first', () => {
    const overview = overviewOfFrames([
      inVxlan(1, '10.0.0.2', '10.0.0.1', talk('172.20.0.2', '172.20.0.1')),
      inVxlan(2, '10.0.0.1', '10.0.0.2', talk('172.20.0.1', '172.20.0.2')),
    ])
    const [pair, ...rest] = topologyOf(overview, tables)
    expect(rest).toEqual([])
    expect([pair?.nodes, pair?.vnisThere, pair?.vnisBack, pair?.packets]).toEqual([
      { a: '10.0.0.2', b: '10.0.0.1' },
      [1],
      [2],
      2,
    ])
    expect(pods(pair)).toEqual([['172.20.0.2', '172.20.0.1', 1, 1]])
  })

  test('come with the most packets first, and so do their pods', () => {
    const two = inVxlan(1, '10.0.0.3', '10.0.0.4', talk('172.20.0.3', '172.20.0.4'))
    const overview = overviewOfFrames([
      inVxlan(1, '10.0.0.1', '10.0.0.2', talk('172.20.0.1', '172.20.0.2')),
      two,
      two,
      inVxlan(1, '10.0.0.3', '10.0.0.4', talk('172.20.0.5', '172.20.0.6')),
    ])
    const pairs = topologyOf(overview, tables)
    expect(pairs.map(({ packets }) => packets)).toEqual([3, 1])
    expect(pods(pairs[0])).toEqual([
      ['172.20.0.3', '172.20.0.4', 2, 0],
      ['172.20.0.5', '172.20.0.6', 1, 0],
    ])
  })

  test('are apart by tunnel, and from those without one', () => {
    const inner = talk('172.20.0.1', '172.20.0.2')
    const inGeneve = ethernet(
      {},
      ipv4({ from: '10.0.0.1', to: '10.0.0.2' }, udp({ to: 6081 }, frames.geneve({}, inner))),
    )
    const pairs = topologyOf(overviewOfFrames([inVxlan(1, '10.0.0.1', '10.0.0.2', inner), inGeneve, inner]), tables)
    expect(pairs.map(({ tunnel }) => tunnel).sort()).toEqual(['geneve', 'vxlan', undefined])
  })
})

describe('pods', () => {
  test('without nodes have the direction in which they were seen first', () => {
    const [pair] = topologyOf(
      overviewOfFrames([
        talk('172.20.0.2', '172.20.0.1'),
        talk('172.20.0.1', '172.20.0.2'),
        talk('172.20.0.2', '172.20.0.1'),
      ]),
      tables,
    )
    expect(pods(pair)).toEqual([['172.20.0.2', '172.20.0.1', 2, 1]])
  })

  test('name the transport where nothing in it was recognised', () => {
    const [pair] = topologyOf(
      overviewOfFrames([inVxlan(1, '10.0.0.1', '10.0.0.2', talk('172.20.0.1', '172.20.0.2'))]),
      tables,
    )
    expect(pair?.pods[0]?.spoke).toEqual(['TCP'])
  })

  test('that only showed an IP header spoke IP', () => {
    const [pair] = topologyOf(overviewOfFrames([ethernet({}, ipv4({ protocol: 200 }, u8(1)))]), tables)
    expect(pair?.pods[0]?.spoke).toEqual(['IP'])
  })
})

describe('the span of time', () => {
  test('is from the earliest to the latest frame, in whatever order they stand', () => {
    const frame = talk('1.1.1.1', '2.2.2.2')
    const overview = overviewOfFrames(
      [frame, frame, frame, frame],
      [5_000_000_001, 2_999_999_999, 7_000_000_000, 7_000_000_001],
    )
    expect(overview.times()).toEqual({
      first: { seconds: 2, nanoseconds: 999_999_999 },
      last: { seconds: 7, nanoseconds: 1 },
    })
  })

  test('of nothing is none', () => {
    expect(new Overview().times()).toBeUndefined()
  })
})

describe('frames of a link type that is not decoded', () => {
  test('are counted', () => {
    const overview = new Overview()
    const record = recordOf(u8(1, 2, 3), { linkType: 147 })
    overview.add(record, walkOf(record))
    expect([overview.undecoded, overview.copies.packets, overview.bytes]).toEqual([1, 1, 3])
    expect(topologyOf(overview, tables)).toEqual([])
  })
})

describe('ports of tunnels', () => {
  const onPort = (to: number, frame = vxlan({}, talk('172.20.0.1', '172.20.0.2'))) =>
    ethernet({}, ipv4({}, udp({ to }, frame)))

  test('are counted by destination, the most frequent first', () => {
    const overview = overviewOfFrames([onPort(4789), onPort(8472), onPort(8472)])
    expect(overview.ports.seen(tables)).toEqual([
      { type: 'vxlan', port: 8472, frames: 2 },
      { type: 'vxlan', port: 4789, frames: 1 },
    ])
  })

  test('that nobody named are guessed where the payload is one, and nothing is decoded for it', () => {
    const overview = overviewOfFrames([onPort(5555), onPort(5555), onPort(5556, u8(1, 2, 3, 4, 5, 6, 7, 8, 9))])
    expect(overview.ports.guesses()).toEqual([{ type: 'vxlan', port: 5555 }])
    expect([overview.tunnelled, overview.ports.seen(tables)]).toEqual([0, []])
  })

  test('are guessed of GENEVE as well', () => {
    const overview = overviewOfFrames([onPort(7777, frames.geneve({}, talk('172.20.0.1', '172.20.0.2')))])
    expect(overview.ports.guesses()).toEqual([{ type: 'geneve', port: 7777 }])
  })

  test('are guessed when a tunnel was not asked for', () => {
    const dissector = createDissector({ tunnels: [] })
    const overview = new Overview()
    const record = recordOf(onPort(8472))
    overview.add(record, walkOf(record, dissector.walk()))
    expect(overview.ports.guesses()).toEqual([{ type: 'vxlan', port: 8472 }])
  })
})
