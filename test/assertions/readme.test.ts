/** What the README says about tests is so: its examples are those that run, its failures are real. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import '../../src/vitest.ts'
import { loadCapture } from '../../src/index.ts'
import { failureOf } from './failures.ts'

const readme = readFileSync('README.md', 'utf8')
const section = readme.slice(readme.indexOf('## In tests'), readme.indexOf('## What is decoded'))

test.each(['vitest.test.ts', 'rules.yaml'])('it shows test/examples/%s as it is', (name) => {
  expect(section).toContain(readFileSync(`test/examples/${name}`, 'utf8').trim())
})

test('the failure that it shows is what the assertion says', async () => {
  const capture = await loadCapture('fixtures/vxlan.pcap')
  const message = failureOf(() =>
    expect(capture).toCarry({ tunnel: 'vxlan', vni: 3258, inner: { from: '172.20.0.158', http: 'GET /admin' } }),
  )
  expect(section).toContain(`\`\`\`\n${message}\n\`\`\``)
})

test('what it says of names holds', async () => {
  const capture = await loadCapture('fixtures/vxlan.pcap', { names: 'fixtures/k8s' })
  expect(capture).toReach('default/curl-pod', 'webpod-*', { port: 80, via: ['k8s-ctr', 'k8s-w0'] })
  expect(capture).toCarry({ outer: { from: 'k8s-ctr' }, inner: { to: { app: 'webpod' } } })
})
