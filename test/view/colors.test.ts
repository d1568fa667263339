import { WriteStream } from 'node:tty'
import { describe, expect, it } from 'vitest'
import type { ListRow } from '../../src/render/list.ts'
import { rowRole } from '../../src/view/panes/list-pane.ts'
import { colorDepth } from '../../src/view/terminal/color-depth.ts'
import { parseTerminfo, type TerminfoColors } from '../../src/view/terminal/terminfo.ts'
import { TruePalette } from '../../src/view/terminal/true-palette.ts'
import { lookOf, ROLES, THEMES } from '../../src/view/theme.ts'

/** A compiled entry as term(5) describes it: numbers of two or of four bytes, further names at the end. */
function compiled(colors: number, { isWide = false, further = [] as readonly string[] } = {}): Uint8Array {
  const names = Buffer.from('test|a terminal for tests\0')
  const booleans = Buffer.alloc(3)
  const numbers = Array.from({ length: 14 }, (_, at) => (at === 13 ? colors : -1))
  const strings = Buffer.from('\x1b[m\0')
  const header = Buffer.alloc(12)
  const counts = [isWide ? 0x021e : 0x011a, names.length, booleans.length, numbers.length, 1, strings.length]
  for (const [at, count] of counts.entries()) header.writeInt16LE(count, at * 2)
  const wide = Buffer.alloc(numbers.length * (isWide ? 4 : 2))
  for (const [at, number] of numbers.entries())
    if (isWide) wide.writeInt32LE(number, at * 4)
    else wide.writeInt16LE(number, at * 2)
  const padding = Buffer.alloc((names.length + booleans.length) % 2)
  const legacy = Buffer.concat([header, names, booleans, padding, wide, Buffer.alloc(2), strings])
  if (further.length === 0) return legacy
  const words = Buffer.from(further.map((word) => `${word}\0`).join(''))
  const extension = Buffer.alloc(10)
  const sizes = [further.length, 0, 0, further.length, words.length]
  for (const [at, size] of sizes.entries()) extension.writeInt16LE(size, at * 2)
  const flags = Buffer.alloc(further.length + (further.length % 2), 1)
  return Buffer.concat([
    legacy,
    Buffer.alloc(legacy.length % 2),
    extension,
    flags,
    Buffer.alloc(further.length * 2),
    words,
  ])
}

describe('an entry of terminfo', () => {
  it('says how many colours there are, in numbers of two bytes and of four', () => {
    expect(parseTerminfo(compiled(256))).toEqual({ colors: 256, isDirect: false })
    expect(parseTerminfo(compiled(0x1000000, { isWide: true }))).toEqual({ colors: 0x1000000, isDirect: false })
    expect(parseTerminfo(compiled(-1))).toEqual({ colors: 0, isDirect: false })
  })

  it.each(['RGB', 'Tc'])('says with %s that it takes red, green and blue', (name) => {
    expect(parseTerminfo(compiled(256, { further: ['AX', name] }))).toEqual({ colors: 256, isDirect: true })
    expect(parseTerminfo(compiled(256, { further: ['AX', 'XT'] })).isDirect).toBe(false)
  })

  it('is nothing when it is cut or something else', () => {
    expect(() => parseTerminfo(compiled(256).subarray(0, 30))).toThrow(RangeError)
    expect(() => parseTerminfo(Buffer.from('xterm-256color is no entry'))).toThrow('no compiled terminfo entry')
  })
})

describe('how many colours there are', () => {
  const bits = (environment: Readonly<Record<string, string | undefined>>) =>
    WriteStream.prototype.getColorDepth.call({} as WriteStream, environment as NodeJS.ProcessEnv & object)
  const depth = (environment: Readonly<Record<string, string>>, entry?: TerminfoColors) =>
    colorDepth(environment, bits, () => entry)
  const colors = (count: number, isDirect = false): TerminfoColors => ({ colors: count, isDirect })

  it.each([
    [{ TERM: 'xterm-256color', COLORTERM: 'truecolor' }, colors(256), 'true'],
    [{ TERM: 'linux', COLORTERM: '24bit' }, colors(8), 'true'],
    [{ TERM: 'xterm-256color' }, colors(256), 256],
    [{ TERM: 'xterm-direct' }, colors(0x1000000), 'true'],
    [{ TERM: 'tmux-256color', TMUX: '/tmp/tmux' }, colors(256, true), 'true'],
    [{ TERM: 'tmux-256color', TMUX: '/tmp/tmux', COLORTERM: 'truecolor' }, colors(256), 'true'],
    [{ TERM: 'screen-256color', STY: '1.pts-0', COLORTERM: 'truecolor' }, colors(256), 256],
    [{ TERM: 'alacritty' }, colors(256), 256],
    [{ TERM: 'foot' }, colors(256), 256],
    [{ TERM: 'xterm' }, colors(8), 16],
    [{ TERM: 'linux' }, colors(8), 16],
    [{ TERM: 'vt100' }, colors(0), undefined],
    [{ TERM: 'dumb', COLORTERM: 'truecolor' }, undefined, undefined],
    [{ TERM: 'xterm-256color', COLORTERM: 'truecolor', NO_COLOR: '1' }, colors(256), undefined],
    [{ TERM: 'xterm-256color', COLORTERM: 'truecolor', NO_COLOR: '' }, colors(256), 'true'],
    [{ TERM: 'xterm-256color', NO_COLOR: '1', FORCE_COLOR: '3' }, colors(256), 'true'],
    // Where no database knows the terminal, Node's list does.
    [{ TERM: 'xterm-256color' }, undefined, 256],
    [{ TERM: 'nonsense' }, undefined, undefined],
  ] as const)('%j with an entry of %j: %s', (environment, entry, expected) => {
    expect(depth(environment, entry)).toBe(expected)
  })
})

describe('themes', () => {
  it('stay within the colours of the terminal', () => {
    const used = (depth: 16 | 256 | 'true') =>
      THEMES.flatMap((theme) => ROLES.map((role) => lookOf(role, theme, depth))).flatMap(({ color, bgColor }) =>
        [color, bgColor].filter((one) => one !== undefined),
      )
    expect(used(16).every((color) => typeof color === 'number' && color < 16)).toBe(true)
    expect(used(256).every((color) => typeof color === 'number' && color < 256)).toBe(true)
    expect(used('true').some((color) => typeof color === 'string')).toBe(true)
    expect(new Set(used('true')).size).toBeLessThan(256)
  })

  it('have no colours where none are wanted', () => {
    for (const role of ROLES)
      for (const depth of [16, 256, 'true'] as const) expect(lookOf(role, 'none', depth)).not.toHaveProperty('color')
  })

  it('give packets the backgrounds of Wireshark where the terminal can show them', () => {
    expect(lookOf('http', 'light', 'true')).toMatchObject({ color: '#12272e', bgColor: '#e4ffc7' })
    expect(lookOf('http', 'light', 256)).toMatchObject({ color: 16, bgColor: 193 })
  })
})

it('colours beyond the palette have a number each', () => {
  const palette = new TruePalette()
  expect([palette.number('#12a0ff'), palette.number(240), palette.number('#12a0ff')]).toEqual([0, 1, 0])
  expect(palette.escape).toEqual(['\x1b[38;2;18;160;255m', '\x1b[38;5;240m'])
  expect(palette.bgEscape).toEqual(['\x1b[48;2;18;160;255m', '\x1b[48;5;240m'])
})

describe('a packet', () => {
  const role = (protocol: string, info: string, isCopy = false) => rowRole({ protocol, info, isCopy } as ListRow)

  it('has the colour of its protocol, and of what is wrong with it', () => {
    expect(role('TCP', '34586 → 80 [ACK] Seq=1')).toBe('tcp')
    expect(role('TCP', '34586 → 80 [SYN] Seq=0')).toBe('handshake')
    expect(role('TCP', '34586 → 80 [RST, ACK] Seq=0')).toBe('reset')
    expect(role('ICMP', 'Echo (ping) request')).toBe('icmp')
    expect(role('ICMP', 'Destination unreachable (Fragmentation needed)')).toBe('icmp-error')
    expect(role('ICMPv6', 'Packet Too Big')).toBe('icmp-error')
    expect(role('ICMPv6', 'Redirect')).toBe('icmp')
  })

  it('has that of HTTP on its port, as in Wireshark, unless it resets', () => {
    const toPort80 = (info: string) =>
      rowRole({ protocol: 'TCP', info, isCopy: false, inner: { sourcePort: 34586, destinationPort: 80 } } as ListRow)
    expect(toPort80('[SYN] Seq=0')).toBe('http')
    expect(toPort80('[RST, ACK] Seq=0')).toBe('reset')
  })

  it('that was seen before is dimmed, whatever it is', () => {
    expect(role('TCP', '34586 → 80 [RST, ACK] Seq=0', true)).toBe('copy')
  })
})
