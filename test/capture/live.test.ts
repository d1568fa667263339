/** Captures that grow while they are read: every record is there when its bytes are. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { appendFileSync, mkdtempSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join as joinPath } from 'node:path'
import { PassThrough } from 'node:stream'
import { createGzip } from 'node:zlib'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readRecords, scanRecords } from '../../src/capture/read-records.ts'
import type { CaptureRecord } from '../../src/capture/record.ts'
import { bytesFrom, join, little } from './build.ts'

const record = (n: number) => little.pcapRecord(bytesFrom(n, 10), { seconds: n })
const folder = mkdtempSync(joinPath(tmpdir(), 'capture-'))
const fixture = new URL('../../fixtures/vxlan.pcap', import.meta.url).pathname

afterAll(() => rmSync(folder, { recursive: true }))

/** The next record, or 'nothing' when none comes. */
async function nextOf(records: AsyncIterator<CaptureRecord>): Promise<number | 'nothing'> {
  const { done, value } = await records.next()
  return done ? 'nothing' : value.seconds
}

/** Says whether a promise is still waiting after what is under way has settled. */
async function isWaiting(promise: Promise<unknown>): Promise<boolean> {
  const late = new Promise((resolve) => setTimeout(resolve, 50, 'late'))
  return (await Promise.race([promise, late])) === 'late'
}

describe('a pipe that is left open', () => {
  test('gives each record as it arrives', async () => {
    const pipe = new PassThrough()
    const records = readRecords(pipe)
    const first = nextOf(records)
    expect(await isWaiting(first)).toBe(true)
    pipe.write(join(little.pcapHeader(), record(1)))
    expect(await first).toBe(1)
    const second = nextOf(records)
    pipe.write(record(2).subarray(0, 20))
    expect(await isWaiting(second)).toBe(true)
    pipe.write(join(record(2).subarray(20), record(3)))
    expect(await second).toBe(2)
    expect(await nextOf(records)).toBe(3)
    const last = nextOf(records)
    expect(await isWaiting(last)).toBe(true)
    pipe.end()
    expect(await last).toBe('nothing')
  })

  test('gives each record of a compressor that flushes', async () => {
    const gzip = createGzip()
    const records = readRecords(gzip)
    gzip.write(join(little.pcapHeader(), record(1)))
    gzip.flush()
    expect(await nextOf(records)).toBe(1)
    gzip.write(record(2))
    gzip.flush()
    expect(await nextOf(records)).toBe(2)
    gzip.end()
    expect(await nextOf(records)).toBe('nothing')
  })

  test('is closed when the scan ends early', async () => {
    const pipe = new PassThrough()
    pipe.write(join(little.pcapHeader(), record(1), record(2)))
    await scanRecords(pipe, () => false)
    expect(pipe.destroyed).toBe(true)
  })

  test('is closed when the loop is left', async () => {
    const pipe = new PassThrough()
    pipe.write(join(little.pcapHeader(), record(1), record(2)))
    for await (const _ of readRecords(pipe)) break
    expect(pipe.destroyed).toBe(true)
  })
})

test('a child process is read while it runs', async () => {
  const script = `
    process.stdin.on('data', (data) => process.stdout.write(Buffer.from(String(data), 'hex')))
    process.stdout.write(Buffer.from(process.argv[1], 'hex'))`
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
  const child = spawn(process.execPath, ['-e', script, hex(little.pcapHeader())])
  const records = readRecords(child.stdout)
  for (const n of [1, 2, 3]) {
    child.stdin.write(hex(record(n)))
    expect(await nextOf(records)).toBe(n)
  }
  child.stdin.end()
  expect(await nextOf(records)).toBe('nothing')
})

test('a named pipe is read while it is written', async () => {
  const path = joinPath(folder, 'fifo')
  execFileSync('mkfifo', [path])
  const records = readRecords(path)
  const first = nextOf(records)
  expect(await isWaiting(first)).toBe(true)
  const writer = spawn('sh', ['-c', `cat > ${path}`], { stdio: ['pipe', 'ignore', 'ignore'] })
  writer.stdin.write(join(little.pcapHeader(), record(1)))
  expect(await first).toBe(1)
  writer.stdin.write(record(2))
  expect(await nextOf(records)).toBe(2)
  writer.stdin.end()
  expect(await nextOf(records)).toBe('nothing')
})

describe('standard input', () => {
  const program = joinPath(folder, 'count.mjs')

  beforeAll(async () => {
    const contents = `
      import { readRecords, scanRecords } from './src/capture/read-records.ts'
      const print = (record) => console.log(record.number, record.seconds)
      const failed = (error) => console.log(error.code, error.path)
      if (process.argv[2] === 'scan') await scanRecords('-', print).catch(failed)
      else try { for await (const record of readRecords('-')) print(record) } catch (error) { failed(error) }`
    const stdin = { contents, resolveDir: new URL('../..', import.meta.url).pathname, loader: 'ts' as const }
    await build({ stdin, outfile: program, bundle: true, format: 'esm', platform: 'node', target: 'node20.20' })
  })

  function output(child: ChildProcess): Promise<string> {
    return new Promise((resolve) => {
      let text = ''
      child.stdout?.on('data', (data) => {
        text += String(data)
      })
      child.on('close', () => resolve(text))
    })
  }

  test.each(['scan', 'read'])('may be a file: %s', async (mode) => {
    const child = spawn(process.execPath, [program, mode], { stdio: [openSync(fixture, 'r'), 'pipe', 'inherit'] })
    const lines = (await output(child)).trimEnd().split('\n')
    expect(lines.length).toBe(116)
    expect(lines[115]).toBe('116 1795378378')
  })

  test.each(['scan', 'read'])('may be a pipe, whose records come as they are written: %s', async (mode) => {
    const child = spawn(process.execPath, [program, mode], { stdio: ['pipe', 'pipe', 'inherit'] })
    const all = output(child)
    const line = () => new Promise((resolve) => child.stdout?.once('data', (data) => resolve(String(data))))
    child.stdin?.write(join(little.pcapHeader(), record(1)))
    expect(await line()).toBe('1 1\n')
    child.stdin?.write(record(2))
    expect(await line()).toBe('2 2\n')
    child.stdin?.end(record(3).subarray(0, 12))
    expect(await all).toBe('1 1\n2 2\ncut -\n')
  })

  test('may be empty', async () => {
    const child = spawn(process.execPath, [program, 'scan'], { stdio: ['ignore', 'pipe', 'inherit'] })
    expect(await output(child)).toBe('not-a-capture -\n')
  })

  test('may be a directory, which cannot be read', async () => {
    const child = spawn(process.execPath, [program, 'scan'], { stdio: [openSync(folder, 'r'), 'pipe', 'inherit'] })
    expect(await output(child)).toBe('unreadable -\n')
  })
})

test('the event loop turns while a file is scanned', async () => {
  const path = joinPath(folder, 'large.pcap')
  const bytes = readFileSync(fixture)
  writeFileSync(path, Buffer.concat([bytes, ...Array<Buffer>(2000).fill(bytes.subarray(24))]))
  let turns = 0
  let count = 0
  const timer = setInterval(() => turns++, 0)
  await scanRecords(path, () => void count++)
  clearInterval(timer)
  expect(count).toBe(116 * 2001)
  expect(turns).toBeGreaterThan(1)
})

describe('a file that is rotated while it is read', () => {
  /** More than is read at once, of 26 bytes a record. */
  const MANY = 60_000
  const capture = (from: number) =>
    join(little.pcapHeader(), ...Array.from({ length: MANY }, (_, n) => little.pcapRecord(data, { seconds: from + n })))
  const data = bytesFrom(1, 10)

  /** Renames it, makes another of that name, and lets the old one go on, as its writer does who still has it open. */
  function rotate(path: string): void {
    renameSync(path, `${path}.1`)
    writeFileSync(path, capture(5_000_000))
    appendFileSync(`${path}.1`, little.pcapRecord(data, { seconds: MANY }))
  }

  test.each(['scan', 'read'])('is read to its end, and nothing of the new one: %s', async (mode) => {
    const path = joinPath(folder, `rotated-${mode}.pcap`)
    writeFileSync(path, capture(0))
    const seconds: number[] = []
    const visit = (record: CaptureRecord) => {
      seconds.push(record.seconds)
      if (seconds.length === 3) rotate(path)
    }
    if (mode === 'scan') await scanRecords(path, visit)
    else for await (const record of readRecords(path)) visit(record)
    expect(seconds).toEqual(Array.from({ length: MANY + 1 }, (_, n) => n))
  })

  test('is the new one for whoever opens it then', async () => {
    const path = joinPath(folder, 'rotated-twice.pcap')
    writeFileSync(path, capture(0))
    rotate(path)
    const records = readRecords(path)
    expect(await nextOf(records)).toBe(5_000_000)
    await records.return?.(undefined)
  })
})
