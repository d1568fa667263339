import { test } from 'node:test'
import { loadCapture } from 'ovl-dissect'
import * as assert from 'ovl-dissect/assert'

test('the client reaches the service through the tunnel', async () => {
  const capture = await loadCapture('fixtures/vxlan.pcap')
  assert.toCarry(capture, { tunnel: 'vxlan', vni: 3258, inner: { from: '172.20.0.158', http: 'GET /' } })
  assert.not.toCarry(capture, 'ip.src == 172.20.0.0/24 && !vxlan')
})
