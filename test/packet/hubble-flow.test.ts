/** Packets as Hubble's flows: the shape of flow.proto, and only what a capture can know. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { defaultDissector } from '../../src/layers/create-dissector.ts'
import type { Dissection } from '../../src/packet/dissection.ts'
import { type AddressNames, type FlowEvent, HubbleFlows } from '../../src/packet/hubble-flow.ts'
import { hubbleLine } from '../../src/render/hubble-line.ts'
import * as frames from '../dissect/frames.ts'
import { eachDissection } from '../support/dissections.ts'
import { CAPTURES, captureUrl } from './captures.ts'

const schema = JSON.parse(readFileSync(new URL('../../src/packet/hubble-flow.schema.json', import.meta.url), 'utf8'))
const validate = new Ajv2020({ strict: false, allErrors: true }).compile(schema)

async function eventsOf(name: string, names?: AddressNames): Promise<FlowEvent[]> {
  const flows = new HubbleFlows(names)
  const events: FlowEvent[] = []
  const visit = (packet: Dissection) => void events.push(flows.eventOf(packet))
  await eachDissection(fileURLToPath(captureUrl(name)), visit, { relativeSequence: true })
  return events
}

/** The flows of frames of Ethernet that come one after another. */
function flowsOf(...all: readonly Uint8Array[]) {
  const flows = new HubbleFlows()
  return all.map((frame) => {
    const record = frames.recordOf(frame, { time: 1.5e9 })
    const walk = frames.walkOf(record)
    return flows.eventOf({ dissector: defaultDissector(), record, walk, notes: undefined, clock: undefined }).flow
  })
}

const inVxlan = (inner: Uint8Array, vni = 42) =>
  frames.ethernet({}, frames.ipv4({ from: '1.1.1.1', to: '2.2.2.2' }, frames.udp({}, frames.vxlan({ vni }, inner))))
const segment = (flags: number, from = 1000, to = 80) =>
  frames.ethernet({}, frames.ipv4({ protocol: 6 }, frames.tcp({ flags, from, to })))
const back = (flags: number) =>
  frames.ethernet(
    {},
    frames.ipv4({ protocol: 6, from: '10.0.0.2', to: '10.0.0.1' }, frames.tcp({ flags, from: 80, to: 1000 })),
  )

test('the SYN of vxlan.pcap is a flow to the overlay, with both ends, the tunnel and identities', async () => {
  const syn = (await eventsOf('vxlan.pcap'))[8]
  expect(syn).toEqual({
    flow: {
      time: '2026-11-22T20:12:57.531937Z',
      verdict: 'TRACED',
      ethernet: { source: '9e:03:96:31:93:91', destination: 'b6:9e:11:a0:d5:38' },
      IP: { source: '172.20.0.158', destination: '172.20.2.115', ipVersion: 'IPv4' },
      l4: { TCP: { source_port: 34586, destination_port: 80, flags: { SYN: true } } },
      source: { identity: 3258 },
      destination: { identity: 14053 },
      Type: 'L3_L4',
      event_type: { type: 4, sub_type: 4 },
      traffic_direction: 'EGRESS',
      trace_observation_point: 'TO_OVERLAY',
      is_reply: false,
      interface: { index: 3 },
      tunnel: {
        protocol: 'VXLAN',
        IP: { source: '192.168.10.100', destination: '192.168.20.100', ipVersion: 'IPv4' },
        l4: { UDP: { source_port: 37490, destination_port: 8472 } },
        vni: 3258,
      },
      Summary: 'TCP Flags: SYN',
    },
    time: '2026-11-22T20:12:57.531937Z',
  })
})

test.each(CAPTURES)('every packet of %s is as the schema says', async (name) => {
  const wrong = (await eventsOf(name)).filter((event) => !validate(JSON.parse(JSON.stringify(event))))
  expect(wrong.map((event) => [event, validate(event), validate.errors])).toEqual([])
})

test('the schema would notice what is not in flow.proto', () => {
  expect(validate({ flow: { verdict: 'TRACED', Type: 'L3_L4', Summary: '' } })).toBe(true)
  expect(validate({ flow: { verdict: 'FORWARDED', Type: 'L3_L4', Summary: '' } })).toBe(false)
  expect(validate({ flow: { verdict: 'TRACED', Type: 'L3_L4', Summary: '', ip: {} } })).toBe(false)
})

describe('names', () => {
  const known: AddressNames = (address) =>
    ({
      '172.20.0.158': { kind: 'pod', namespace: 'default', name: 'curl-pod', labels: ['k8s:app=curl'], identity: 3258 },
      '10.96.136.62': { kind: 'service', namespace: 'default', name: 'webpod' },
      '192.168.10.100': { kind: 'node', name: 'controller-0' },
    })[address]

  test('of pods, nodes and labels go where Hubble has them', async () => {
    const { flow, node_name } = (await eventsOf('vxlan.pcap', known))[8] as FlowEvent
    expect(flow.source).toEqual({
      identity: 3258,
      namespace: 'default',
      labels: ['k8s:app=curl'],
      pod_name: 'curl-pod',
    })
    expect([flow.node_name, node_name]).toEqual(['controller-0', 'controller-0'])
    expect(flow.destination).toEqual({ identity: 14053 })
  })

  test('are in the compact line as hubble observe prints it', async () => {
    const { flow } = (await eventsOf('vxlan.pcap', known))[8] as FlowEvent
    expect(hubbleLine(flow, 'Nov 22 20:12:57.531')).toBe(
      'Nov 22 20:12:57.531: default/curl-pod:34586 (ID:3258) -> 172.20.2.115:80 (ID:14053) to-overlay TRACED (TCP Flags: SYN)',
    )
  })
})

describe('replies', () => {
  test('are known once the opening of a connection was seen, not before', () => {
    expect(
      flowsOf(segment(0x10), segment(0x02), back(0x12), segment(0x10), back(0x11)).map((one) => one.is_reply),
    ).toEqual([undefined, false, true, false, true])
    expect(flowsOf(back(0x12), segment(0x10)).map((one) => one.is_reply)).toEqual([true, false])
  })

  test('turn the direction of traffic, which packets outside a tunnel have not', () => {
    expect(flowsOf(inVxlan(segment(0x02)), inVxlan(back(0x12))).map((one) => one.traffic_direction)).toEqual([
      'EGRESS',
      'INGRESS',
    ])
    expect(flowsOf(segment(0x02))[0]).not.toHaveProperty('traffic_direction')
  })

  test('of ping and DNS say so themselves; other UDP does not', () => {
    const ping = (type: number) => frames.ethernet({}, frames.ipv4({ protocol: 1 }, frames.icmp({ type })))
    const dns = (flags: number) =>
      frames.ethernet({}, frames.ipv4({}, frames.udp({ to: 53 }, frames.u16(7, flags, 0, 0, 0, 0))))
    const other = frames.ethernet({}, frames.ipv4({}, frames.udp({ to: 9999 }, frames.u8(1))))
    expect(flowsOf(ping(8), ping(0), dns(0x0100), dns(0x8180), other).map((one) => one.is_reply)).toEqual([
      false,
      true,
      false,
      true,
      undefined,
    ])
  })
})

test('the identity of a destination is known once it has sent something itself', () => {
  const identities = flowsOf(inVxlan(segment(0x02), 3258), inVxlan(back(0x12), 14053), inVxlan(segment(0x10), 3258))
  expect(identities.map((one) => [one.source?.identity, one.destination?.identity])).toEqual([
    [3258, undefined],
    [14053, 3258],
    [3258, 14053],
  ])
})

test('what is zero is left out, as in the JSON of proto3', () => {
  const reply = frames.ethernet({}, frames.ipv4({ protocol: 1 }, frames.icmp({ type: 0 })))
  expect(flowsOf(reply)[0]?.l4).toEqual({ ICMPv4: {} })
  expect(flowsOf(inVxlan(segment(0), 0))[0]?.tunnel).not.toHaveProperty('vni')
  expect(flowsOf(segment(0))[0]?.l4).toEqual({ TCP: { source_port: 1000, destination_port: 80, flags: {} } })
})

test('times have no, three, six or nine digits', () => {
  const time = (nanoseconds: number) => {
    const record = frames.recordOf(segment(2), { time: nanoseconds })
    return new HubbleFlows().eventOf({
      dissector: defaultDissector(),
      record,
      walk: frames.walkOf(record),
      notes: undefined,
      clock: undefined,
    }).time
  }
  expect([0, 1_500_000_000, 1000, 1].map(time)).toEqual([
    '1970-01-01T00:00:00Z',
    '1970-01-01T00:00:01.500Z',
    '1970-01-01T00:00:00.000001Z',
    '1970-01-01T00:00:00.000000001Z',
  ])
})

test.each([
  [frames.icmp({ type: 8 }), 'ICMPv4 EchoRequest'],
  [frames.icmp({ type: 3, code: 4 }), 'ICMPv4 DestinationUnreachable(FragmentationNeeded)'],
  [frames.icmp({ type: 11 }), 'ICMPv4 TimeExceeded(TTLExceeded)'],
  [frames.icmp({ type: 0, code: 1 }), 'ICMPv4 EchoReply(Code: 1)'],
  [frames.icmp({ type: 99, code: 2 }), 'ICMPv4 99(2)'],
])('ICMP is told in the words of gopacket: %#', (message, summary) => {
  expect(flowsOf(frames.ethernet({}, frames.ipv4({ protocol: 1 }, message)))[0]?.Summary).toBe(summary)
})

test('flags stand in the order that Hubble has', () => {
  expect(flowsOf(segment(0x1ff))[0]?.Summary).toBe('TCP Flags: SYN, ACK, RST, FIN, PSH, URG, ECE, CWR, NS')
})

describe('the compact line', () => {
  const flow = { verdict: 'TRACED', Summary: 'UDP', l4: { UDP: { source_port: 1, destination_port: 2 } } }

  test('turns a reply around, and owns up where nobody knows', () => {
    const IP = { source: '10.0.0.1', destination: '10.0.0.2' }
    const line = (is_reply?: boolean) => hubbleLine({ ...flow, IP, ...(is_reply !== undefined && { is_reply }) }, 't')
    expect(line(false)).toBe('t: 10.0.0.1:1 (unknown) -> 10.0.0.2:2 (unknown) UNKNOWN TRACED (UDP)')
    expect(line(true)).toBe('t: 10.0.0.2:2 (unknown) <- 10.0.0.1:1 (unknown) UNKNOWN TRACED (UDP)')
    expect(line()).toBe('t: 10.0.0.1:1 (unknown) <> 10.0.0.2:2 (unknown) UNKNOWN TRACED (UDP)')
  })

  test('has brackets around IPv6, words for reserved identities, and services by name', () => {
    const six = {
      ...flow,
      IP: { source: 'fd00::1', destination: 'fd00::2' },
      source: { identity: 1 },
      destination: { identity: 16777217 },
      destination_service: { name: 'webpod', namespace: 'default' },
    }
    expect(hubbleLine(six, 't')).toBe('t: [fd00::1]:1 (host) <> default/webpod:2 (ID:16777217) UNKNOWN TRACED (UDP)')
  })

  test('escapes what could move a cursor', () => {
    expect(hubbleLine({ ...flow, Summary: 'GET /\x1b[2J' }, 't')).toContain('GET /\\x1b[2J')
  })
})

test('HTTP and DNS are flows of layer 7, in the words that Hubble has for them', async () => {
  const flows = (await eventsOf('vxlan.pcap')).map(({ flow }) => flow)
  expect(flows[14]).toMatchObject({
    Type: 'L7',
    l7: { type: 'REQUEST', http: { method: 'GET', url: 'http://172.20.2.115/', protocol: 'HTTP/1.1' } },
    event_type: { type: 129 },
    Summary: 'HTTP/1.1 GET http://172.20.2.115/',
  })
  expect(flows[18]).toMatchObject({
    l7: { type: 'RESPONSE', latency_ns: '2633000', http: { code: 200, url: 'http://172.20.2.115/' } },
    is_reply: true,
    Summary: 'HTTP/1.1 200 2ms (http://172.20.2.115/)',
  })
  expect(flows[32]).toMatchObject({
    l7: {
      type: 'RESPONSE',
      dns: { query: 'webpod.default.svc.cluster.local.', ips: ['10.96.136.62'], ttl: 30, qtypes: ['A'] },
    },
    Summary: 'DNS Answer "10.96.136.62" TTL: 30 (Query webpod.default.svc.cluster.local. A)',
  })
})
