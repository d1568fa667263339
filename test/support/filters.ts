import { readFileSync } from 'node:fs'
import { digest, filters, ranges } from '../../fixtures/filters.mjs'
import { Filter } from '../../src/filter/filter.ts'
import { defaultDissector } from '../../src/layers/create-dissector.ts'
import { eachDissection } from './dissections.ts'
import { fixture } from './fixtures.ts'

/** The filters that tshark was asked about. */
export const FILTERS: readonly string[] = filters()

/** What tshark 4.0.17 selected with each, as ranges. */
export function storedAnswers(capture: string): string[] {
  const [made, ...answers] = readFileSync(fixture(`truth/filters/${capture}.txt`), 'utf8')
    .replace(/\n$/, '')
    .split('\n')
  if (made !== digest()) throw new Error('filters.txt has changed: node fixtures/filters.mjs asks tshark anew')
  return answers
}

/** The frames that we select with each, as ranges; and how many there are. */
export async function ourAnswers(
  capture: string,
  expressions: readonly string[],
): Promise<{ readonly answers: string[]; readonly frames: number }> {
  const compiled = expressions.map((expression) => new Filter(expression, defaultDissector()))
  const selected: number[][] = expressions.map(() => [])
  let frames = 0
  await eachDissection(
    fixture(capture),
    (packet) => {
      frames++
      compiled.forEach((filter, index) => {
        if (filter.matches(packet)) selected[index]?.push(packet.record.number)
      })
    },
    { relativeSequence: false },
  )
  return { answers: selected.map(ranges), frames }
}
