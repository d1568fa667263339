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
import type { Settings } from '../../src/cli/settings.ts'
import { CaptureError } from '../../src/errors.ts'
import { createCaptureWriter } from '../../src/index.ts'
import { ethernet, ipv4, tcp } from '../dissect/frames.ts'
import { fixture, LAB_CAPTURES } from '../support/fixtures.ts'
import { Kept, settingsFor } from '../support/rows.ts'

const GENERATOR = fileURLToPath(new URL('../../bench/make-capture.mjs', import.meta.url))

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
    else await readCapture(input, settings, overview, (shown) => list.show(shown), false, false, fail)
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

/** Requests and answers of one connection after the other, each like the one before. */
async function writeConnections(path: string, messages: readonly (readonly [way: 0 | 1, text: string])[]) {
  const writer = createCaptureWriter(path)
  for (let port = 50_000; port < 50_004; port++) {
    const sequence = [1000, 2000]
    const send = async (way: 0 | 1, flags: number, text = '') => {
      const [from, to] = way === 0 ? ['10.0.0.1', '10.0.0.2'] : ['10.0.0.2', '10.0.0.1']
      const ports = way === 0 ? { from: port, to: 80 } : { from: 80, to: port }
      const [own, other] = [sequence[way] as number, sequence[1 - way] as number]
      const segment = tcp({ ...ports, sequence: own, acknowledgment: other, flags }, Buffer.from(text))
      await writer.write({ bytes: ethernet({}, ipv4({ from, to, protocol: 6 }, segment)), linkType: 1 })
      sequence[way] = own + text.length + ((flags & 3) !== 0 ? 1 : 0)
    }
    await send(0, 2)
    await send(1, 0x12)
    for (const [way, text] of messages) await send(way, 0x18, text)
    await send(0, 0x11)
    await send(1, 0x11)
  }
  await writer.close()
}

describe('rows as bytes of connections that are like others before', () => {
  const path = join(folder, 'connections.pcap')
  const get = 'GET / HTTP/1.1\r\n\r\n'
  const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'

  test('know that an answer to HEAD has no body, and one to GET has', async () => {
    const head = 'HEAD / HTTP/1.1\r\n\r\n'
    await writeConnections(path, [
      [0, get],
      [1, `${answer}hello`],
      [0, head],
      [1, answer],
      [0, get],
      [1, 'HTTP/1.1 100 Continue\r\n\r\n'],
      [1, `${answer}hello`],
      [0, head],
      [0, get],
      [1, answer],
      [1, `${answer}hello`],
    ])
    expect(await compare(path)).toBeGreaterThan(40)
  })

  test('go the long way from a message of several segments on, and the short one again behind it', async () => {
    await writeConnections(path, [
      [0, get],
      [1, `${answer}hello`],
      [0, get],
      [1, `${answer}he`],
      [1, 'llo'],
      [0, get],
      [1, `${answer}hello`],
    ])
    expect(await compare(path)).toBeGreaterThan(24)
  })

  test('say the same of segments that come again, and of what follows a gap', async () => {
    await writeConnections(path, [
      [0, get],
      [1, `${answer}hello${answer}hello`],
      [1, `${answer}he`],
      [0, get],
    ])
    const bytes = readFileSync(path)
    const packets = packetsIn(bytes)
    const kept = [...packets.slice(0, 5), ...packets.slice(2, 5), ...packets.slice(7, 12), ...packets.slice(13)]
    writeFileSync(
      path,
      Buffer.concat([bytes.subarray(0, 24), ...kept.map(({ start, end }) => bytes.subarray(start - 16, end))]),
    )
    await compare(path)
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
    expect(short).toBeGreaterThan(37_000)
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
