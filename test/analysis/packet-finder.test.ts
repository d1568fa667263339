/** What the kernel finds out of frames against the tables in JavaScript, which are its reference; and what paths make of both. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { KernelFinder } from '../../src/analysis/kernel-finder.ts'
import { Found, found, type PacketFinder, TableFinder } from '../../src/analysis/packet-finder.ts'
import { readPaths } from '../../src/analysis/path-reading.ts'
import { flowReport } from '../../src/analysis/path-report.ts'
import { PathTable } from '../../src/analysis/path-table.ts'
import type { CaptureRecord } from '../../src/capture/record.ts'
import { skimPacket } from '../../src/dissect/walk.ts'
import { defaultDissector } from '../../src/layers/create-dissector.ts'
import { CAPTURES, captureUrl, recordsOf } from '../packet/captures.ts'

const dissector = defaultDissector()
const walk = dissector.walk()
const folder = mkdtempSync(join(tmpdir(), 'ovl-finder-'))
const generated = join(folder, 'generated.pcap')

beforeAll(() => {
  execFileSync(process.execPath, ['bench/make-capture.mjs', '--size', '3M', '--out', generated])
})
afterAll(() => rmSync(folder, { recursive: true }))

/** All that is found of one frame. */
function findingsOf(finder: PacketFinder, record: CaptureRecord) {
  skimPacket(walk, record.view, record.start, record.end, record.originalLength, record.linkType)
  finder.observe(record, walk)
  const { words, floats } = finder
  const { pair, slot, bits, ttl, place, row, repeats, sequence, segment } = found
  const [time, frames] = [floats[0], finder.frames]
  if ((words[slot] as number) < 0) return { frames, time, pair: words[pair] }
  const seen = [pair, slot, bits, ttl, place].map((one) => words[one])
  if (((words[bits] as number) & Found.copy) !== 0) return { frames, time, seen }
  const what = words[segment] as number
  return { frames, time, seen, fresh: [words[row], words[repeats], what, what < 0 ? 0 : words[sequence]] }
}

/** What paths say of a capture, read with this finder. */
async function reportOf(source: URL, finder: PacketFinder) {
  const table = new PathTable({ finder })
  const errors: string[] = []
  await readPaths([source], table, { dissector, onError: ({ message }) => errors.push(message) })
  const flows = Array.from(table.flows(), (flow) => {
    const { source: from, destination: to, protocol, ports, packets, outer } = flow
    const { retransmissions, duplicates } = flow
    return {
      from,
      to,
      protocol,
      ports,
      packets,
      outer,
      retransmissions,
      duplicates,
      hops: flowReport(flow, table).hops,
    }
  })
  return { frames: table.seenFrames, packets: table.packets, began: table.began, errors, flows }
}

describe('the kernel finds out of each frame what the tables do', () => {
  test.each(CAPTURES)('in %s', async (name) => {
    const [tables, kernel] = [new TableFinder(), new KernelFinder()]
    for (const record of await recordsOf(name))
      expect(findingsOf(kernel, record), `frame ${record.number}`).toEqual(findingsOf(tables, record))
  })

  test('with bytes changed, and packets in another order', async () => {
    const real: CaptureRecord[] = []
    for (const name of CAPTURES) real.push(...(await recordsOf(name)))
    const change = fc.tuple(fc.nat({ max: 160 }), fc.nat({ max: 255 }))
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: 60 }), fc.array(change, { maxLength: 2 })), { minLength: 40, maxLength: 60 }),
        fc.nat({ max: real.length - 1 }),
        (choices, from) => {
          const [tables, kernel] = [new TableFinder(), new KernelFinder()]
          for (const [which, changes] of choices) {
            const record = { ...(real[(from + which) % real.length] as CaptureRecord) } as CaptureRecord
            const bytes = Uint8Array.from(record.bytes.subarray(record.start, record.end))
            for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value
            Object.assign(record, { bytes, view: new DataView(bytes.buffer), start: 0, end: bytes.length })
            expect(findingsOf(kernel, record)).toEqual(findingsOf(tables, record))
          }
        },
      ),
      { numRuns: 200, seed: 20261123 },
    )
  })
})

describe('paths are the same with either', () => {
  test.each(CAPTURES)('in %s', async (name) => {
    const report = await reportOf(captureUrl(name), new KernelFinder())
    expect(report).toEqual(await reportOf(captureUrl(name), new TableFinder()))
  })

  test('in a capture of more frames than are told of at once', async () => {
    const source = pathToFileURL(generated)
    const report = await reportOf(source, new KernelFinder())
    expect(report.frames).toBeGreaterThan(10_000)
    expect(report).toEqual(await reportOf(source, new TableFinder()))
  })

  test('and a run ends when it is enough', async () => {
    const table = new PathTable({ finder: new KernelFinder() })
    let asked = 0
    await readPaths([pathToFileURL(generated)], table, { dissector, isEnough: () => ++asked > 3 })
    expect(table.seenFrames).toBeLessThan(10_000)
  })
})
