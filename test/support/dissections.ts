import type { Instant } from '../../src/bytes/time.ts'
import { scanRecords } from '../../src/capture/read-records.ts'
import { walkPacket } from '../../src/dissect/walk.ts'
import { CaptureError } from '../../src/errors.ts'
import { defaultDissector } from '../../src/layers/create-dissector.ts'
import type { Dissection } from '../../src/packet/dissection.ts'
import { Conversations } from '../../src/streams/conversations.ts'

/** Walks a capture as the command does; a cut file simply ends. `visit` must not keep what it gets. */
export async function eachDissection(
  source: string,
  visit: (packet: Dissection) => void,
  options: { readonly relativeSequence: boolean },
): Promise<void> {
  const dissector = defaultDissector()
  const walk = dissector.walk()
  const conversations = new Conversations(dissector.tables, options)
  let first: Instant | undefined
  let previous: Instant | undefined
  try {
    await scanRecords(source, (record) => {
      walkPacket(walk, record.view, record.start, record.end, record.originalLength, record.linkType)
      const notes = conversations.observe(record, walk)
      const now = { seconds: record.seconds, nanoseconds: record.nanoseconds }
      first ??= now
      const clock = { first, previous: previous ?? now, previousShown: now }
      previous = now
      visit({ dissector, record, walk, notes, clock })
    })
  } catch (error) {
    if (!(error instanceof CaptureError) || error.code !== 'cut') throw error
  }
}
