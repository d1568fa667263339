/** `toReach` and `toBeAnswered`: questions, answers, routes, times. */
import { describe, expect, test } from 'vitest'
import '../../src/vitest.ts'
import { loadCapture } from '../../src/index.ts'
import { failureOf } from './failures.ts'

const capture = await loadCapture('fixtures/vxlan.pcap')
const native = await loadCapture('fixtures/native-noreply.pcap')
const mixed = await loadCapture('fixtures/vxlan-mixed.pcap')
const ipv6 = await loadCapture('fixtures/vxlan-ipv6.pcap')

const CURL = '172.20.0.158'
const WEBPOD = '172.20.2.115'
const COREDNS = '172.20.2.41'

describe('toReach', () => {
  test('holds for a connection that was accepted, a ping and a query that were answered', () => {
    expect(capture).toReach(CURL, WEBPOD, { port: 80 })
    expect(capture).toReach(CURL, WEBPOD, { protocol: 'icmp' })
    expect(capture).toReach(CURL, COREDNS, { port: 53, protocol: 'udp' })
    expect(ipv6).toReach('fd00::/8', 'fd00::/8', { protocol: 'icmpv6' })
  })

  test('does not hold the other way round, on another port, or for what nobody asked', () => {
    expect(capture).not.toReach(WEBPOD, CURL)
    expect(capture).not.toReach(CURL, WEBPOD, { port: 8080 })
    expect(capture).not.toReach(CURL, WEBPOD, { protocol: 'udp' })
    expect(capture).not.toReach(CURL, '172.20.1.0/24')
  })

  test('does not hold for questions without an answer', () => {
    expect(native).not.toReach('172.20.0.106', '172.20.2.26')
    expect(native).not.toReach('172.20.0.106', '172.20.2.26', { port: 80 })
    expect(native).toReach('172.20.0.106', '192.168.20.100')
  })

  test('does not hold for a connection that was refused', () => {
    expect(mixed).toCarry({ from: WEBPOD, fields: { 'tcp.flags.reset': 1 } })
    expect(mixed).not.toReach(CURL, WEBPOD, { port: 81 })
  })

  test('asks that nodes carried it, there and back', () => {
    expect(capture).toReach(CURL, WEBPOD, { port: 80, via: ['192.168.10.100', '192.168.20.100'] })
    expect(capture).not.toReach(CURL, WEBPOD, { port: 80, via: ['192.168.20.100', '192.168.10.100'] })
    expect(native).not.toReach('172.20.0.106', '192.168.20.100', { via: ['192.168.10.100', '192.168.20.100'] })
  })

  test('fails with the question and what became of it', () => {
    expect(failureOf(() => expect(native).toReach('172.20.0.106', '172.20.2.26', { port: 80 }))).toMatchInlineSnapshot(`
      "fixtures/native-noreply.pcap: expected 172.20.0.106 to reach 172.20.2.26, port 80
      but of 4 questions none is answered so:
        #9  172.20.0.106:49344 → 172.20.2.26:80  TCP  49344 → 80 [SYN] Seq=0 Win=64860 Len=0 MSS=1410 SACK_PERM TSval=2392056275 TSecr=0 WS=1024
            no answer
        #23  172.20.0.106:49346 → 172.20.2.26:80  TCP  49346 → 80 [SYN] Seq=0 Win=64860 Len=0 MSS=1410 SACK_PERM TSval=3048135456 TSecr=0 WS=1024
            no answer
        #25  172.20.0.106:38872 → 172.20.2.26:80  TCP  38872 → 80 [SYN] Seq=0 Win=64860 Len=0 MSS=1410 SACK_PERM TSval=1545518696 TSecr=0 WS=1024
            no answer
      it holds 14 packets: no tunnel (14); TCP (10), ICMP (4)
      to see them: ovl-dissect fixtures/native-noreply.pcap -Y 'ip.addr == 172.20.0.106 && ip.addr == 172.20.2.26'"
    `)
    expect(
      failureOf(() => expect(capture).toReach(CURL, WEBPOD, { port: 80, via: ['192.168.10.101', '192.168.20.100'] })),
    ).toMatchInlineSnapshot(`
      "fixtures/vxlan.pcap: expected 172.20.0.158 to reach 172.20.2.115, port 80, via 192.168.10.101 and 192.168.20.100
      but of 6 questions none is answered so:
        #9  192.168.10.100 → 192.168.20.100  vxlan 3258  172.20.0.158:34586 → 172.20.2.115:80  TCP  34586 → 80 [SYN] Seq=0 Win=64860 Len=0 MSS=1410 SACK_PERM TSval=2027908068 TSecr=0 WS=1024
        #11  192.168.20.100 → 192.168.10.100  vxlan 14053  172.20.2.115:80 → 172.20.0.158:34586  TCP  80 → 34586 [SYN, ACK] Seq=0 Ack=1 Win=64308 Len=0 MSS=1410 SACK_PERM TSval=960177479 TSecr=2027908068 WS=1024
            via: expected 192.168.10.101 → 192.168.20.100, found 192.168.10.100 → 192.168.20.100
        #15  192.168.10.100 → 192.168.20.100  vxlan 3258  172.20.0.158:34586 → 172.20.2.115:80  HTTP  GET / HTTP/1.1
        #19  192.168.20.100 → 192.168.10.100  vxlan 14053  172.20.2.115:80 → 172.20.0.158:34586  HTTP  HTTP/1.1 200 OK  (text/plain)
            via: expected 192.168.10.101 → 192.168.20.100, found 192.168.10.100 → 192.168.20.100
        #53  192.168.10.100 → 192.168.20.100  vxlan 3258  172.20.0.158:59000 → 172.20.2.115:80  TCP  59000 → 80 [SYN] Seq=0 Win=64860 Len=0 MSS=1410 SACK_PERM TSval=2653190779 TSecr=0 WS=1024
        #55  192.168.20.100 → 192.168.10.100  vxlan 14053  172.20.2.115:80 → 172.20.0.158:59000  TCP  80 → 59000 [SYN, ACK] Seq=0 Ack=1 Win=64308 Len=0 MSS=1410 SACK_PERM TSval=2326956086 TSecr=2653190779 WS=1024
            via: expected 192.168.10.101 → 192.168.20.100, found 192.168.10.100 → 192.168.20.100
      it holds 58 packets: vxlan (58); VNIs 3258 (32), 14053 (14), 9473 (12); 192.168.10.100 ↔ 192.168.20.100 (58); HTTP (30), DNS (24), ICMP (4)
      to see them: ovl-dissect fixtures/vxlan.pcap -Y 'ip.addr == 172.20.0.158 && ip.addr == 172.20.2.115'"
    `)
    expect(failureOf(() => expect(capture).toReach(CURL, '172.20.1.7'))).toMatchInlineSnapshot(`
      "fixtures/vxlan.pcap: expected 172.20.0.158 to reach 172.20.1.7
      but nothing goes from 172.20.0.158 to 172.20.1.7
      it holds 58 packets: vxlan (58); VNIs 3258 (32), 14053 (14), 9473 (12); 192.168.10.100 ↔ 192.168.20.100 (58); HTTP (30), DNS (24), ICMP (4)
      to see them: ovl-dissect fixtures/vxlan.pcap -Y 'ip.addr == 172.20.0.158 && ip.addr == 172.20.1.7'"
    `)
    expect(failureOf(() => expect(capture).not.toReach(CURL, WEBPOD, { protocol: 'icmp' }))).toMatchInlineSnapshot(`
      "fixtures/vxlan.pcap: did not expect 172.20.0.158 to reach 172.20.2.115, icmp
      but it does:
        #1  192.168.10.100 → 192.168.20.100  vxlan 3258  172.20.0.158 → 172.20.2.115  ICMP  Echo (ping) request  id=0x3a32, seq=1/256, ttl=64
        #3  192.168.20.100 → 192.168.10.100  vxlan 14053  172.20.2.115 → 172.20.0.158  ICMP  Echo (ping) reply    id=0x3a32, seq=1/256, ttl=64 (request in 2)"
    `)
  })
})

describe('toBeAnswered', () => {
  test('holds where every question has its answer in time', () => {
    expect(capture.flow(CURL, `${WEBPOD}:80`)).toBeAnswered({ within: '50ms' })
    expect(capture.flow(CURL, `${COREDNS}:53`)).toBeAnswered({ within: 0.05 })
    expect(capture.flow(CURL, WEBPOD)).toBeAnswered()
  })

  test('does not hold where one is missing or late, or where nothing was asked', () => {
    expect(native.flow('172.20.0.106', '172.20.2.26')).not.toBeAnswered()
    expect(capture.flow(CURL, `${WEBPOD}:80`)).not.toBeAnswered({ within: '10us' })
    expect(capture.flow(WEBPOD, CURL)).not.toBeAnswered()
  })

  test('fails with the questions that have no answer, or a late one', () => {
    expect(failureOf(() => expect(native.flow('172.20.0.106', '172.20.2.26')).toBeAnswered())).toMatchInlineSnapshot(`
      "fixtures/native-noreply.pcap: expected what 172.20.0.106 asks of 172.20.2.26 to be answered
      but 6 of 6 questions are not:
        #1  172.20.0.106 → 172.20.2.26  ICMP  Echo (ping) request  id=0x55fb, seq=1/256, ttl=63
            no answer
        #3  172.20.0.106 → 172.20.2.26  ICMP  Echo (ping) request  id=0x55fb, seq=2/512, ttl=63
            no answer
        #9  172.20.0.106:49344 → 172.20.2.26:80  TCP  49344 → 80 [SYN] Seq=0 Win=64860 Len=0 MSS=1410 SACK_PERM TSval=2392056275 TSecr=0 WS=1024
            no answer
      to see them: ovl-dissect fixtures/native-noreply.pcap -Y 'ip.addr == 172.20.0.106 && ip.addr == 172.20.2.26'"
    `)
    expect(
      failureOf(() => expect(capture.flow(CURL, `${WEBPOD}:80`)).toBeAnswered({ within: '1ms' })),
    ).toMatchInlineSnapshot(`
      "fixtures/vxlan.pcap: expected what 172.20.0.158 asks of 172.20.2.115:80 to be answered within 1 ms
      but 3 of 6 questions are not:
        #15  192.168.10.100 → 192.168.20.100  vxlan 3258  172.20.0.158:34586 → 172.20.2.115:80  HTTP  GET / HTTP/1.1
        #19  192.168.20.100 → 192.168.10.100  vxlan 14053  172.20.2.115:80 → 172.20.0.158:34586  HTTP  HTTP/1.1 200 OK  (text/plain)
            answered after 2.63 ms, expected within 1 ms
        #59  192.168.10.100 → 192.168.20.100  vxlan 3258  172.20.0.158:59000 → 172.20.2.115:80  HTTP  GET / HTTP/1.1
        #63  192.168.20.100 → 192.168.10.100  vxlan 14053  172.20.2.115:80 → 172.20.0.158:59000  HTTP  HTTP/1.1 200 OK  (text/plain)
            answered after 2.07 ms, expected within 1 ms
        #103  192.168.10.100 → 192.168.20.100  vxlan 3258  172.20.0.158:59026 → 172.20.2.115:80  HTTP  GET / HTTP/1.1
        #107  192.168.20.100 → 192.168.10.100  vxlan 14053  172.20.2.115:80 → 172.20.0.158:59026  HTTP  HTTP/1.1 200 OK  (text/plain)
            answered after 2.32 ms, expected within 1 ms
      to see them: ovl-dissect fixtures/vxlan.pcap -Y 'ip.addr == 172.20.0.158 && ip.addr == 172.20.2.115'"
    `)
    expect(failureOf(() => expect(capture.flow(CURL, COREDNS)).not.toBeAnswered())).toMatchInlineSnapshot(`
      "fixtures/vxlan.pcap: did not expect what 172.20.0.158 asks of 172.20.2.41 to be answered
      but all 12 questions are, the slowest after 303 µs"
    `)
  })
})
