/** A filtered list says of a packet what the list of all packets says of it, though much of the capture is passed over. */
import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { FILTERS } from '../support/filters.ts'
import { fixture, LAB_CAPTURES } from '../support/fixtures.ts'
import { filteredFrames, filteredRows, firstDifference, selectedFrames, selectedRows } from '../support/rows.ts'

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

const OF_LAYERS = [
  'http',
  'dns',
  'tls',
  'http or dns',
  'http and ip.ttl == 63',
  'tls and not tcp.flags.push == 1',
  'http contains "GET"',
  'inner.http',
  'http && !dns && tcp.port == 80',
]
const REASSEMBLED = readdirSync(fixture('reassembly')).map((name) => `reassembly/${name}`)

test.each([...LAB_CAPTURES, ...REASSEMBLED.filter((name) => /pcap(ng)?$/.test(name))])(
  'an application selects the same packets of %s whether segments are put together or judged alone',
  async (name) => {
    const expected = await selectedFrames(fixture(name), OF_LAYERS)
    for (const [index, filter] of OF_LAYERS.entries())
      expect({ [filter]: await filteredFrames(fixture(name), filter) }).toEqual({ [filter]: expected[index] })
  },
)
