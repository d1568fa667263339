/**
 * What several packets carry together is put together as by tshark: every field of every frame, with tshark's defaults. A
 * capture of several interfaces has packets twice, which tshark takes for retransmissions and overlapping fragments, so those are
 * compared interface by interface, and with themselves: a copy says what the packet says.
 */
import { describe, expect, it } from 'vitest'
import { FIELDS } from '../../fixtures/reassembly.mjs'
import { eachDissection } from '../support/dissections.ts'
import {
  compareReassembled,
  copiesOf,
  REASSEMBLED_CAPTURES,
  reassembledPath,
  reassembledValues,
} from './compare-reassembled.ts'
import { SENT_AGAIN } from './on-purpose-reassembled.ts'

const isTwice = new Map<string, boolean>()
for (const capture of REASSEMBLED_CAPTURES) isTwice.set(capture, (await copiesOf(capture)).size > 0)
const once = REASSEMBLED_CAPTURES.filter((capture) => isTwice.get(capture) === false)
const twice = REASSEMBLED_CAPTURES.filter((capture) => isTwice.get(capture) === true)

describe('packets that are put together say what tshark says', () => {
  it('in many captures', () => {
    expect(once.length).toBeGreaterThan(15)
    expect(twice.length).toBeGreaterThan(15)
  })

  it.each(once)('%s', async (capture) => {
    expect((await compareReassembled(capture)).found).toEqual([])
  })
})

describe('a copy on another interface says what the packet says', () => {
  /** What is said of messages; headers outside, TTLs and numbers of frames differ. */
  const compared = FIELDS.filter((name: string) => /^(http|dns|tls)\.|^tcp\.reassembled\.length|Protocol$/.test(name))

  it.each(twice)('%s', async (capture) => {
    const copies = await copiesOf(capture)
    const values = new Map<number, string[]>()
    await eachDissection(
      reassembledPath(capture),
      (packet, frame) => values.set(frame.number, reassembledValues(packet)),
      {
        relativeSequence: true,
        reassembly: {},
      },
    )
    for (const [copy, original] of copies) {
      if (SENT_AGAIN[capture]?.includes(copy) === true) continue
      const [a, b] = [values.get(copy), values.get(original)]
      const rowOf = (row: string[] | undefined) =>
        Object.fromEntries(compared.map((name: string) => [name, row?.[FIELDS.indexOf(name)]]))
      expect(rowOf(a), `frame ${copy}, a copy of ${original}`).toEqual(rowOf(b))
    }
  })
})
