/** -w: the packets that are shown, as a capture. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Plain, scanAll } from '../capture/build.ts'
import { scratch } from '../capture/written.ts'
import { COMMAND, ovl } from '../support/command.ts'
import { fixture, LAB_CAPTURES } from '../support/fixtures.ts'

const MADE = readdirSync(fixture('made')).sort()
const ALL = [...LAB_CAPTURES, ...MADE.map((name) => `made/${name}`)]
const file = scratch()

/** A record as both formats hold it: where it lies in the file differs, and classic pcap has no names. */
function content({ number, time, original, linkType, bytes }: Plain) {
  return { number, time, original, linkType, bytes }
}

describe('-w of a whole capture', () => {
  it.each(ALL)('%s: the .pcapng has the same records, interfaces and comments', async (name) => {
    const copy = file('copy.pcapng')
    ovl([fixture(name), '-w', copy])
    const [theirs, ours] = [await scanAll(fixture(name)), await scanAll(copy)]
    expect(ours.error).toBeUndefined()
    const whole = (one: Plain) => ({ ...content(one), interface: one.interface, comment: one.comment })
    expect(ours.records.map(whole)).toEqual(theirs.records.map(whole))
  })

  it.each(ALL)('%s: the .pcap has the same records, or is refused with a hint', async (name) => {
    const copy = file(`${name.replace('/', '-')}.pcap`)
    const { status, stderr } = ovl([fixture(name), '-w', copy])
    const { records } = await scanAll(fixture(name))
    if (new Set(records.map((one) => one.linkType)).size > 1) {
      expect(stderr).toMatch(/a classic pcap holds packets of one link type, .*: write a \.pcapng instead/)
      expect([status, existsSync(copy)]).toEqual([2, false])
      return
    }
    const ours = await scanAll(copy)
    expect(ours.info?.format).toBe('pcap')
    // Only pcapng can leave the time out; in classic pcap it is zero.
    const timed = (one: Plain) => ({ ...content(one), time: one.time === '' ? '0.000000000' : one.time })
    expect(ours.records.map(content)).toEqual(records.map(timed))
  })

  it('a classic capture in our byte order comes out byte for byte, with nanoseconds where it had them', () => {
    for (const name of ['vxlan.pcap', 'vxlan-nano.pcap']) {
      ovl([fixture(name), '-w', file('same.pcap')])
      expect(readFileSync(file('same.pcap')).equals(readFileSync(fixture(name))), name).toBe(true)
    }
  })

  it('pcapng counts time as the source did', async () => {
    const ticksOf = async (path: string) => (await scanAll(path)).info?.sections[0]?.interfaces[0]?.ticksPerSecond
    for (const [name, ticks] of [
      ['vxlan.pcap', 1e6],
      ['vxlan-nano.pcap', 1e9],
    ] as const) {
      ovl([fixture(name), '-w', file('ticks.pcapng')])
      expect(await ticksOf(file('ticks.pcapng'))).toBe(ticks)
    }
  })
})

describe('-w', () => {
  it('writes what --packet and -c select, and prints nothing but how many', async () => {
    const ran = ovl(['fixtures/vxlan.pcap', '--packet', '15,19-21', '-w', file('few.pcap')])
    expect(ran).toEqual({ stdout: '', stderr: `4 packets written to ${file('few.pcap')}\n`, status: 0 })
    const { records } = await scanAll(fixture('vxlan.pcap'))
    const few = await scanAll(file('few.pcap'))
    expect(few.records.map((one) => one.bytes)).toEqual([15, 19, 20, 21].map((number) => records[number - 1]?.bytes))
    expect(ovl(['fixtures/vxlan.pcap', '-c', '3', '-q', '-w', file('few.pcap')]).stderr).toBe('')
    expect((await scanAll(file('few.pcap'))).records).toHaveLength(3)
  })

  it('writes what a filter selects, also one that needs other packets', async () => {
    const selected = async (filter: string) => {
      ovl(['fixtures/vxlan.pcap', '-Y', filter, '-w', file('filtered.pcap')])
      return (await scanAll(file('filtered.pcap'))).records
    }
    const numbers = (filter: string) =>
      ovl(['fixtures/vxlan.pcap', '-Y', filter, '-T', 'fields', '-e', 'frame.number']).stdout.trimEnd().split('\n')
    const { records } = await scanAll(fixture('vxlan.pcap'))
    for (const filter of ['http.request && inner.ip.dst == 172.20.2.115', 'vni == 9473', 'tcp.stream == 1']) {
      const want = numbers(filter).map((number) => records[Number(number) - 1]?.bytes)
      expect(want.length, filter).toBeGreaterThan(1)
      expect((await selected(filter)).map((one) => one.bytes)).toEqual(want)
    }
  })

  it('prints rows too with --print, and whatever else is asked for', () => {
    const lines = (...args: string[]) =>
      ovl(['fixtures/vxlan.pcap', '--packet', '15', '-q', '-w', file('rows.pcap'), ...args]).stdout.split('\n').length -
      1
    expect(lines()).toBe(0)
    expect(lines('--print')).toBe(1)
    expect(lines('-T', 'ndjson')).toBe(1)
    expect(lines('-V')).toBeGreaterThan(30)
  })

  it('writes only the selected packets with --sides, which looks at all', async () => {
    ovl(['fixtures/vxlan.pcap', '--packet', '15', '--sides', '-w', file('sides.pcap')])
    expect((await scanAll(file('sides.pcap'))).records).toHaveLength(1)
  })

  it('takes the format from -F, else from the extension, else pcapng', async () => {
    const formatOf = async (name: string, ...args: string[]) => {
      ovl(['fixtures/vxlan.pcap', '-w', file(name), ...args])
      return (await scanAll(file(name))).info?.format
    }
    expect(await formatOf('a.pcap')).toBe('pcap')
    expect(await formatOf('a.CAP')).toBe('pcap')
    expect(await formatOf('a.pcapng')).toBe('pcapng')
    expect(await formatOf('a')).toBe('pcapng')
    expect(await formatOf('b.pcapng', '-F', 'pcap')).toBe('pcap')
  })

  it.each(['pcap', 'pcapng'])('- is standard output, for the next program in the pipe: %s', (type) => {
    const first = `"${process.execPath}" "${COMMAND}" fixtures/vxlan.pcap --packet 15 -q -w - -F ${type}`
    const second = `"${process.execPath}" "${COMMAND}" - -T fields -e tcp.dstport -e frame.time_epoch`
    const line = execFileSync('bash', ['-c', `${first} | ${second}`], { encoding: 'utf8' })
    expect(line).toBe('80\t1795378377.532469000\n')
  })

  it('an empty selection is a whole capture without packets', async () => {
    for (const name of ['empty.pcap', 'empty.pcapng']) {
      expect(ovl(['fixtures/vxlan.pcap', '--packet', '999', '-w', file(name)])).toMatchObject({ status: 0 })
      expect(await scanAll(file(name))).toMatchObject({ records: [], error: undefined })
    }
  })

  it('several files become one capture, with an interface each', async () => {
    ovl(['fixtures/vxlan.pcap', 'fixtures/vxlan-eth1.pcap', '-w', file('two.pcapng')])
    const { records, info } = await scanAll(file('two.pcapng'))
    expect(new Set(records.map((one) => one.linkType))).toEqual(new Set([276, 1]))
    expect(info?.sections[0]?.interfaces).toHaveLength(2)
  })

  it('may replace the file that it reads', async () => {
    writeFileSync(file('own.pcap'), readFileSync(fixture('vxlan.pcap')))
    ovl([file('own.pcap'), '--packet', '15', '-w', file('own.pcap')])
    expect((await scanAll(file('own.pcap'))).records).toHaveLength(1)
  })

  it('follows a link instead of replacing it', async () => {
    writeFileSync(file('target.pcap'), '')
    symlinkSync(file('target.pcap'), file('link.pcap'))
    ovl(['fixtures/vxlan.pcap', '-c', '2', '-w', file('link.pcap')])
    expect((await scanAll(file('target.pcap'))).records).toHaveLength(2)
  })

  it('keeps every packet before the damage of a cut capture, and ends with 2', async () => {
    expect(ovl(['fixtures/vxlan-cut.pcap', '-w', file('uncut.pcap')]).status).toBe(2)
    expect(await scanAll(file('uncut.pcap'))).toMatchObject({ error: undefined, records: { length: 115 } })
  })

  it.each([
    [['-w', '/nowhere/x.pcap'], /^ovl-dissect: \/nowhere\/x\.pcap: no such directory$/m],
    [['-w', 'src'], /src: is a directory/],
    [['-w', 'x.pcap.gz'], /captures are written uncompressed; leave \.gz out/],
    [['-w', '-', '--print'], /-w - needs standard output for itself/],
    [['-w', '-', '-T', 'json'], /-w - needs standard output for itself/],
    [['--decap'], /--decap is for packets that are written: add -w FILE/],
    [['-F', 'pcap'], /-F pcap is the format of -w FILE/],
  ])('%s is refused', (args, message) => {
    const { stderr, stdout, status } = ovl(['fixtures/vxlan.pcap', ...args])
    expect(stderr).toMatch(message)
    expect([stdout, status]).toEqual(['', 2])
  })

  it('a full device is an error that names it', () => {
    expect(ovl(['fixtures/vxlan.pcap', '-w', '/dev/full'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('ovl-dissect: /dev/full: no space left'),
    })
  })

  it('leaves neither a file nor its half behind when it is refused on the way', () => {
    const target = file('refused.pcap')
    expect(ovl(['fixtures/vxlan.pcap', 'fixtures/vxlan-eth1.pcap', '-w', target]).status).toBe(2)
    expect(readdirSync(dirname(target)).filter((name) => name.includes('refused'))).toEqual([])
  })
})

describe('a capture that is still coming in', () => {
  const start = (target: string) => {
    const child = spawn(process.execPath, [COMMAND, '-', '-w', target], { stdio: ['pipe', 'ignore', 'pipe'] })
    child.stdin.write(readFileSync(fixture('vxlan.pcap')))
    return child
  }
  const appears = async (target: string) => {
    const isThere = () =>
      readdirSync(dirname(target)).some((name) => name.startsWith(target.split('/').at(-1) as string))
    while (!isThere()) await new Promise((resolve) => setTimeout(resolve, 20))
  }

  it('has no file under its name until it ends', async () => {
    const target = file('coming.pcap')
    const child = start(target)
    await appears(target)
    expect(existsSync(target)).toBe(false)
    child.stdin.end()
    await once(child, 'close')
    expect((await scanAll(target)).records).toHaveLength(116)
  })

  it('is whole after Ctrl-C, which ends the pipe that feeds it', async () => {
    const target = file('interrupted.pcap')
    const child = start(target)
    await appears(target)
    child.kill('SIGINT')
    child.stdin.end()
    const [status] = await once(child, 'close')
    expect(status).toBe(0)
    expect((await scanAll(target)).records).toHaveLength(116)
  })

  it('leaves nothing when it is ended', async () => {
    const target = file('ended.pcap')
    const child = start(target)
    await appears(target)
    child.kill('SIGTERM')
    const [status] = await once(child, 'close')
    expect(status).toBe(143)
    expect(readdirSync(dirname(target)).filter((name) => name.startsWith('ended'))).toEqual([])
  })
})

it('names that were given are in the pcapng file that is written, for who reads it', () => {
  const path = file('named.pcapng')
  expect(ovl(['fixtures/vxlan.pcap', '--names', 'fixtures/k8s', '-w', path]).status).toBe(0)
  const { stdout } = ovl([path, '--names', path, '--width', '200', '-c', '1'])
  expect(stdout).toContain('k8s-ctr')
  expect(stdout).toContain('default/webpod-697b545f57-rl7tc')
  const without = ovl(['fixtures/vxlan.pcap', '-w', path, '-q'])
  expect(without.status).toBe(0)
  expect(ovl(['names', path]).status).toBe(2)
})
