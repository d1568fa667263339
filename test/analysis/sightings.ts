/** Copies as the overview feeds them: with the number of each frame's pair. */
import { Copies } from '../../src/analysis/copies.ts'
import { PairTable } from '../../src/analysis/pair-table.ts'
import type { CaptureRecord } from '../../src/capture/record.ts'
import type { Walk } from '../../src/dissect/walk.ts'

export function sightings() {
  const pairs = new PairTable()
  const known = new Copies()
  const observe = (record: CaptureRecord, walk: Walk) => known.observe(record, walk, pairs.find(record.view, walk))
  return { known, observe }
}
