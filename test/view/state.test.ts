/** The state of the viewer: what comes of each key, told without a terminal. */
import { beforeEach, describe, expect, it } from 'vitest'
import { lineText, lineWidth } from '../../src/view/line.ts'
import { screen } from '../../src/view/screen.ts'
import type { Effect, ViewEvent } from '../../src/view/state/events.ts'
import { geometryOf } from '../../src/view/state/geometry.ts'
import { COMMANDS, KEYS } from '../../src/view/state/keys.ts'
import { update } from '../../src/view/state/update.ts'
import type { ViewState } from '../../src/view/state/view-state.ts'
import { type Viewed, viewed } from './capture.ts'

let it_: Viewed
let state: ViewState
let effects: Effect[] = []

beforeEach(async () => {
  it_ = await viewed(['fixtures/vxlan.pcap'])
  state = it_.state
  effects = []
  return () => it_.capture.close()
})

function happen(event: ViewEvent): void {
  const change = update(state, event, it_.facts)
  state = change.state
  effects = [...effects, ...change.effects]
  for (const effect of change.effects) if (effect.type === 'filter') it_.capture.show(effect.text)
}
function press(...keys: string[]): void {
  for (const key of keys) happen({ type: 'key', key })
}
const click = (row: number, column: number, action: 'left' | 'right' = 'left') =>
  happen({ type: 'mouse', action, row, column })
const lines = () => screen(state, it_.facts).map(lineText)
const treeRow = () => it_.facts.tree(state)[state.tree.cursor]

describe('the key table', () => {
  it('gives every command a key, and no key to two', () => {
    const keys = KEYS.flatMap((entry) => entry.keys)
    expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([])
    const reached = new Set(KEYS.map(({ command }) => command))
    expect(COMMANDS.filter((command) => !reached.has(command))).toEqual(['clear-filter'])
  })

  it('is what the help is printed from', () => {
    press('?')
    const help = it_.facts.page(state, 'help').lines.map(lineText).join('\n')
    for (const { help: words } of KEYS) expect(help).toContain(words)
  })
})

describe('moving in the list', () => {
  it('stays within it', () => {
    press('up')
    expect(state.list.selected).toBe(0)
    press('end', 'down')
    expect(state.list.selected).toBe(115)
    expect(state.list.top).toBe(115 - (geometryOf(state).list?.rows ?? 0) + 2)
  })

  it('repeats with a number, and goes to a packet by its number', () => {
    press('1', '0', 'j')
    expect(state.list.selected).toBe(10)
    press('1', '5', 'G')
    expect(state.list.selected).toBe(14)
    press('2', 'g', 'g')
    expect(state.list.selected).toBe(1)
  })

  it('goes back to marks, and to where a jump began', () => {
    press('5', 'G', 'm', 'x', 'G', "'", 'x')
    expect(state.list.selected).toBe(4)
    press("'", "'")
    expect(state.list.selected).toBe(115)
    press("'", 'z')
    expect(state.message?.text).toContain('no mark z')
  })

  it('leaves following when somebody moves up', () => {
    press('A')
    expect([state.isFollowing, state.list.selected]).toEqual([true, 115])
    press('up')
    expect(state.isFollowing).toBe(false)
  })

  it('goes to the copy of a frame, and back', async () => {
    await it_.settle()
    press('O')
    expect(state.list.selected).toBe(1)
    press('O')
    expect(state.list.selected).toBe(0)
  })
})

describe('the tree', () => {
  it('opens and closes, and keeps open what is open in other packets too', () => {
    press('tab', 'down', 'down', 'right', 'right')
    expect(treeRow()?.text).toContain('Version: 4')
    press('left')
    expect(treeRow()?.text).toContain('Internet Protocol Version 4, Src: 192.168.10.100')
    press('shift-tab', 'down', 'down')
    const third = it_.facts.tree(state)
    expect(third.find(({ key }) => key === treeRow()?.key)?.isOpen).toBe(true)
    expect(treeRow()?.text).toContain('Src: 192.168.20.100')
  })

  it('knows on which side of the tunnel each part is', () => {
    const regions = it_.facts.tree(state).map(({ region, text }) => [region, text.split(',')[0]])
    expect(regions).toEqual([
      ['whole', 'Frame 1: 154 bytes on wire (1232 bits)'],
      ['outer', 'Linux cooked capture v2'],
      ['outer', 'Internet Protocol Version 4'],
      ['outer', 'User Datagram Protocol'],
      ['tunnel', 'Virtual eXtensible Local Area Network'],
      ['inner', 'Ethernet II'],
      ['inner', 'Internet Protocol Version 4'],
      ['inner', 'Internet Control Message Protocol'],
    ])
  })

  it('opens all that is beneath', () => {
    press('tab', '*')
    expect(it_.facts.tree(state).length).toBeGreaterThan(15)
  })
})

describe('bytes and tree', () => {
  it('a byte selects the deepest field that holds it, and opens what it is in', () => {
    press('tab', 'tab', '5', '3', 'right')
    expect(state.bytes.cursor).toBe(53)
    expect(treeRow()?.field).toBe('vxlan.vni')
  })

  it('a field lights its bytes', () => {
    press('tab', 'down', 'down')
    expect([treeRow()?.start, treeRow()?.end]).toEqual([20, 40])
    const roles = screen(state, it_.facts).flatMap((line) => line.filter(({ role }) => role === 'outer-lit'))
    expect(roles.map(({ text }) => text).join('')).toContain('45 00 00 86')
  })
})

describe('the filter', () => {
  it('is applied by enter, and taken back by an empty one, at the same packet', async () => {
    press('/', ...'http', 'enter')
    expect(effects).toEqual([{ type: 'filter', text: 'http' }])
    await it_.settle()
    happen({ type: 'progress' })
    expect([it_.facts.shown, state.focus]).toEqual([12, 'list'])
    press('down', 'down', '/', 'ctrl-u', 'enter')
    expect(it_.facts.indexOf(state.list.selected) + 1).toBe(19)
  })

  it('stays as it is typed while it is none, and says why', () => {
    press('/', ...'tcp.por', 'enter')
    expect([effects, state.focus]).toEqual([[], 'filter'])
    expect(state.filter.error).toContain('tcp.port')
    press('t', 'space')
    expect(state.filter.error).toBeUndefined()
  })

  it('offers fields, the sides of the tunnel, and addresses behind a comparison', () => {
    press('/', ...'vxlan.vn')
    expect(state.filter.completions).toEqual(['vxlan.vni'])
    press('ctrl-u', ...'inn')
    expect(state.filter.completions[0]).toBe('inner.')
    press('ctrl-u', ...'ip.src', 'space', ...'==', 'space', ...'172.20.2.1')
    expect(state.filter.completions).toEqual(['172.20.2.115'])
    press('tab', 'enter')
    expect(state.filter.applied).toBe('ip.src == 172.20.2.115')
  })

  it('offers names of fields that hold what is typed in their middle', () => {
    press('/', ...'qry.name')
    expect(state.filter.completions).toContain('dns.qry.name')
  })

  it('offers values that packets have, as the filter writes them', () => {
    press('/', ...'http.request.method', 'space', ...'==', 'space')
    expect(state.filter.completions).toEqual(['"GET"'])
    press('ctrl-u', ...'udp.dstport', 'space', ...'==', 'space')
    expect(state.filter.completions).toContain('8472')
    expect(state.filter.completions.every((one) => /^\d+$/.test(one))).toBe(true)
    press('ctrl-u', ...'ipv6.src', 'space', ...'==', 'space')
    expect(state.filter.completions).toEqual([])
  })

  it('offers names where there are lists of them: those in the capture before all others', async () => {
    const named = await viewed(['fixtures/geneve.pcap', '--names', 'fixtures/k8s'])
    const offered = (text: string) => named.facts.completions(text, text.length)
    expect(offered('pod == ').slice(0, 2)).toEqual(['"curl-pod"', '"webpod-697b545f57-rl7tc"'])
    expect(offered('pod == ')).toContain('"client-5d9c7b6f4d-mq2xv"')
    expect(offered('pod == "web')[0]).toBe('webpod-697b545f57-rl7tc"')
    expect(offered('ovl.outer.src_node == ')).toEqual(['"k8s-ctr"', '"k8s-w0"', '"k8s-w1"'])
    expect(offered('service == "')).toContain('default/webpod"')
    expect(offered('ip.addr == 172.20.1.')).toContain('172.20.1.54')
    expect(offered('src_po')).toEqual(['ovl.inner.src_pod'])
    expect(named.facts.filterError('pod == "curl-pod"')).toBeUndefined()
    expect(named.facts.filterError('ovl.src_pod == "curl-pod"')).toContain('is neither a field nor a protocol')
  })

  it('offers no names without lists, where they are no fields', () => {
    press('/', ...'pod')
    expect(state.filter.completions).not.toContain('pod')
  })

  it('takes pasted text as one line', () => {
    press('/')
    happen({ type: 'paste', text: 'tcp\n\x1b&& udp' })
    expect(state.filter.text).toBe('tcp && udp')
  })
})

describe('what can be done with a field', () => {
  it('filters on it, on its side of the tunnel, and on what is not it', () => {
    press('tab', 'end', 'up', 'right', 'end')
    const row = it_.facts.tree(state).findIndex(({ field, region }) => field === 'ip.src' && region === 'inner')
    state = { ...state, tree: { ...state.tree, cursor: row } }
    press('a')
    const texts = state.dialog?.kind === 'menu' ? state.dialog.items.map(({ text }) => text) : []
    expect(texts.slice(0, 3)).toEqual([
      'filter on inner.ip.src == 172.20.0.158',
      'not inner.ip.src == 172.20.0.158',
      'only this flow',
    ])
    press('n')
    expect(state.filter.applied).toBe('!(inner.ip.src == 172.20.0.158)')
  })

  it('filters on what the row of a packet says, where no field is selected', () => {
    press('1', '5', 'G', 'a')
    const texts = state.dialog?.kind === 'menu' ? state.dialog.items.map(({ text }) => text) : []
    expect(texts.slice(0, 4)).toEqual([
      'filter on http',
      'filter on inner.ip.addr == 172.20.0.158 && inner.ip.addr == 172.20.2.115',
      'filter on outer.ip.addr == 192.168.10.100 && outer.ip.addr == 192.168.20.100',
      'filter on vni == 3258',
    ])
    press('v')
    expect(state.filter.applied).toBe('vni == 3258')
  })

  it('shows only this flow', () => {
    press('1', '5', 'G', 'a', 'w')
    expect(state.filter.applied).toBe(
      'inner.ip.addr == 172.20.0.158 && inner.ip.addr == 172.20.2.115 && inner.tcp.port == 34586 && inner.tcp.port == 80',
    )
  })
})

describe('the bytes', () => {
  it('have a gap behind the eighth of a line, in hexadecimal and in letters', () => {
    expect(lines().find((line) => line.includes(' 0000  '))).toMatch(
      / 0000 {2}([0-9a-f]{2} ){7}[0-9a-f]{2} {2}([0-9a-f]{2} ){7}[0-9a-f]{2} {3}.{8} .{8}/,
    )
  })
})

describe('the mouse', () => {
  it('selects a packet, opens a part of the tree, selects a byte', () => {
    click(7, 20)
    expect([state.focus, state.list.selected]).toEqual(['list', 4])
    const top = geometryOf(state).tree?.top ?? 0
    click(top + 4, 2)
    expect(treeRow()?.isOpen).toBe(true)
    const bytes = geometryOf(state).bytes?.top ?? 0
    click(bytes + 3, 7 + 4 * 3)
    expect([state.bytes.cursor, treeRow()?.field]).toEqual([52, 'vxlan.vni'])
  })

  it('drags the lines between panes', () => {
    const before = geometryOf(state)
    click(before.tree === undefined ? 0 : before.tree.top - 1, 30)
    happen({ type: 'mouse', action: 'drag', row: 10, column: 30 })
    happen({ type: 'mouse', action: 'release', row: 10, column: 30 })
    expect(geometryOf(state).list?.rows).toBeLessThan(before.list?.rows ?? 0)
    expect(state.dragging).toBeUndefined()
  })

  it('shows with the right button what can be done', () => {
    click(7, 20, 'right')
    expect(state.dialog?.kind).toBe('menu')
    click(39, 0)
    expect(state.dialog).toBeUndefined()
  })
})

describe('the screen', () => {
  it.each([
    [60, 16],
    [80, 24],
    [81, 25],
    [120, 40],
    [200, 60],
    [400, 120],
  ])('has %i cells in each of %i lines, in every layout, zoom and dialog', (columns, rows) => {
    happen({ type: 'resize', size: { columns, rows } })
    const isFull = () => {
      const all = screen(state, it_.facts)
      expect(all.length).toBe(rows)
      expect(all.map(lineWidth).filter((width) => width !== columns)).toEqual([])
    }
    for (const key of [
      '|',
      '|',
      '|',
      '\\',
      'tab',
      'tab',
      '\\',
      '+',
      '-',
      '<',
      '>',
      'D',
      'C',
      'c',
      'escape',
      'a',
      'escape',
      'escape',
    ]) {
      press(key)
      isFull()
    }
    press('escape')
    for (const page of ['?', 'T', 'S', 'P', 'W', 'R', 'F', 'f']) {
      press(page)
      isFull()
      press('escape')
    }
    press('/', ...'ip.')
    isFull()
  })

  it('says that it is too small instead of breaking', () => {
    happen({ type: 'resize', size: { columns: 50, rows: 10 } })
    expect(lines()[0]).toContain('50×10 is too small')
    press('j')
    expect(state.list.selected).toBe(0)
    press('q')
    expect(effects).toEqual([{ type: 'quit' }])
  })
})

describe('the command line', () => {
  it('goes to packets, filters, opens views, and says what it does not know', () => {
    press(':', ...'15', 'enter')
    expect(state.list.selected).toBe(14)
    press(':', ...'filter', 'space', ...'icmp', 'enter')
    expect(state.filter.applied).toBe('icmp')
    press(':', ...'topology', 'enter')
    expect(state.dialog).toMatchObject({ kind: 'page', page: 'topology' })
    press('escape', ':', ...'nonsense', 'enter')
    expect(state.message?.text).toContain('no command nonsense')
  })

  it('writes out what could turn the line around, wherever it was typed', () => {
    press('m', '\u202e')
    expect(lines().at(-1)).toContain('is marked \\u202e')
    press(':', ...'no\u202ene', 'enter')
    expect(lines().at(-1)).toContain('no command no\\u202ene')
  })
})
