/** Flows: both directions of a conversation in one row, told apart by tunnel, VNI and ports, whatever the dialect of VNIs. */
import { describe, expect, test } from 'vitest'
import { type Flow, FlowTable, flows } from '../../src/index.ts'
import * as frames from '../dissect/frames.ts'
import { captureUrl } from '../packet/captures.ts'

const { ethernet, icmp, ipv4, recordOf, sll2, tcp, u8, udp, vxlan, walkOf } = frames
const SLL2 = 276
const SYN = 0x02
const ACK = 0x10
const FIN = 0x01
const RST = 0x04

interface Sent {
  readonly from: string
  readonly to: string
  readonly vni?: number
  readonly nodes?: readonly [string, string]
  readonly flags?: number
  readonly ports?: readonly [number, number]
  readonly at?: number
  readonly payload?: Uint8Array
}

const NODES = ['192.168.10.1', '192.168.20.1'] as const
let id = 0

/** A TCP segment from pod to pod; the nodes turn with the pods. */
function segment({ from, to, vni, nodes = NODES, flags = ACK, ports = [40_000, 80], payload }: Sent): Uint8Array {
  const inner = ipv4({ from, to, protocol: 6, id: ++id }, tcp({ from: ports[0], to: ports[1], flags }, payload))
  if (vni === undefined) return ethernet({}, inner)
  return ethernet({}, ipv4({ from: nodes[0], to: nodes[1], id: ++id }, udp({}, vxlan({ vni }, ethernet({}, inner)))))
}

function flowsOf(sent: readonly Sent[], table = new FlowTable()): Flow[] {
  sent.forEach((one, index) => {
    const record = recordOf(segment(one), { number: index + 1, time: one.at ?? index * 1000 })
    table.add(record, walkOf(record))
  })
  return table.flows('start')
}

const A = '172.20.0.1'
const B = '172.20.2.1'
const there = { from: A, to: B, ports: [40_000, 80] } as const
const back = { from: B, to: A, ports: [80, 40_000], nodes: [NODES[1], NODES[0]] } as const
const vnis = (all: readonly Flow[]) => all.map(({ forward, back: other }) => [forward.vni, other.vni])

describe('the two directions of a conversation', () => {
  test('with the VNI of each sender are one flow, as with Cilium', () => {
    const all = flowsOf([
      { ...there, vni: 3258, flags: SYN },
      { ...back, vni: 14_053, flags: SYN | ACK },
    ])
    expect(vnis(all)).toEqual([[3258, 14_053]])
    expect(all[0]).toMatchObject({
      outer: { source: NODES[0], destination: NODES[1] },
      tunnel: 'vxlan',
      source: A,
      destination: B,
      sourcePort: 40_000,
      destinationPort: 80,
      protocol: 'TCP',
      forward: { packets: 1 },
      back: { packets: 1 },
    })
  })

  test('with equal addresses in two VNIs are two flows, as with tenants', () => {
    const all = flowsOf([
      { ...there, vni: 4711 },
      { ...there, vni: 4242 },
      { ...back, vni: 4242 },
      { ...back, vni: 4711 },
    ])
    expect(vnis(all)).toEqual([
      [4711, 4711],
      [4242, 4242],
    ])
  })

  test('are kept apart where two conversations could be meant', () => {
    const all = flowsOf([
      { ...there, vni: 1 },
      { ...there, vni: 2 },
      { ...back, vni: 3 },
    ])
    expect(vnis(all)).toEqual([
      [1, undefined],
      [2, undefined],
      [3, undefined],
    ])
  })

  test('join an equal VNI before another one that is free', () => {
    const all = flowsOf([
      { ...there, vni: 1 },
      { ...back, vni: 9 },
      { ...back, vni: 1 },
    ])
    expect(vnis(all)).toEqual([
      [1, 1],
      [9, undefined],
    ])
  })

  test('start with who opened the connection, also if the answer was captured first', () => {
    const [flow] = flowsOf([
      { ...back, vni: 2, flags: SYN | ACK },
      { ...there, vni: 1, flags: SYN },
    ])
    expect([flow?.source, flow?.destinationPort]).toEqual([A, 80])
  })
})

describe('one five-tuple', () => {
  test('over two pairs of nodes, or in and outside of a tunnel, is several flows', () => {
    const all = flowsOf([{ ...there, vni: 1 }, { ...there, vni: 1, nodes: ['192.168.10.9', NODES[1]] }, { ...there }])
    expect(all.map(({ outer }) => outer?.source)).toEqual([NODES[0], '192.168.10.9', undefined])
  })

  test('under two VNIs in one direction is two flows', () => {
    expect(
      flowsOf([
        { ...there, vni: 1 },
        { ...there, vni: 2 },
      ]),
    ).toHaveLength(2)
  })
})

describe('the state of a connection', () => {
  const states = (sent: readonly Omit<Sent, 'from' | 'to'>[], isBack: readonly boolean[]) =>
    flowsOf(sent.map((one, index) => ({ ...(isBack[index] ? back : there), ...one }))).map(({ state }) => state)

  test.each([
    ['SYN unanswered', [SYN, SYN], [false, false]],
    ['established', [SYN, SYN | ACK, ACK], [false, true, false]],
    ['closed', [SYN, SYN | ACK, FIN | ACK, FIN | ACK], [false, true, false, true]],
    ['reset', [SYN, RST | ACK], [false, true]],
    ['mid-stream', [ACK, ACK], [false, true]],
    // A new connection between the same ports, after the old one ended.
    ['established', [SYN, SYN | ACK, FIN | ACK, FIN | ACK, SYN, SYN | ACK], [false, true, false, true, false, true]],
    // One side has closed, the other has not.
    ['established', [SYN, SYN | ACK, FIN | ACK], [false, true, false]],
  ] as const)('is "%s" after flags %j', (state, flags, isBack) => {
    expect(
      states(
        flags.map((one) => ({ flags: one })),
        isBack,
      ),
    ).toEqual([state])
  })

  test('comes with the time from the first SYN to its answer', () => {
    const [flow] = flowsOf([
      { ...there, flags: SYN, at: 1_000_000 },
      { ...there, flags: SYN, at: 3_000_000 },
      { ...back, flags: SYN | ACK, at: 3_500_000 },
      { ...there, flags: ACK, at: 9_000_000 },
    ])
    expect([flow?.handshake, flow?.duration]).toEqual([0.0025, 0.008])
  })

  test('is not said of anything but TCP', () => {
    const table = new FlowTable()
    const record = recordOf(ethernet({}, ipv4({ from: A, to: B, protocol: 17 }, udp({ from: 9, to: 53 }, u8(1, 2)))))
    table.add(record, walkOf(record))
    expect(table.flows()[0]).toMatchObject({ protocol: 'UDP', state: undefined, sourcePort: 9, destinationPort: 53 })
  })
})

describe('what is counted', () => {
  test('is each packet once, with its copies beside', () => {
    const table = new FlowTable()
    const packet = ipv4({ from: A, to: B, protocol: 6, id: 7 }, tcp())
    for (const [number, index] of [
      [1, 3],
      [2, 4],
    ] as const) {
      const record = recordOf(sll2({ index }, packet), { number, linkType: SLL2, time: number * 1000 })
      table.add(record, walkOf(record))
    }
    expect([table.frames, table.packets]).toEqual([2, 1])
    expect(table.flows()[0]?.forward).toMatchObject({ packets: 1, frames: 2, bytes: packet.length + 20 })
  })

  test('is bytes on the wire, and bytes of the inner packet', () => {
    const [flow] = flowsOf([{ ...there, vni: 1, payload: u8(1, 2, 3) }])
    expect(flow?.forward).toMatchObject({ bytes: 14 + 20 + 8 + 8 + 14 + 43, innerBytes: 43 })
  })

  test('is pings by their identifier, and fragments after the first without ports', () => {
    const table = new FlowTable()
    const add = (frame: Uint8Array, number: number) => {
      const record = recordOf(frame, { number, time: number })
      table.add(record, walkOf(record))
    }
    add(ethernet({}, ipv4({ from: A, to: B, protocol: 1 }, icmp({ rest: 0x4ed8_0001 }))), 1)
    add(ethernet({}, ipv4({ from: B, to: A, protocol: 1 }, icmp({ type: 0, rest: 0x4ed8_0001 }))), 2)
    add(ethernet({}, ipv4({ from: A, to: B, protocol: 1 }, icmp({ rest: 0x4ed9_0001 }))), 3)
    add(ethernet({}, ipv4({ from: A, to: B, protocol: 17, fragment: 0x00b9 }, u8(1, 2, 3, 4, 5, 6, 7, 8))), 4)
    const all = table.flows('start')
    expect(
      all.map(({ protocol, identifier, sourcePort, back: other }) => [protocol, identifier, sourcePort, other.packets]),
    ).toEqual([
      ['ICMP', 0x4ed8, undefined, 1],
      ['ICMP', 0x4ed9, undefined, 0],
      ['UDP', undefined, undefined, 0],
    ])
  })
})

describe('the captures', () => {
  const rows = async (capture: string) => {
    const all: Flow[] = []
    for await (const flow of flows(captureUrl(capture), { sort: 'start' })) all.push(flow)
    return all
  }

  /** By hand, from the lab's description: curl-pod pings webpod, then asks it three times, each after two look-ups. */
  test('vxlan.pcap: a ping, and three requests with two look-ups before each', async () => {
    const all = await rows('vxlan.pcap')
    const line = ({
      source,
      destination,
      destinationPort,
      application,
      protocol,
      topic,
      forward,
      back: other,
      state,
    }: Flow) => [
      source,
      destination,
      destinationPort,
      application ?? protocol,
      topic,
      forward.vni,
      other.vni,
      forward.packets,
      other.packets,
      state,
    ]
    const ping = ['172.20.0.158', '172.20.2.115', undefined, 'ICMP', undefined, 3258, 14_053, 2, 2, undefined]
    const look = (name: string) => ['172.20.0.158', '172.20.2.41', 53, 'DNS', name, 3258, 9473, 2, 2, undefined]
    const request = (path: string) => [
      '172.20.0.158',
      '172.20.2.115',
      80,
      'HTTP',
      `GET ${path} HTTP/1.1`,
      3258,
      14_053,
      6,
      4,
      'closed',
    ]
    const found = all.map(line)
    expect(found).toHaveLength(10)
    expect(found.filter((one) => one[3] === 'ICMP')).toEqual([ping])
    expect(found.filter((one) => one[3] === 'HTTP')).toEqual([request('/'), request('/'), request('/')])
    const looks = found.filter((one) => one[3] === 'DNS')
    expect(looks).toHaveLength(6)
    for (const one of looks) expect(one).toEqual(look(String(one[4])))
    expect(all.every(({ outer }) => outer?.source === '192.168.10.100' && outer.destination === '192.168.20.100')).toBe(
      true,
    )
  })

  /** Ten SYNs in four connections and two pings to a pod that nobody reaches; one ping to its node that is answered. */
  test('native-noreply.pcap: SYNs and pings that nobody answers', async () => {
    const all = await rows('native-noreply.pcap')
    const unanswered = all.filter(({ state }) => state === 'SYN unanswered')
    expect(unanswered.map(({ forward }) => forward.packets).sort()).toEqual([1, 1, 1, 7])
    const pings = all.filter(({ protocol }) => protocol === 'ICMP')
    expect(pings.map(({ destination, forward, back: other }) => [destination, forward.packets, other.packets])).toEqual(
      [
        ['172.20.2.26', 2, 0],
        ['192.168.20.100', 1, 1],
      ],
    )
    expect(all.every(({ outer, tunnel }) => outer === undefined && tunnel === undefined)).toBe(true)
  })
})
