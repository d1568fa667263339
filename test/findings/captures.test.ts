/** Every capture of the lab: what is found in it, with its frames, and nothing else. */
import { describe, expect, test } from 'vitest'
import { diagnose } from '../../src/findings/diagnose.ts'
import { fixture, LAB_CAPTURES, truthTable } from '../support/fixtures.ts'
import { EXPECTED, EXPECTED_WITH_NAMES } from './expected.ts'
import { lab, lines } from './found.ts'

const HEALTHY = [
  'vxlan.pcap',
  'geneve.pcap',
  'vxlan-eth1.pcap',
  'vxlan-ipv6.pcap',
  'vxlan-4789.pcap',
  'vxlan-vlan.pcap',
]

test('all 30 captures are in the table', () => {
  expect(LAB_CAPTURES).toHaveLength(30)
  expect(Object.keys(EXPECTED).sort()).toEqual(LAB_CAPTURES)
})

describe('exactly this is found in', () => {
  test.each(LAB_CAPTURES)('%s', async (name) => {
    const { findings, omitted } = await diagnose(fixture(name))
    expect(lines(findings)).toEqual(EXPECTED[name])
    expect(omitted).toEqual({})
  })
})

describe('with names, links and routes exactly this is found in', async () => {
  const known = await lab()

  test.each(LAB_CAPTURES)('%s', async (name) => {
    const { findings } = await diagnose(fixture(name), known)
    // Interface indexes mean something on the router only, but names of nodes and pods everywhere.
    expect(lines(findings)).toEqual(EXPECTED_WITH_NAMES[name] ?? EXPECTED[name])
  })
})

test.each(HEALTHY)('%s is healthy: nothing above info', async (name) => {
  for (const options of [{}, await lab()]) {
    const { findings } = await diagnose(fixture(name), options)
    expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([])
  }
})

describe('multi-node.pcap', () => {
  test('has the nine packets lost that by tshark came in and never went out', async () => {
    const { names, rows } = truthTable('multi-node.pcap')
    const column = (row: readonly string[], name: string) => row[names.indexOf(name)] as string
    // Equal outer and inner ids and addresses: one packet. 0 is In, 4 is Out.
    const passages = new Map<string, { type: string; frame: number }[]>()
    for (const row of rows) {
      const key = ['ip.src', 'ip.dst', 'ip.id', 'vxlan.vni', 'udp.srcport'].map((name) => column(row, name)).join(' ')
      const passed = { type: column(row, 'sll.pkttype'), frame: Number(column(row, 'frame.number')) }
      passages.set(key, [...(passages.get(key) ?? []), passed])
    }
    const lost = [...passages.values()]
      .filter((all) => all.some(({ type }) => type === '0') && !all.some(({ type }) => type === '4'))
      .map(([first]) => first?.frame)
    expect(lost).toEqual([13, 50, 93, 140, 173, 206, 239, 272, 305])
    const { findings } = await diagnose(fixture('multi-node.pcap'))
    const found = findings.filter(({ code }) => code === 'OVL201')
    expect(found.map(({ packets, evidence }) => [packets, evidence.map(({ frame }) => frame)])).toEqual([[9, lost]])
  })

  test('names who lost them and where', async () => {
    const { findings } = await diagnose(fixture('multi-node.pcap'), await lab())
    expect(findings[0]?.sentence).toBe(
      '9 packets came in on the router and never went out (5 on eth1 and 4 on eth2); among them k8s-ctr (router) → kube-system/metrics-server-5dd7b49d79-vx2c6 (2), default/client-5d9c7b6f4d-mq2xv → default/tls-echo-7c6d5b8f9-hx5wn (2), default/curl-pod → default/webpod-697b545f57-rl7tc, k8s-w0 (health) → k8s-ctr (health) and 3 more',
    )
  })

  test('with the captures of the nodes beside it has the same losses, each told once', async () => {
    const captures = ['multi-node-ctr.pcap', 'multi-node.pcap', 'multi-node-w0.pcap'].map(fixture)
    const { findings, frames, packets } = await diagnose(captures)
    expect([frames, packets]).toEqual([654, 182])
    const [lost, ...others] = findings.filter(({ severity }) => severity !== 'info')
    expect(lost?.evidence.map(({ file, frame }) => [file, frame])).toEqual(
      [13, 50, 93, 140, 173, 206, 239, 272, 305].map((frame) => [captures[1], frame]),
    )
    // The ping that is lost on the router is unanswered; why is known.
    expect(lines(others)).toEqual(['OVL102 error 85'])
    expect(others[0]?.likely).toContain('OVL201')
  })
})

describe('native-noreply.pcap', () => {
  test('has as many requests without an answer as tshark shows', async () => {
    const { names, rows } = truthTable('native-noreply.pcap')
    const column = (row: readonly string[], name: string) => row[names.indexOf(name)] as string
    const inward = rows.filter((row) => column(row, 'sll.pkttype') === '0' && column(row, 'ip.dst') === '172.20.2.26')
    const syns = inward.filter((row) => column(row, 'tcp.srcport') !== '')
    const connections = new Set(syns.map((row) => column(row, 'tcp.srcport')))
    expect([syns.length, connections.size, inward.length - syns.length]).toEqual([10, 4, 2])
    const { findings } = await diagnose(fixture('native-noreply.pcap'))
    const unanswered = findings.filter(({ code }) => code !== 'OVL202').map(({ values }) => values)
    expect(unanswered).toMatchObject([
      { destination: '172.20.2.26', port: 80, asked: 4, unanswered: 4, packets: 10, leftBy: 'if2' },
      { destination: '172.20.2.26', asked: 2, unanswered: 2, packets: 2, leftBy: 'if2' },
    ])
  })

  test('is told in one line each way, with the route that is wrong', async () => {
    const { findings } = await diagnose(fixture('native-noreply.pcap'), await lab())
    expect(findings.filter(({ code }) => code === 'OVL202').map(({ sentence }) => sentence)).toEqual([
      '172.20.0.106 → 172.20.2.26: 0 of 12 SYNs and pings answered; the router sends them out of eth0 (default route), not eth2, where k8s-w0 (podCIDR 172.20.2.0/24) is (frame 7 came in there)',
      'k8s-w0 → 172.20.0.106: the router sends it out of eth0 (default route), not eth1, where k8s-ctr (podCIDR 172.20.0.0/24) is (frame 1 came in there)',
    ])
  })

  test('without the routes says by what it left, and nothing of a route', async () => {
    const { names, links } = await lab()
    const { findings } = await diagnose(fixture('native-noreply.pcap'), { names, links })
    expect(findings[0]?.sentence).toContain('the router sends them out of eth0, not eth2,')
    expect(JSON.stringify(findings)).not.toContain('default route')
  })

  test('with routes and no packet of the node takes the way to it from the routes', async () => {
    const { names, links, routes } = await lab()
    const known = [{ destination: '172.20.2.0/24', via: '192.168.20.100', device: 'eth2' }, ...routes]
    const { findings } = await diagnose(fixture('native-noreply.pcap'), { names, links, routes: known })
    // What the machine does is not what these routes say: then none is quoted.
    expect(findings[0]?.sentence).toContain('out of eth0, not eth2')
  })
})

test('vxlan.pcap has six look-ups of a Service and two connections: no loss', async () => {
  const { findings } = await diagnose(fixture('vxlan.pcap'))
  expect(findings.map(({ sentence, severity }) => `${severity}: ${sentence}`)).toEqual([
    'info: 172.20.0.158 looked up webpod.default.svc.cluster.local 6 times, and 2 connections followed here',
  ])
})

test('vxlan-fragneeded.pcap says which size would fit, after what this tunnel adds', async () => {
  const { findings } = await diagnose(fixture('vxlan-fragneeded.pcap'), await lab())
  expect(findings[0]?.values).toMatchObject({ mtu: 1400, size: 1500, overhead: 50, fits: 1350 })
  expect(findings[0]?.sentence).toContain('inner packets of at most 1350 bytes fit')
})
