/** Packet: what a user asks of one packet of the real captures. */
import { beforeAll, describe, expect, test } from 'vitest'
import { walkNodes } from '../../src/dissect/node.ts'
import { createDissector, dissect, type Packet, UsageError } from '../../src/index.ts'
import { defaultDissector } from '../../src/layers/create-dissector.ts'
import { knownNames } from '../../src/packet/extract.ts'
import { CAPTURES, packetOf, packetsOf } from './captures.ts'

describe('packet 15 of vxlan.pcap, a request from pod to pod', () => {
  let packet: Packet
  beforeAll(async () => {
    packet = await packetOf('vxlan.pcap', 15)
  })

  test("has the record's number, time and lengths", () => {
    expect(packet.number).toBe(15)
    expect(packet.time).toEqual({ seconds: 1_795_378_377, nanoseconds: 532_469_000 })
    expect([packet.capturedLength, packet.originalLength, packet.bytes.length]).toEqual([198, 198, 198])
    expect([packet.linkType, packet.comment]).toEqual([276, undefined])
    expect(packet.interface).toEqual({ id: 0, name: undefined, index: 3 })
  })

  test('lists its layers, and protocols as tshark does', () => {
    expect(packet.layers.slice(0, 7)).toEqual(['sll', 'ip', 'udp', 'vxlan', 'eth', 'ip', 'tcp'])
    expect(packet.protocols).toMatch(/^sll:ethertype:ip:udp:vxlan:eth:ethertype:ip:tcp:/)
    expect(packet.stopped).toBeUndefined()
  })

  test('gives the outermost of several values first', () => {
    expect(packet.get('ip.src')).toBe('192.168.10.100')
    expect(packet.getAll('ip.src')).toEqual(['192.168.10.100', '172.20.0.158'])
    expect(packet.getAll('ip.addr')).toEqual(['192.168.10.100', '192.168.20.100', '172.20.0.158', '172.20.2.115'])
  })

  test('gives numbers for integers, 0 and 1 for flags, text for addresses and bytes', () => {
    expect(packet.get('vxlan.vni')).toBe(3258)
    expect(packet.get('tcp.flags.push')).toBe(1)
    expect(packet.get('tcp.flags.syn')).toBe(0)
    expect(packet.get('eth.src')).toBe('9e:03:96:31:93:91')
    expect(packet.get('sll.unused')).toBe('0000')
  })

  test('gives nothing for what it has not', () => {
    expect(packet.get('ipv6.src')).toBeUndefined()
    expect(packet.getAll('geneve.vni')).toEqual([])
    expect(packet.texts('vlan.id')).toEqual([])
  })

  test('prints values as -T fields does', () => {
    expect(packet.texts('ip.id')).toEqual(['0x0883', '0x778e'])
    expect(packet.texts('tcp.flags')).toEqual(['0x0018'])
    expect(packet.texts('ip.ttl')).toEqual(['64', '64'])
    expect(packet.texts('frame.marked')).toEqual(['0'])
  })

  test('knows what the packets before told of its connection', () => {
    expect(
      ['tcp.stream', 'tcp.seq', 'tcp.ack', 'tcp.window_size', 'tcp.window_size_scalefactor', 'tcp.completeness'].map(
        (name) => packet.get(name),
      ),
    ).toEqual([0, 1, 1, 65_536, 1024, 7])
    expect(packet.get('tcp.analysis.initial_rtt')).toBe('0.000078000')
  })

  test('has a tree that begins with the frame, and byte ranges of the layers one after another', () => {
    const [frame, ...layers] = packet.tree()
    expect(frame?.text).toBe('Frame 15: 198 bytes on wire (1584 bits), 198 bytes captured (1584 bits)')
    expect(layers[0]).toMatchObject({ text: 'Linux cooked capture v2', start: 0, end: 20 })
    expect(layers.slice(1, 7).map(({ start, end }) => [start, end])).toEqual([
      [20, 40],
      [40, 48],
      [48, 56],
      [56, 70],
      [70, 90],
      [90, 122],
    ])
  })

  test('has byte ranges that point at the bytes of the value', () => {
    const vni = [...walkNodes(packet.tree())].find((node) => node.field?.name === 'vxlan.vni')
    expect([vni?.start, vni?.end, vni?.value]).toEqual([52, 55, 3258])
    expect([...packet.bytes.subarray(vni?.start, vni?.end)]).toEqual([0, 0x0c, 0xba])
  })

  test('names each layer with its part of the tree', () => {
    const nodes = packet.layerNodes()
    expect(nodes.map(({ name }) => name)).toEqual(packet.layers)
    expect(nodes[3]).toMatchObject({
      name: 'vxlan',
      node: { text: 'Virtual eXtensible Local Area Network', start: 48, end: 56 },
    })
  })
})

describe('a name that does not exist', () => {
  test('is an error that names the nearest ones', async () => {
    const packet = await packetOf('vxlan.pcap', 1)
    for (const ask of [
      (name: string) => packet.get(name),
      (name: string) => packet.getAll(name),
      (name: string) => packet.texts(name),
    ]) {
      expect(() => ask('vxlan.vnii')).toThrow(UsageError)
      expect(() => ask('vxlan.vnii')).toThrow(/"vxlan\.vnii".*vxlan\.vni/)
    }
  })

  test('far from all others is said so without a guess', async () => {
    const packet = await packetOf('vxlan.pcap', 1)
    expect(() => packet.get('qqqqqqqq.zzzzzzzz')).toThrow(/there is no field "qqqqqqqq\.zzzzzzzz"/)
    expect(() => packet.get('qqqqqqqq.zzzzzzzz')).not.toThrow(/Did you mean/)
    expect(() => packet.get('')).toThrow(UsageError)
  })

  test('is looked for whether or not the packet has such a layer', () => {
    expect(dissect(new Uint8Array(0), 1).get('vxlan.vni')).toBeUndefined()
    expect(() => dissect(new Uint8Array(0), 1).get('vxlan.nothing')).toThrow(UsageError)
  })

  test('does not become one because it is in an object already', () => {
    for (const name of ['constructor', 'toString', '__proto__'])
      expect(() => dissect(new Uint8Array(0), 1).get(name), name).toThrow(UsageError)
  })
})

describe('protocols by name', () => {
  test('have one occurrence a header', async () => {
    const packet = await packetOf('vxlan.pcap', 15)
    expect(packet.getAll('ip')).toHaveLength(2)
    expect(packet.getAll('vxlan')).toEqual(['Virtual eXtensible Local Area Network'])
    expect(packet.getAll('geneve')).toEqual([])
  })
})

describe.each(CAPTURES)('every packet of %s', (capture) => {
  test('answers whatever it is asked', async () => {
    const names = knownNames(defaultDissector())
    for (const packet of await packetsOf(capture)) {
      const { link, outer, tunnels, inner, network, transport } = packet
      expect(outer === undefined, 'outer and tunnels go together').toBe(tunnels.length === 0)
      expect(inner === undefined, 'inner and tunnels go together').toBe(tunnels.length === 0)
      if (tunnels.length > 0) expect([network, transport]).toEqual([undefined, undefined])
      if (outer !== undefined) expect(link).toEqual(outer.link)
      // All names of the first packets, and of the others some, each time other ones.
      for (const name of packet.number <= 3 ? names : names.filter((_, index) => index % 40 === packet.number % 40))
        packet.texts(name)
      expect(packet.tree().length).toBeGreaterThanOrEqual(packet.layers.length > 0 ? 2 : 1)
      expect(packet.summary.protocol).not.toBe('')
      expect(packet.interface.id).toBeGreaterThanOrEqual(0)
    }
  })
})

describe("a dissector of one's own", () => {
  test('is used by read, and by dissect', async () => {
    const dissector = createDissector({ tunnels: ['geneve'] })
    const packet = await packetOf('vxlan.pcap', 15, { dissector })
    expect(packet.layers).toEqual(['sll', 'ip', 'udp', 'data'])
    expect(dissect(packet.bytes, packet.linkType, { dissector }).layers).toEqual(packet.layers)
  })

  test('is made of the options otherwise', async () => {
    expect((await packetOf('vxlan.pcap', 15, { tunnels: ['geneve'] })).tunnels).toEqual([])
    const decodeAs = [{ table: 'udp.port', port: 8472, layer: 'geneve' }] as const
    expect((await packetOf('vxlan.pcap', 15, { decodeAs })).layers).toContain('geneve')
  })

  test('with a mistake in it is refused before anything is read', async () => {
    const decodeAs = [{ table: 'udp.port', port: 8472, layer: 'vxlam' }] as const
    await expect(packetOf('vxlan.pcap', 15, { decodeAs })).rejects.toThrow(UsageError)
  })
})
