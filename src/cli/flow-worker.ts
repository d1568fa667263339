/** Takes a later part of a capture in as flows, on a thread of its own; see commands/split-flows.ts. */
import { parentPort, workerData } from 'node:worker_threads'
import { FlowCapture } from '../analysis/flow-capture.ts'
import { scanRecords } from '../capture/read-records.ts'
import { createDissector } from '../layers/create-dissector.ts'
import type { LaterPart, PartAnswer } from './commands/split-flows.ts'

const { file, from, seam, options, detail, began, isMerged } = workerData as LaterPart
const dissector = createDissector(options)
const walk = dissector.walk()
const capture = new FlowCapture(detail, began, isMerged)
const runs = capture.runs(dissector.tables, () => true)

/** Takes records in from a place on, up to the seam if there is one ahead; returns where the next one begins. */
async function take(offset: number, end: number): Promise<number | undefined> {
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

async function answer(): Promise<PartAnswer> {
  capture.prime()
  const start = await take(from, seam)
  const memory = capture.count()
  if (start === undefined) return undefined
  await take(start, Number.POSITIVE_INFINITY)
  return { start, part: capture.part(memory) }
}

// Whatever goes wrong here is found again, and told, by whoever then reads this part himself.
const found = await answer().catch(() => undefined)
const { pairs, addresses, flows, connections, memory } = found?.part ?? {}
const moved = [pairs, addresses, flows, connections, memory?.lines].flatMap((array) => array?.buffer ?? [])
parentPort?.postMessage(found, moved as ArrayBuffer[])
