/** The list as bytes, the short way, against the list that is worded packet by packet: the same text, whatever comes. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Overview } from '../../src/analysis/overview.ts'
import { ListPrinter } from '../../src/cli/commands/list.ts'
import { isQuick, readRows } from '../../src/cli/commands/read-rows.ts'
import { readCapture } from '../../src/cli/commands/session.ts'
import { inputsOf } from '../../src/cli/input.ts'
import { namesFor } from '../../src/cli/names-for.ts'
import { Output } from '../../src/cli/output.ts'
import { createProgram, type RawOptions, type Runners } from '../../src/cli/program.ts'
import { type Settings, settingsOf } from '../../src/cli/settings.ts'
import { CaptureError } from '../../src/errors.ts'
import { fixture, LAB_CAPTURES } from '../support/fixtures.ts'

const GENERATOR = fileURLToPath(new URL('../../bench/make-capture.mjs', import.meta.url))

/** Output that keeps what it is given. */
class Kept extends Output {
  text_ = ''
  override flush(): void {
    this.text_ += Buffer.from(this.pending.bytes.subarray(0, this.pending.at)).toString('utf8')
    this.pending.at = 0
  }
}

async function settingsFor(file: string, options: readonly string[]): Promise<Settings> {
  let raw: RawOptions | undefined
  const show = async (_files: string[], given: RawOptions) => {
    raw = given
  }
  const runners = { show } as unknown as Runners
  await createProgram('0', runners).parseAsync(['node', 'ovl-dissect', file, ...options])
  const given = raw as RawOptions
  return settingsOf([file], given, await namesFor(given, () => {}))
}

async function rows(
  settings: Settings,
  way: 'short' | 'long',
): Promise<{ lines: string[]; short: number; failure: string }> {
  const [input] = inputsOf(settings)
  const output = new Kept()
  const list = new ListPrinter(settings, output, () => {})
  const overview = new Overview()
  let failure = ''
  let long = 0
  const fail = () => {}
  const show = list.show.bind(list)
  list.show = (shown) => {
    long++
    show(shown)
  }
  try {
    if (input === undefined) throw new Error('no input')
    if (way === 'short') await readRows(input, settings, overview, list, fail)
    else await readCapture(input, settings, overview, (shown) => list.show(shown), false, fail)
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error
    failure = error.message
  }
  output.flush()
  const lines = output.text_.split('\n')
  return { lines, short: lines.length - 1 - long, failure }
}

/** Holds both ways to the same text; returns how many rows went the short one. */
async function compare(file: string, ...options: string[]): Promise<number> {
  const settings = await settingsFor(file, options)
  expect(isQuick(settings)).toBe(true)
  const short = await rows(settings, 'short')
  const long = await rows(settings, 'long')
  expect(short.failure).toBe(long.failure)
  // Line by line: the difference of whole texts takes minutes to print.
  short.lines.forEach((line, index) => {
    if (line !== long.lines[index]) expect(`${index + 1}: ${line}`).toBe(`${index + 1}: ${long.lines[index]}`)
  })
  expect(short.lines.length).toBe(long.lines.length)
  return short.short
}

const folder = mkdtempSync(join(tmpdir(), 'ovl-rows-'))
afterAll(() => rmSync(folder, { recursive: true }))

const CAPTURES = [...LAB_CAPTURES, ...readdirSync(fixture('made')).map((name) => `made/${name}`)].filter((name) =>
  /\.pcap(ng)?(\.gz)?$/.test(name),
)

describe('rows as bytes', () => {
  test.each(CAPTURES)('of %s say the same as rows that are worded one by one', async (name) => {
    await compare(fixture(name))
  })

  test('are most rows of a capture of the lab', async () => {
    const short = await compare(fixture('vxlan.pcap'))
    expect(short).toBeGreaterThan(80)
  })

  test.each([
    ['--names', fixture('k8s')],
    ['--names', fixture('k8s'), '--name-style', 'both'],
    ['--names', fixture('k8s'), '--name-style', 'address'],
    ['--names', fixture('k8s'), '--name-style', 'name'],
    ['-t', 'e'],
    ['-t', 'd'],
    ['-t', 'dd', '-Y', 'tcp'],
    ['-t', 'ud'],
    ['--links', fixture('links/router.ip-addr.txt')],
    ['-o', 'tcp.analyze_sequence_numbers:FALSE'],
    ['--packet', '7,20-60'],
    ['-c', '50'],
    ['--copies', 'hide'],
    ['-Y', 'inner.ip.src == 172.20.0.0/16'],
    ['-Y', 'tcp.flags.syn == 1 || icmp'],
    ['--port', '4790', '--proto', 'vxlan'],
    ['--width', '120'],
    ['--color', 'always'],
  ])('with %s %s %s %s', async (...options) => {
    for (const name of ['vxlan.pcap', 'multi-node.pcap', 'geneve-options.pcap', 'vxlan-any.pcapng', 'vxlan-ipv6.pcap'])
      await compare(fixture(name), ...options.filter((one) => one !== undefined))
  })
})

/** A generator of numbers below `limit`, the same ones each time. */
function numbers(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
}

/** Where the packets' bytes lie in a classic capture. */
function packetsIn(bytes: Buffer): { start: number; end: number }[] {
  const read = bytes.readUInt32BE(0) >>> 24 === 0xa1 ? 'readUInt32BE' : 'readUInt32LE'
  const found: { start: number; end: number }[] = []
  for (let at = 24; at + 16 <= bytes.length; ) {
    const end = at + 16 + bytes[read](at + 8)
    found.push({ start: at + 16, end: Math.min(end, bytes.length) })
    at = end
  }
  return found
}

describe('rows as bytes of captures with bytes changed', () => {
  test.each(CAPTURES.filter((name) => name.endsWith('.pcap')))('%s', async (name) => {
    const random = numbers(7)
    const whole = readFileSync(fixture(name))
    const path = join(folder, 'changed.pcap')
    for (let round = 0; round < 3; round++) {
      const bytes = Buffer.from(whole)
      for (const { start, end } of packetsIn(bytes)) {
        // Some packets stay as they are: their rows tell of those that do not.
        for (let flips = random(4); flips > 0 && end > start; flips--) {
          const at = start + random(Math.min(end - start, 160))
          bytes[at] = (bytes[at] as number) ^ (1 << random(8))
        }
      }
      writeFileSync(path, bytes)
      await compare(path)
    }
  })
})

describe('rows as bytes of generated captures', () => {
  const path = join(folder, 'generated.pcap')
  beforeAll(() => {
    execFileSync(process.execPath, [GENERATOR, '--out', path, '--size', '10M'], { stdio: 'ignore' })
  })

  test('of 10 MB say the same, and most go the short way', async () => {
    const short = await compare(path)
    expect(short).toBeGreaterThan(24_000)
  }, 120_000)

  test('with bytes changed say the same', async () => {
    const random = numbers(99)
    const bytes = readFileSync(path)
    for (const { start, end } of packetsIn(bytes)) {
      for (let flips = random(3); flips > 0; flips--) {
        const at = start + random(Math.min(end - start, 200))
        bytes[at] = (bytes[at] as number) ^ (1 << random(8))
      }
    }
    const changed = join(folder, 'changed-generated.pcap')
    writeFileSync(changed, bytes)
    await compare(changed)
  }, 120_000)

  test('and so with a filter', async () => {
    await compare(path, '-Y', 'ip.addr == 192.168.0.20 || ipv6')
  }, 120_000)
})
