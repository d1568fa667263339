/** --decap: what is inside the tunnels, with the right lengths and link types. */
import { describe, expect, test } from 'vitest'
import { dissect } from '../../src/index.ts'
import { scanAll } from '../capture/build.ts'
import { scratch } from '../capture/written.ts'
import * as frames from '../dissect/frames.ts'
import { ovl } from '../support/command.ts'
import { fixture, LAB_CAPTURES } from '../support/fixtures.ts'
import { packetsOf } from './captures.ts'

const file = scratch()

/** Writes frames of Ethernet to a classic capture and takes them out of their tunnels. */
async function decapsulated(packets: readonly { bytes: Uint8Array; originalLength?: number }[], name = 'inner.pcap') {
  const { createCaptureWriter } = await import('../../src/index.ts')
  const writer = createCaptureWriter(file('outer.pcap'))
  for (const packet of packets) await writer.write({ linkType: frames.ETHERNET, ...packet })
  await writer.close()
  const ran = ovl([file('outer.pcap'), '-w', file(name), '--decap', ...AS_CAPTURED])
  return { ...ran, records: ran.status === 0 ? (await scanAll(file(name))).records : [] }
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const inVxlan = (inner: Uint8Array) => frames.ethernet({}, frames.ipv4({}, frames.udp({}, frames.vxlan({}, inner))))
const inGeneve = (inner: Uint8Array, type: number, options?: Uint8Array) =>
  frames.ethernet(
    {},
    frames.ipv4(
      {},
      frames.udp({ to: 6081 }, frames.geneve(options === undefined ? { type } : { type, options }, inner)),
    ),
  )
const segment = frames.ipv4({ protocol: 6 }, frames.tcp({}, frames.u8(1, 2, 3)))
const frame = frames.ethernet({}, segment)

/** Fragments stay what they are. */
const AS_CAPTURED = ['-o', 'ip.defragment:FALSE', '-o', 'ipv6.defragment:FALSE']

describe.each(LAB_CAPTURES)('%s', (name) => {
  test('each tunnelled packet comes out with its own time and the layers behind its last tunnel', async () => {
    const inside = (await packetsOf(name, { reassemble: false })).flatMap((packet) => {
      const own = packet.layerNodes()
      const last = own.findLastIndex((layer) => layer.name === 'vxlan' || layer.name === 'geneve')
      const tunnel = own[last]?.node.end
      return packet.tunnels.length === 0 || tunnel === undefined || last + 1 === own.length ? [] : [{ packet, tunnel }]
    })
    ovl([fixture(name), '--decap', '-w', file('inner.pcapng'), ...AS_CAPTURED])
    const { records } = await scanAll(file('inner.pcapng'))
    expect(records).toHaveLength(inside.length)
    inside.forEach(({ packet, tunnel }, index) => {
      const { time, bytes, linkType, original } = records[index] as (typeof records)[number]
      const taken = dissect(new Uint8Array(Buffer.from(bytes, 'hex')), linkType, { originalLength: original })
      expect(time).toBe(`${packet.time.seconds}.${String(packet.time.nanoseconds).padStart(9, '0')}`)
      expect(hex(packet.bytes.subarray(tunnel)).startsWith(bytes)).toBe(true)
      expect(taken.network ?? taken.link).toEqual(packet.inner?.ip ?? packet.inner?.link ?? taken.network)
      // In a first fragment the length is the fragment's from outside, and the packet's own from inside.
      const isFragment = packet.outer?.ip?.moreFragments === true
      const { transport } = packet.inner ?? {}
      expect(taken.transport).toEqual(
        isFragment && transport !== undefined && 'length' in transport
          ? { ...transport, length: expect.any(Number) }
          : transport,
      )
    })
  })
})

describe('--decap', () => {
  test('gives packets whole that came in fragments of their outer datagram, and their parts not at all', async () => {
    ovl([fixture('vxlan-mtu.pcap'), '--decap', '-w', file('whole.pcapng')])
    const { records } = await scanAll(file('whole.pcapng'))
    const packets = (await packetsOf('vxlan-mtu.pcap')).filter((packet) => packet.tunnels.length > 0)
    expect(records).toHaveLength(packets.length)
    expect(packets.filter((packet) => packet.sources.length > 1).length).toBeGreaterThan(10)
    for (const { bytes, original } of records) expect(bytes.length / 2).toBe(original)
  })

  test('an inner Ethernet frame is an Ethernet frame', async () => {
    const { records, stderr } = await decapsulated([{ bytes: inVxlan(frame) }, { bytes: inGeneve(frame, 0x6558) }])
    expect(records.map((one) => [one.linkType, one.bytes, one.original])).toEqual([
      [1, hex(frame), frame.length],
      [1, hex(frame), frame.length],
    ])
    expect(stderr).toMatch(/^2 packets written/)
  })

  test('inner IP packets of GENEVE are raw IP, of both versions in one file, options and all taken off', async () => {
    const six = frames.ipv6({ next: 6 }, frames.tcp())
    const option = frames.geneveOption({ owner: 1 }, frames.u32(1))
    const { records } = await decapsulated([
      { bytes: inGeneve(segment, 0x0800, option) },
      { bytes: inGeneve(six, 0x86dd) },
    ])
    expect(records.map((one) => [one.linkType, one.bytes])).toEqual([
      [101, hex(segment)],
      [101, hex(six)],
    ])
  })

  test('frames and IP packets together need pcapng, which gets an interface for each', async () => {
    const both = [{ bytes: inVxlan(frame) }, { bytes: inGeneve(segment, 0x0800) }]
    const refused = await decapsulated(both)
    expect(refused.status).toBe(2)
    expect(refused.stderr).toMatch(/ETHERNET and RAW: write a \.pcapng instead/)
    const { records } = await decapsulated(both, 'inner.pcapng')
    expect(records.map((one) => one.linkType)).toEqual([1, 101])
  })

  test('a packet inside two tunnels loses both', async () => {
    const { records } = await decapsulated([{ bytes: inVxlan(inVxlan(frame)) }])
    expect(records.map((one) => one.bytes)).toEqual([hex(frame)])
  })

  test('what was cut stays cut: both lengths are less by the outer headers', async () => {
    const whole = inVxlan(frame)
    const { records } = await decapsulated([
      { bytes: whole.subarray(0, whole.length - 10), originalLength: whole.length },
    ])
    expect(records[0]).toMatchObject({ bytes: hex(frame.subarray(0, frame.length - 10)), original: frame.length })
  })

  test("the outer frame's padding is not the inner packet's", async () => {
    const { records } = await decapsulated([{ bytes: frames.join(inVxlan(frame), frames.u8(0, 0, 0, 0)) }])
    expect(records[0]).toMatchObject({ bytes: hex(frame), original: frame.length })
  })

  test('in the first fragment of an outer datagram the inner packet is cut, and UDP knows how long it was', async () => {
    const datagram = frames.udp({}, frames.vxlan({}, frame))
    const first = frames.ethernet({}, frames.ipv4({ fragment: 0x2000 }, datagram.subarray(0, 48)))
    const { records } = await decapsulated([{ bytes: first }])
    expect(records[0]).toMatchObject({ bytes: hex(frame.subarray(0, 32)), original: frame.length })
  })

  test('what has nothing to give is left out and counted', async () => {
    const header = inVxlan(frame).length - frame.length
    const { stderr, records } = await decapsulated([
      { bytes: frame },
      { bytes: inVxlan(frame).subarray(0, header), originalLength: inVxlan(frame).length },
      { bytes: inGeneve(frames.u8(1, 2, 3, 4), 0x8847) },
      { bytes: inVxlan(frame) },
    ])
    expect(records).toHaveLength(1)
    expect(stderr).toMatch(
      /^1 packet written to .*; 1 without a tunnel left out; 2 with nothing to write inside left out$/m,
    )
  })

  test('a quoted tunnel is no tunnel', async () => {
    const quoted = frames.ipv4({}, frames.udp({}, frames.vxlan({}, frame)))
    const error = frames.join(frames.u8(3, 4), frames.u16(0, 0, 1400), quoted)
    const { records, stderr } = await decapsulated([
      { bytes: frames.ethernet({}, frames.ipv4({ protocol: 1 }, error)) },
    ])
    expect(records).toEqual([])
    expect(stderr).toContain('1 without a tunnel left out')
  })

  test('copies are kept, and said', () => {
    expect(ovl(['fixtures/vxlan.pcap', '--decap', '-w', file('copies.pcap')]).stderr).toContain(
      '116 packets written to ',
    )
    expect(ovl(['fixtures/vxlan.pcap', '--decap', '-w', file('copies.pcap')]).stderr).toContain(
      '; 58 of them copies that other interfaces saw, kept',
    )
  })
})
