/** Opening sources: what can be read, in which chunks, and what is said when it cannot. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { openSource, type Source } from '../../src/bytes/source.ts'
import { CaptureError } from '../../src/errors.ts'

const folder = mkdtempSync(join(tmpdir(), 'source-'))
const path = join(folder, 'bytes')
const bytes = Uint8Array.from({ length: 700_000 }, (_, index) => index % 251)
writeFileSync(path, bytes)
afterAll(() => rmSync(folder, { recursive: true }))

async function chunksOf(source: Source): Promise<Uint8Array[]> {
  const opened = await openSource(source)
  const chunks = []
  for await (const chunk of opened.chunks()) chunks.push(chunk)
  opened.close()
  return chunks
}

describe('the same bytes come from', () => {
  const copy = bytes.slice()
  const halves = [copy.subarray(0, 350_000), copy.subarray(350_000)]
  const sources: [string, () => Source][] = [
    ['a path', () => path],
    ['a file: URL', () => pathToFileURL(path)],
    ['a Uint8Array', () => copy],
    ['a Buffer', () => readFileSync(path)],
    ['an ArrayBuffer', () => copy.buffer],
    ['an iterable', () => halves],
    ['a Readable', () => Readable.from(halves)],
    ['a web stream', () => new Blob(halves).stream() as unknown as AsyncIterable<Uint8Array>],
  ]

  test.each(sources)('%s', async (_name, source) => {
    const chunks = await chunksOf(source())
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true)
  })
})

describe('a regular file', () => {
  test('comes in fresh chunks of 256 KiB at most', async () => {
    const chunks = await chunksOf(path)
    expect(chunks.map((chunk) => chunk.length)).toEqual([262_144, 262_144, 175_712])
    expect(new Set(chunks.map((chunk) => chunk.buffer)).size).toBe(3)
  })

  test('that is small takes no more memory than it has bytes', async () => {
    const small = join(folder, 'small')
    writeFileSync(small, 'abc')
    const [chunk] = await chunksOf(small)
    expect(chunk?.buffer.byteLength).toBe(3)
  })

  test('fills a buffer of the caller again and again, then goes on in chunks', async () => {
    const opened = await openSource(path)
    const buffer = new Uint8Array(100_000)
    expect(opened.path).toBe(path)
    expect(opened.size).toBe(700_000)
    expect(opened.fill?.(buffer, 0)).toBe(100_000)
    expect(opened.fill?.(buffer, 0)).toBe(100_000)
    expect(buffer[0]).toBe(100_000 % 251)
    const rest = []
    for await (const chunk of opened.chunks()) rest.push(chunk)
    expect(Buffer.concat(rest).equals(bytes.subarray(200_000))).toBe(true)
    expect(opened.fill?.(buffer, 0)).toBe(0)
    opened.close()
  })

  test('can be read again from the beginning', async () => {
    const opened = await openSource(path)
    opened.fill?.(new Uint8Array(10), 0)
    const all = []
    for await (const chunk of opened.again?.() ?? []) all.push(chunk)
    expect(Buffer.concat(all).equals(bytes)).toBe(true)
    opened.close()
  })
})

describe('streams', () => {
  test('give chunks as they arrive, but no empty ones', async () => {
    const stream = new PassThrough()
    const opened = await openSource(stream)
    expect(opened.fill).toBeUndefined()
    expect(opened.path).toBeUndefined()
    const chunks = opened.chunks()[Symbol.asyncIterator]()
    stream.write('ab')
    expect((await chunks.next()).value).toEqual(Buffer.from('ab'))
    stream.write('')
    stream.write('c')
    expect((await chunks.next()).value).toEqual(Buffer.from('c'))
    stream.end()
    expect((await chunks.next()).done).toBe(true)
  })

  test('with an encoding are refused with a word on what to do', async () => {
    const stream = new PassThrough().setEncoding('latin1')
    stream.end('abc')
    await expect(chunksOf(stream)).rejects.toThrow(TypeError)
    await expect(chunksOf(['abc'] as unknown as Source)).rejects.toThrow('open it without an encoding')
  })

  test('of something else than bytes are refused', async () => {
    await expect(chunksOf([1, 2, 3] as unknown as Source)).rejects.toThrow('a chunk must be a Uint8Array, not number')
  })

  test('keep their own errors', async () => {
    const stream = new PassThrough()
    stream.destroy(new RangeError('broken'))
    await expect(chunksOf(stream)).rejects.toThrow(RangeError)
  })
})

describe('what cannot be opened is unreadable:', () => {
  async function failure(source: Source): Promise<CaptureError> {
    const error = await openSource(source).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(CaptureError)
    return error as CaptureError
  }

  test('a file that is not there', async () => {
    const missing = join(folder, 'missing')
    expect(await failure(missing)).toMatchObject({ code: 'unreadable', message: 'no such file', path: missing })
  })

  test('a path through a file', async () => {
    expect((await failure(join(path, 'x'))).message).toContain('not a directory')
  })

  test('a directory', async () => {
    expect(await failure(folder)).toMatchObject({ code: 'unreadable', path: folder })
    expect((await failure(folder)).message).toContain('is a directory')
  })

  test('a file of somebody else', async () => {
    const secret = join(folder, 'secret')
    writeFileSync(secret, 'x')
    chmodSync(secret, 0)
    chmodSync(folder, 0o755)
    // Root may read everything: it is nobody for as long as this takes.
    const isRoot = process.geteuid?.() === 0
    if (isRoot) process.seteuid?.('nobody')
    try {
      expect((await failure(secret)).message).toContain('permission')
    } finally {
      if (isRoot) process.seteuid?.(0)
    }
  })
})

test.each([
  ['a URL of the web', new URL('https://example.org/a.pcap'), 'https:'],
  ['a number', 7, 'not 7'],
  ['nothing', undefined, 'not undefined'],
])('%s is a misuse', async (_name, source, words) => {
  await expect(openSource(source as Source)).rejects.toThrow(TypeError)
  await expect(openSource(source as Source)).rejects.toThrow(words)
})
