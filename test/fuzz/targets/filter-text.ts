/** Filters that nobody meant: a filter or a UsageError, never anything else. */
import { readFileSync } from 'node:fs'
import { UsageError } from '../../../src/errors.ts'
import { compileFilter } from '../../../src/filter/compile-filter.ts'
import type { Filter } from '../../../src/filter/filter.ts'
import { scan } from '../../../src/packet/scan.ts'
import { fixture } from '../../support/fixtures.ts'
import type { Random } from '../random.ts'
import type { Target } from '../target.ts'

const lines = readFileSync(fixture('filters.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
const PIECES = [
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '"',
  '\\',
  '&&',
  '||',
  '!',
  '==',
  'matches "',
  '(a+)+$',
  '..',
  '#',
  '/',
  ':',
  '~',
  '\0',
  '\u202e',
  '99999999999',
  '(((((((((',
]

function mutatedText(random: Random): string {
  let text = random.pick(lines)
  for (let times = 1 + random.below(4); times > 0; times--) {
    const at = random.below(text.length + 1)
    const cut = random.onceIn(2) ? random.below(4) : 0
    const piece = random.pick([random.pick(PIECES), random.pick(lines), String.fromCharCode(random.below(0x180))])
    text = text.slice(0, at) + piece + text.slice(at + cut)
  }
  return text
}

export const filterText: Target = {
  name: 'filter-text',
  onceIn: 2,
  async capture(bytes, random) {
    const filters: Filter[] = []
    for (let times = 0; times < 8; times++) {
      try {
        filters.push(compileFilter(mutatedText(random)))
      } catch (error) {
        if (!(error instanceof UsageError)) throw error
      }
    }
    let asked = 0
    await scan(bytes, (record, walk) => {
      for (const filter of filters) filter.matchesFrame(record, walk)
      return ++asked < 16 ? undefined : false
    })
  },
}
