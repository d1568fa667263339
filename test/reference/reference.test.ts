/** The API reference: every public symbol is documented, with an example that runs and says what it promises. */
import { describe, expect, test } from 'vitest'
import { examplesIn, type PublicSymbol, publicSymbols } from './public-symbols.ts'
import { compileExamples, promises, runExamples } from './run-examples.ts'

const symbols = publicSymbols()
const examples = symbols.flatMap(({ name, file, comment }) =>
  examplesIn(comment).map((code) => ({ name: `${name} (${file})`, code })),
)

/** What a symbol lacks in the reference. */
function lacks({ name, comment }: Pick<PublicSymbol, 'name' | 'comment'>): string[] {
  const [words = ''] = comment.split(/^@/m)
  const codes = examplesIn(comment)
  const missing = []
  if (words.trim().length < 12) missing.push(`${name}: says nothing`)
  if (codes.length === 0) missing.push(`${name}: no example`)
  for (const code of codes) {
    if (Object.keys(promises(code)).length === 0 && !code.includes('assert.'))
      missing.push(`${name}: its example cannot fail`)
    if (!/from 'ovl-dissect/.test(code)) missing.push(`${name}: its example imports nothing of ours`)
  }
  return missing
}

describe('the reference', () => {
  test('knows the symbols of all doors', () => {
    const names = symbols.map(({ name }) => name)
    expect(names).toEqual(
      expect.arrayContaining(['read', 'readPackets', 'toCarry', 'not', 'Verdict', 'CaptureMatchers']),
    )
    expect(symbols.length).toBeGreaterThan(90)
  })

  test('notices what is not documented, has no example, or one that cannot fail', () => {
    const example = (code: string) => `A symbol of some kind.\n@example\n\`\`\`js\n${code}\n\`\`\``
    const good = "import { read } from 'ovl-dissect'\nconsole.log(typeof read) // function"
    expect(lacks({ name: 'x', comment: example(good) })).toEqual([])
    expect(lacks({ name: 'x', comment: '' })).toEqual(['x: says nothing', 'x: no example'])
    expect(lacks({ name: 'x', comment: 'A symbol of some kind.' })).toEqual(['x: no example'])
    expect(lacks({ name: 'x', comment: example(good.replace(' // function', '')) })).toEqual([
      'x: its example cannot fail',
    ])
  })

  test('says something of every symbol, with an example', () => {
    expect(symbols.flatMap(lacks)).toEqual([])
  })
})

describe('the examples', () => {
  const ran = runExamples(examples)

  test('that are wrong are noticed', () => {
    const [lie, crash] = runExamples([
      { name: 'a lie', code: "import { MAX_DEPTH } from 'ovl-dissect'\nconsole.log(MAX_DEPTH) // 41" },
      { name: 'a crash', code: "import { nothing } from 'ovl-dissect'" },
    ])
    expect(lie?.said).toEqual({ 2: '40' })
    expect(promises('x()\nconsole.log(MAX_DEPTH) // 41')).toEqual({ 2: '41' })
    expect(crash?.failure).toContain("does not provide an export named 'nothing'")
    expect(compileExamples([{ name: 'x', code: "import { nothing } from 'ovl-dissect'\nnothing()" }])).toContain(
      'TS2305',
    )
  })

  test.each(examples.map(({ name, code }, index) => ({ name, code, index })))('$name', ({ code, index }) => {
    const { failure, said } = ran[index] as (typeof ran)[number]
    expect(failure).toBeUndefined()
    expect(said).toEqual(promises(code))
  })

  test('compile', () => {
    expect(compileExamples(examples)).toBe('')
  })
})
