import { describe, expect, it } from 'vitest'
import { defaultDissector } from '../../src/layers/create-dissector.ts'
import { extractor, occurrenceText } from '../../src/packet/extract.ts'
import { eachDissection } from '../support/dissections.ts'
import { fixture, LAB_CAPTURES, truthTable } from '../support/fixtures.ts'
import { onPurpose } from './on-purpose.ts'

/** Compares every field of every frame with what tshark 4.0.17 said; returns the differences, in words. */
async function differences(capture: string): Promise<{ found: string[]; compared: number }> {
  const { names, rows } = truthTable(capture)
  const extractors = names.map((name) => extractor(defaultDissector(), name))
  const found: string[] = []
  let frames = 0
  await eachDissection(
    fixture(capture),
    (packet) => {
      const want = rows[frames++] ?? []
      names.forEach((name, column) => {
        const got = (extractors[column] as (typeof extractors)[number])(packet).map(occurrenceText).join(',')
        const expected = want[column] ?? ''
        if (got !== expected && !onPurpose(capture, frames, name)) {
          found.push(`frame ${frames} ${name}: tshark ${JSON.stringify(expected)}, ours ${JSON.stringify(got)}`)
        }
      })
    },
    { relativeSequence: false },
  )
  expect(frames).toBe(rows.length)
  return { found, compared: frames * names.length }
}

describe("each frame's fields and columns equal tshark's", () => {
  it('on all 30 captures of the lab', () => {
    expect(LAB_CAPTURES).toHaveLength(30)
  })

  it.each(LAB_CAPTURES)('%s', async (capture) => {
    const { found, compared } = await differences(capture)
    expect(compared).toBeGreaterThan(200)
    expect(found).toEqual([])
  })
})
