/** The same records however the bytes arrive, and bytes that stay what they are. */
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { readRecords, scanRecords } from '../../src/capture/read-records.ts'
import type { CaptureRecord } from '../../src/capture/record.ts'
import { bytesFrom, chunksOf, join, little, overwrittenChunksOf, readAll, scanAll } from './build.ts'

function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../../fixtures/${name}`, import.meta.url)))
}

const captures: [string, Uint8Array][] = [
  'vxlan-qinq.pcap',
  'vxlan-be.pcap',
  'vxlan-cut.pcap',
  'vxlan.pcapng',
  'made/sections.pcapng',
  'made/simple.pcapng',
  'made/vxlan.pcapng.gz',
  'made/members.pcap.gz',
].map((name) => [name, fixture(name)])

describe.each(captures)('%s', (_name, bytes) => {
  test.each([1, 7, 100, 4096])('gives the same in chunks of %i bytes', async (size) => {
    const whole = await scanAll(bytes)
    expect(whole.records.length).toBeGreaterThan(3)
    for (const outcome of [
      await scanAll(chunksOf(bytes, size)),
      await scanAll(overwrittenChunksOf(bytes, size)),
      await readAll(chunksOf(bytes, size)),
    ]) {
      expect(outcome.records).toEqual(whole.records)
      expect(outcome.error).toEqual(whole.error)
      expect(outcome.info).toEqual(whole.info)
    }
  })
})

describe('a scan', () => {
  test('moves one and the same record', async () => {
    const seen = new Set<CaptureRecord>()
    await scanRecords(fixture('vxlan.pcap'), (record) => void seen.add(record))
    expect(seen.size).toBe(1)
  })

  test('ends when the visitor says false', async () => {
    let count = 0
    await scanRecords(fixture('vxlan-cut.pcap'), (record) => {
      count++
      return record.number < 5 ? undefined : false
    })
    expect(count).toBe(5)
  })

  test('passes on what the visitor throws', async () => {
    const scan = scanRecords(fixture('vxlan.pcap'), () => {
      throw new RangeError('enough')
    })
    await expect(scan).rejects.toThrow(RangeError)
  })
})

describe('a reading', () => {
  test('gives every record as an object of its own', async () => {
    const seen = new Set<CaptureRecord>()
    for await (const record of readRecords(fixture('vxlan.pcap'))) seen.add(record)
    expect(seen.size).toBe(116)
  })

  test('copies nothing that lies in one chunk', async () => {
    const bytes = fixture('vxlan.pcap')
    for await (const record of readRecords(bytes)) expect(record.bytes).toBe(bytes)
  })

  test('copies only what straddles two chunks', async () => {
    const file = join(little.pcapHeader(), ...[0, 1, 2, 3].map((n) => little.pcapRecord(bytesFrom(n, 10))))
    const chunks: Uint8Array[] = [file.slice(0, 60), file.slice(60)]
    const homes = []
    for await (const record of readRecords(chunks)) homes.push(chunks.indexOf(record.bytes))
    expect(homes).toEqual([0, -1, 1, 1])
  })

  test('gives the position in the view as in the bytes', async () => {
    for await (const record of readRecords(chunksOf(fixture('vxlan.pcap'), 1000))) {
      expect(record.view.getUint8(record.start)).toBe(record.bytes[record.start])
      expect(record.view.getUint8(record.end - 1)).toBe(record.bytes[record.end - 1])
    }
  })
})

test('an error names the file, whether it is opened, inflated or read', async () => {
  const cut = new URL('../../fixtures/vxlan-cut.pcap', import.meta.url)
  for (const all of [scanAll, readAll]) {
    expect((await all(cut)).error).toMatchObject({ code: 'cut', path: cut.pathname })
    expect((await all('no-such.pcap')).error).toMatchObject({ code: 'unreadable', path: 'no-such.pcap' })
    expect((await all(fixture('vxlan-cut.pcap'))).error?.path).toBeUndefined()
  }
})

test('memory is taken for bytes that are there, not for those a length claims', async () => {
  const before = process.memoryUsage().arrayBuffers
  let most = 0
  async function* source() {
    yield join(little.pcapHeader(), little.pcapRecord(new Uint8Array(4), { captured: 16 * 1024 * 1024 }))
    for (let count = 0; count < 10; count++) {
      yield new Uint8Array(100)
      most = Math.max(most, process.memoryUsage().arrayBuffers - before)
    }
  }
  const { error } = await scanAll(source())
  expect(error?.message).toContain('16777216 bytes captured were announced at byte 24, 1004 are there')
  expect(most).toBeLessThan(1024 * 1024)
})

test('compressed zeros without end stream through', async () => {
  const bomb = gzipSync(join(little.section(), little.interfaceBlock(), new Uint8Array(0)))
  const zeros = gzipSync(little.block(0x0bad, new Uint8Array(60 * 1024 * 1024)))
  const before = process.memoryUsage().arrayBuffers
  let most = 0
  async function* source() {
    for (const chunk of [bomb, ...Array(4).fill(zeros)] as Uint8Array[]) {
      yield chunk
      most = Math.max(most, process.memoryUsage().arrayBuffers - before)
    }
  }
  const { error } = await scanAll(source())
  expect(error).toBeUndefined()
  expect(most).toBeLessThan(40 * 1024 * 1024)
})

test.each([
  ['classic', join(little.pcapHeader(), ...Array.from({ length: 500 }, (_, n) => little.pcapRecord(noise(n))))],
  [
    'of blocks',
    join(little.section(), little.interfaceBlock(), ...Array.from({ length: 500 }, (_, n) => little.packet(noise(n)))),
  ],
])(
  'a compressed capture that is cut gives the packets it holds, then says where it was cut: %s',
  async (_name, file) => {
    const whole = (await scanAll(file)).records
    const packed = gzipSync(file)
    for (const all of [scanAll, readAll]) {
      const { records, error } = await all(packed.subarray(0, packed.length / 2))
      expect(records.length).toBeGreaterThan(150)
      expect(records).toEqual(whole.slice(0, records.length))
      expect(error).toMatchObject({ code: 'cut' })
      expect(error?.message).toContain(`at byte ${packed.length >> 1} of the compressed file`)
    }
  },
)

/** Bytes that do not compress well, others for each number. */
function noise(number: number): Uint8Array {
  let state = number + 1
  return Uint8Array.from({ length: 40 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state >>> 24
  })
}
