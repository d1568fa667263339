/** What packets carry together and what tshark said of it by default: for the tests, and for the report that counts. */
import { readdirSync, readFileSync } from 'node:fs'
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
import { cellsOf } from '../support/reassembled.ts'
import { type Comparison, Differences } from './compare-fields.ts'
import { isSentAgain, onPurposeReassembled, withoutJudgement } from './on-purpose-reassembled.ts'

const made = new Set(readdirSync(fixture('reassembly')))

/** The captures with stored answers, by their base names. */
export const REASSEMBLED_CAPTURES: readonly string[] = readdirSync(fixture('truth/reassembly')).map((name) =>
  name.replace('.tsv', ''),
)

export const reassembledPath = (capture: string) => fixture(made.has(capture) ? `reassembly/${capture}` : capture)

const extractors = FIELDS.map((name: string) => extractor(defaultDissector(), name))

export const reassembledValues = (packet: Dissection): string[] =>
  extractors.map((extract) => extract(packet).map(occurrenceText).join(','))

/** For each frame that is a copy the number of the one that it is a copy of. */
export async function copiesOf(capture: string): Promise<Map<number, number>> {
  const overview = new Overview()
  const walk = defaultDissector().walk()
  const copies = new Map<number, number>()
  await scanRecords(reassembledPath(capture), (record) => {
    skimPacket(walk, record.view, record.start, record.end, record.originalLength, record.linkType)
    if (overview.add(record, walk)) copies.set(record.number, overview.copies.original)
  }).catch((error: unknown) => {
    if (!(error instanceof CaptureError)) throw error
  })
  return copies
}

/** Every field of every frame, put together with tshark's defaults. */
export async function compareReassembled(capture: string): Promise<Comparison> {
  const [head, ...rows] = cellsOf(readFileSync(fixture(`truth/reassembly/${capture}.tsv`), 'utf8'))
  if (head?.join() !== FIELDS.join()) throw new Error(`${capture}: tshark was asked for other fields`)
  const all = new Differences()
  await eachDissection(
    reassembledPath(capture),
    (packet) => {
      const want = rows[all.frames++] ?? []
      const isRepeated = isSentAgain(want[FIELDS.indexOf('_ws.col.Info')] ?? '')
      reassembledValues(packet).forEach((got, column) => {
        const name = FIELDS[column] as string
        const said = want[column] ?? ''
        const expected = name === '_ws.col.Info' ? withoutJudgement(said) : said
        all.compare(name, expected, got, () => isRepeated || onPurposeReassembled(capture, all.frames, name))
      })
    },
    { relativeSequence: true, reassembly: {} },
  )
  if (all.frames !== rows.length) all.found.push(`${all.frames} frames, where tshark has ${rows.length}`)
  return all
}
