import { loadCapture } from 'ovl-dissect'
import 'ovl-dissect/jest'

test('the client reaches the service through the tunnel', async () => {
  const capture = await loadCapture('fixtures/vxlan.pcap')
  expect(capture).toCarry({ tunnel: 'vxlan', vni: 3258, inner: { from: '172.20.0.158', http: 'GET /' } })
  expect(capture).toCarryOnly({ tunnel: 'vxlan' }) // nothing leaves unencapsulated
  expect(capture).not.toCarry('ip.src == 172.20.0.0/24 && !vxlan') // any display filter
  expect(capture).toReach('172.20.0.158', '172.20.2.115', { port: 80, via: ['192.168.10.100', '192.168.20.100'] })
  expect(capture.flow('172.20.0.158', '172.20.2.115:80')).toBeAnswered({ within: '50ms' })
  expect(capture.packet(15)).toHaveField('vxlan.vni', 3258)
  expect({ packet: capture.packet(15) }).toEqual({ packet: expect.toHaveField('http.request') })
})
