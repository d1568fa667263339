/** A filtered list says of a packet what the list of all packets says of it, though much of the capture is passed over. */
import { describe, expect, test } from 'vitest'
import { FILTERS } from '../support/filters.ts'
import { fixture, LAB_CAPTURES } from '../support/fixtures.ts'
import { filteredRows, firstDifference, selectedRows } from '../support/rows.ts'

/** Each capture is asked about one in so many filters: all of them have been, which takes ten minutes. */
const SHARE = 20
/** What depends on which packets were shown before, or is only worked out where it is asked for. */
const ASKS_OF_ALL = /copy_of|time_delta_displayed/
const ASKED = FILTERS.filter((filter) => !ASKS_OF_ALL.test(filter))

describe.each(LAB_CAPTURES.map((name, index) => [name, index] as const))('%s', (name, index) => {
  test('has the same rows with a filter and without one', async () => {
    const filters = ASKED.filter((_filter, at) => at % SHARE === index % SHARE)
    const expected = await selectedRows(fixture(name), filters)
    const found: string[] = []
    for (const [at, filter] of filters.entries()) {
      const difference = firstDifference(await filteredRows(fixture(name), filter), expected[at] as string)
      if (difference !== '') found.push(`${filter}: ${difference}`)
    }
    expect(found).toEqual([])
  })
})

test('most of these filters select something', async () => {
  const rows = await selectedRows(fixture('vxlan-mixed.pcap'), ASKED)
  expect(rows.filter((text) => text !== '').length).toBeGreaterThan(ASKED.length / 3)
})
