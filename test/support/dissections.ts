import type { Instant } from '../../src/bytes/time.ts'
import { scanRecords } from '../../src/capture/read-records.ts'
import type { CaptureRecord } from '../../src/capture/record.ts'
import { walkPacket } from '../../src/dissect/walk.ts'
import { CaptureError } from '../../src/errors.ts'
import { defaultDissector } from '../../src/layers/create-dissector.ts'
import type { Dissection } from '../../src/packet/dissection.ts'
import { Conversations, type ReassemblyOptions } from '../../src/streams/conversations.ts'

/**
 * Walks a capture as the command does, by default each frame as it was captured; a cut file simply ends. `visit` must not
 * keep what it gets. `frame` is the record that was read.
 */
export async function eachDissection(
  source: string,
  visit: (packet: Dissection, frame: CaptureRecord) => void,
  options: { readonly relativeSequence: boolean; readonly reassembly?: ReassemblyOptions | false },
): Promise<void> {
  const dissector = defaultDissector()
  const walk = dissector.walk()
  const conversations = new Conversations(dissector.tables, { reassembly: false, ...options })
  let first: Instant | undefined
  let previous: Instant | undefined
  try {
    await scanRecords(source, (record) => {
      walkPacket(walk, record.view, record.start, record.end, record.originalLength, record.linkType)
      const { record: whole, sources, notes } = conversations.observe(record, walk)
      const now = { seconds: record.seconds, nanoseconds: record.nanoseconds }
      first ??= now
      const clock = { first, previous: previous ?? now, previousShown: now }
      previous = now
      visit({ dissector, record: whole, walk, sources, notes, clock }, record)
    })
  } catch (error) {
    if (!(error instanceof CaptureError) || error.code !== 'cut') throw error
  }
}
