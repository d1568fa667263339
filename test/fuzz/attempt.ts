/** One capture through the targets, and what went wrong. */
import { readRecords } from '../../src/capture/read-records.ts'
import type { CaptureRecord } from '../../src/capture/record.ts'
import { walkPacket } from '../../src/dissect/walk.ts'
import { defaultDissector } from '../../src/layers/create-dissector.ts'
import type { Dissection } from '../../src/packet/dissection.ts'
import { Packet } from '../../src/packet/packet.ts'
import { scan } from '../../src/packet/scan.ts'
import { Conversations } from '../../src/streams/conversations.ts'
import { Random } from './random.ts'
import type { Target } from './target.ts'

/** A target that computes longer for a capture of a few thousand packets hangs, in milliseconds; a busy machine does not count. */
const PATIENCE = 60_000

export class Failure extends Error {
  override readonly name = 'Failure'
  readonly target: string

  constructor(target: string, cause: unknown) {
    super(`${target}: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`, { cause })
    this.target = target
  }
}

const dissector = defaultDissector()

/**
 * Puts a capture through targets. `seed` is for those that need random numbers of their own.
 * @throws Failure at the first thing that is wrong
 */
export async function attempt(capture: Uint8Array, targets: readonly Target[], seed: number): Promise<void> {
  const begin = process.cpuUsage()
  let current = 'scan'
  try {
    await scan(capture, (record, walk) => {
      for (const target of targets) {
        if (target.frame === undefined) continue
        current = target.name
        target.frame(record, walk)
        // The next one starts from what scan gives, not from layers that were listed meanwhile.
        if (walk.isListed)
          walkPacket(walk, record.view, record.start, record.end, record.originalLength, record.linkType)
      }
    })
    current = 'read'
    const conversations = new Conversations(dissector.tables)
    for await (const record of readRecords(capture)) {
      const { packet, dissection } = packetOf(record, conversations)
      for (const target of targets) {
        if (target.packet === undefined) continue
        current = target.name
        target.packet(packet, dissection)
      }
    }
    for (const target of targets) {
      current = target.name
      target.end?.()
      await target.capture?.(capture, new Random(seed))
    }
  } catch (error) {
    for (const target of targets) forget(target)
    throw new Failure(current, error)
  }
  const { user, system } = process.cpuUsage(begin)
  const took = (user + system) / 1000
  if (took > PATIENCE) throw new Failure(current, `${Math.round(took)} ms for one capture`)
}

/** As `read` makes packets, but with what they are made of. */
function packetOf(frame: CaptureRecord, conversations: Conversations): { packet: Packet; dissection: Dissection } {
  const walk = dissector.walk()
  walkPacket(walk, frame.view, frame.start, frame.end, frame.originalLength, frame.linkType)
  const { record, sources, notes: noted } = conversations.observe(frame, walk)
  const kept = Array.from({ length: walk.depth }, (_, depth) => noted(depth))
  const notes = (depth: number) => kept[depth]
  return {
    packet: new Packet(dissector, record, { notes, sources }, walk),
    dissection: { dissector, record, walk, sources, notes, clock: undefined },
  }
}

/** What a target remembers of a capture that failed must not fail the next one. */
function forget(target: Target): void {
  try {
    target.end?.()
  } catch {
    // That it fails is known already.
  }
}
