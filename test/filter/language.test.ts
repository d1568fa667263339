import { describe, expect, it } from 'vitest'
import { Filter } from '../../src/filter/filter.ts'
import type { VirtualField } from '../../src/filter/virtual-field.ts'
import { defaultDissector } from '../../src/layers/create-dissector.ts'
import { eachDissection } from '../support/dissections.ts'
import { ourAnswers } from '../support/filters.ts'
import { fixture } from '../support/fixtures.ts'

/** Frames that a filter selects, as ranges. */
async function select(capture: string, ...filters: string[]): Promise<string[]> {
  return (await ourAnswers(capture, filters)).answers
}

/** Both filters select the same, which is something but not everything. */
async function same(capture: string, ours: string, wiresharks: string): Promise<void> {
  const [a, b, all] = await select(capture, ours, wiresharks, 'frame')
  expect(a).toBe(b)
  expect(a).not.toBe('')
  expect(a).not.toBe(all)
}

describe('what tshark 4.0 refuses', () => {
  it.each([
    ['xor is one of both', 'icmp xor ip.ttl == 63', '(icmp or ip.ttl == 63) and not (icmp and ip.ttl == 63)'],
    ['^^ is xor', 'icmp ^^ ip.ttl == 63', 'icmp xor ip.ttl == 63'],
    ['xor binds looser than and', 'icmp xor tcp and ip.ttl == 63', 'icmp xor (tcp and ip.ttl == 63)'],
    ['xor binds closer than or', 'icmp xor icmp or dns', 'dns'],
    ['a value may stand on the left', '80 == tcp.dstport', 'tcp.dstport == 80'],
    ['and is then compared from the right', '1000 < tcp.dstport', 'tcp.dstport > 1000'],
    ['comparisons can be chained', '50 <= tcp.srcport < 100', 'tcp.srcport >= 50 and tcp.srcport < 100'],
    ['functions take slices', 'len(tcp.payload[0:4]) == 4', 'tcp.payload'],
    ['and words of flags are taken in small letters', 'tcp.flags.syn == true', 'tcp.flags.syn == 1'],
    ['columns are fields', '_ws.col.Info contains "GET"', 'http.request.method == "GET"'],
    ['constants are calculated', 'tcp.port == 8 * 10', 'tcp.port == 80'],
  ])('%s', async (_, ours, wiresharks) => {
    await same('vxlan.pcap', ours, wiresharks)
  })
})

describe('outer. and inner.', () => {
  it.each([
    ['inner.ip.src == 172.20.0.158', 'ip.src#2 == 172.20.0.158'],
    ['outer.ip.src == 192.168.10.100', 'ip.src#1 == 192.168.10.100'],
    ['inner.ip.src == 172.20.0.158 && outer.ip.dst == 192.168.20.100', 'ip.src == 172.20.0.158'],
    ['inner.tcp', 'tcp'],
    ['inner.udp.port == 53', 'udp.port == 53'],
    ['inner.udp', 'dns'],
    ['inner.ip.ttl < 64 or outer.ip.ttl < 64', 'ip.ttl < 64'],
    ['inner.http', 'http'],
  ])('%s is %s in a capture of one tunnel', async (ours, wiresharks) => {
    await same('vxlan.pcap', ours, wiresharks)
  })

  it('find nothing where the other side has it', async () => {
    expect(
      await select(
        'vxlan.pcap',
        'outer.tcp',
        'outer.ip.src == 172.20.0.158',
        'inner.ip.src == 192.168.10.100',
        'inner.vxlan',
        'outer.vxlan',
      ),
    ).toEqual(['', '', '', '', ''])
  })

  it('find nothing in a packet without a tunnel', async () => {
    expect(await select('native-noreply.pcap', 'outer.ip', 'inner.ip')).toEqual(['', ''])
    expect(await select('native-noreply.pcap', 'ip')).not.toEqual([''])
  })

  it('do not count what an ICMP error quotes', async () => {
    // Frame 6 is an ICMP error that quotes a VXLAN packet: its tunnel is not the packet's own.
    const [quoted, inner] = await select(
      'vxlan-fragneeded.pcap',
      'icmp.type == 3 and vxlan',
      'icmp.type == 3 and inner.ip',
    )
    expect(quoted).not.toBe('')
    expect(inner).toBe('')
  })
})

describe('vni', () => {
  it('is that of any tunnel', async () => {
    await same('vxlan.pcap', 'vni == 3258', 'vxlan.vni == 3258')
    await same('geneve.pcap', 'vni == 3258', 'geneve.vni == 3258')
    await same('vxlan.pcap', 'vni in {9473, 14053}', 'vxlan.vni > 5000')
  })
})

describe('registered fields', () => {
  /** As lists of names would fill them. */
  const names: Readonly<Record<string, string>> = { '172.20.0.158': 'curl-pod', '172.20.2.115': 'webpod-a' }
  const podAt =
    (offset: number): VirtualField['values'] =>
    ({ record, walk }) => {
      const depth = walk.lastTunnel + 2
      const at = (walk.start[depth] as number) + offset
      const address = Array.from({ length: 4 }, (_, index) => record.bytes[at + index]).join('.')
      const name = names[address]
      return name === undefined ? [] : [name]
    }
  const virtualFields: VirtualField[] = [
    { name: 'ovl.inner.src_pod', also: ['pod'], type: 'string', values: podAt(12) },
    { name: 'ovl.inner.dst_pod', also: ['pod'], type: 'string', values: podAt(16) },
    { name: 'ovl.test.number', type: 'uint32', values: ({ record }) => [record.number, record.number + 1] },
  ]

  async function selected(text: string): Promise<number[]> {
    const filter = new Filter(text, defaultDissector(), { virtualFields })
    expect(filter.isHeaderOnly).toBe(false)
    const frames: number[] = []
    await eachDissection(
      fixture('vxlan.pcap'),
      (packet) => void (filter.matches(packet) && frames.push(packet.record.number)),
      {
        relativeSequence: false,
      },
    )
    return frames
  }
  const numbers = async (text: string) => {
    const frames: number[] = []
    const filter = new Filter(text, defaultDissector())
    await eachDissection(
      fixture('vxlan.pcap'),
      (packet) => void (filter.matches(packet) && frames.push(packet.record.number)),
      {
        relativeSequence: false,
      },
    )
    return frames
  }

  it('are compared like any other', async () => {
    expect(await selected('ovl.inner.src_pod == "curl-pod"')).toEqual(await numbers('ip.src == 172.20.0.158'))
    expect(await selected('ovl.inner.dst_pod matches "^WEB"')).toEqual(await numbers('ip.dst == 172.20.2.115'))
    expect(await selected('ovl.inner.dst_pod[0:3] == "web"')).toEqual(await numbers('ip.dst == 172.20.2.115'))
    expect(await selected('ovl.test.number == 7')).toEqual([6, 7])
  })

  it('stand for either end under the name that they share', async () => {
    expect(await selected('pod == curl-pod')).toEqual(await numbers('ip.addr == 172.20.0.158'))
    expect(await selected('pod == "webpod-a" and pod == "curl-pod"')).toEqual(
      await numbers('ip.addr == 172.20.0.158 and ip.addr == 172.20.2.115'),
    )
    expect(await selected('pod and not pod == "webpod-a"')).toEqual(
      await numbers('ip.addr == 172.20.0.158 and not ip.addr == 172.20.2.115'),
    )
  })

  it('are known to errors by their names', () => {
    expect(() => new Filter('ovl.test.numbr == 1', defaultDissector(), { virtualFields })).toThrow('ovl.test.number')
  })
})
