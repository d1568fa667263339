/** Display filters and the frames that tshark -Y selects with them: for the tests, and for the report that counts. */
import { FILTERS, ourAnswers, storedAnswers } from '../support/filters.ts'
import type { Comparison } from './compare-fields.ts'
import { filterOnPurpose } from './on-purpose.ts'

/** Every filter in a capture; a value is a filter's frames. */
export async function compareFilters(capture: string): Promise<Comparison> {
  const theirs = storedAnswers(capture)
  const { answers: ours, frames } = await ourAnswers(capture, FILTERS)
  const found: string[] = []
  let onPurpose = 0
  FILTERS.forEach((filter, index) => {
    if (ours[index] === theirs[index]) return
    if (filterOnPurpose(capture, filter)) onPurpose++
    else found.push(`${filter}: tshark ${theirs[index]}, ours ${ours[index]}`)
  })
  return { frames, values: FILTERS.length, onPurpose, found }
}
