/** The filters that failures offer are filters, and show something. */
import { expect, test } from 'vitest'
import '../../src/vitest.ts'
import { compileFilter, loadCapture } from '../../src/index.ts'
import { failureOf } from './failures.ts'

const capture = await loadCapture('fixtures/vxlan.pcap', { names: 'fixtures/k8s' })

test.each([
  () => expect(capture).not.toCarry({ inner: { from: 'curl-pod', to: '172.20.2.115:80', http: ['GET /', /POST/] } }),
  () => expect(capture).not.toCarry({ http: 'GET /', port: [80, 8080], vni: [3258, 1] }),
  () => expect(capture).not.toCarry({ between: ['172.20.0.158', '172.20.2.0/24'], tunnel: true }),
  () =>
    expect(capture).not.toCarry({
      dns: 'webpod.*',
      fields: { 'ip.ttl': 63, 'udp.srcport': true, 'ip.dst': '172.20.2.41' },
    }),
  () => expect(capture).not.toCarry({ info: 'Echo (ping) request  id=0x' }),
  () => expect(capture).toCarry({ outer: { from: 'k8s-w1' }, inner: { from: 'curl-pod', protocol: ['http', 'dns'] } }),
  () => expect(capture).toCarryOnly({ protocol: 'tcp' }),
  () => expect(capture).toCarryInOrder(['http.response', 'icmp']),
  () => expect(capture).toReach('curl-pod', 'webpod*', { via: ['k8s-w1', 'k8s-w0'] }),
])('%#', (assertion) => {
  const message = failureOf(assertion)
  const filter = / -Y '(.*)'$/.exec(message)?.[1] as string
  expect(filter, message).toBeDefined()
  expect([...capture.read(compileFilter(filter))].length, filter).toBeGreaterThan(0)
})
