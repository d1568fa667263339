import { describe, expect, it } from 'vitest'
import { captures, ranges } from '../../fixtures/filters.mjs'
import { FILTERS, ourAnswers, storedAnswers } from '../support/filters.ts'
import { compareFilters } from './compare-filters.ts'

const CAPTURES: readonly string[] = captures()

describe('display filters select the frames that tshark -Y selects', () => {
  it.each(CAPTURES)('in %s', async (capture) => {
    expect((await compareFilters(capture)).found).toEqual([])
  })

  it('in at least 200 filters, four fifths of which select some but not all frames of a capture', async () => {
    expect(FILTERS.length).toBeGreaterThanOrEqual(200)
    expect(new Set(FILTERS).size).toBe(FILTERS.length)
    const telling = new Set<number>()
    for (const capture of CAPTURES) {
      const { frames } = await ourAnswers(capture, [])
      const all = ranges(Array.from({ length: frames }, (_, index) => index + 1))
      storedAnswers(capture).forEach((answer, index) => {
        if (answer !== '' && answer !== all) telling.add(index)
      })
    }
    expect(telling.size / FILTERS.length).toBeGreaterThanOrEqual(0.8)
  })
})
