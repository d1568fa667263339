/** Parts of a capture that were taken in apart give, added up, what all of it gives in one; or it is said that they do not. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Detail, FlowCapture } from '../../src/analysis/flow-capture.ts'
import { FlowList } from '../../src/analysis/flows.ts'
import { scanRecords } from '../../src/capture/read-records.ts'
import { likelyRecord, type PcapHead, pcapHead } from '../../src/capture/record-boundary.ts'
import { defaultDissector } from '../../src/layers/create-dissector.ts'

const dissector = defaultDissector()
const { tables } = dissector
const walk = dissector.walk()
const folder = mkdtempSync(join(tmpdir(), 'ovl-parts-'))
const file = join(folder, 'capture.pcap')
const size = 24_000_000
let head: PcapHead

beforeAll(() => {
  const options = ['--size', String(size), '--pairs', '300', '--out', file]
  execFileSync(process.execPath, ['bench/make-capture.mjs', ...options], { stdio: 'ignore' })
  head = pcapHead(file) as PcapHead
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Takes records in from a byte on, up to the first that begins at `end` or behind it; returns where that is. */
async function take(capture: FlowCapture, from: number | undefined, end: number): Promise<number> {
  let next = size
  capture.endAt(end)
  await scanRecords(
    pathToFileURL(file),
    (record) => {
      if (record.offset >= end) {
        next = record.offset
        return false
      }
      capture.addFrame(record, walk)
    },
    { runs: capture.runs(tables, () => true), from: from === undefined ? undefined : { offset: from, number: 0 } },
  )
  return next
}

async function whole(detail: Detail): Promise<FlowCapture> {
  const capture = new FlowCapture(detail)
  await take(capture, undefined, Number.POSITIVE_INFINITY)
  return capture
}

/** Both halves, the later one beginning to look `before` bytes ahead of the seam. */
async function halves(detail: Detail, seam: number, before: number) {
  const earlier = new FlowCapture(detail)
  const next = await take(earlier, undefined, seam)
  const later = new FlowCapture(detail, head.firstSecond)
  later.prime()
  const start = await take(later, likelyRecord(file, seam - before, head)?.offset, seam)
  const memory = later.count()
  await take(later, start, Number.POSITIVE_INFINITY)
  return { earlier, next, start, part: later.part(memory) }
}

function summaryOf(capture: FlowCapture, detail: Detail) {
  const { frames, packets, tunnelled, withoutIp, overflow } = capture
  const flows = [...new FlowList(capture, tables, detail, 'start')]
  return { frames, packets, tunnelled, withoutIp, overflow, times: capture.times(), flows }
}

describe('two halves of a capture', () => {
  test.each(['conversations', 'pairs'] as const)('are, added up, the whole: %s', async (detail) => {
    const expected = summaryOf(await whole(detail), detail)
    // Enough before the seam that more packets are known than are remembered.
    for (const seam of [size / 2, size * 0.6 + 17, size - 3_000_000]) {
      const { earlier, next, start, part } = await halves(detail, Math.floor(seam), Math.floor(seam) - 3_000)
      expect(start).toBe(next)
      const before = earlier.frames
      expect(earlier.addPart(part)).toBe(true)
      expect(earlier.frames).toBeGreaterThan(before)
      expect(summaryOf(earlier, detail)).toEqual(expected)
    }
    expect(expected.flows.length).toBeGreaterThan(100)
  })

  test('are not added where the later one does not know what came before', async () => {
    const { earlier, part } = await halves('conversations', size / 2, 20_000)
    const before = summaryOf(earlier, 'conversations')
    expect(earlier.addPart(part)).toBe(false)
    expect(summaryOf(earlier, 'conversations')).toEqual(before)
  })
})

describe('where a record begins', () => {
  test('is found from any byte of the file', () => {
    const bytes = readFileSync(file)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const starts = new Set<number>()
    for (let at = 24; at < bytes.length; at += 16 + view.getUint32(at + 8, true)) starts.add(at)
    for (let from = 24; from < size - 4_000_000; from += 99_991)
      expect(starts.has(likelyRecord(file, from, head)?.offset ?? -1), `from ${from}`).toBe(true)
  })

  test('is not told of what is no classic capture, or of bytes that make no sense', () => {
    const noise = join(folder, 'noise')
    writeFileSync(
      noise,
      Buffer.from(Array.from({ length: 100_000 }, (_, index) => Math.imul(index, 0x9e3779b1) >>> 24)),
    )
    expect(pcapHead(noise)).toBeUndefined()
    expect(likelyRecord(noise, 0, head)).toBeUndefined()
  })
})
