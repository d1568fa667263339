/** The README's table of what is decoded names every layer there is. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { LAYERS } from '../../src/layers/index.ts'

/** What the table calls them, where that is not their name in capitals. */
const CALLED: Readonly<Record<string, string>> = {
  eth: 'Ethernet II',
  vlan: '802.1Q',
  ieee8021ad: '802.1ad',
  sll: 'Linux cooked v1 and v2',
  null: 'NULL/LOOP',
  raw: 'raw IP',
  ip: 'IPv4',
  ipv6: 'IPv6',
  'ipv6.hopopts': 'extension headers',
  'ipv6.routing': 'segment routing',
  'ipv6.fraghdr': 'extension headers',
  'ipv6.dstopts': 'extension headers',
  icmpv6: 'ICMPv6',
  mdns: 'DNS',
  gtp: 'GTP-U',
  pppoed: 'PPPoE',
  pppoes: 'PPPoE',
  wg: 'WireGuard',
  http2: 'HTTP/2',
  resp: 'Redis',
  mysql: 'MySQL',
  pgsql: 'PostgreSQL',
  kafka: 'Kafka',

  // Bodies of HTTP's messages, and what no layer takes.
  json: 'HTTP/1',
  'urlencoded-form': 'HTTP/1',
  'data-text-lines': 'HTTP/1',
  media: 'HTTP/1',
  data: 'decoded',
}

it.each([...new Set(LAYERS.map(({ name }) => name))])('%s', (name) => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const table = /^## What is decoded\n+((?:\|.*\n)+)/m.exec(readme)?.[1] ?? ''
  expect(table).toContain(CALLED[name] ?? name.toUpperCase())
})
