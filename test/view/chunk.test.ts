import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const dist = new URL('../../dist/', import.meta.url)
const bundles = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((one) => /\.c?js$/.test(one))
const holding = (text: string) =>
  bundles.filter((one) => readFileSync(new URL(one, dist), 'utf8').includes(text)).sort()

describe('the viewer in the package', () => {
  it('is a chunk of its own, which only the command asks for, and only when it opens it', () => {
    expect(holding('./viewer.cjs')).toEqual(['ovl-dissect.cjs'])
    // In a function that opens it, not while the file is loaded.
    expect(readFileSync(new URL('ovl-dissect.cjs', dist), 'utf8')).toMatch(/\("show","\.\/viewer\.cjs"\)/)
  })

  it('brings its terminal library, and decodes with the engine', () => {
    // What turns the mouse on.
    expect(holding('[?1006h')).toEqual(['viewer.cjs'])
    expect(holding('Virtual eXtensible Local Area Network')).not.toContain('viewer.cjs')
  })
})

describe('the engine in the package', () => {
  it('does without the parser of options, which every start has loaded already', () => {
    // What commander says of an option that it does not know.
    expect(holding('error: unknown option')).toEqual(['ovl-dissect.cjs'])
  })

  it('is ASCII, as its reader takes it, also where an expression names an arrow', () => {
    for (const one of bundles)
      expect([one, /[^\0-\x7f]/.exec(readFileSync(new URL(one, dist), 'utf8'))?.[0]]).toEqual([one, undefined])
  })
})
