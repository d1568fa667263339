/** Several captures as one: in order of time, without holding any of them. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { scanMerged } from '../../src/capture/merge.ts'
import { CaptureError } from '../../src/errors.ts'
import { captureUrl } from '../packet/captures.ts'
import { bytesFrom, join, little, plain, scanAll } from './build.ts'

const { pcapHeader, pcapRecord, section, interfaceBlock, simplePacket, packet } = little

/** A classic capture of packets at these seconds; each has its second as its only byte. */
const at = (...seconds: readonly number[]) =>
  join(pcapHeader(), ...seconds.map((one) => pcapRecord(bytesFrom(one % 256, 1), { seconds: one })))

async function merged(...sources: readonly Uint8Array[]) {
  const rows: { number: number; seconds: number; file: number; id: number }[] = []
  await scanMerged(sources, ({ number, seconds, interface: { id } }, file) => {
    rows.push({ number, seconds, file, id })
  })
  return rows
}

test('the earliest comes first, numbered through, each with its file and an interface of its own', async () => {
  expect(await merged(at(1, 4, 6), at(2, 3, 7))).toEqual([
    { number: 1, seconds: 1, file: 0, id: 0 },
    { number: 2, seconds: 2, file: 1, id: 1 },
    { number: 3, seconds: 3, file: 1, id: 1 },
    { number: 4, seconds: 4, file: 0, id: 0 },
    { number: 5, seconds: 6, file: 0, id: 0 },
    { number: 6, seconds: 7, file: 1, id: 1 },
  ])
})

test('at equal times the file named first comes first', async () => {
  expect((await merged(at(5, 5), at(5), at(5))).map((row) => row.file)).toEqual([0, 0, 1, 2])
})

test('a file keeps its own order, also where its times go backwards', async () => {
  const rows = await merged(at(5, 1, 9), at(6, 7))
  expect(rows.filter((row) => row.file === 0).map((row) => row.seconds)).toEqual([5, 1, 9])
  expect(rows.map((row) => row.seconds)).toEqual([5, 1, 6, 7, 9])
})

test('a packet without a time stays behind the one before it', async () => {
  const timeless = join(
    section(),
    interfaceBlock(),
    packet(bytesFrom(1, 1), { ticks: 5_000_000n }),
    simplePacket(bytesFrom(2, 4)),
    packet(bytesFrom(3, 1), { ticks: 9_000_000n }),
  )
  const order: string[] = []
  await scanMerged([timeless, at(6)], (record) => void order.push(plain(record).bytes))
  expect(order).toEqual(['01', '02030405', '06', '03'])
})

test('any captures come out sorted, complete, and with more records than one batch', async () => {
  const capture = fc.array(fc.integer({ min: 0, max: 10_000 }), { maxLength: 3000, size: 'max' })
  await fc.assert(
    fc.asyncProperty(fc.array(capture, { minLength: 1, maxLength: 5 }), async (captures) => {
      const sorted = captures.map((seconds) => seconds.sort((a, b) => a - b))
      const rows = await merged(...sorted.map((seconds) => at(...seconds)))
      expect(rows.map((row) => row.seconds)).toEqual(sorted.flat().sort((a, b) => a - b))
      sorted.forEach((seconds, file) => {
        expect(rows.filter((row) => row.file === file).map((row) => row.seconds)).toEqual(seconds)
      })
    }),
    { numRuns: 20 },
  )
})

test('the lab, captured on two nodes, is the two captures sorted', async () => {
  const names = ['multi-node-ctr.pcap', 'multi-node-w0.pcap']
  const times: string[] = []
  await scanMerged(names.map(captureUrl), (record) => void times.push(plain(record).time))
  const each = await Promise.all(names.map((name) => scanAll(captureUrl(name))))
  expect(times).toEqual(each.flatMap(({ records }) => records.map((one) => one.time)).sort())
})

describe('a capture that is cut', () => {
  const whole = at(1, 3)
  const cut = at(2, 4).subarray(0, 50)

  test('ends, and the others go on; who listens is told which it was', async () => {
    const failed: [string, number][] = []
    const seconds: number[] = []
    await scanMerged([whole, cut], (record) => void seconds.push(record.seconds), {
      onError: (error, file) => void failed.push([error.code, file]),
    })
    expect([seconds, failed]).toEqual([[1, 2, 3], [['cut', 1]]])
  })

  test('is an error at the end where nobody listens', async () => {
    const seconds: number[] = []
    const scan = scanMerged([cut, whole], (record) => void seconds.push(record.seconds))
    await expect(scan).rejects.toThrow(CaptureError)
    expect(seconds).toEqual([1, 2, 3])
  })
})

test('a visitor that has had enough ends it, and streams are given back', async () => {
  let isEnded = false
  async function* stream() {
    try {
      yield at(1, 2, 3)
      await new Promise(() => {})
    } finally {
      isEnded = true
    }
  }
  await scanMerged([at(1), stream()], (record) => (record.number === 2 ? false : undefined))
  expect(isEnded).toBe(true)
})
