/** Outer, tunnels and inner of the real captures; what a packet without a tunnel has instead. */
import { describe, expect, test } from 'vitest'
import { packetOf, packetsOf } from './captures.ts'

describe('a packet in a tunnel', () => {
  test('has nodes outside, pods inside, and the tunnel between', async () => {
    const { outer, tunnels, inner, network, transport } = await packetOf('vxlan.pcap', 15)
    expect(outer?.ip).toMatchObject({
      version: 4,
      source: '192.168.10.100',
      destination: '192.168.20.100',
      ttl: 64,
      protocol: 17,
      length: 178,
      id: 0x0883,
      dontFragment: false,
    })
    expect(outer?.transport).toEqual({ protocol: 'udp', sourcePort: 37490, destinationPort: 8472, length: 150 })
    expect(tunnels).toEqual([{ type: 'vxlan', vni: 3258, port: 8472 }])
    expect(inner?.link).toEqual({ type: 'eth', source: '9e:03:96:31:93:91', destination: 'b6:9e:11:a0:d5:38' })
    expect(inner?.ip).toMatchObject({
      source: '172.20.0.158',
      destination: '172.20.2.115',
      protocol: 6,
      id: 0x778e,
      dontFragment: true,
    })
    expect(inner?.transport).toEqual({
      protocol: 'tcp',
      sourcePort: 34586,
      destinationPort: 80,
      sequence: 839_245_242,
      acknowledgment: 2_696_165_702,
      flags: ['PSH', 'ACK'],
      window: 64,
      length: 76,
    })
    expect([network, transport]).toEqual([undefined, undefined])
  })

  test('has the cooked link header of the machine that captured outside', async () => {
    const [first, second] = await packetsOf('vxlan.pcap')
    expect(first?.link).toEqual({ type: 'sll2', source: '08:00:27:3b:c3:54', interfaceIndex: 3, direction: 'In' })
    expect(second?.link).toMatchObject({ interfaceIndex: 4, direction: 'Out' })
    expect(first?.outer?.link).toEqual(first?.link)
    expect((await packetOf('vxlan-sll.pcap', 1)).link).toEqual({
      type: 'sll',
      source: '08:00:27:3b:c3:54',
      direction: 'In',
    })
  })

  test('may have IPv6 outside, or inside', async () => {
    const { outer, inner } = await packetOf('vxlan-ipv6-underlay-eth1.pcap', 1)
    expect(outer?.ip).toEqual({
      version: 6,
      source: 'fd00:192:168:10::100',
      destination: 'fd00:192:168:20::100',
      ttl: 64,
      protocol: 17,
      length: 154,
      dscp: 0,
      ecn: 0,
    })
    expect(inner?.ip?.version).toBe(4)
    const versions = (await packetsOf('vxlan-ipv6.pcap')).map(
      (packet) => `${packet.outer?.ip?.version} ${packet.inner?.ip?.version}`,
    )
    expect(versions).toContain('4 6')
    expect(versions).toContain('6 6')
    expect(versions).toContain('6 4')
  })

  test('tells echo requests from answers by type, id and sequence', async () => {
    const { inner } = await packetOf('vxlan.pcap', 1)
    expect(inner?.transport).toEqual({ protocol: 'icmp', type: 8, code: 0, id: 14898, sequence: 1 })
  })
})

describe('GENEVE options', () => {
  test('are listed with class, type, critical bit and data', async () => {
    const packets = await packetsOf('geneve-options.pcap')
    expect(packets[0]?.tunnels).toEqual([
      {
        type: 'geneve',
        vni: 2,
        port: 6081,
        options: [{ class: 0x014b, type: 0x81, critical: true, data: 'c0a80a6475800000' }],
      },
    ])
    expect(packets[40]?.tunnels[0]?.options).toEqual([
      { class: 0x0102, type: 0x80, critical: true, data: '00050009' },
      { class: 0xff01, type: 0x42, critical: false, data: '6f766c2d646973736563740a' },
    ])
  })

  test('of OVN and Cilium are put into words under names of ours', async () => {
    const packets = await packetsOf('geneve-options.pcap')
    expect([packets[0]?.get('ovl.geneve.dsr.address'), packets[0]?.get('ovl.geneve.dsr.port')]).toEqual([
      '192.168.10.100',
      0x7580,
    ])
    expect([packets[40]?.get('ovl.geneve.ovn.ingress_port'), packets[40]?.get('ovl.geneve.ovn.egress_port')]).toEqual([
      5, 9,
    ])
  })

  test('are absent where the header has none', async () => {
    expect((await packetOf('geneve.pcap', 1)).tunnels[0]).not.toHaveProperty('options')
  })
})

describe('a packet without a tunnel', () => {
  test('has network and transport, and no sides', async () => {
    for (const packet of await packetsOf('native-noreply.pcap')) {
      expect([packet.outer, packet.inner, packet.tunnels]).toEqual([undefined, undefined, []])
      expect(packet.network ?? packet.link).toBeDefined()
    }
    const { network, transport } = await packetOf('native-noreply.pcap', 1)
    expect(network).toMatchObject({ version: 4, source: '172.20.0.106', destination: '172.20.2.26', ttl: 63 })
    expect(transport).toEqual({ protocol: 'icmp', type: 8, code: 0, id: 22011, sequence: 1 })
  })

  test('that is ARP has its addresses and operation', async () => {
    const arp = (await packetsOf('vxlan-unfiltered.pcap')).find((packet) => packet.layers.includes('arp'))
    expect(arp?.network).toMatchObject({
      opcode: expect.any(Number),
      source: expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/),
    })
    expect(arp?.transport).toBeUndefined()
  })
})

describe('an ICMP error', () => {
  test('shows the tunnel it quotes, and is in none', async () => {
    const packet = await packetOf('vxlan-fragneeded.pcap', 6)
    expect(packet.layers.slice(0, 6)).toEqual(['sll', 'ip', 'icmp', 'ip', 'udp', 'vxlan'])
    expect([packet.outer, packet.inner, packet.tunnels]).toEqual([undefined, undefined, []])
    expect(packet.network).toMatchObject({ source: '192.168.10.200', destination: '192.168.10.100', dscp: 48 })
    expect(packet.transport).toEqual({ protocol: 'icmp', type: 3, code: 4 })
    expect(packet.getAll('ip.src').slice(0, 2)).toEqual(['192.168.10.200', '192.168.10.100'])
    expect([packet.get('icmp.mtu'), packet.get('vxlan.vni')]).toEqual([1400, 3258])
  })

  test('inside a tunnel is the inner packet, and what it quotes is not', async () => {
    const packets = await packetsOf('vxlan-mixed.pcap')
    const errors = packets.filter((packet) => packet.layers.join().includes('vxlan,eth,ip,icmp,ip'))
    expect(errors.length).toBeGreaterThan(0)
    for (const packet of errors) {
      expect(packet.tunnels).toHaveLength(1)
      expect(packet.inner?.transport).toMatchObject({ protocol: 'icmp' })
      expect(packet.inner?.ip?.source).toBe(packet.getAll('ip.src')[1])
      expect(packet.getAll('ip.src').length).toBeGreaterThan(2)
    }
  })
})

describe('VLAN ids', () => {
  test('are of the side that has the tag, outermost first', async () => {
    expect((await packetOf('vxlan-vlan.pcap', 1)).link?.vlan).toEqual([110])
    expect((await packetOf('vxlan-qinq.pcap', 1)).link?.vlan).toEqual([300, 110])
    const tagged = await packetOf('vxlan-innervlan.pcap', 1)
    expect(tagged.inner?.link?.vlan).toEqual([42])
    expect(tagged.link).not.toHaveProperty('vlan')
    expect((await packetOf('vxlan.pcap', 1)).inner?.link).not.toHaveProperty('vlan')
  })
})

describe('a packet that the capture cut', () => {
  test('says which header, how much it needs, how much is there, and what cut it', async () => {
    const packet = await packetOf('vxlan-snap96.pcap', 15)
    expect(packet.stopped).toEqual({
      reason: 'truncated',
      layer: 'tcp',
      offset: 90,
      needed: 20,
      available: 6,
      limitedBy: 'the captured bytes',
      message: 'tcp at byte 90 needs 20 bytes, 6 are there (limited by the captured bytes)',
    })
  })

  test('has the sides that are there, and no transport of the header that is not', async () => {
    const packet = await packetOf('vxlan-snap96.pcap', 15)
    expect(packet.inner?.ip?.source).toBe('172.20.0.158')
    expect(packet.inner).not.toHaveProperty('transport')
    // The ports are there all the same, by name.
    expect([packet.get('tcp.srcport'), packet.get('tcp.dstport'), packet.get('tcp.seq_raw')]).toEqual([
      34586,
      80,
      undefined,
    ])
  })

  test('is cut in all of that capture, and in none of the same without a snap length', async () => {
    const cut = await packetsOf('vxlan-snap96.pcap')
    expect(
      cut
        .filter((packet) => packet.capturedLength < packet.originalLength)
        .every((packet) => packet.stopped?.limitedBy === 'the captured bytes'),
    ).toBe(true)
    for (const packet of await packetsOf('vxlan.pcap'))
      expect(packet.stopped, `packet ${packet.number}`).toBeUndefined()
  })
})
