/** Assertions by the names of nodes, pods and services, and by labels. */
import { describe, expect, test } from 'vitest'
import '../../src/vitest.ts'
import { loadCapture, loadNames } from '../../src/index.ts'
import { failureOf } from './failures.ts'

const capture = await loadCapture('fixtures/vxlan.pcap', { names: 'fixtures/k8s' })

describe('with names', () => {
  test('the bug report is the test', () => {
    expect(capture).toCarry({
      tunnel: 'vxlan',
      vni: 3258,
      outer: { from: 'k8s-ctr', to: '192.168.20.100' },
      inner: { from: 'default/curl-pod', to: '172.20.2.115', http: 'GET /' },
    })
    expect(capture).toReach('default/curl-pod', 'default/webpod', { port: 80, via: ['k8s-ctr', 'k8s-w0'] })
    expect(capture.flow('curl-pod', 'webpod:80')).toBeAnswered({ within: '50ms' })
  })

  test('a name alone, its beginning and labels are enough', () => {
    expect(capture).toCarry({ from: 'curl-pod' })
    expect(capture).toCarry({ to: 'webpod-*' })
    expect(capture).toCarry({ to: { app: 'webpod' } })
    expect(capture).not.toCarry({ to: { app: 'curl' }, protocol: 'dns', from: 'curl-pod' })
    expect(capture).toCarry({ to: ({ name }) => name?.node === 'k8s-w0' })
    expect(capture).toCarry('ovl.inner.src_pod == "curl-pod" && http')
  })

  test('a name that fits nobody is not found', () => {
    expect(capture).not.toCarry({ from: 'curl' })
    expect(capture).not.toCarry({ from: 'kube-system/curl-pod' })
  })

  test('names may have been loaded before, and failures show them', async () => {
    const again = await loadCapture('fixtures/vxlan.pcap', { names: await loadNames('fixtures/k8s') })
    expect(again).toCarry({ from: 'curl-pod' })
    expect(
      failureOf(() => expect(again).toCarry({ outer: { from: 'k8s-w1' }, inner: { from: 'curl-pod', http: 'GET /' } })),
    ).toMatchInlineSnapshot(`
      "expected fixtures/vxlan.pcap to carry a packet: outer.from k8s-w1, inner.from curl-pod, inner.http "GET /"
      but none is like that; the nearest:
        #15  192.168.10.100 (k8s-ctr) → 192.168.20.100 (k8s-w0)  vxlan 3258  172.20.0.158:34586 (default/curl-pod) → 172.20.2.115:80 (default/webpod-697b545f57-rl7tc)  HTTP  GET / HTTP/1.1
            outer.from: expected k8s-w1, found 192.168.10.100 (k8s-ctr)
      it holds 58 packets: vxlan (58); VNIs 3258 (32), 14053 (14), 9473 (12); 192.168.10.100 ↔ 192.168.20.100 (58); HTTP (30), DNS (24), ICMP (4)
      to see them: ovl-dissect fixtures/vxlan.pcap -Y 'inner.ip.src in {172.20.0.158} && http && _ws.col.Info matches "^GET /(\\\\s|$)"'"
    `)
    expect(
      failureOf(() => expect(again).toReach('curl-pod', 'webpod*', { port: 80, via: ['k8s-w1', 'k8s-w0'] })),
    ).toMatchInlineSnapshot(`
      "fixtures/vxlan.pcap: expected curl-pod to reach webpod*, port 80, via k8s-w1 and k8s-w0
      but of 6 questions none is answered so:
        #9  192.168.10.100 (k8s-ctr) → 192.168.20.100 (k8s-w0)  vxlan 3258  172.20.0.158:34586 (default/curl-pod) → 172.20.2.115:80 (default/webpod-697b545f57-rl7tc)  TCP  34586 → 80 [SYN] Seq=0 Win=64860 Len=0 MSS=1410 SACK_PERM TSval=2027908068 TSecr=0 WS=1024
        #11  192.168.20.100 (k8s-w0) → 192.168.10.100 (k8s-ctr)  vxlan 14053  172.20.2.115:80 (default/webpod-697b545f57-rl7tc) → 172.20.0.158:34586 (default/curl-pod)  TCP  80 → 34586 [SYN, ACK] Seq=0 Ack=1 Win=64308 Len=0 MSS=1410 SACK_PERM TSval=960177479 TSecr=2027908068 WS=1024
            via: expected k8s-w1 → k8s-w0, found 192.168.10.100 → 192.168.20.100
        #15  192.168.10.100 (k8s-ctr) → 192.168.20.100 (k8s-w0)  vxlan 3258  172.20.0.158:34586 (default/curl-pod) → 172.20.2.115:80 (default/webpod-697b545f57-rl7tc)  HTTP  GET / HTTP/1.1
        #19  192.168.20.100 (k8s-w0) → 192.168.10.100 (k8s-ctr)  vxlan 14053  172.20.2.115:80 (default/webpod-697b545f57-rl7tc) → 172.20.0.158:34586 (default/curl-pod)  HTTP  HTTP/1.1 200 OK  (text/plain)
            via: expected k8s-w1 → k8s-w0, found 192.168.10.100 → 192.168.20.100
        #53  192.168.10.100 (k8s-ctr) → 192.168.20.100 (k8s-w0)  vxlan 3258  172.20.0.158:59000 (default/curl-pod) → 172.20.2.115:80 (default/webpod-697b545f57-rl7tc)  TCP  59000 → 80 [SYN] Seq=0 Win=64860 Len=0 MSS=1410 SACK_PERM TSval=2653190779 TSecr=0 WS=1024
        #55  192.168.20.100 (k8s-w0) → 192.168.10.100 (k8s-ctr)  vxlan 14053  172.20.2.115:80 (default/webpod-697b545f57-rl7tc) → 172.20.0.158:59000 (default/curl-pod)  TCP  80 → 59000 [SYN, ACK] Seq=0 Ack=1 Win=64308 Len=0 MSS=1410 SACK_PERM TSval=2326956086 TSecr=2653190779 WS=1024
            via: expected k8s-w1 → k8s-w0, found 192.168.10.100 → 192.168.20.100
      it holds 58 packets: vxlan (58); VNIs 3258 (32), 14053 (14), 9473 (12); 192.168.10.100 ↔ 192.168.20.100 (58); HTTP (30), DNS (24), ICMP (4)
      to see them: ovl-dissect fixtures/vxlan.pcap -Y 'ip.addr in {172.20.0.158} && ip.addr in {172.20.2.115}'"
    `)
  })

  test('snapshots are in names', () => {
    expect(capture).toMatchCaptureSnapshot()
  })
})
