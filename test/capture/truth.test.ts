/** Real captures, and made ones, read as tshark and pcap-parser read them. */
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { readAll, scanAll } from './build.ts'

interface ParsedPacket {
  header: {
    timestampSeconds: number
    timestampMicroseconds: number
    capturedLength: number
    originalLength: number
  }
  data: Uint8Array
}

interface PcapParser {
  parse(path: string): {
    on(event: 'packet', listener: (packet: ParsedPacket) => void): void
    on(event: 'end', listener: () => void): void
    on(event: 'error', listener: (error: Error) => void): void
  }
}

const fixtures = new URL('../../fixtures/', import.meta.url)
const truths = new Set(readdirSync(new URL('truth/', fixtures)))
const real = readdirSync(fixtures).filter((name) => /\.pcap(ng)?$/.test(name))
const made = readdirSync(new URL('made/', fixtures))
const captures = [
  ...real.map((name) => ({ name, truth: `${name}.fields.tsv` })),
  ...made.map((name) => ({ name: `made/${name}`, truth: `made-${name}.fields.tsv` })),
]

function truthRows(name: string): string[][] {
  const compressed = truths.has(`${name}.gz`)
  const file = readFileSync(new URL(`truth/${name}${compressed ? '.gz' : ''}`, fixtures))
  const lines = (compressed ? gunzipSync(file) : file).toString('utf8').trimEnd().split('\n')
  expect(lines[0]?.split('\t').slice(0, 5)).toEqual([
    'frame.number',
    'frame.time_epoch',
    'frame.len',
    'frame.cap_len',
    'frame.interface_name',
  ])
  return lines.slice(1).map((line) => line.split('\t').slice(0, 5))
}

test('there are captures to compare with', () => {
  expect(real.length).toBeGreaterThan(25)
  expect(made.length).toBeGreaterThan(10)
})

describe.each(captures)('$name', ({ name, truth }) => {
  const path = new URL(name, fixtures)

  test('has the numbers, times, lengths and interface names that tshark shows', async () => {
    const { records } = await scanAll(path)
    const rows = records.map((record) => [
      String(record.number),
      record.time,
      String(record.original),
      String(record.bytes.length / 2),
      record.interface ?? '',
    ])
    expect(rows).toEqual(truthRows(truth))
  })

  test('is read by batches as it is scanned', async () => {
    const scanned = await scanAll(path)
    const read = await readAll(path)
    expect(read.records).toEqual(scanned.records)
    expect(read.error?.message).toBe(scanned.error?.message)
  })
})

describe('pcap-parser', () => {
  const parser = createRequire(import.meta.url)('pcap-parser') as PcapParser
  // It takes nanoseconds for microseconds, and older and modified headers for those of version 2.4.
  const unknown = /nano|modified|version-2\.[23]/
  const classic = captures.filter(({ name }) => name.endsWith('.pcap') && !unknown.test(name))

  async function parsed(path: string): Promise<string[][]> {
    const rows: string[][] = []
    await new Promise<void>((resolve, reject) => {
      const stream = parser.parse(path)
      stream.on('packet', ({ header, data }) => {
        const time = `${header.timestampSeconds}.${String(header.timestampMicroseconds).padStart(6, '0')}000`
        rows.push([time, String(header.originalLength), Buffer.from(data).toString('hex')])
      })
      stream.on('end', resolve)
      stream.on('error', reject)
    })
    return rows
  }

  test.each(classic)('reads the same out of $name', async ({ name }) => {
    const { records } = await scanAll(new URL(name, fixtures))
    expect(records.map(({ time, original, bytes }) => [time, String(original), bytes])).toEqual(
      await parsed(new URL(name, fixtures).pathname),
    )
  })
})
