import { describe, expect, it } from 'vitest'
import { LAB_CAPTURES, MADE_CAPTURES } from '../support/fixtures.ts'
import { compareFields } from './compare-fields.ts'

describe("each frame's fields and columns equal tshark's", () => {
  it('on all 30 captures of the lab', () => {
    expect(LAB_CAPTURES).toHaveLength(30)
  })

  it.each(LAB_CAPTURES)('%s', async (capture) => {
    const { found, values } = await compareFields(capture)
    expect(values).toBeGreaterThan(200)
    expect(found).toEqual([])
  })

  it('and on those that were made of other formats, links and headers', () => {
    expect(MADE_CAPTURES.length).toBeGreaterThan(25)
  })

  it.each(MADE_CAPTURES)('%s', async (capture) => {
    expect((await compareFields(capture)).found).toEqual([])
  })
})
