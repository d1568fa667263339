/** GRE as a tunnel: outer and inner sides, in rows, flows, findings and filters. Frames are those of fixtures/make.mjs. */
import { describe, expect, test } from 'vitest'
import { compileFilter, diagnose, dissect, flows, packetToJson, read } from '../../../src/index.ts'
import { fixture } from '../../support/fixtures.ts'

const CAPTURE = fixture('made/encapsulations.pcap')

async function packets(options: Parameters<typeof read>[1] = {}) {
  const found = []
  for await (const packet of read(CAPTURE, options)) found.push(packet)
  return found
}

describe('GRE', () => {
  test('has ends outside and inside, its key, and neither VNI nor port', async () => {
    const [plain, keyed, , ipv6] = await packets()
    expect(plain?.tunnels).toEqual([{ type: 'gre' }])
    expect(keyed?.tunnels).toEqual([{ type: 'gre', key: 42 }])
    expect(ipv6?.outer?.ip?.source).toBe('10.0.0.1')
    expect(ipv6?.inner?.ip?.source).toBe('fd00::1')
  })

  test('carries whole frames too, as ERSPAN does', async () => {
    const erspan = (await packets())[7]
    expect(erspan?.tunnels).toEqual([{ type: 'gre' }])
    expect(erspan?.inner?.transport).toMatchObject({ protocol: 'icmp', type: 8 })
  })

  test('is a tunnel in UDP on port 4754, where it has a port', async () => {
    const [plain] = await packets()
    const inside = Buffer.from(plain?.bytes.subarray(34) ?? [])
    const ip = Buffer.from('450000000001000040110000 0a000001 0a000002'.replaceAll(' ', ''), 'hex')
    const udp = Buffer.from('c00012920000 0000'.replaceAll(' ', ''), 'hex')
    ip.writeUInt16BE(28 + inside.length, 2)
    udp.writeUInt16BE(8 + inside.length, 4)
    const packet = dissect(Buffer.concat([ip, udp, inside]), 101)
    expect(packet.layers).toEqual(['raw', 'ip', 'udp', 'gre', 'ip', 'icmp'])
    expect(packet.tunnels).toEqual([{ type: 'gre', port: 4754 }])
  })

  test('is one of the tunnels that may be left closed', async () => {
    const [plain] = await packets({ tunnels: ['vxlan'] })
    expect(plain?.layers).toEqual(['eth', 'ip', 'data'])
  })

  test('is told from what is in no tunnel by filters of a side', async () => {
    const numbers = (await packets({ filter: compileFilter('gre && outer.ip && inner.icmp') })).map(
      ({ number }) => number,
    )
    expect(numbers).toEqual([1, 2, 3, 5, 7, 8, 9])
  })

  test('keeps its conversations apart from others between the same ends', async () => {
    const found = []
    for await (const { tunnel, protocol, outer, forward } of flows(CAPTURE))
      if (protocol === 'ICMP' && outer?.source.startsWith('10.')) found.push([tunnel, forward.vni, forward.packets])
    expect(found).toEqual([
      ['gre', undefined, 7],
      ['vxlan', 42, 3],
    ])
  })

  test('in a mirror says nothing of who carries what: no finding about VNIs or ways', async () => {
    const { findings } = await diagnose(CAPTURE)
    expect(findings.map(({ code }) => code)).not.toContain('OVL501')
  })

  test('says so in JSON', async () => {
    const [, keyed] = await packets()
    expect(packetToJson(keyed as NonNullable<typeof keyed>).tunnels).toEqual([{ type: 'gre', key: 42 }])
  })
})
