/** Arbitrary and damaged bytes: an end every time, and no error but a CaptureError. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Source } from '../../src/bytes/source.ts'
import { readBatches, scanRecords } from '../../src/capture/read-records.ts'
import type { CaptureRecord } from '../../src/capture/record.ts'
import { CaptureError } from '../../src/errors.ts'
import { chunksOf, join, little } from './build.ts'

const names = [
  'vxlan-qinq.pcap',
  'vxlan-vlan.pcap',
  'made/sections.pcapng',
  'made/simple.pcapng',
  'made/members.pcap.gz',
]
const fixtures = names.map((name) => new Uint8Array(readFileSync(new URL(`../../fixtures/${name}`, import.meta.url))))

function check(record: CaptureRecord): void {
  expect(record.start).toBeGreaterThanOrEqual(0)
  expect(record.end).toBeGreaterThanOrEqual(record.start)
  expect(record.end).toBeLessThanOrEqual(record.bytes.length)
  expect(record.view.byteLength).toBe(record.bytes.length)
  expect(Number.isInteger(record.nanoseconds) && record.nanoseconds >= 0 && record.nanoseconds < 1e9).toBe(true)
}

/** Reads to the end. Returns how many records there were; throws whatever is no CaptureError. */
async function survive(source: () => Source): Promise<number> {
  let scanned = 0
  let read = 0
  const messages: string[] = []
  try {
    await scanRecords(source(), (record) => {
      check(record)
      expect(record.number).toBe(++scanned)
    })
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error
    messages.push(error.message)
  }
  try {
    for await (const batch of readBatches(source())) {
      for (const record of batch) check(record)
      read += batch.length
    }
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error
    messages.push(error.message)
  }
  expect(read).toBe(scanned)
  expect(new Set(messages).size).toBeLessThan(2)
  return scanned
}

const chunkSize = fc.constantFrom(1, 3, 64, 1_000_000)

test('arbitrary bytes', async () => {
  const start = fc.constantFrom(new Uint8Array(0), little.pcapHeader(), join(little.section(), little.interfaceBlock()))
  await fc.assert(
    fc.asyncProperty(start, fc.uint8Array({ maxLength: 300 }), chunkSize, async (head, tail, size) => {
      const bytes = join(head, tail)
      await survive(() => chunksOf(bytes, size))
    }),
    { numRuns: 400 },
  )
})

test('real captures cut at any place, which lose nothing before it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...fixtures), fc.nat(), chunkSize, async (bytes, place, size) => {
      const cut = bytes.subarray(0, place % bytes.length)
      const records = await survive(() => chunksOf(cut, size))
      expect(records).toBeLessThanOrEqual(await survive(() => bytes))
    }),
    { numRuns: 200 },
  )
})

test('real captures with some bytes changed', async () => {
  const change = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 }))
  const changes = fc.array(change, { minLength: 1, maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...fixtures), changes, chunkSize, async (bytes, list, size) => {
      const damaged = bytes.slice()
      for (const [place, bits] of list) damaged[place % damaged.length] = (damaged[place % damaged.length] ?? 0) ^ bits
      await survive(() => damaged)
      await survive(() => chunksOf(damaged, Math.max(size, 3)))
    }),
    { numRuns: 300 },
  )
})

test('a gzip file cut at any place gives every whole record of what it held', async () => {
  const compressed = fixtures[4] as Uint8Array
  const whole = gunzipSync(compressed)
  expect(await survive(() => compressed)).toBe(58)
  const held = async (length: number) => {
    let records = 0
    let bytes = 24
    await scanRecords(compressed.subarray(0, length), (record) => {
      records++
      bytes += 16 + record.end - record.start
    }).catch((error) => expect(error).toMatchObject({ code: expect.stringMatching(/^(cut|not-a-capture)$/) }))
    expect(bytes).toBeLessThanOrEqual(whole.length)
    return records
  }
  let last = 0
  for (let length = 20; length < compressed.length; length += 97) {
    const records = await held(length)
    expect(records).toBeGreaterThanOrEqual(last)
    last = records
  }
  expect(last).toBeGreaterThan(50)
})
