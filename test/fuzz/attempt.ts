/** One capture through the targets, and what went wrong. */
import { readRecords } from '../../src/capture/read-records.ts'
import { type Walk, walkPacket } from '../../src/dissect/walk.ts'
import { defaultDissector } from '../../src/layers/create-dissector.ts'
import type { Dissection } from '../../src/packet/dissection.ts'
import { Packet } from '../../src/packet/packet.ts'
import { scan } from '../../src/packet/scan.ts'
import { Conversations } from '../../src/streams/conversations.ts'
import { Random } from './random.ts'
import type { Shapes } from './shapes.ts'
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

/** How a capture is put through targets. */
export interface Way {
  /** For what a target draws by itself. */
  readonly seed: number
  /** Which packets go through targets that take packets; left out: all. */
  readonly shapes?: Shapes
  /** Packets that went through each target, added to. */
  readonly tally?: Map<string, number>
}

/**
 * Puts a capture through targets.
 * @throws Failure at the first thing that is wrong
 */
export async function attempt(
  capture: Uint8Array,
  targets: readonly Target[],
  { seed, shapes, tally = new Map() }: Way,
): Promise<void> {
  const begin = process.cpuUsage()
  const by: Current = { target: 'scan' }
  try {
    const frames = await scanned(capture, targets, by)
    const packets = await read(capture, targets, by, shapes)
    for (const target of targets) {
      by.target = target.name
      target.end?.()
      await target.capture?.(capture, new Random(seed))
      const count = target.packet === undefined ? frames : packets
      tally.set(target.name, (tally.get(target.name) ?? 0) + count)
    }
  } catch (error) {
    for (const target of targets) forget(target)
    throw new Failure(by.target, error)
  }
  const { user, system } = process.cpuUsage(begin)
  const took = (user + system) / 1000
  if (took > PATIENCE) throw new Failure(by.target, `${Math.round(took)} ms for one capture`)
}

/** Whose turn it is, which a failure names. */
interface Current {
  target: string
}

async function scanned(capture: Uint8Array, targets: readonly Target[], by: Current): Promise<number> {
  const taking = targets.filter(
    (target): target is Target & Required<Pick<Target, 'frame'>> => target.frame !== undefined,
  )
  let frames = 0
  await scan(capture, (record, walk) => {
    frames++
    for (const target of taking) {
      by.target = target.name
      target.frame(record, walk)
      // The next one starts from what scan gives, not from layers that were listed meanwhile.
      if (walk.isListed) walkPacket(walk, record.view, record.start, record.end, record.originalLength, record.linkType)
    }
    by.target = 'scan'
  })
  return frames
}

async function read(
  capture: Uint8Array,
  targets: readonly Target[],
  by: Current,
  shapes: Shapes | undefined,
): Promise<number> {
  by.target = 'read'
  const taking = targets.filter(
    (target): target is Target & Required<Pick<Target, 'packet'>> => target.packet !== undefined,
  )
  if (taking.length === 0) return 0
  let packets = 0
  let walk = dissector.walk()
  const conversations = new Conversations(dissector.tables)
  for await (const frame of readRecords(capture)) {
    by.target = 'read'
    walkPacket(walk, frame.view, frame.start, frame.end, frame.originalLength, frame.linkType)
    const isWanted = shapes === undefined || shapes.wants(walk)
    const observed = conversations.observe(frame, walk)
    if (!isWanted) continue
    packets++
    const { packet, dissection } = packetOf(observed, walk)
    for (const target of taking) {
      by.target = target.name
      target.packet(packet, dissection)
    }
    // A packet keeps its walk.
    walk = dissector.walk()
  }
  return packets
}

/** As `read` makes packets, but with what they are made of. */
function packetOf(
  { record, sources, notes: noted }: ReturnType<Conversations['observe']>,
  walk: Walk,
): { packet: Packet; dissection: Dissection } {
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
