import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const dist = new URL('../../dist/', import.meta.url)
const bundles = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((one) => one.endsWith('.js'))
const holding = (text: string) =>
  bundles.filter((one) => readFileSync(new URL(one, dist), 'utf8').includes(text)).sort()

describe('the viewer in the package', () => {
  it('is a chunk of its own, which only the command asks for, and only when it opens it', () => {
    expect(holding('./viewer.js')).toEqual(['ovl-dissect.js'])
    expect(readFileSync(new URL('ovl-dissect.js', dist), 'utf8')).toMatch(/import\("\.\/viewer\.js"\)/)
  })

  it('brings its terminal library, and decodes with the engine', () => {
    // What turns the mouse on.
    expect(holding('[?1006h')).toEqual(['viewer.js'])
    expect(holding('Virtual eXtensible Local Area Network')).not.toContain('viewer.js')
  })
})
