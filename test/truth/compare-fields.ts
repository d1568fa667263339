/** Frames and what tshark 4.0.17 said of them, field by field: for the tests, and for the report that counts. */
import { basename } from 'node:path'
import { defaultDissector } from '../../src/layers/create-dissector.ts'
import { extractor, occurrenceText } from '../../src/packet/extract.ts'
import { eachDissection } from '../support/dissections.ts'
import { fixture, truthTable } from '../support/fixtures.ts'
import { onPurpose } from './on-purpose.ts'

export interface Comparison {
  readonly frames: number
  /** Values that were compared, one for each field of each frame. */
  readonly values: number
  /** Of which differ for a reason that is written down. */
  readonly onPurpose: number
  /** Of which differ otherwise, in words. */
  readonly found: readonly string[]
}

/** Counts what is equal, meant and wrong; `isMeant` is asked only of what differs. */
export class Differences implements Comparison {
  frames = 0
  values = 0
  onPurpose = 0
  readonly found: string[] = []

  compare(name: string, theirs: string, ours: string, isMeant: () => boolean): void {
    this.values++
    if (ours === theirs) return
    if (isMeant()) this.onPurpose++
    else this.found.push(`frame ${this.frames} ${name}: tshark ${JSON.stringify(theirs)}, ours ${JSON.stringify(ours)}`)
  }
}

/** Every stored field of every frame, as it was captured. `capture`: below fixtures/, such as 'made/raw.pcap'. */
export async function compareFields(capture: string): Promise<Comparison> {
  const { names, rows } = truthTable(capture.replace('/', '-'))
  const extractors = names.map((name) => extractor(defaultDissector(), name))
  const all = new Differences()
  await eachDissection(
    fixture(capture),
    (packet) => {
      const want = rows[all.frames++] ?? []
      names.forEach((name, column) => {
        const got = (extractors[column] as (typeof extractors)[number])(packet).map(occurrenceText).join(',')
        all.compare(name, want[column] ?? '', got, () => onPurpose(basename(capture), all.frames, name))
      })
    },
    { relativeSequence: false },
  )
  if (all.frames !== rows.length) all.found.push(`${all.frames} frames, where tshark has ${rows.length}`)
  return all
}
