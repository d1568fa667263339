import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { cacheFolder } from '../../src/cli/code-cache.ts'

const home = mkdtempSync(join(tmpdir(), 'ovl-code-cache.'))
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
