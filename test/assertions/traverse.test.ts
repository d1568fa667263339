/** `toTraverse`: packets pass interfaces in an order. */
import { describe, expect, test } from 'vitest'
import '../../src/vitest.ts'
import { loadCapture, UsageError } from '../../src/index.ts'
import { failureOf } from './failures.ts'

const capture = await loadCapture('fixtures/multi-node.pcap')
const named = await loadCapture('fixtures/vxlan.pcapng')
const interfaces = { 2: 'eth0', 3: 'eth1', 4: 'eth2' }
const toW0 = { outer: { from: '192.168.10.0/24', to: '192.168.20.100' } }

describe('toTraverse', () => {
  test('holds where every packet passes the interfaces in this order', () => {
    expect(named).toTraverse(['eth1', 'eth2'], { among: { from: '172.20.0.158' } })
    expect(named).toTraverse(['eth2', 'eth1'], { among: { to: '172.20.0.158' } })
    expect(named).not.toTraverse(['eth2', 'eth1'], { among: { from: '172.20.0.158' } })
    expect(named).not.toTraverse(['eth1', 'eth2'])
  })

  test('takes directions, and names for the indexes of cooked captures', () => {
    const among = { from: '172.20.1.191', to: '172.20.2.115' }
    expect(capture).toTraverse(['eth1 In', 'eth2 Out'], { among, interfaces })
    expect(capture).toTraverse(['if3', 'if4'], { among })
    expect(capture).not.toTraverse(['eth1 Out', 'eth2 In'], { among, interfaces })
  })

  test('does not hold of a capture in which nothing is like that', () => {
    expect(named).not.toTraverse(['eth1', 'eth2'], { among: { from: '10.9.9.9' } })
  })

  test('shows the packets that went another way', () => {
    const message = failureOf(() => expect(capture).toTraverse(['eth1', 'eth2'], { among: toW0, interfaces }))
    expect(message).toMatchInlineSnapshot(`
      "expected packets of fixtures/multi-node.pcap to traverse eth1 → eth2 among outer.from 192.168.10.0/24, outer.to 192.168.20.100
      but 5 of 81 packets do not:
        #13  192.168.10.100 → 192.168.20.100  vxlan 6  172.20.0.12:53056 → 172.20.2.166:8443  TCP  53056 → 8443 [SYN] Seq=3952025438 Win=64860 Len=0 MSS=1410 SACK_PERM TSval=1702470326 TSecr=0 WS=1024: eth1 In
        #93  192.168.10.101 → 192.168.20.100  vxlan 22811  172.20.1.191:60380 → 172.20.2.200:8443  TLSv1.2  Application Data: eth1 In
        #140  192.168.10.100 → 192.168.20.100  vxlan 3258  172.20.0.158 → 172.20.2.115  ICMP  Echo (ping) request  id=0x7c42, seq=2/512, ttl=64: eth1 In
      it holds 182 packets: vxlan (182); VNIs 22811 (43), 4 (25), 3258 (24), 14053 (23) and 4 more; 192.168.10.100 ↔ 192.168.20.100 (83), 192.168.10.101 ↔ 192.168.20.100 (71), 192.168.10.100 ↔ 192.168.10.101 (28); HTTP (62), TLS (33), TCP (32), DNS (30) and 1 more
      to see them: ovl-dissect fixtures/multi-node.pcap -Y 'outer.ip.src == 192.168.10.0/24 && outer.ip.dst == 192.168.20.100'"
    `)
  })

  test('wants names', () => {
    expect(() => expect(capture).toTraverse([])).toThrow(UsageError)
  })
})
