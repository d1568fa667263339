import { expect, it } from 'vitest'
import { createDissector, read } from '../../src/index.ts'
import { fixture } from '../support/fixtures.ts'

it('a dissector without applications ends with the transport header, and tunnels open all the same', async () => {
  const kinds = new Set<string>()
  for await (const packet of read(fixture('vxlan-mixed.pcap'), { applications: false }))
    kinds.add(packet.layers.slice(-2).join(' '))
  expect([...kinds].sort()).toEqual(['icmp data', 'ip tcp', 'tcp data', 'udp data'])
  const dissector = createDissector({ applications: false, decodeAs: [{ table: 'tcp.port', port: 80, layer: 'http' }] })
  let requests = 0
  for await (const packet of read(fixture('vxlan.pcap'), { dissector }))
    if (packet.get('http.request.uri') === '/') requests++
  expect(requests).toBe(6)
})
