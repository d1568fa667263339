/** Generic UDP Encapsulation and Foo-over-UDP, which tshark does not know. Frames are those of fixtures/make.mjs. */
import { describe, expect, it } from 'vitest'
import { compileFilter, dissect, read } from '../../../src/index.ts'
import { ovl } from '../../support/command.ts'
import { fixture } from '../../support/fixtures.ts'

const CAPTURE = fixture('made/gue.pcap')

async function packets(options: Parameters<typeof read>[1] = {}) {
  const found = []
  for await (const packet of read(CAPTURE, options)) found.push(packet)
  return found
}

describe('GUE', () => {
  it('has an IP packet inside, behind its header, behind a field of that, or with no header at all', async () => {
    const [ipv4, ipv6, long, bare] = await packets()
    expect(ipv4?.layers).toEqual(['eth', 'ip', 'udp', 'gue', 'ip', 'icmp'])
    expect(ipv6?.layers).toEqual(['eth', 'ip', 'udp', 'gue', 'ipv6', 'icmpv6'])
    expect(long?.layers).toEqual(ipv4?.layers)
    expect(bare?.layers).toEqual(ipv4?.layers)
    expect([long?.get('ovl.gue.hdr_len'), long?.get('ovl.gue.flags')]).toEqual([4, 0x8000])
    expect(bare?.get('ovl.gue.variant')).toBeUndefined()
    expect(ipv6?.outer?.ip?.source).toBe('10.0.0.1')
    expect(ipv6?.inner?.ip?.source).toBe('fd00::1')
    expect(ipv4?.tunnels).toEqual([{ type: 'gue', port: 6080 }])
  })

  it('is named where it carries a message of its own', async () => {
    const control = (await packets())[4]
    expect(control?.layers).toEqual(['eth', 'ip', 'udp', 'gue', 'data'].slice(0, control?.layers.length))
    expect(control?.summary).toEqual({ protocol: 'GUE', info: 'Control message 0' })
  })

  it('of another variant is malformed, and nothing behind it is taken for something', async () => {
    const bytes = Uint8Array.from((await packets())[0]?.bytes ?? [])
    bytes[42] = 0x80
    const packet = dissect(bytes, 1)
    expect(packet.layers).toEqual(['eth', 'ip', 'udp', 'gue'])
    expect(packet.stopped).toBeDefined()
  })

  it('has sides in filters', async () => {
    const found = await packets({ filter: compileFilter('gue && inner.ipv6.src == fd00::1 && outer.ip') })
    expect(found.map(({ number }) => number)).toEqual([2])
  })

  it('on another port is suggested, as is Foo-over-UDP, and decoded when it is named', async () => {
    const bytes = Uint8Array.from((await packets())[3]?.bytes ?? [])
    new DataView(bytes.buffer).setUint16(36, 5555)
    const head = Buffer.alloc(40)
    for (const [at, value] of [0xa1b2c3d4, 0x00040002, 0, 0, 65535, 1, 1, 0, bytes.length, bytes.length].entries())
      head.writeUInt32LE(value, at * 4)
    const input = Buffer.concat([head, bytes])
    const plain = ovl(['-'], { input })
    expect(plain.stderr).toContain('udp/5555 looks like GUE: try --port 5555 --proto gue')
    expect(plain.stdout).toContain('UDP')
    const named = ovl(['-', '--port', '5555', '--proto', 'gue'], { input })
    expect(named.stdout).toMatch(/10\.0\.0\.1 → 10\.0\.0\.2 .* 10\.0\.0\.1 → 10\.0\.0\.2 .*Echo \(ping\) request/)
  })
})
