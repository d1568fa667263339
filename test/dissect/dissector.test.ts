/** What a dissector decides: which port is what, where a payload ends, what lies in what. Every frame is made by hand. */
import { describe, expect, test } from 'vitest'
import { createDissector, type Packet, UsageError } from '../../src/index.ts'
import { LAYERS } from '../../src/layers/index.ts'
import * as frames from './frames.ts'

const { dissected, ethernet, geneve, geneveOption, icmp, ipv4, ipv6, join, tcp, u8, u16, u32, udp, vlanTag, vxlan } =
  frames
const inIpv4 = (payload: Uint8Array) => ethernet({}, ipv4({}, payload))
const inIpv6 = (next: number, payload: Uint8Array) => ethernet({ type: 0x86dd }, ipv6({ next }, payload))
/** A whole inner packet, of 42 bytes. */
const inner = ethernet({}, ipv4({ from: '172.20.0.1', to: '172.20.2.1' }, udp({ from: 1111, to: 9 })))
const dataOf = (packet: Packet) => packet.get('data.data')

describe('the tables', () => {
  test('have VXLAN on 4789 and 8472 and GENEVE on 6081 from the start', () => {
    for (const to of [4789, 8472])
      expect(dissected(inIpv4(udp({ to }, vxlan({}, inner)))).layers).toEqual([
        'eth',
        'ip',
        'udp',
        'vxlan',
        'eth',
        'ip',
        'udp',
      ])
    expect(dissected(inIpv4(udp({ to: 6081 }, geneve({}, inner)))).layers).toEqual([
      'eth',
      'ip',
      'udp',
      'geneve',
      'eth',
      'ip',
      'udp',
    ])
  })

  test('know one dissector as well as many', () => {
    const dissector = createDissector({ decodeAs: [{ table: 'udp.port', port: 7, layer: 'vxlan' }] })
    expect(dissected(inIpv4(udp({ to: 7 }, vxlan({}, inner))), { dissector }).tunnels).toHaveLength(1)
    // The default one does not learn from it.
    expect(dissected(inIpv4(udp({ to: 7 }, vxlan({}, inner)))).tunnels).toEqual([])
    expect(dissector.layers).toBe(LAYERS)
  })
})

describe('decodeAs', () => {
  const decodeAs = (port: number, layer: string, table: 'udp.port' | 'tcp.port' = 'udp.port') => ({
    table,
    port,
    layer,
  })

  test('adds a port', () => {
    const frame = inIpv4(udp({ to: 5555 }, vxlan({ vni: 7 }, inner)))
    expect(dissected(frame).tunnels).toEqual([])
    expect(dissected(frame, { decodeAs: [decodeAs(5555, 'vxlan')] }).tunnels).toEqual([
      { type: 'vxlan', vni: 7, port: 5555 },
    ])
  })

  test('overrides a port, and leaves the others', () => {
    const options = { decodeAs: [decodeAs(8472, 'geneve')] }
    expect(dissected(inIpv4(udp({ to: 8472 }, geneve({ vni: 9 }, inner))), options).tunnels).toEqual([
      { type: 'geneve', vni: 9, port: 8472 },
    ])
    expect(dissected(inIpv4(udp({ to: 4789 }, vxlan({ vni: 9 }, inner))), options).tunnels).toEqual([
      { type: 'vxlan', vni: 9, port: 4789 },
    ])
  })

  test('counts the last entry of a port', () => {
    const options = { decodeAs: [decodeAs(7777, 'geneve'), decodeAs(7777, 'vxlan')] }
    expect(dissected(inIpv4(udp({ to: 7777 }, vxlan({}, inner))), options).tunnels[0]?.type).toBe('vxlan')
  })

  test('takes a tunnel away where data is asked for', () => {
    const packet = dissected(inIpv4(udp({ to: 8472 }, vxlan({}, inner))), { decodeAs: [decodeAs(8472, 'data')] })
    expect(packet.layers).toEqual(['eth', 'ip', 'udp', 'data'])
    expect(packet.outer).toBeUndefined()
  })

  test('knows TCP ports apart from UDP ports', () => {
    const options = { decodeAs: [decodeAs(1234, 'data', 'tcp.port')] }
    expect(dissected(inIpv4(udp({ to: 1234 }, u8(1))), options).layers).toEqual(['eth', 'ip', 'udp', 'data'])
    expect(dissected(ethernet({}, ipv4({ protocol: 6 }, tcp({ to: 1234 }, u8(1)))), options).layers).toEqual([
      'eth',
      'ip',
      'tcp',
      'data',
    ])
  })

  test('refuses a protocol that does not exist, and ports that are none', () => {
    expect(() => createDissector({ decodeAs: [decodeAs(1, 'vxlam')] })).toThrow(UsageError)
    expect(() => createDissector({ decodeAs: [decodeAs(1, 'vxlam')] })).toThrow(/vxlam/)
    for (const port of [-1, 65_536, 1.5, Number.NaN])
      expect(() => createDissector({ decodeAs: [decodeAs(port, 'vxlan')] }), String(port)).toThrow(UsageError)
    for (const port of [0, 65_535])
      expect(() => createDissector({ decodeAs: [decodeAs(port, 'vxlan')] }), String(port)).not.toThrow()
  })
})

describe('tunnels', () => {
  const inVxlan = inIpv4(udp({ to: 8472 }, vxlan({}, inner)))
  const inGeneve = inIpv4(udp({ to: 6081 }, geneve({}, inner)))

  test('restricts to those named', () => {
    expect(dissected(inVxlan, { tunnels: ['geneve'] }).layers).toEqual(['eth', 'ip', 'udp', 'data'])
    expect(dissected(inGeneve, { tunnels: ['geneve'] }).tunnels).toHaveLength(1)
    expect(dissected(inGeneve, { tunnels: ['vxlan'] }).tunnels).toEqual([])
    expect(dissected(inVxlan, { tunnels: ['vxlan', 'geneve'] }).tunnels).toHaveLength(1)
  })

  test('opens none if none is named', () => {
    for (const frame of [inVxlan, inGeneve]) expect(dissected(frame, { tunnels: [] }).tunnels).toEqual([])
  })

  test('leaves a port free, which decodeAs may give to another', () => {
    const options = { tunnels: ['geneve'], decodeAs: [{ table: 'udp.port', port: 8472, layer: 'geneve' }] } as const
    expect(dissected(inIpv4(udp({ to: 8472 }, geneve({ vni: 5 }, inner))), options).tunnels).toEqual([
      { type: 'geneve', vni: 5, port: 8472 },
    ])
  })
})

describe('UDP ports', () => {
  test.each([
    ['VXLAN', 8472, vxlan({}, inner)],
    ['VXLAN', 4789, vxlan({}, inner)],
    ['GENEVE', 6081, geneve({}, inner)],
  ])('never open %s from the source port %d, which senders choose by a hash', (_name, from, payload) => {
    const packet = dissected(inIpv4(udp({ from, to: 53_000 }, payload)))
    expect(packet.layers).toEqual(['eth', 'ip', 'udp', 'data'])
    expect(packet.transport).toMatchObject({ protocol: 'udp', sourcePort: from, destinationPort: 53_000 })
  })

  test('open a tunnel at the destination, whatever lower port the source has', () => {
    expect(dissected(inIpv4(udp({ from: 53, to: 6081 }, geneve({ vni: 3 }, inner)))).tunnels).toEqual([
      { type: 'geneve', vni: 3, port: 6081 },
    ])
    expect(dissected(inIpv4(udp({ from: 8472, to: 6081 }, geneve({}, inner)))).tunnels[0]?.type).toBe('geneve')
    expect(dissected(inIpv4(udp({ from: 6081, to: 8472 }, vxlan({}, inner)))).tunnels[0]?.type).toBe('vxlan')
  })

  test('open the same tunnel when both ports are its own', () => {
    expect(dissected(inIpv4(udp({ from: 8472, to: 8472 }, vxlan({}, inner)))).tunnels).toHaveLength(1)
  })

  test('name the tunnel by the destination port', () => {
    expect(dissected(inIpv4(udp({ from: 1, to: 4789 }, vxlan({}, inner)))).tunnels[0]?.port).toBe(4789)
  })
})

describe('lengths', () => {
  test('of UDP end the payload before that of IP', () => {
    const packet = dissected(
      ethernet({}, ipv4({ length: 20 + 8 + 6 }, join(udp({ to: 9, length: 8 + 2 }), u8(1, 2, 3, 4, 5, 6)))),
    )
    expect(dataOf(packet)).toBe('0102')
    expect(packet.transport).toMatchObject({ length: 2 })
    expect(packet.stopped).toBeUndefined()
  })

  test('of UDP that is 0 leaves the payload to IP', () => {
    const packet = dissected(
      ethernet({}, ipv4({ length: 20 + 8 + 3 }, join(udp({ to: 9, length: 0 }), u8(1, 2, 3, 4)))),
    )
    expect(dataOf(packet)).toBe('010203')
  })

  test('of UDP below its own header are malformed', () => {
    for (const length of [1, 7])
      expect(dissected(inIpv4(udp({ to: 9, length }, u8(1)))).stopped).toMatchObject({
        reason: 'malformed',
        layer: 'udp',
        offset: 34,
      })
  })

  test('of UDP cannot give more than there is', () => {
    const packet = dissected(inIpv4(udp({ to: 9, length: 500 }, u8(1, 2))))
    expect(dataOf(packet)).toBe('0102')
  })

  test('of IPv4 that is 0 leaves the payload to the frame', () => {
    const packet = dissected(ethernet({}, ipv4({ length: 0 }, udp({ to: 9 }, u8(1, 2, 3)))))
    expect(packet.layers).toEqual(['eth', 'ip', 'udp', 'data'])
    expect(dataOf(packet)).toBe('010203')
    expect(packet.network).toMatchObject({ length: 0 })
  })

  test('of IPv4 take the padding of short frames away', () => {
    const packet = dissected(ethernet({}, ipv4({ length: 20 + 8 }, join(udp({ to: 9 }), new Uint8Array(18)))))
    expect(packet.layers).toEqual(['eth', 'ip', 'udp'])
    expect(packet.stopped).toBeUndefined()
  })

  test('of IPv4 beyond the frame read nothing outside', () => {
    const packet = dissected(ethernet({}, ipv4({ length: 4000 }, udp({ to: 9, length: 3980 }, u8(1, 2, 3)))))
    expect(dataOf(packet)).toBe('010203')
    expect(packet.network).toMatchObject({ length: 4000 })
    for (const { node } of packet.layerNodes()) expect(node.end).toBeLessThanOrEqual(packet.capturedLength)
  })

  test('of IPv4 below its own header are malformed, and so are headers below five words', () => {
    expect(dissected(ethernet({}, ipv4({ length: 19 }, udp()))).stopped).toMatchObject({
      reason: 'malformed',
      layer: 'ip',
      offset: 14,
    })
    expect(dissected(ethernet({}, ipv4({ headerWords: 4 }, udp()))).stopped).toMatchObject({
      reason: 'malformed',
      layer: 'ip',
    })
  })

  test('of IPv4 headers hold options, which come before the payload', () => {
    const packet = dissected(ethernet({}, ipv4({ options: u8(7, 3, 4, 0) }, udp({ to: 9 }))))
    expect(packet.get('ip.hdr_len')).toBe(24)
    expect(packet.getAll('ip.opt.type')).toEqual([7, 0])
    expect(packet.transport).toMatchObject({ destinationPort: 9 })
  })

  test('of a quoted or inner packet do not reach beyond the one around', () => {
    // The inner datagram claims 100 bytes, the outer one ends after its header.
    const packet = dissected(
      join(
        inIpv4(udp({ to: 8472 }, vxlan({}, ethernet({}, ipv4({ length: 120 }, udp({ to: 9, length: 100 })))))),
        u8(0xaa, 0xbb),
      ),
    )
    expect(dataOf(packet)).toBeUndefined()
    expect(packet.inner?.transport).toMatchObject({ destinationPort: 9, length: 92 })
  })

  test('say which of them was in the way', () => {
    const cut = (frame: Uint8Array, originalLength?: number) =>
      dissected(frame, originalLength === undefined ? {} : { originalLength }).stopped?.limitedBy
    expect(cut(ethernet({}, ipv4({ length: 24 }, udp())))).toBe('ip.len')
    expect(cut(ethernet({ type: 0x86dd }, ipv6({ length: 4 }, udp())))).toBe('ipv6.plen')
    expect(cut(inIpv4(udp({ length: 12 }, vxlan({}, inner))))).toBe('udp.length')
    expect(cut(inIpv4(udp()).subarray(0, 38), 42)).toBe('the captured bytes')
  })

  test('of TCP headers below five words are malformed, and longer ones than there is truncated', () => {
    const inTcp = (header: Uint8Array) => dissected(ethernet({}, ipv4({ protocol: 6 }, header)))
    expect(inTcp(tcp({ headerWords: 4 })).stopped).toMatchObject({ reason: 'malformed', layer: 'tcp', offset: 34 })
    expect(inTcp(tcp({ headerWords: 15 })).stopped).toMatchObject({
      reason: 'truncated',
      layer: 'tcp',
      needed: 60,
      available: 20,
    })
  })

  test('of IPv6 that is 0 leave the payload to the frame', () => {
    const packet = dissected(ethernet({ type: 0x86dd }, ipv6({ length: 0 }, udp({ to: 9 }, u8(1, 2)))))
    expect(dataOf(packet)).toBe('0102')
  })
})

describe('versions', () => {
  test.each([
    ['IPv4 that is none', ethernet({}, ipv4({ version: 6 }, udp())), 'ip'],
    ['IPv6 that is none', ethernet({ type: 0x86dd }, ipv4({}, new Uint8Array(40))), 'ipv6'],
    ['GENEVE of another version', inIpv4(udp({ to: 6081 }, geneve({ version: 1 }, inner))), 'geneve'],
  ])('%s stops as unknown', (_name, frame, layer) => {
    expect(dissected(frame).stopped).toMatchObject({ reason: 'unknown-version', layer })
  })

  test('of an IP header that are not decoded give no addresses', () => {
    const packet = dissected(ethernet({}, ipv4({ version: 7 }, udp())))
    expect(packet.network).toBeUndefined()
  })
})

describe('VXLAN', () => {
  const inVxlan = (options: Parameters<typeof vxlan>[0]) => dissected(inIpv4(udp({}, vxlan(options, inner))))

  test('has the group policy when the G bit is set', () => {
    const packet = inVxlan({ flags: 0x8800, policy: 0x1234 })
    expect(packet.tunnels).toEqual([{ type: 'vxlan', vni: 42, port: 8472, groupPolicy: 0x1234 }])
    expect([packet.get('vxlan.flag_g'), packet.get('vxlan.gbp')]).toEqual([1, 0x1234])
  })

  test('has no group policy without the bit, though bytes are there', () => {
    const packet = inVxlan({ policy: 0x1234 })
    expect(packet.tunnels).toEqual([{ type: 'vxlan', vni: 42, port: 8472 }])
  })

  test('shows D and A, and each bit alone', () => {
    const packet = inVxlan({ flags: 0x8848 })
    expect(['g', 'i', 'd', 'a'].map((bit) => packet.get(`vxlan.flag_${bit}`))).toEqual([1, 1, 1, 1])
    expect(['g', 'i', 'd', 'a'].map((bit) => inVxlan({ flags: 0x0040 }).get(`vxlan.flag_${bit}`))).toEqual([0, 0, 1, 0])
  })

  test('is opened with reserved bits set, and shows them', () => {
    const packet = inVxlan({ flags: 0x7fff, reserved: 0xff })
    expect(packet.inner?.ip?.source).toBe('172.20.0.1')
    expect(packet.get('vxlan.flags_reserved')).toBe(0x77b7)
    expect(packet.get('vxlan.reserved8')).toBe(0xff)
    expect(packet.tunnels[0]?.vni).toBe(42)
  })

  test('is opened with the I bit clear', () => {
    const packet = inVxlan({ flags: 0 })
    expect(packet.get('vxlan.flag_i')).toBe(0)
    expect(packet.inner?.ip?.destination).toBe('172.20.2.1')
  })

  test('has 24 bits of VNI', () => {
    expect(inVxlan({ vni: 0xffffff }).tunnels[0]?.vni).toBe(16_777_215)
    expect(inVxlan({ vni: 0 }).tunnels[0]?.vni).toBe(0)
  })

  test('that is cut names what it needs', () => {
    const packet = dissected(inIpv4(udp({}, vxlan({}).subarray(0, 5))))
    expect(packet.stopped).toMatchObject({ reason: 'truncated', layer: 'vxlan', offset: 42, needed: 8, available: 5 })
    expect(packet.inner).toEqual({})
  })
})

describe('GENEVE', () => {
  const inGeneve = (header: Parameters<typeof geneve>[0], payload = inner) =>
    dissected(inIpv4(udp({ to: 6081 }, geneve(header, payload))))

  test('holds bare IPv4 and IPv6', () => {
    const four = inGeneve({ type: 0x0800 }, ipv4({ from: '172.20.0.7' }, udp({ to: 9 })))
    expect(four.layers).toEqual(['eth', 'ip', 'udp', 'geneve', 'ip', 'udp'])
    expect(four.inner?.ip?.source).toBe('172.20.0.7')
    expect(four.inner?.link).toBeUndefined()
    const six = inGeneve({ type: 0x86dd }, ipv6({ from: 'fd00::7' }, udp({ to: 9 })))
    expect(six.layers).toEqual(['eth', 'ip', 'udp', 'geneve', 'ipv6', 'udp'])
    expect(six.inner?.ip).toMatchObject({ version: 6, source: 'fd00::7' })
  })

  test('shows what it does not know as data', () => {
    const packet = inGeneve({ type: 0x1234 }, u8(1, 2, 3))
    expect(packet.layers).toEqual(['eth', 'ip', 'udp', 'geneve', 'data'])
    expect(packet.tunnels).toHaveLength(1)
  })

  test('has its options in order, with class, type, critical bit and data', () => {
    const options = join(
      geneveOption({ owner: 0x0102, type: 0x80 }, u32(0x0001_0002)),
      geneveOption({ owner: 0x014b, type: 1 }),
    )
    const [tunnel] = inGeneve({ options }).tunnels
    expect(tunnel?.options).toEqual([
      { class: 0x0102, type: 0x80, critical: true, data: '00010002' },
      { class: 0x014b, type: 1, critical: false, data: '' },
    ])
  })

  test('has no options property without options', () => {
    expect(inGeneve({}).tunnels).toEqual([{ type: 'geneve', vni: 42, port: 6081 }])
  })

  test('goes on behind options whose own length passes their end, and shows those before', () => {
    const options = join(
      geneveOption({ owner: 0x0001, type: 1 }, u32(5)),
      geneveOption({ owner: 0x0002, type: 2, words: 3 }, u32(6)),
    )
    const packet = inGeneve({ options })
    expect(packet.inner?.ip?.source).toBe('172.20.0.1')
    expect(packet.stopped).toBeUndefined()
    expect(packet.getAll('geneve.option.class')).toEqual([1])
    const texts = JSON.stringify(packet.tree().map((node) => node.children))
    expect(texts).toContain("passes the options' end")
  })

  test('tells of no option that is not wholly there', () => {
    const [tunnel] = inGeneve({ options: geneveOption({ owner: 0x0002, type: 2, words: 3 }, u32(6)) }).tunnels
    expect(tunnel?.options ?? []).toEqual([])
  })

  test('is truncated where its options pass the datagram', () => {
    const datagram = udp({ to: 6081, length: 8 + 12 }, join(geneve({ optionWords: 63 }, u32(1)), new Uint8Array(300)))
    const packet = dissected(inIpv4(datagram))
    expect(packet.stopped).toMatchObject({
      reason: 'truncated',
      layer: 'geneve',
      needed: 8 + 63 * 4,
      available: 12,
      limitedBy: 'udp.length',
    })
  })

  test('holds VXLAN, and both tunnels are told of', () => {
    const packet = inGeneve(
      { vni: 1 },
      ethernet(
        { from: '02:00:00:00:00:77' },
        ipv4({ from: '192.168.1.1' }, udp({ to: 4789 }, vxlan({ vni: 2 }, inner))),
      ),
    )
    expect(packet.layers).toEqual(['eth', 'ip', 'udp', 'geneve', 'eth', 'ip', 'udp', 'vxlan', 'eth', 'ip', 'udp'])
    expect(packet.tunnels).toEqual([
      { type: 'geneve', vni: 1, port: 6081 },
      { type: 'vxlan', vni: 2, port: 4789 },
    ])
    expect(packet.outer?.ip?.source).toBe('10.0.0.1')
    expect(packet.inner?.ip?.source).toBe('172.20.0.1')
    // The frame between the tunnels is neither outside nor inside.
    expect(packet.inner?.link?.source).toBe('02:00:00:00:00:01')
  })
})

describe('IPv6 extension headers', () => {
  const { ipv6FragmentHeader, ipv6Options, ipv6RoutingHeader } = frames

  test('are passed one after another', () => {
    const headers = ipv6Options(
      { next: 43, units: 1 },
      ipv6RoutingHeader(
        { next: 44, units: 2 },
        ipv6FragmentHeader({ next: 60 }, ipv6Options({ next: 17 }, udp({ to: 9 }, u8(7)))),
      ),
    )
    const packet = dissected(inIpv6(0, headers))
    expect(packet.layers).toEqual([
      'eth',
      'ipv6',
      'ipv6.hopopts',
      'ipv6.routing',
      'ipv6.fraghdr',
      'ipv6.dstopts',
      'udp',
      'data',
    ])
    expect(packet.transport).toMatchObject({ protocol: 'udp', destinationPort: 9 })
    expect(dataOf(packet)).toBe('07')
  })

  test('take a tunnel with them', () => {
    const packet = dissected(inIpv6(0, ipv6Options({ next: 17 }, udp({}, vxlan({ vni: 8 }, inner)))))
    expect(packet.tunnels).toEqual([{ type: 'vxlan', vni: 8, port: 8472 }])
    expect(packet.outer?.ip).toMatchObject({ version: 6, source: 'fd00::1', protocol: 0 })
  })

  test('of routing have type and segments left', () => {
    const packet = dissected(inIpv6(43, ipv6RoutingHeader({ type: 4, segmentsLeft: 2, units: 2 }, udp({ to: 9 }))))
    expect([
      packet.get('ipv6.routing.type'),
      packet.get('ipv6.routing.segleft'),
      packet.get('ipv6.routing.len'),
    ]).toEqual([4, 2, 2])
    expect(packet.transport).toBeDefined()
  })

  test('of a first fragment lead to the transport header', () => {
    const packet = dissected(
      inIpv6(44, ipv6FragmentHeader({ more: true, id: 0xabcd }, udp({ to: 9, length: 2000 }, u8(1)))),
    )
    expect(packet.transport).toMatchObject({ protocol: 'udp', destinationPort: 9 })
    expect([
      packet.get('ipv6.fraghdr.more'),
      packet.get('ipv6.fraghdr.offset'),
      packet.get('ipv6.fraghdr.ident'),
    ]).toEqual([1, 0, 0xabcd])
  })

  test('of a later fragment lead to data, whatever it looks like', () => {
    const packet = dissected(inIpv6(44, ipv6FragmentHeader({ offset: 185 }, udp({ to: 8472 }, vxlan({}, inner)))))
    expect(packet.layers).toEqual(['eth', 'ipv6', 'ipv6.fraghdr', 'data'])
    expect(packet.tunnels).toEqual([])
    expect(packet.get('ipv6.fraghdr.offset')).toBe(185)
  })

  test('that are longer than what is there are truncated', () => {
    const packet = dissected(inIpv6(0, ipv6Options({ units: 9 }).subarray(0, 16)))
    expect(packet.stopped).toMatchObject({ reason: 'truncated', layer: 'ipv6.hopopts', needed: 80, available: 16 })
  })

  test('end with no next header', () => {
    expect(dissected(inIpv6(60, ipv6Options({ next: 59 }, u8(1, 2)))).layers.slice(0, 3)).toEqual([
      'eth',
      'ipv6',
      'ipv6.dstopts',
    ])
  })
})

describe('IPv4 fragments', () => {
  test('that come first lead to the transport header', () => {
    const packet = dissected(ethernet({}, ipv4({ fragment: 0x2000 }, udp({ to: 9, length: 3000 }, u8(1, 2)))))
    expect(packet.transport).toMatchObject({ destinationPort: 9 })
    expect(packet.network).toMatchObject({ moreFragments: true, fragmentOffset: 0 })
  })

  test('that come later lead to data', () => {
    const packet = dissected(ethernet({}, ipv4({ fragment: 0x2000 | 185 }, udp({ to: 8472 }, vxlan({}, inner)))))
    expect(packet.layers).toEqual(['eth', 'ip', 'data'])
    expect(packet.network).toMatchObject({ fragmentOffset: 1480, moreFragments: true })
  })

  test('inside a tunnel do not say anything of what is around', () => {
    const packet = dissected(inIpv4(udp({}, vxlan({}, ethernet({}, ipv4({ fragment: 10 }, u8(1, 2, 3)))))))
    expect(packet.layers).toEqual(['eth', 'ip', 'udp', 'vxlan', 'eth', 'ip', 'data'])
    expect(packet.inner?.ip?.fragmentOffset).toBe(80)
    expect(packet.outer?.ip?.fragmentOffset).toBe(0)
  })
})

describe('link headers', () => {
  test.each([
    ['Ethernet', 1, ethernet({}, ipv4({}, udp({ to: 9 }))), ['eth', 'ip', 'udp']],
    [
      'Ethernet with a tag',
      1,
      ethernet({ type: 0x8100 }, vlanTag({ id: 20 }, ipv4({}, udp({ to: 9 })))),
      ['eth', 'vlan', 'ip', 'udp'],
    ],
    ['Linux cooked v2', 276, frames.sll2({}, ipv4({}, udp({ to: 9 }))), ['sll', 'ip', 'udp']],
    ['no header, IPv4', 101, ipv4({}, udp({ to: 9 })), ['raw', 'ip', 'udp']],
    ['no header, IPv6', 101, ipv6({}, udp({ to: 9 })), ['raw', 'ipv6', 'udp']],
    ['a family in little-endian order', 0, join(u8(2, 0, 0, 0), ipv4({}, udp({ to: 9 }))), ['null', 'ip', 'udp']],
    ['a family in big-endian order', 0, join(u8(0, 0, 0, 2), ipv4({}, udp({ to: 9 }))), ['null', 'ip', 'udp']],
    ['a family in network order', 108, join(u8(0, 0, 0, 24), ipv6({}, udp({ to: 9 }))), ['null', 'ipv6', 'udp']],
  ])('of %s lead to the packet', (_name, linkType, frame, layers) => {
    const packet = dissected(frame, {}, linkType)
    expect(packet.layers).toEqual(layers)
    expect(packet.transport).toMatchObject({ destinationPort: 9 })
  })

  test('that are not decoded are said by name', () => {
    const packet = dissected(u8(1, 2, 3), {}, 147)
    expect(packet.layers).toEqual([])
    expect(packet.stopped).toMatchObject({ reason: 'link-type', needed: 0, available: 3 })
    expect(packet.stopped?.message).toBe('link type 147 (USER0) is not decoded')
    expect(packet.summary.protocol).toBe('UNKNOWN')
  })

  test('with a length in place of a type lead to LLC', () => {
    expect(dissected(ethernet({ type: 4 }, u8(0x22, 0x22, 3, 4))).layers).toEqual(['eth', 'llc', 'data'])
  })

  test('with a tag that is cut have no id of it', () => {
    for (const there of [0, 1]) {
      const frame = ethernet({ type: 0x8100 }, vlanTag({ id: 20 })).subarray(0, 14 + there)
      const packet = dissected(frame, { originalLength: 60 })
      expect(packet.link?.vlan).toBeUndefined()
      expect(packet.stopped).toMatchObject({
        reason: 'truncated',
        layer: 'vlan',
        offset: 14,
        needed: 4,
        available: there,
      })
    }
  })
})

describe('ICMP errors', () => {
  const quote = ipv4({ from: '10.0.0.1', to: '10.0.0.2' }, udp({}, vxlan({ vni: 5 }, inner)))

  test('quote a packet whose tunnel is shown and never counted', () => {
    const packet = dissected(
      ethernet(
        {},
        ipv4({ protocol: 1, from: '10.0.0.9', to: '10.0.0.1' }, icmp({ type: 3, code: 4, rest: 1400 }, quote)),
      ),
    )
    expect(packet.layers).toEqual(['eth', 'ip', 'icmp', 'ip', 'udp', 'vxlan', 'eth', 'ip', 'udp'])
    expect(packet.tunnels).toEqual([])
    expect([packet.outer, packet.inner]).toEqual([undefined, undefined])
    expect(packet.network).toMatchObject({ source: '10.0.0.9' })
    expect(packet.transport).toEqual({ protocol: 'icmp', type: 3, code: 4 })
    expect(packet.get('vxlan.vni')).toBe(5)
  })

  test("inside a tunnel leave it the packet's own", () => {
    const error = ethernet(
      {},
      ipv4(
        { protocol: 1, from: '172.20.0.9' },
        icmp({ type: 3, code: 3 }, ipv4({ from: '172.20.0.1' }, udp({ to: 9 }))),
      ),
    )
    const packet = dissected(inIpv4(udp({}, vxlan({ vni: 6 }, error))))
    expect(packet.tunnels).toEqual([{ type: 'vxlan', vni: 6, port: 8472 }])
    expect(packet.inner?.ip?.source).toBe('172.20.0.9')
    expect(packet.inner?.transport).toEqual({ protocol: 'icmp', type: 3, code: 3 })
  })

  test('that quote an error are gone through as well', () => {
    const again = ipv4(
      { protocol: 1 },
      icmp({ type: 11 }, ipv4({ protocol: 1 }, icmp({ type: 3 }, ipv4({}, udp({ to: 9 }))))),
    )
    const packet = dissected(ethernet({}, again))
    expect(packet.layers).toEqual(['eth', 'ip', 'icmp', 'ip', 'icmp', 'ip', 'udp'])
    expect(packet.transport).toMatchObject({ protocol: 'icmp', type: 11 })
  })

  test('of IPv6 quote likewise', () => {
    const packet = dissected(inIpv6(58, icmp({ type: 2, rest: 1280 }, ipv6({ from: 'fd00::9' }, udp({ to: 9 })))))
    expect(packet.layers).toEqual(['eth', 'ipv6', 'icmpv6', 'ipv6', 'udp'])
    expect(packet.network).toMatchObject({ source: 'fd00::1' })
    expect(packet.get('icmpv6.mtu')).toBe(1280)
    expect(packet.getAll('ipv6.src')).toEqual(['fd00::1', 'fd00::9'])
  })

  test('with nothing left to quote stop without a word', () => {
    const packet = dissected(ethernet({}, ipv4({ protocol: 1 }, icmp({ type: 3 }))))
    expect(packet.layers).toEqual(['eth', 'ip', 'icmp'])
    expect(packet.stopped).toBeUndefined()
  })
})

test('the frames of this file have the lengths that their drawings claim', () => {
  expect(inner).toHaveLength(42)
  expect(geneveOption({}, u32(1))).toHaveLength(8)
  expect(u16(0x1234)).toEqual(u8(0x12, 0x34))
})
