/**
 * What several packets carry together is put together as by tshark: every field of every frame, with tshark's defaults. A
 * capture of several interfaces has packets twice, which tshark takes for retransmissions and overlapping fragments, so those are
 * compared interface by interface, and with themselves: a copy says what the packet says.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { FIELDS } from '../../fixtures/reassembly.mjs'
import { Overview } from '../../src/analysis/overview.ts'
import { scanRecords } from '../../src/capture/read-records.ts'
import { skimPacket } from '../../src/dissect/walk.ts'
import { CaptureError } from '../../src/errors.ts'
import { defaultDissector } from '../../src/layers/create-dissector.ts'
import type { Dissection } from '../../src/packet/dissection.ts'
import { extractor, occurrenceText } from '../../src/packet/extract.ts'
import { eachDissection } from '../support/dissections.ts'
import { fixture } from '../support/fixtures.ts'
import { isSentAgain, onPurposeReassembled, SENT_AGAIN, withoutJudgement } from './on-purpose-reassembled.ts'

const truth = new URL('../../fixtures/truth/reassembly/', import.meta.url)
const captures = readdirSync(truth).map((name) => name.replace('.tsv', ''))
const made = new Set(readdirSync(new URL('../../fixtures/reassembly/', import.meta.url)))
const pathOf = (capture: string) => fixture(made.has(capture) ? `reassembly/${capture}` : capture)

const extractors = FIELDS.map((name: string) => extractor(defaultDissector(), name))
const valuesOf = (packet: Dissection): string[] =>
  extractors.map((extract) => extract(packet).map(occurrenceText).join(','))

function rowsOf(capture: string): string[][] {
  const [head, ...rows] = readFileSync(new URL(`${capture}.tsv`, truth), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'))
  expect(head).toEqual(FIELDS)
  return rows
}

/** For each frame the number of the one that it is a copy of. */
async function copiesOf(capture: string): Promise<Map<number, number>> {
  const overview = new Overview()
  const walk = defaultDissector().walk()
  const copies = new Map<number, number>()
  await scanRecords(pathOf(capture), (record) => {
    skimPacket(walk, record.view, record.start, record.end, record.originalLength, record.linkType)
    if (overview.add(record, walk)) copies.set(record.number, overview.copies.original)
  }).catch((error: unknown) => {
    if (!(error instanceof CaptureError)) throw error
  })
  return copies
}

async function differences(capture: string): Promise<string[]> {
  const rows = rowsOf(capture)
  const found: string[] = []
  let frames = 0
  await eachDissection(
    pathOf(capture),
    (packet) => {
      const want = rows[frames++] ?? []
      valuesOf(packet).forEach((got, column) => {
        const name = FIELDS[column] as string
        const said = want[column] ?? ''
        const expected = name === '_ws.col.Info' ? withoutJudgement(said) : said
        if (got !== expected && !isRepeated(want) && !onPurposeReassembled(capture, frames, name))
          found.push(`frame ${frames} ${name}: tshark ${JSON.stringify(said)}, ours ${JSON.stringify(got)}`)
      })
    },
    { relativeSequence: true, reassembly: {} },
  )
  expect(frames).toBe(rows.length)
  return found
}

const isRepeated = (row: readonly string[]) => isSentAgain(row[FIELDS.indexOf('_ws.col.Info')] ?? '')

const isTwice = new Map<string, boolean>()
for (const capture of captures) isTwice.set(capture, (await copiesOf(capture)).size > 0)
const once = captures.filter((capture) => isTwice.get(capture) === false)
const twice = captures.filter((capture) => isTwice.get(capture) === true)

describe('packets that are put together say what tshark says', () => {
  it('in many captures', () => {
    expect(once.length).toBeGreaterThan(15)
    expect(twice.length).toBeGreaterThan(15)
  })

  it.each(once)('%s', async (capture) => {
    expect(await differences(capture)).toEqual([])
  })
})

describe('a copy on another interface says what the packet says', () => {
  /** What is said of messages; headers outside, TTLs and numbers of frames differ. */
  const compared = FIELDS.filter((name: string) => /^(http|dns|tls)\.|^tcp\.reassembled\.length|Protocol$/.test(name))

  it.each(twice)('%s', async (capture) => {
    const copies = await copiesOf(capture)
    const values = new Map<number, string[]>()
    await eachDissection(pathOf(capture), (packet, frame) => values.set(frame.number, valuesOf(packet)), {
      relativeSequence: true,
      reassembly: {},
    })
    for (const [copy, original] of copies) {
      if (SENT_AGAIN[capture]?.includes(copy) === true) continue
      const [a, b] = [values.get(copy), values.get(original)]
      const rowOf = (row: string[] | undefined) =>
        Object.fromEntries(compared.map((name: string) => [name, row?.[FIELDS.indexOf(name)]]))
      expect(rowOf(a), `frame ${copy}, a copy of ${original}`).toEqual(rowOf(b))
    }
  })
})
