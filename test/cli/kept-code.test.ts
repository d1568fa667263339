import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { cacheFolder } from '../../src/cli/kept-code.ts'
import { ovl } from '../support/command.ts'

const home = mkdtempSync(join(tmpdir(), 'ovl-kept-code.'))
const me = process.getuid?.()
afterAll(() => rmSync(home, { recursive: true }))

describe('where compiled code is kept', () => {
  it('is where XDG_CACHE_HOME says, else in ~/.cache, also before there is one', () => {
    expect(cacheFolder({ XDG_CACHE_HOME: home, HOME: '/nowhere' }, me)).toBe(join(home, 'ovl-dissect'))
    expect(cacheFolder({ HOME: home }, me)).toBe(join(home, '.cache/ovl-dissect'))
    expect(cacheFolder({ XDG_CACHE_HOME: 'not/absolute', HOME: home }, me)).toBe(join(home, '.cache/ovl-dissect'))
  })

  it('is nowhere if that is somebody else’s: what lies there is run', () => {
    expect(cacheFolder({ HOME: home }, 12_345)).toBeUndefined()
    expect(cacheFolder({ XDG_CACHE_HOME: home }, 12_345)).toBeUndefined()
  })

  it('is nowhere without a home', () => {
    expect(cacheFolder({}, me)).toBeUndefined()
    expect(cacheFolder({ HOME: '/nowhere/at/all' }, me)).toBeUndefined()
  })
})

describe('compiled code that is kept', () => {
  const folder = () => mkdtempSync(join(home, 'cache.'))
  const filesIn = (cache: string) =>
    readdirSync(cache, { recursive: true, withFileTypes: true })
      .filter((one) => one.isFile())
      .map((one) => join(one.parentPath, one.name))
      .sort()
  const flows = (cache: string, more: Record<string, string> = {}) =>
    ovl(['flows', 'fixtures/vxlan.pcap'], { env: { XDG_CACHE_HOME: cache, ...more } })
  const plain = flows(folder(), { NODE_DISABLE_COMPILE_CACHE: '1' })

  it('is that of the command, and the next start prints the same', () => {
    const cache = folder()
    expect(flows(cache)).toEqual(plain)
    const kept = filesIn(cache)
    expect(kept.map((file) => file.slice(file.lastIndexOf('/') + 1))).toEqual([
      expect.stringMatching(/^cli-table3-flows-[0-9a-f]{16}$/),
      expect.stringMatching(/^engine-flows-[0-9a-f]{16}$/),
    ])
    expect(flows(cache)).toEqual(plain)
    expect(filesIn(cache)).toEqual(kept)
  })

  it.each([
    ['cut', (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1)],
    ['empty', () => Buffer.alloc(0)],
    ['of zeros', (bytes: Buffer) => Buffer.alloc(bytes.length)],
    ['without a page', (bytes: Buffer) => bytes.fill(0, 1 << 19, (1 << 19) + 4096)],
  ])('is not run when it is %s, but made again', (_how, damaged) => {
    const cache = folder()
    flows(cache)
    const [file] = filesIn(cache).filter((one) => one.includes('engine-')) as [string]
    const right = readFileSync(file)
    const wrong = damaged(Buffer.from(right))
    expect(wrong.equals(right)).toBe(false)
    writeFileSync(file, wrong)
    expect(flows(cache)).toEqual(plain)
    expect(readFileSync(file).equals(wrong)).toBe(false)
    expect(flows(cache)).toEqual(plain)
  })

  it('takes the place of what another version of the program has left', () => {
    const cache = folder()
    flows(cache)
    const [file] = filesIn(cache).filter((one) => one.includes('engine-')) as [string]
    const old = `${file.slice(0, -16)}0123456789abcdef`
    writeFileSync(old, readFileSync(file))
    rmSync(file)
    expect(flows(cache)).toEqual(plain)
    expect(filesIn(cache)).toContain(file)
    expect(filesIn(cache)).not.toContain(old)
  })

  it('is none after a command that could not do its work, nor where Node keeps its own, or is told not to', () => {
    const cache = folder()
    expect(ovl(['flows', 'not/there.pcap'], { env: { XDG_CACHE_HOME: cache } }).status).toBe(2)
    flows(cache, { NODE_DISABLE_COMPILE_CACHE: '1' })
    flows(cache, { NODE_COMPILE_CACHE: join(cache, 'of-node') })
    expect(filesIn(cache).filter((file) => !file.includes('of-node'))).toEqual([])
  })

  it('is no reason to fail where nothing can be written', () => {
    const cache = folder()
    writeFileSync(join(cache, 'ovl-dissect'), '')
    expect(flows(cache)).toEqual(plain)
  })

  it('is taken by every command, also those that tell V8 how to collect garbage', () => {
    const cache = folder()
    const large = join(home, 'large.pcap')
    // Large enough for that, by a packet over and over.
    const capture = readFileSync('fixtures/vxlan.pcap')
    const packet = capture.subarray(24, 40 + capture.readUInt32LE(32))
    writeFileSync(
      large,
      Buffer.concat([capture.subarray(0, 24), ...Array(Math.ceil((33 << 20) / packet.length)).fill(packet)]),
    )
    for (const command of [['path'], ['--print']]) {
      const run = () => ovl([...command, large], { env: { XDG_CACHE_HOME: cache } })
      const engines = () =>
        filesIn(cache)
          .filter((file) => file.includes('engine-'))
          .map((file) => [file, statSync(file).ino])
      expect(run().status).toBe(0)
      const kept = engines()
      expect(run().status).toBe(0)
      expect(engines()).toEqual(kept)
    }
  })
})
