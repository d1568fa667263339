/**
 * The kernel against the same tables in JavaScript, which are its reference: over every capture, over packets with bytes
 * changed, and however the packets come to it, both count the same.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Copies } from '../../src/analysis/copies.ts'
import { type Detail, FlowCapture } from '../../src/analysis/flow-capture.ts'
import { FlowList } from '../../src/analysis/flows.ts'
import { PairTable } from '../../src/analysis/pair-table.ts'
import { Clock } from '../../src/analysis/span.ts'
import { scanRecords } from '../../src/capture/read-records.ts'
import type { CaptureRecord } from '../../src/capture/record.ts'
import { skimPacket } from '../../src/dissect/walk.ts'
import { CaptureError } from '../../src/errors.ts'
import { createDissector, defaultDissector } from '../../src/layers/create-dissector.ts'
import { CAPTURES, captureBytes, captureUrl, recordsOf } from '../packet/captures.ts'

const dissector = defaultDissector()
const { tables } = dissector
const folder = mkdtempSync(join(tmpdir(), 'ovl-kernel-'))
const generated = join(folder, 'generated.pcap')

beforeAll(() => {
  execFileSync(process.execPath, ['bench/make-capture.mjs', '--size', '3M', '--out', generated])
})
afterAll(() => rmSync(folder, { recursive: true }))

/** What the tables in JavaScript say of frames. */
class Reference {
  readonly pairs = new PairTable()
  readonly copies = new Copies()
  private readonly clock = new Clock()

  add(record: CaptureRecord): void {
    skimPacket(walk, record.view, record.start, record.end, record.originalLength, record.linkType)
    const pair = this.pairs.find(record.view, walk)
    this.copies.observe(record, walk, pair)
    this.pairs.count(pair, record, walk, this.copies.isKnownPair, this.clock.at(record))
  }

  rows() {
    return [...this.pairs.pairs(tables)].map(rowOf)
  }
}

const walk = dissector.walk()
type PairOf = ReturnType<PairTable['pair']>
function rowOf({ outer, tunnel, source, destination, packets, frames, bytes, innerBytes, first, last }: PairOf) {
  return { outer, tunnel, source, destination, packets, frames, bytes, innerBytes, first, last }
}
const rowsOf = (capture: FlowCapture) => [...capture.pairs.pairs(tables)].map(rowOf)

/** The ways in which frames come to the kernel. */
const WAYS = {
  'frame by frame, from elsewhere': async (capture: FlowCapture, source: URL | Uint8Array) => {
    await untilCut(() => scanRecords(source, (record) => capture.addFrame(record, walk)))
  },
  'frame by frame, walked before': async (capture: FlowCapture, source: URL | Uint8Array) => {
    await untilCut(() =>
      scanRecords(source, (record) => {
        skimPacket(walk, record.view, record.start, record.end, record.originalLength, record.linkType)
        capture.add(record, walk)
      }),
    )
  },
  'as runs of a file': async (capture: FlowCapture, source: URL | Uint8Array) => {
    const runs = capture.runs(tables, () => true)
    await untilCut(() => scanRecords(source, (record) => capture.addFrame(record, walk), { runs }))
  },
} as const

async function untilCut(read: () => Promise<void>): Promise<void> {
  try {
    await read()
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error
  }
}

async function captureOf(way: keyof typeof WAYS, source: URL | Uint8Array, detail: Detail): Promise<FlowCapture> {
  const capture = new FlowCapture(detail)
  await WAYS[way](capture, source)
  return capture
}

const flowsOf = (capture: FlowCapture) => [...new FlowList(capture, tables, 'conversations', 'start')]

describe('the kernel', () => {
  test.each(CAPTURES)(
    'counts pairs and copies of %s as the tables in JavaScript do, however they come',
    async (name) => {
      const reference = new Reference()
      await untilCut(() => scanRecords(captureUrl(name), (record) => reference.add(record)))
      const flows = new Map<string, unknown>()
      for (const way of Object.keys(WAYS) as (keyof typeof WAYS)[]) {
        const pairs = await captureOf(way, captureUrl(name), 'pairs')
        expect(rowsOf(pairs), way).toEqual(reference.rows())
        expect([pairs.frames, pairs.packets], way).toEqual([reference.copies.frames, reference.copies.packets])
        flows.set(way, flowsOf(await captureOf(way, captureUrl(name), 'conversations')))
      }
      const [first, ...others] = [...flows.values()]
      for (const one of others) expect(one).toEqual(first)
    },
  )

  test('counts a capture of many pairs likewise, its tables growing meanwhile', async () => {
    const source = pathToFileURL(generated)
    const reference = new Reference()
    await scanRecords(source, (record) => reference.add(record))
    expect(reference.pairs.size).toBeGreaterThan(1500)
    const capture = await captureOf('as runs of a file', source, 'pairs')
    expect(rowsOf(capture)).toEqual(reference.rows())
    const [runs, single] = [
      flowsOf(await captureOf('as runs of a file', source, 'conversations')),
      flowsOf(await captureOf('frame by frame, from elsewhere', source, 'conversations')),
    ]
    expect(runs.length).toBeGreaterThan(1000)
    expect(runs).toEqual(single)
  })

  test('counts packets with bytes changed likewise', async () => {
    const real: CaptureRecord[] = []
    for (const name of CAPTURES) real.push(...(await recordsOf(name)))
    const change = fc.tuple(fc.nat({ max: 160 }), fc.nat({ max: 255 }))
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(), fc.array(change, { maxLength: 3 })), { minLength: 40, maxLength: 60 }),
        (choices) => {
          const reference = new Reference()
          const capture = new FlowCapture('pairs')
          for (const [which, changes] of choices) {
            const record = { ...(real[which % real.length] as CaptureRecord) } as CaptureRecord
            const bytes = Uint8Array.from(record.bytes.subarray(record.start, record.end))
            for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value
            Object.assign(record, { bytes, view: new DataView(bytes.buffer), start: 0, end: bytes.length })
            reference.add(record)
            capture.addFrame(record, walk)
          }
          expect(rowsOf(capture)).toEqual(reference.rows())
        },
      ),
      { numRuns: 300, seed: 20261123 },
    )
  })

  test('counts big-endian files and nanoseconds likewise', async () => {
    const bytes = captureBytes('vxlan.pcap')
    const swapped = bytes.slice()
    const [from, to] = [new DataView(bytes.buffer), new DataView(swapped.buffer)]
    to.setUint32(0, 0xa1b23c4d)
    for (const at of [4, 6]) to.setUint16(at, from.getUint16(at, true))
    for (let at = 8; at < 24; at += 4) to.setUint32(at, from.getUint32(at, true))
    for (let at = 24; at < bytes.length; at += 16 + from.getUint32(at + 8, true))
      for (let word = 0; word < 16; word += 4)
        to.setUint32(at + word, from.getUint32(at + word, true) * (word === 4 ? 1000 : 1))
    const file = join(folder, 'swapped.pcap')
    writeFileSync(file, swapped)
    const one = await captureOf('as runs of a file', pathToFileURL(file), 'conversations')
    const other = await captureOf('as runs of a file', captureUrl('vxlan.pcap'), 'conversations')
    expect(flowsOf(one)).toEqual(flowsOf(other))
  })

  test('goes by the ports that the user named, and the long way where it knows the layers no more', async () => {
    for (const decodeAs of [
      [{ table: 'udp.port', port: 8472, layer: 'geneve' }],
      [{ table: 'tcp.port', port: 80, layer: 'vxlan' }],
    ] as const) {
      const other = createDissector({ decodeAs })
      const walked = other.walk()
      const [runs, reference] = [new FlowCapture('pairs'), new FlowCapture('pairs')]
      await scanRecords(captureUrl('vxlan.pcap'), (record) => runs.addFrame(record, walked), {
        runs: runs.runs(other.tables, () => true),
      })
      await scanRecords(captureUrl('vxlan.pcap'), (record) => {
        skimPacket(walked, record.view, record.start, record.end, record.originalLength, record.linkType)
        reference.add(record, walked)
      })
      expect(rowsOf(runs)).toEqual(rowsOf(reference))
      expect(runs.tunnelled).toBe(reference.tunnelled)
      expect(runs.tunnelled).toBeGreaterThan(20)
    }
  })

  test('says when a scan is enough', async () => {
    const capture = new FlowCapture('pairs')
    let asked = 0
    const runs = capture.runs(tables, () => ++asked < 2)
    await scanRecords(pathToFileURL(generated), (record) => capture.addFrame(record, walk), { runs })
    expect(asked).toBe(2)
    expect(capture.frames).toBeLessThan(3000)
  })

  test('may be made anew for one capture after the other', () => {
    for (let round = 0; round < 300; round++) expect(new FlowCapture('pairs').frames).toBe(0)
  })

  test('is compiled from its files as they are now', () => {
    expect(() =>
      execFileSync(process.execPath, ['src/analysis/kernel/compile.mjs', '--check'], { stdio: 'pipe' }),
    ).not.toThrow()
  })
})
