import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseRoutes } from '../../src/names/routes.ts'
import { ovl } from '../support/command.ts'
import { fixture } from '../support/fixtures.ts'

const ROUTES = [
  { destination: 'default', via: '10.0.2.2', device: 'eth0' },
  { destination: '10.0.2.0/24', via: undefined, device: 'eth0' },
  { destination: '192.168.10.0/24', via: undefined, device: 'eth1' },
  { destination: '192.168.20.0/24', via: undefined, device: 'eth2' },
]

test('routes are read from ip route, in colour too, and from ip -j route', () => {
  const text = readFileSync(fixture('links/router.ip-route.txt'), 'utf8')
  expect(parseRoutes(text)).toEqual(ROUTES)
  expect(parseRoutes(text.replace('eth0', '\x1b[36meth0\x1b[0m'))).toEqual(ROUTES)
  const json = ROUTES.map(({ destination, via, device }) => ({
    dst: destination,
    gateway: via,
    dev: device,
    flags: [],
  }))
  expect(parseRoutes(JSON.stringify(json))).toEqual(ROUTES)
})

test('what is no list of routes is none', () => {
  for (const text of ['', '[]', '[1]', '[{"ifname":"eth0"}]', '{', '2: eth0: <UP>', 'hello world'])
    expect(parseRoutes(text), text).toBeUndefined()
})

test('--links takes routes beside interfaces, and not instead of them', () => {
  const both = ['router.ip-addr.txt', 'router.ip-route.txt'].flatMap((name) => ['--links', `fixtures/links/${name}`])
  expect(ovl(['fixtures/vxlan.pcap', '-c', '1', '-q', ...both]).stdout).toContain('eth1 In')
  const only = ovl(['fixtures/vxlan.pcap', '-c', '1', '-q', '--links', 'fixtures/links/router.ip-route.txt'])
  expect([only.status, only.stdout.includes('if3 In')]).toEqual([0, true])
})
