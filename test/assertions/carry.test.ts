/** `toCarry`: what it finds, what it counts, and what it says when it fails. */
import { describe, expect, test } from 'vitest'
import '../../src/vitest.ts'
import { loadCapture, UsageError } from '../../src/index.ts'
import { fixture } from '../support/fixtures.ts'
import { failureOf } from './failures.ts'

const capture = await loadCapture('fixtures/vxlan.pcap')
const geneve = await loadCapture('fixtures/geneve-eth2.pcap')
const native = await loadCapture('fixtures/native-noreply.pcap')
const ipv6 = await loadCapture('fixtures/vxlan-ipv6.pcap')

describe('toCarry finds a packet', () => {
  test('by its tunnel, VNI, nodes, pods and request together', () => {
    expect(capture).toCarry({
      tunnel: 'vxlan',
      vni: 3258,
      outer: { from: '192.168.10.100', to: '192.168.20.100' },
      inner: { from: '172.20.0.158', to: '172.20.2.115', http: 'GET /' },
    })
  })

  test('and does not find one of which a single thing differs', () => {
    const right = {
      tunnel: 'vxlan',
      vni: 3258,
      outer: { from: '192.168.10.100', to: '192.168.20.100' },
      inner: { from: '172.20.0.158', to: '172.20.2.115:80', http: 'GET /' },
    } as const
    expect(capture).toCarry(right)
    expect(capture).not.toCarry({ ...right, tunnel: 'geneve' })
    expect(capture).not.toCarry({ ...right, vni: 14053 })
    expect(capture).not.toCarry({ ...right, outer: { ...right.outer, to: '192.168.20.101' } })
    expect(capture).not.toCarry({ ...right, inner: { ...right.inner, from: '172.20.2.115' } })
    expect(capture).not.toCarry({ ...right, inner: { ...right.inner, to: '172.20.2.115:8080' } })
    expect(capture).not.toCarry({ ...right, inner: { ...right.inner, http: 'GET /admin' } })
    expect(capture).not.toCarry({ ...right, inner: { ...right.inner, http: 'GE' } })
  })

  test('by prefix, list, regular expression, function and asymmetric matcher', () => {
    expect(capture).toCarry({ from: '172.20.0.0/24' })
    expect(capture).not.toCarry({ from: '172.20.1.0/24' })
    expect(capture).toCarry({ inner: { to: ['10.0.0.1', '172.20.2.41:53'] } })
    expect(capture).toCarry({ from: /^172\.20\.2\./ })
    expect(capture).toCarry({ from: ({ address, port }) => address === '172.20.2.115' && port === 80 })
    expect(capture).toCarry({ vni: expect.any(Number) })
    expect(capture).not.toCarry({ vni: (vni: number) => vni > 20_000 })
    expect(capture).toCarry({ vni: [1, 9473] })
    expect(capture).toCarry({ fields: { 'ip.ttl': 63, 'tcp.flags.syn': true } })
    expect(capture).not.toCarry({ fields: { 'tcp.flags.syn': false }, protocol: 'tcp', tunnel: true })
    expect(capture).toCarry({ where: (packet) => packet.tunnels.length === 1 && packet.number === 116 })
  })

  test('either way round, by ports and by protocol of a side', () => {
    expect(capture).toCarry({ between: ['172.20.2.115:80', '172.20.0.158'], http: 'GET /' })
    expect(capture).toCarry({ between: ['172.20.0.158', '172.20.2.115:80'], http: 'HTTP/1.1 200' })
    expect(capture).toCarry({ inner: { port: 53, protocol: 'dns' }, outer: { destinationPort: 8472 } })
    expect(capture).not.toCarry({ inner: { destinationPort: 8472 } })
    expect(capture).not.toCarry({ outer: { protocol: 'tcp' } })
  })

  test('by the name that is looked up and by the Info column', () => {
    expect(capture).toCarry({ dns: 'webpod.default.svc.cluster.local' })
    expect(capture).toCarry({ dns: 'webpod.*' })
    expect(capture).not.toCarry({ dns: 'webpod' })
    expect(capture).toCarry({ info: 'Echo (ping) reply' })
  })

  test('by a display filter, alone or beside others', () => {
    expect(capture).toCarry('http.request && vni == 3258')
    expect(capture).not.toCarry('ip.src == 172.20.0.0/24 && !vxlan')
    expect(native).toCarry('ip.src == 172.20.0.0/24 && !vxlan')
    expect(capture).toCarry({ filter: 'tcp.flags.reset == 0', inner: { from: '172.20.0.158' } })
  })

  test('in no tunnel, and then has no sides', () => {
    expect(native).toCarry({ tunnel: false, from: '172.20.0.106' })
    expect(native).not.toCarry({ inner: { from: '172.20.0.106' } })
    expect(native).not.toCarry({ outer: { from: '172.20.0.106' } })
  })

  test('with IPv6 in any spelling', () => {
    const found = ipv6.read().next().value
    expect(found).toBeDefined()
    expect(ipv6).toCarry({ inner: { from: 'FD00:0:0::/16', protocol: 'icmpv6' } })
    expect(ipv6).not.toCarry({ inner: { from: '2001:db8::/32' } })
  })
})

describe('toCarry counts', () => {
  test('packets, and not their copies on further interfaces', () => {
    expect(capture).toCarry({ info: 'Echo (ping) request' }, { times: 2 })
    expect(capture).toCarry({ http: 'GET /' }, { times: 3 })
    expect(capture).not.toCarry({ http: 'GET /' }, { atLeast: 4 })
    expect(capture).not.toCarry({ http: 'GET /' }, { atMost: 2 })
    expect(capture).toCarry({ http: 'GET /admin' }, { times: 0 })
  })

  test('those in a time', () => {
    expect(capture).toCarry({ http: 'GET /' }, { times: 1, before: '600ms' })
    expect(capture).toCarry({ http: 'GET /' }, { times: 2, after: 0.6 })
    const first = capture.packet(1)?.time.seconds as number
    expect(capture).toCarry({ http: 'GET /' }, { times: 3, after: new Date(first * 1000) })
    expect(capture).not.toCarry({ http: 'GET /' }, { before: new Date(first * 1000) })
  })
})

describe('a failure says', () => {
  test('what was looked for, the nearest packets with both values, what there is, and how to see it', () => {
    expect(
      failureOf(() =>
        expect(capture).toCarry({ tunnel: 'vxlan', vni: 3258, inner: { from: '172.20.0.158', http: 'GET /admin' } }),
      ),
    ).toMatchInlineSnapshot(`
      "expected fixtures/vxlan.pcap to carry a packet: tunnel vxlan, vni 3258, inner.from 172.20.0.158, inner.http "GET /admin"
      but none is like that; the nearest:
        #15  192.168.10.100 → 192.168.20.100  vxlan 3258  172.20.0.158:34586 → 172.20.2.115:80  HTTP  GET / HTTP/1.1
            inner.http: expected "GET /admin", found "GET / HTTP/1.1"
      it holds 58 packets: vxlan (58); VNIs 3258 (32), 14053 (14), 9473 (12); 192.168.10.100 ↔ 192.168.20.100 (58); HTTP (30), DNS (24), ICMP (4)
      to see them: ovl-dissect fixtures/vxlan.pcap -Y 'vxlan && vni == 3258 && inner.ip.src == 172.20.0.158'"
    `)
  })

  test('which part of a filter does not hold', () => {
    expect(failureOf(() => expect(capture).toCarry('http.request && vni == 14053'))).toMatchInlineSnapshot(`
      "expected fixtures/vxlan.pcap to carry a packet: http.request && vni == 14053
      but none is like that; the nearest:
        #3  192.168.20.100 → 192.168.10.100  vxlan 14053  172.20.2.115 → 172.20.0.158  ICMP  Echo (ping) reply    id=0x3a32, seq=1/256, ttl=64 (request in 2)
            not so: http.request
        #15  192.168.10.100 → 192.168.20.100  vxlan 3258  172.20.0.158:34586 → 172.20.2.115:80  HTTP  GET / HTTP/1.1
            not so: vni == 14053
      it holds 58 packets: vxlan (58); VNIs 3258 (32), 14053 (14), 9473 (12); 192.168.10.100 ↔ 192.168.20.100 (58); HTTP (30), DNS (24), ICMP (4)
      to see them: ovl-dissect fixtures/vxlan.pcap -Y 'vni == 14053'"
    `)
  })

  test('what was found where nothing should be', () => {
    expect(failureOf(() => expect(native).not.toCarry('ip.src == 172.20.0.0/24 && !vxlan'))).toMatchInlineSnapshot(`
      "expected fixtures/native-noreply.pcap not to carry a packet: ip.src == 172.20.0.0/24 && !vxlan
      but it does: 3 of them
        #1  172.20.0.106 → 172.20.2.26  ICMP  Echo (ping) request  id=0x55fb, seq=1/256, ttl=63
        #3  172.20.0.106 → 172.20.2.26  ICMP  Echo (ping) request  id=0x55fb, seq=2/512, ttl=63
        #5  172.20.0.106 → 192.168.20.100  ICMP  Echo (ping) request  id=0x55fe, seq=1/256, ttl=63
      to see them: ovl-dissect fixtures/native-noreply.pcap -Y 'ip.src == 172.20.0.0/24 && !vxlan'"
    `)
  })

  test('how many there are', () => {
    expect(failureOf(() => expect(capture).toCarry({ http: 'GET /' }, { times: 2 }))).toMatchInlineSnapshot(`
      "expected fixtures/vxlan.pcap to carry exactly 2 packets: http "GET /"
      but it carries 3:
        #15  192.168.10.100 → 192.168.20.100  vxlan 3258  172.20.0.158:34586 → 172.20.2.115:80  HTTP  GET / HTTP/1.1
        #59  192.168.10.100 → 192.168.20.100  vxlan 3258  172.20.0.158:59000 → 172.20.2.115:80  HTTP  GET / HTTP/1.1
        #103  192.168.10.100 → 192.168.20.100  vxlan 3258  172.20.0.158:59026 → 172.20.2.115:80  HTTP  GET / HTTP/1.1
      to see them: ovl-dissect fixtures/vxlan.pcap -Y 'http && _ws.col.Info matches "^GET /(\\\\s|$)"'"
    `)
  })

  test('which tunnel it is instead', () => {
    expect(
      failureOf(() => expect(geneve).toCarry({ tunnel: 'vxlan', inner: { from: '172.20.0.158' } })),
    ).toMatchInlineSnapshot(`
      "expected fixtures/geneve-eth2.pcap to carry a packet: tunnel vxlan, inner.from 172.20.0.158
      but none is like that; the nearest:
        #1  192.168.10.100 → 192.168.20.100  geneve 3258  172.20.0.158 → 172.20.2.115  ICMP  Echo (ping) request  id=0x444c, seq=1/256, ttl=64
            tunnel: expected vxlan, found geneve
      it holds 58 packets: geneve (58); VNIs 3258 (32), 14053 (14), 9473 (12); 192.168.10.100 ↔ 192.168.20.100 (58); HTTP (30), DNS (24), ICMP (4)
      to see them: ovl-dissect fixtures/geneve-eth2.pcap -Y 'inner.ip.src == 172.20.0.158'"
    `)
  })
})

describe('what makes no sense', () => {
  test.each([
    [{}, 'an empty pattern matches everything'],
    [{ vin: 3 }, 'vin: there is no such key; known are'],
    [{ vni: -1 }, 'vni: -1 is not a number from 0 to 16777215'],
    [{ inner: { from: 'curl-pod' } }, 'inner.from: "curl-pod" is a name, and the capture was loaded without names'],
    [{ inner: { from: '172.20.0.0/33' } }, 'inner.from: "172.20.0.0/33" is not a prefix'],
    [{ tunnel: 'stt' }, 'tunnel: "stt" is no tunnel'],
    [{ fields: { 'vxlan.vin': 1 } }, 'Did you mean vxlan.vni'],
    [{ inner: { protocol: 'htp' } }, 'inner.protocol: "htp" is no protocol'],
    ['vxlan.vin == 3', 'Did you mean vxlan.vni'],
    [{ filter: 'tcp.port ==' }, 'filter: '],
  ])('%j is refused, with its place', (pattern, words) => {
    const fail = () => expect(capture).not.toCarry(pattern as never)
    expect(fail).toThrow(UsageError)
    expect(fail).toThrow(words)
  })

  test('such as a promise instead of a capture is named', () => {
    expect(() => expect(loadCapture(fixture('vxlan.pcap'))).toCarry('vxlan')).toThrow('await it first')
    expect(() => expect('vxlan.pcap').toCarry('vxlan')).toThrow(
      'toCarry is about a capture from loadCapture, not string',
    )
  })
})
