import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { Tmux } from './tmux.ts'

let terminal: Tmux
afterEach(() => terminal.stop())

/** The viewer with a capture, after its first screen. */
async function open(args: string, columns = 120, rows = 40): Promise<Tmux> {
  terminal = new Tmux(columns, rows, `$OVL ${args}; echo status $?`)
  await terminal.until('Esc menu')
  await terminal.settled()
  return terminal
}

const NAMED = 'fixtures/vxlan.pcap --names fixtures/k8s --links fixtures/links/router.ip-addr.txt'
const line = (screen: string, part: string) => screen.split('\n').find((one) => one.includes(part)) ?? ''

describe('opening', () => {
  it('shows list, tree and bytes on a terminal', async () => {
    const screen = await (await open('fixtures/vxlan.pcap')).settled()
    expect(line(screen, '  1 0.000000')).toContain('192.168.10.100')
    expect(screen).toContain('[+] Virtual eXtensible Local Area Network')
    expect(screen).toContain(' 0000  08 00 00 00 00 00 00 03')
    expect(screen).toContain('1/116 packets')
  })

  it('prints with --print and in a pipe', async () => {
    terminal = new Tmux(
      120,
      40,
      '$OVL --print -c 1 fixtures/vxlan.pcap; $OVL fixtures/vxlan.pcap | head -n 2; echo do""ne',
    )
    const screen = await terminal.until('done')
    expect(screen).not.toContain('Esc menu')
    expect(screen).toContain('Echo (ping) request')
  })

  it('says what is wrong with a file before it takes the screen', async () => {
    terminal = new Tmux(120, 40, '$OVL README.md; echo status $?')
    expect(await terminal.until('status 2')).toContain('not a pcap or pcapng capture')
  })
})

describe('the scene of the post', () => {
  it('filters http, chooses the request, and lights the bytes of outer, tunnel and inner', async () => {
    await open(NAMED)
    terminal.type('/http')
    terminal.keys('Enter')
    await terminal.until('1/12 of 116')
    terminal.keys('Tab', 'Down', 'Down')
    const outer = await terminal.until('bytes 20 to 39')
    expect(outer).toContain('Src: 192.168.10.100 (k8s-ctr), Dst: 192.168.20.100 (k8s-w0)')
    expect(outer).toContain('GET / HTTP/1.1')
    terminal.keys('Down', 'Down', 'Enter', 'Down', 'Down', 'Down')
    const vni = await terminal.until('vxlan.vni: bytes 52 to 54')
    expect(vni).toContain('VXLAN Network Identifier (VNI): 3258 identity default/curl-pod')
    const lit = line(terminal.coloredScreen(), '0030  ')
    expect(lit).toMatch(/48;5;215m00 0c ba/)
    terminal.keys('Down', 'Down', 'Down')
    expect(await terminal.until('bytes 70 to 89')).toContain('Src: 172.20.0.158 (default/curl-pod)')
  })

  it('is the same in Geneve', async () => {
    await open('fixtures/geneve.pcap --names fixtures/k8s')
    terminal.type('/http')
    terminal.keys('Enter')
    await terminal.until(/1\/\d+ of \d+ packets/)
    const screen = await terminal.until('Generic Network Virtualization Encapsulation, VNI: 0x000cba')
    expect(screen).toContain('GET / HTTP/1.1')
  })
})

describe('the filter', () => {
  it('turns red with a reason for what is no filter, and leaves the list alone', async () => {
    await open('fixtures/vxlan.pcap')
    terminal.type('/htp')
    const screen = await terminal.until('Did you mean')
    expect(screen).toContain('1 0.000000')
    expect(line(terminal.coloredScreen(), 'Filter:')).toContain('48;5;88m')
    terminal.keys('Enter')
    expect(await terminal.settled()).toContain('Did you mean')
    terminal.keys('Escape', 'Escape')
    await terminal.until('1/116 packets')
  })

  it('offers names of fields, and takes the one that is chosen', async () => {
    await open('fixtures/vxlan.pcap')
    terminal.type('/vxlan.vn')
    await terminal.until('vxlan.vni')
    terminal.keys('Tab')
    terminal.type(' == 3258')
    terminal.keys('Enter')
    await terminal.until('Filter: vxlan.vni == 3258')
    expect(await terminal.until(/1\/64 of 116/)).not.toContain('14053')
  })

  it('remembers what was used', async () => {
    await open('fixtures/vxlan.pcap')
    terminal.type('/icmp')
    terminal.keys('Enter')
    await terminal.until('1/8 of 116')
    terminal.type('/')
    terminal.keys('C-u', 'Enter')
    await terminal.until('1/116 packets')
    terminal.type('/')
    terminal.keys('C-u', 'Up')
    await terminal.until('Filter: icmp')
  })
})

describe('moving', () => {
  it('goes by arrows, letters, numbers and marks', async () => {
    await open('fixtures/vxlan.pcap')
    terminal.type('5jG')
    await terminal.until('116/116')
    terminal.type('15G')
    await terminal.until('15/116')
    terminal.type('ma')
    terminal.type('gg')
    await terminal.until('1/116')
    terminal.type("'a")
    await terminal.until('15/116')
  })

  it('links bytes and tree both ways', async () => {
    await open('fixtures/vxlan.pcap')
    terminal.keys('Tab', 'Tab')
    for (let step = 0; step < 3; step++) terminal.keys('Down')
    terminal.keys('Right', 'Right', 'Right', 'Right')
    const screen = await terminal.until('vxlan.vni: bytes 52 to 54')
    expect(screen).toContain('[-] Virtual eXtensible Local Area Network')
  })

  it('finds text, and what comes next', async () => {
    await open('fixtures/vxlan.pcap')
    terminal.keys('C-f')
    terminal.type('200 OK')
    terminal.keys('Enter')
    await terminal.until('19/116')
    terminal.type('n')
    await terminal.until('63/116')
    terminal.type('N')
    await terminal.until('19/116')
    terminal.keys('C-f')
    terminal.type('no such words')
    terminal.keys('Enter')
    await terminal.until('no such words is not found')
  })
})

describe('views', () => {
  it('follows a stream in text and in bytes', async () => {
    await open('fixtures/vxlan.pcap')
    terminal.type('15Gf')
    const text = await terminal.until('RemoteAddr: 172.20.0.158:34586')
    expect(text).toContain('Stream 172.20.0.158:34586 → 172.20.2.115:80')
    terminal.type('x')
    await terminal.until('47 45 54 20 2f 20 48 54')
    terminal.keys('Escape')
    await terminal.until('15/116')
  })

  it('lists conversations, and shows the packets of one', async () => {
    await open('fixtures/vxlan.pcap')
    terminal.type('F')
    await terminal.until('closed')
    terminal.keys('Down', 'Enter')
    await terminal.until(/Filter: inner\.ip\.addr == .* of 116|1\/\d+ of 116/)
  })

  it.each([
    ['T', 'TUNNEL ENDPOINT'],
    ['S', 'packets without copies'],
    ['P', 'LINUX_SLL2'],
    ['W', '--names FILE'],
    ['R', 'vxlan.pcap'],
    ['?', 'display filter'],
  ])('%s says %s', async (key, words) => {
    await open('fixtures/vxlan.pcap')
    terminal.type(key)
    await terminal.until(words)
    terminal.keys('Escape')
    await terminal.until('1/116')
  })
})

describe('copying', () => {
  it('keeps a field in a file, and gives it to the terminal', async () => {
    await open('fixtures/vxlan.pcap')
    terminal.tmux('set-option', '-g', 'set-clipboard', 'on')
    terminal.keys('Tab', 'Down', 'Down')
    terminal.type('cf')
    await terminal.until('copied to the clipboard')
    const kept = readFileSync(join(terminal.state, 'ovl-dissect', 'copied.txt'), 'utf8')
    expect(kept).toBe('Internet Protocol Version 4, Src: 192.168.10.100, Dst: 192.168.20.100\n')
    expect(terminal.tmux('show-buffer')).toBe(kept.trimEnd())
  })
})

describe('the terminal', () => {
  it.each(['xterm', 'xterm-256color', 'screen', 'linux', 'vt100', 'xterm-kitty', 'nonsense'])(
    'may be %s',
    async (TERM) => {
      // Within tmux Node takes every terminal for one of many colours.
      terminal = new Tmux(120, 40, 'unset TMUX; $OVL fixtures/vxlan.pcap', { TERM })
      await terminal.until('1/116 packets')
      terminal.keys('Down')
      await terminal.until('2/116 packets')
      terminal.type('q')
      await terminal.until('OUTER node')
    },
  )

  it.each<[string, Record<string, string>, RegExp, RegExp | undefined]>([
    ['COLORTERM=truecolor has all colours', { COLORTERM: 'truecolor' }, /48;2;31;94;168m/, undefined],
    ['screen-256color has 256', {}, /48;5;25m/, /[34]8;2;/],
    ['linux has sixteen', { TERM: 'linux' }, /\[[\d;]*7m/, /[34]8;[25];/],
    ['NO_COLOR has none', { COLORTERM: 'truecolor', NO_COLOR: '1' }, /\[[\d;]*7m/, /[34]8;|\[[\d;]*3[0-7]m/],
  ])('that says %s', async (_, environment, selected, never) => {
    // Within tmux Node takes every terminal for one of many colours.
    terminal = new Tmux(120, 40, 'unset TMUX; $OVL fixtures/vxlan.pcap', environment)
    await terminal.until('1/116 packets')
    const screen = terminal.coloredScreen()
    expect(line(screen, '0.000000')).toMatch(selected)
    if (never !== undefined) expect(screen.slice(screen.indexOf('ovl-dissect |'))).not.toMatch(never)
  })

  it('is painted anew when its size changes, and says when it is too small', async () => {
    await open('fixtures/vxlan.pcap')
    terminal.resize(80, 24)
    await terminal.until((screen) => screen.split('\n').length <= 25 && screen.includes('1/116'))
    terminal.resize(40, 10)
    await terminal.until('40×10 is too small')
    terminal.resize(100, 30)
    await terminal.until('1/116 packets')
  })

  it('is given back when the viewer is closed, with the table of who talked to whom', async () => {
    await open('fixtures/vxlan.pcap')
    expect(terminal.flag('alternate_on')).toBe('1')
    terminal.type('q')
    const screen = await terminal.until('status 0')
    expect(screen).toContain('116 frames = 58 packets, each seen on 2 interfaces')
    expect(screen).not.toContain('Esc menu')
    expectGivenBack()
  })

  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
  ])('is given back after %s', async (signal, status) => {
    await open('fixtures/vxlan.pcap')
    for (const child of terminal.children()) process.kill(child, signal)
    await terminal.until(`status ${status}`)
    expectGivenBack()
  })

  it('is given back after a crash, which is then reported', async () => {
    const crash = 'data:text/javascript,setTimeout(()=>{throw(new(Error)(`boom`))},2500)'
    terminal = new Tmux(120, 40, `$NODE --import '${crash}' $COMMAND fixtures/vxlan.pcap; echo status $?`)
    await terminal.until('Esc menu')
    expect(await terminal.until('status 1')).toContain('Error: boom')
    expectGivenBack()
  })

  it('may go away, and the viewer goes with it', async () => {
    await open('fixtures/vxlan.pcap')
    const viewers = terminal.children()
    expect(viewers.length).toBe(1)
    terminal.stop()
    await expect.poll(() => viewers.filter(isThere), { timeout: 10_000 }).toEqual([])
  })

  it('is given back when a pipe ends that it reads', async () => {
    terminal = new Tmux(120, 40, 'cat fixtures/vxlan.pcap | $OVL -; echo status $?')
    await terminal.until('116/116 packets')
    terminal.keys('Up')
    await terminal.until('115/116')
    terminal.keys('C-c')
    await terminal.until('status 0')
    expectGivenBack()
  })

  it('keeps keys apart from a growing capture, and follows it until somebody moves up', async () => {
    terminal = new Tmux(
      120,
      40,
      '(head -c 2000 fixtures/vxlan.pcap; sleep 3; tail -c +2001 fixtures/vxlan.pcap; sleep 60) | $OVL -; echo status $?',
    )
    await terminal.until(/(\d+)\/\1 packets/)
    await terminal.until('116/116 packets')
    terminal.type('gg')
    await terminal.until('1/116')
    terminal.type('q')
    await terminal.until((screen) => screen.includes('116 frames'))
  })
})

function expectGivenBack(): void {
  expect([terminal.flag('alternate_on'), terminal.flag('cursor_flag'), terminal.flag('mouse_any_flag')]).toEqual([
    '0',
    '1',
    '0',
  ])
  terminal.type('echo typed')
  expect(terminal.screen()).toBeDefined()
}

function isThere(process_: number): boolean {
  try {
    return process.kill(process_, 0)
  } catch {
    return false
  }
}
