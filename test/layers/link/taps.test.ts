/** Link types that say where a packet was heard: netfilter's log and Darwin's pktap. Frames are those of fixtures/make.mjs. */
import { describe, expect, it } from 'vitest'
import { dissect, read } from '../../../src/index.ts'
import { fixture } from '../../support/fixtures.ts'

async function packets(name: string) {
  const found = []
  for await (const packet of read(fixture(`made/${name}`))) found.push(packet)
  return found
}

describe('NFLOG', () => {
  it.each(['nflog.pcap', 'nflog-be.pcap'])('says in %s which rule logged an IP packet, and where', async (name) => {
    const [ipv4, ipv6] = await packets(name)
    expect(ipv4?.layers).toEqual(['nflog', 'ip', 'icmp'])
    expect(ipv6?.layers).toEqual(['nflog', 'ipv6', 'icmpv6'])
    const said = ['nflog.prefix', 'nflog.ifindex_indev', 'nflog.ifindex_outdev', 'nflog.uid', 'nflog.hook']
    expect(said.map((field) => ipv4?.get(field))).toEqual(['drop: ', 3, 4, 1000, 2])
  })

  it('has what tunnels carry, as any link', async () => {
    const packet = (await packets('nflog.pcap'))[3]
    expect(packet?.tunnels).toEqual([{ type: 'vxlan', vni: 3258, port: 8472 }])
  })

  it('whose attributes are too short says so, and whose payload is cut shows what is there', async () => {
    const [whole] = await packets('nflog.pcap')
    const bytes = Uint8Array.from(whole?.bytes ?? [])
    bytes[4] = 3
    expect(dissect(bytes, 239).stopped).toBeDefined()
    const cut = dissect((whole?.bytes ?? new Uint8Array()).subarray(0, -10), 239)
    expect(cut.layers.slice(0, 2)).toEqual(['nflog', 'ip'])
  })
})

describe('PKTAP', () => {
  it('names interface and process, and goes on with the link type inside', async () => {
    const [ethernet, loopback, raw] = await packets('pktap.pcap')
    expect(ethernet?.layers.slice(0, 3)).toEqual(['pktap', 'eth', 'ip'])
    expect(loopback?.layers.slice(0, 3)).toEqual(['pktap', 'null', 'ipv6'])
    expect(raw?.layers).toContain('ip')
    expect(['pktap.ifname', 'pktap.pid', 'pktap.cmdname'].map((field) => ethernet?.get(field))).toEqual([
      'utun3',
      4711,
      'curl',
    ])
  })

  it('with a header shorter than it can be is malformed', async () => {
    const bytes = Uint8Array.from((await packets('pktap.pcap'))[0]?.bytes ?? [])
    bytes[0] = 20
    expect(dissect(bytes, 258).stopped).toBeDefined()
    expect(dissect(bytes, 258).layers).toEqual(['pktap'])
  })
})
