/** Takes a later part of a capture in as flows; see split-flows.ts. */
import { FlowCapture } from '../../analysis/flow-capture.ts'
import { scanRecords } from '../../capture/read-records.ts'
import { createDissector } from '../../layers/create-dissector.ts'
import type { LaterPart, PartAnswer } from './split-flows.ts'

/** What the thread beside answers. @throws CaptureError where the file cannot be read on */
export async function readLaterPart(told: LaterPart): Promise<PartAnswer> {
  const { file, from, seam, options, detail, began, isMerged } = told
  const dissector = createDissector(options)
  const walk = dissector.walk()
  const capture = new FlowCapture(detail, began, isMerged)
  const runs = capture.runs(dissector.tables, () => true)

  /** Takes records in from a place on, up to the seam if there is one ahead; returns where the next one begins. */
  const take = async (offset: number, end: number): Promise<number | undefined> => {
    let next: number | undefined
    capture.endAt(end)
    await scanRecords(
      file,
      (record) => {
        if (record.offset >= end) {
          next = record.offset
          return false
        }
        capture.addFrame(record, walk)
      },
      { runs, from: { offset, number: 0 } },
    )
    return next
  }

  capture.prime()
  const start = await take(from, seam)
  const memory = capture.count()
  if (start === undefined) return undefined
  await take(start, Number.POSITIVE_INFINITY)
  return { start, part: capture.part(memory) }
}
