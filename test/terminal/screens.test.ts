import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { Tmux } from './tmux.ts'

/**
 * Whole screens, kept in files named after what they show. `npm run test:terminal -- --update` writes them anew; look at the
 * difference before you commit it.
 */
const SIZES = [
  [80, 24],
  [120, 40],
  [200, 60],
] as const
const CAPTURES = [
  ['vxlan', 'fixtures/vxlan.pcap --names fixtures/k8s --links fixtures/links/router.ip-addr.txt'],
  ['geneve', 'fixtures/geneve.pcap'],
  ['ipv6', 'fixtures/vxlan-ipv6.pcap'],
  ['malformed', 'test/terminal/malformed.pcap'],
  ['empty', 'fixtures/made/empty.pcap'],
] as const

let terminal: Tmux
afterEach(() => terminal.stop())

describe.each(SIZES)('in %i columns and %i rows', (columns, rows) => {
  it.each(CAPTURES)('%s', async (name, args) => {
    terminal = new Tmux(columns, rows, `$OVL ${args}`)
    await terminal.until('Esc menu')
    await terminal.until((screen) => !screen.includes(' %') && !screen.includes('reading'))
    if (name !== 'empty') terminal.keys('Tab', 'End', 'Up', 'Enter')
    await expect(`${await terminal.settled()}\n`).toMatchFileSnapshot(`screens/${name} ${columns}x${rows}.txt`)
  })
})

it('shows in the README what it shows in a terminal', async () => {
  terminal = new Tmux(
    128,
    36,
    `$OVL fixtures/vxlan.pcap --names fixtures/k8s --links fixtures/links/router.ip-addr.txt`,
  )
  await terminal.until('1/116 packets')
  terminal.type('/http')
  terminal.keys('Enter')
  await terminal.until('1/12 of 116')
  terminal.keys('Tab', 'Down', 'Down', 'Down', 'Down', 'Enter', 'Down', 'Down', 'Down')
  await terminal.until('vxlan.vni: bytes 52 to 54')
  const screen = (await terminal.settled()).trimEnd()
  await expect(`${screen}\n`).toMatchFileSnapshot('screens/readme 128x36.txt')
  expect(readFileSync('README.md', 'utf8')).toContain(screen)
})
