/** The Protocol and Info columns: who speaks for a packet. */
import { describe, expect, test } from 'vitest'
import * as frames from '../dissect/frames.ts'
import { packetOf, packetsOf } from './captures.ts'

const { dissected, ethernet, geneve, icmp, ipv4, ipv6, tcp, u8, udp, vxlan } = frames

describe('the columns', () => {
  test('are spoken by the innermost layer that has something to say', async () => {
    expect((await packetOf('vxlan.pcap', 1)).summary).toEqual({
      protocol: 'ICMP',
      info: 'Echo (ping) request  id=0x3a32, seq=1/256, ttl=64',
    })
    expect((await packetOf('vxlan.pcap', 13)).summary).toMatchObject({
      protocol: 'TCP',
      info: expect.stringMatching(/^34586 → 80 \[ACK\] Seq=1 Ack=1 Win=65536 Len=0 TSval=\d+ TSecr=\d+$/),
    })
  })

  test('of an ICMP error are its own, not those of the quote', async () => {
    expect((await packetOf('vxlan-fragneeded.pcap', 6)).summary).toEqual({
      protocol: 'ICMP',
      info: 'Destination unreachable (Fragmentation needed)',
    })
  })

  test('of a packet that the capture cut say so', async () => {
    expect((await packetOf('vxlan-snap96.pcap', 15)).summary).toEqual({
      protocol: 'TCP',
      info: '34586 → 80[Packet size limited during capture]',
    })
  })

  test('of a packet that contradicts itself say so', () => {
    expect(dissected(ethernet({}, ipv4({ protocol: 6 }, tcp({ headerWords: 3 })))).summary.info).toMatch(
      /\[Malformed Packet\]$/,
    )
    expect(dissected(ethernet({}, ipv4({}, udp({ length: 3 })))).summary.info).toMatch(/\[Malformed Packet\]$/)
  })

  test("of datagrams that nobody knows are UDP's", () => {
    expect(dissected(ethernet({}, ipv4({}, udp({ from: 1000, to: 9 }, u8(1, 2, 3))))).summary).toEqual({
      protocol: 'UDP',
      info: '1000 → 9 Len=3',
    })
  })

  test("of an empty tunnel are the tunnel's", () => {
    expect(dissected(ethernet({}, ipv4({}, udp({}, vxlan())))).summary.protocol).toBe('VXLAN')
    expect(dissected(ethernet({}, ipv4({}, udp({ to: 6081 }, geneve())))).summary.protocol).toBe('Geneve')
  })

  test('of an echo name id, sequence and time to live', () => {
    const echo = (type: number) =>
      dissected(ethernet({}, ipv4({ protocol: 1, ttl: 7 }, icmp({ type, rest: 0x1234_0002 })))).summary.info
    expect(echo(8)).toBe('Echo (ping) request  id=0x1234, seq=2/512, ttl=7')
    expect(echo(0)).toBe('Echo (ping) reply    id=0x1234, seq=2/512, ttl=7')
    const packet = dissected(
      ethernet({ type: 0x86dd }, ipv6({ next: 58, hopLimit: 9 }, icmp({ type: 128, rest: 0x1234_0002 }))),
    )
    expect(packet.summary).toEqual({ protocol: 'ICMPv6', info: 'Echo (ping) request id=0x1234, seq=2, hop limit=9' })
  })

  test('of TCP name flags, numbers and options', () => {
    const options = frames.bytesOf('0204 05b4 0402 080a 0000000a 00000000 01 030307')
    const packet = dissected(ethernet({}, ipv4({ protocol: 6 }, tcp({ sequence: 5, flags: 2, options }))))
    expect(packet.summary.info).toBe(
      '40000 → 40001 [SYN] Seq=5 Win=512 Len=0 MSS=1460 SACK_PERM TSval=10 TSecr=0 WS=128',
    )
  })

  test('are there for every packet of a capture on all interfaces', async () => {
    for (const packet of await packetsOf('node-ctr-any.pcap')) {
      expect(packet.summary.protocol, `packet ${packet.number}`).toMatch(/^[A-Za-z0-9./_-]+$/)
      expect(packet.summary, `packet ${packet.number}`).toEqual({
        protocol: packet.get('_ws.col.Protocol'),
        info: packet.get('_ws.col.Info'),
      })
    }
  })
})
