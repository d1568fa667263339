/** What was made to be too much: the command stays below 300 MiB, ends, and says what it left out. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as frames from '../dissect/frames.ts'
import { fixture } from '../support/fixtures.ts'
import { run } from './peak.ts'

const LIMIT = 300
const MEBIBYTE = 2 ** 20
const folder = mkdtempSync(join(tmpdir(), 'ovl-bounds.'))
const file = (name: string) => join(folder, name)

/** Record header and frame of a classic capture. */
function record(frame: Uint8Array, time = 0): Uint8Array {
  const head = Buffer.alloc(16)
  head.writeUInt32LE(1_795_378_377 + Math.floor(time / 1e6), 0)
  head.writeUInt32LE(time % 1e6, 4)
  head.writeUInt32LE(frame.length, 8)
  head.writeUInt32LE(frame.length, 12)
  return frames.join(head, frame)
}

function head(): Uint8Array {
  const bytes = Buffer.alloc(24)
  bytes.writeUInt32LE(0xa1b2c3d4, 0)
  bytes.writeUInt16LE(2, 4)
  bytes.writeUInt16LE(4, 6)
  bytes.writeUInt32LE(16 * MEBIBYTE, 16)
  bytes.writeUInt32LE(1, 20)
  return bytes
}

/** Ethernet, IPv4, UDP to `port`, and what it carries. Lengths that do not fit are cut, as they would be. */
function datagram(port: number, payload: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(42)
  bytes.writeUInt16BE(0x0800, 12)
  bytes[14] = 0x45
  bytes.writeUInt16BE(Math.min(28 + payload.length, 0xffff), 16)
  bytes[22] = 64
  bytes[23] = 17
  bytes.set([10, 0, 0, 1, 10, 0, 0, 2], 26)
  bytes.writeUInt16BE(40000, 34)
  bytes.writeUInt16BE(port, 36)
  bytes.writeUInt16BE(Math.min(8 + payload.length, 0xffff), 38)
  return frames.join(bytes, payload)
}

/** As many VXLAN tunnels inside each other as fit a datagram, again and again. */
function nested(depth: number): Uint8Array {
  const layer = datagram(8472, Uint8Array.of(8, 0, 0, 0, 0, 0, 1, 0))
  return frames.join(...Array.from({ length: depth }, () => layer))
}

/** 63 options of four bytes, which is all that a GENEVE header can hold. */
function optionsFrame(): Uint8Array {
  const options = Buffer.alloc(63 * 4)
  for (let at = 0; at < options.length; at += 4) options.set([0xff, 0x01, at & 0x7f, 0], at)
  return datagram(6081, frames.join(Uint8Array.of(63, 0, 0x65, 0x58, 0, 0, 1, 0), options))
}

beforeAll(() => {
  writeFileSync(file('nested.pcap'), frames.join(head(), record(nested(10_000))))
  const options = record(optionsFrame())
  writeFileSync(file('options.pcap'), frames.join(head(), ...Array.from({ length: 16_000 }, () => options)))
  writeFileSync(file('large.pcap'), frames.join(head(), record(datagram(8472, new Uint8Array(16 * MEBIBYTE - 42)))))
  // 256 MiB of packets in a few hundred KiB.
  const zeros = record(datagram(9, new Uint8Array(MEBIBYTE)))
  writeFileSync(file('bomb.pcap.gz'), gzipSync(frames.join(head(), ...Array.from({ length: 256 }, () => zeros))))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const COMMANDS = [
  [],
  ['--summary'],
  ['-V'],
  ['-T', 'json'],
  ['-Y', 'vni == 1'],
  ['-T', 'hubble'],
  ['flows'],
  ['path'],
  ['diagnose'],
  ['topology'],
  ['flows', '--by', 'node'],
  ['-T', 'csv'],
  ['-w', file('copy.pcapng')],
] as const

describe.each(['nested.pcap', 'options.pcap', 'large.pcap', 'bomb.pcap.gz'])('%s', (name) => {
  it.each(COMMANDS.map((words) => ({ words, title: words.join(' ') || 'the list' })))('$title', async ({ words }) => {
    const { status, mebibytes, stderr } = await run([...words, file(name)])
    expect(stderr).not.toMatch(/\n {4}at /)
    expect(status).toBe(0)
    expect(mebibytes).toBeLessThan(LIMIT)
  })
})

describe('a filter', () => {
  it.each([
    ['a mebibyte of alternatives', `tcp.port == 1${' || tcp.port == 80'.repeat(60_000)}`],
    ['half a million brackets', '('.repeat(500_000)],
    ['half a million negations', '!'.repeat(500_000)],
  ])('%s is refused or asked, in memory that is bounded', async (_, text) => {
    // The shell takes 128 KiB as one argument, but a program may ask with more.
    const { compileFilter, UsageError } = await import('../../src/index.ts')
    try {
      compileFilter(text)
    } catch (error) {
      expect(error).toBeInstanceOf(UsageError)
    }
  })

  it.each(['(a+)+$', '(.*a){20}$', '(a|a)*b', '([a-zA-Z]+)*!'])(
    'matches "%s" ends',
    async (pattern) => {
      const uri = `GET /${'a'.repeat(2000)} HTTP/1.1\r\n\r\n`
      const request = Buffer.alloc(54)
      request.writeUInt16BE(0x0800, 12)
      request[14] = 0x45
      request.writeUInt16BE(40 + uri.length, 16)
      request[22] = 64
      request[23] = 6
      request.writeUInt16BE(40000, 34)
      request.writeUInt16BE(80, 36)
      request[46] = 0x50
      request[47] = 0x18
      writeFileSync(file('long.pcap'), frames.join(head(), record(frames.join(request, Buffer.from(uri)))))
      const { status } = await run(['-Y', `http.request.uri matches "${pattern}"`, file('long.pcap')])
      expect(status).toBe(0)
    },
    20_000,
  )
})

describe('a list of names without end', () => {
  it('of one object that never closes is refused', async () => {
    const chunk = Buffer.alloc(MEBIBYTE, '{"a":"')
    const { status, mebibytes, stderr } = await run(
      [fixture('vxlan.pcap'), '--names', '-'],
      Array.from({ length: 400 }, () => chunk),
    )
    expect(stderr).toMatch(/^ovl-dissect: /)
    expect(status).toBe(2)
    expect(mebibytes).toBeLessThan(LIMIT)
  })

  it('of many pods is read item by item', async () => {
    function* pods(): Generator<Uint8Array> {
      yield Buffer.from('{"apiVersion":"v1","kind":"List","items":[')
      const filler = 'x'.repeat(4000)
      for (let number = 0; number < 50_000; number++) {
        const name = `pod-${number}`
        const address = `172.20.${(number >> 8) & 255}.${number & 255}`
        yield Buffer.from(
          `${number === 0 ? '' : ','}${JSON.stringify({ kind: 'Pod', metadata: { name, namespace: 'a', annotations: { filler } }, spec: { nodeName: 'n' }, status: { phase: 'Running', podIP: address } })}`,
        )
      }
      yield Buffer.from(']}')
    }
    const { status, mebibytes } = await run([fixture('vxlan.pcap'), '--names', '-', '-q'], pods())
    expect(status).toBe(0)
    expect(mebibytes).toBeLessThan(LIMIT)
  })
})
