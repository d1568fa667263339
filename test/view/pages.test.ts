/** Pages of the viewer and what they lead to; folded copies. */
import { afterEach, describe, expect, it } from 'vitest'
import { lineText } from '../../src/view/line.ts'
import { screen } from '../../src/view/screen.ts'
import { update } from '../../src/view/state/update.ts'
import type { ViewState } from '../../src/view/state/view-state.ts'
import { type Viewed, viewed } from './capture.ts'

const LAB = ['--names', 'fixtures/k8s', '--links', 'fixtures/links/router.ip-addr.txt']
let open: Viewed | undefined
let state: ViewState

async function begin(...args: string[]): Promise<Viewed> {
  open = await viewed(args)
  state = open.state
  return open
}

afterEach(() => open?.capture.close())

/** Presses keys, does what comes of them, and waits until all is there. */
async function press(...keys: string[]): Promise<void> {
  const { capture, facts, pages, settle } = open as Viewed
  for (const key of keys) {
    const change = update(state, { type: 'key', key }, facts)
    state = change.state
    for (const effect of change.effects) {
      if (effect.type === 'page') pages.begin(effect.page, state, facts)
      if (effect.type === 'filter') capture.show(effect.text)
      if (effect.type !== 'fold') continue
      const at = capture.fold(effect.isFolded, effect.packet)
      state = update(state, { type: 'found', pane: 'list', at }, facts).state
    }
    await settle()
  }
}

const lines = () => screen(state, (open as Viewed).facts).map((line) => lineText(line).trimEnd())
const selected = () => (open as Viewed).facts.indexOf(state.list.selected) + 1

/** Moves down on a page to the line with these words. */
async function goTo(words: string): Promise<void> {
  const { facts } = open as Viewed
  const page = state.dialog?.kind === 'page' ? state.dialog.page : undefined
  if (page === undefined) throw new Error('no page is open')
  const at = facts.page(state, page).lines.findIndex((line) => lineText(line).includes(words))
  expect(at, `${words} in ${facts.page(state, page).lines.map(lineText).join('\n')}`).toBeGreaterThanOrEqual(0)
  await press(...Array.from({ length: at }, () => 'down'))
}

describe('findings', () => {
  it('say what diagnose says, the worst first', async () => {
    await begin('fixtures/multi-node.pcap', ...LAB)
    await press('E')
    expect(lines()[3]).toBe('327 frames = 182 packets: 2 errors, 3 infos')
    expect(lines()[5]).toBe('error     OVL201 lost between hops')
    expect(lines().join('\n')).toContain('on the router: ip -s link (eth2 and eth1)')
  })

  it('lead to each packet that shows them, and to the first one from everywhere else', async () => {
    await begin('fixtures/multi-node.pcap', ...LAB)
    await press('E')
    await goTo('→ frame 140  default/curl-pod')
    await press('enter')
    expect(state.dialog).toBeUndefined()
    expect(selected()).toBe(140)
    await press('E')
    await goTo('likely:')
    await press('enter')
    expect(selected()).toBe(13)
  })

  it('are counted in the status line, unasked', async () => {
    await begin('fixtures/multi-node.pcap', ...LAB)
    expect(lines().at(-1)).toContain('E: 2 errors, 3 infos')
  })

  it('are none of a healthy capture, which says so', async () => {
    await begin('fixtures/vxlan-4789.pcap')
    expect(lines().at(-1)).not.toContain('E:')
    await press('E')
    expect(lines()[3]).toBe('28 frames = 14 packets: nothing found')
  })

  it('tell of a capture that is cut', async () => {
    await begin('fixtures/vxlan-cut.pcap')
    await press('E')
    expect(lines().join('\n')).toContain('OVL901')
  })

  it('of two captures lead to the frame of each', async () => {
    await begin('fixtures/multi-node-ctr.pcap', 'fixtures/multi-node.pcap', '--merge')
    await press('E')
    const { facts, capture } = open as Viewed
    const evidence = facts.page(state, 'findings').lines.map(lineText)
    const at = evidence.findIndex((line) => line.includes('multi-node.pcap frame 13 '))
    expect(at).toBeGreaterThan(0)
    const index = facts.pageTarget(state, 'findings', at) as number
    expect(capture.frames.store.pages.file(index)).toBe('fixtures/multi-node.pcap')
    const before = Array.from({ length: index }, (_, one) => capture.frames.store.pages.file(one))
    expect(before.filter((file) => file === 'fixtures/multi-node.pcap')).toHaveLength(12)
  })
})

describe('the way of a packet', () => {
  it('has a line for each place where it was seen', async () => {
    await begin('fixtures/vxlan.pcap', ...LAB)
    await press('1', '5', 'G', 'p')
    const [title, , first, second, nothing] = lines().slice(3)
    expect(title).toBe(
      '172.20.0.158 (default/curl-pod) → 172.20.2.115 (default/webpod-697b545f57-rl7tc)  HTTP  GET / HTTP/1.1',
    )
    expect(first).toMatch(
      /^ +15 {2}eth1 In +TTL 64 +vxlan 3258 {2}192\.168\.10\.100 \(k8s-ctr\) → 192\.168\.20\.100 \(k8s-w0\)$/,
    )
    expect(second).toMatch(/^ +16 {2}eth2 Out +TTL 63 +\+\d+ µs {2}vxlan 3258 /)
    expect(nothing).toBe('')
  })

  it('leads to each of them', async () => {
    await begin('fixtures/vxlan.pcap', ...LAB)
    await press('1', '5', 'G', 'p')
    await goTo('eth2 Out')
    await press('enter')
    expect(selected()).toBe(16)
  })

  it('of a lost packet says where it should have been seen next', async () => {
    await begin('fixtures/multi-node.pcap', ...LAB)
    await press('1', '3', 'G', 'p')
    expect(lines().join('\n')).toContain('lost before eth2 Out, where others of its flow went on')
  })

  it('of one without an IP header says that nothing tells', async () => {
    await begin('fixtures/vxlan-unfiltered.pcap', '-Y', 'arp')
    await press('p')
    expect(lines()[3]).toBe('this packet has no IP header: nothing tells its copies')
  })
})

describe('names', () => {
  it('are all listed with their addresses and nodes, and lead to what each sent and got', async () => {
    await begin('fixtures/vxlan.pcap', ...LAB)
    await press('W')
    expect(lines()[3]).toMatch(/^ADDRESS +NAME +NODE$/)
    expect(lines().join('\n')).toMatch(/172\.20\.0\.158 +default\/curl-pod +k8s-ctr/)
    await goTo('172.20.2.41 ')
    await press('enter')
    expect(state.filter.applied).toBe('ip.addr == 172.20.2.41')
    expect((open as Viewed).capture.shown).toBe(48)
  })

  it('without lists say how to give some', async () => {
    await begin('fixtures/vxlan.pcap')
    await press('W')
    expect(lines()[3]).toContain('--names FILE')
  })
})

describe('a stream', () => {
  it('has the names of its ends', async () => {
    await begin('fixtures/vxlan.pcap', ...LAB)
    await press('1', '5', 'G', 'f')
    expect(lines()[2]).toContain('default/curl-pod:34586 → default/webpod-697b545f57-rl7tc:80')
  })

  it('is nothing that a ping belongs to', async () => {
    await begin('fixtures/vxlan.pcap')
    await press('f')
    expect(lines()[3]).toBe('this packet belongs to no stream of TCP or UDP')
  })
})

describe('the search of a page', () => {
  it('goes to the lines with these words, forwards and back, and all the way round', async () => {
    await begin('fixtures/vxlan.pcap', ...LAB)
    await press('W', '/', ...'WEBPOD', 'enter')
    const cursor = () => (state.dialog?.kind === 'page' ? state.dialog.cursor : -1)
    const text = () => lineText((open as Viewed).facts.page(state, 'names').lines[cursor()] ?? [])
    const first = cursor()
    expect(text()).toContain('webpod')
    await press('n')
    expect(cursor()).toBeGreaterThan(first)
    expect(text()).toContain('webpod')
    await press('N')
    expect(cursor()).toBe(first)
    await press('N')
    expect(cursor()).toBeGreaterThan(first)
  })

  it('scrolls a text without a cursor', async () => {
    await begin('fixtures/vxlan.pcap')
    await press('?', '/', ...'clipboard', 'enter')
    expect(lines().join('\n')).toContain('clipboard')
    const before = state.dialog?.kind === 'page' ? state.dialog.top : 0
    await press('up')
    expect(state.dialog?.kind === 'page' ? state.dialog.top : 0).toBe(Math.max(before - 1, 0))
  })

  it('says when nothing is found, and when nothing was searched for', async () => {
    await begin('fixtures/vxlan.pcap')
    await press('S', 'n')
    expect(lines().at(-1)).toContain('nothing has been searched for')
    await press('/', ...'no such words', 'enter')
    expect(lines().at(-1)).toContain('no such words is not found')
  })
})

describe('copies', () => {
  it('are folded into the row of their packet, and shown again', async () => {
    const { capture } = await begin('fixtures/vxlan.pcap', ...LAB)
    await press('1', '6', 'G', 'o')
    expect(capture.shown).toBe(58)
    // The row of the packet whose copy was selected.
    expect(selected()).toBe(15)
    expect(lines().find((line) => /^ +15 /.test(line))).toMatch(/\[→ eth2 Out 63 \+\d+ µs\]/)
    expect(lines().some((line) => /^ +16 /.test(line))).toBe(false)
    await press('o')
    expect(capture.shown).toBe(116)
    expect(selected()).toBe(15)
  })

  it('stay folded under another filter', async () => {
    const { capture } = await begin('fixtures/vxlan.pcap', '--copies', 'fold')
    expect(capture.shown).toBe(58)
    capture.show('http')
    await (open as Viewed).settle()
    const shown = Array.from({ length: capture.shown }, (_, row) => capture.indexOf(row) + 1)
    expect(shown.length).toBeGreaterThan(3)
    expect(shown).toEqual(shown.filter((number) => capture.frames.store.pages.originalOf(number - 1) < 0))
    capture.show('ovl.copy_of')
    await (open as Viewed).settle()
    expect(capture.shown).toBe(0)
  })
})
