/** Records → packets, one after another: what `read` does with the records of any source, and what needs no file to do it. */
import type { Instant } from '../bytes/time.ts'
import type { CaptureRecord } from '../capture/record.ts'
import type { Dissector, DissectorOptions } from '../dissect/dissector.ts'
import type { LayerNotes } from '../dissect/notes.ts'
import { walkPacket } from '../dissect/walk.ts'
import { createDissector, defaultDissector } from '../layers/create-dissector.ts'
import type { Names } from '../names/names.ts'
import { Conversations } from '../streams/conversations.ts'
import type { PacketFilter } from './dissection.ts'
import { Packet, type PacketContext } from './packet.ts'

/**
 * What packets are made with.
 * @example
 * ```js
 * import { readFileSync } from 'node:fs'
 * import { readPackets } from 'ovl-dissect/core'
 *
 * for await (const packet of readPackets(readFileSync('vxlan.pcap'), { conversations: false })) {
 *   console.log(packet.number, packet.get('tcp.stream')) // 1 undefined
 * }
 * ```
 */
export interface PacketOptions extends DissectorOptions {
  /** A dissector built before; otherwise one is built from `decodeAs` and `tunnels`. */
  readonly dissector?: Dissector
  /**
   * Whether packets know what others told (stream numbers, relative sequence numbers, the version a TLS connection
   * settled on). Costs a table of at most 65,536 conversations. Default true.
   */
  readonly conversations?: boolean
  /** Names for nodes, pods and identities, from `loadNames`. */
  readonly names?: Names
  /**
   * Only packets that it selects are delivered: what `compileFilter` gives, for the same dissector. The others are still
   * read, so that conversations are whole.
   */
  readonly filter?: PacketFilter
}

/** The dissector that options ask for. @throws UsageError for a protocol or port that does not exist. */
export function dissectorOf(options: DissectorOptions & { readonly dissector?: Dissector }): Dissector {
  if (options.dissector !== undefined) return options.dissector
  const isDefault = options.decodeAs === undefined && options.tunnels === undefined && options.applications !== false
  return isDefault ? defaultDissector() : createDissector(options)
}

/**
 * A function that takes the records of a capture in their order and gives the packet of each; undefined for one that the
 * filter leaves out. Each record must be an object of its own, which the packet then keeps.
 */
export function packetMaker(options: PacketOptions): (record: CaptureRecord) => Packet | undefined {
  const dissector = dissectorOf(options)
  const conversations = options.conversations === false ? undefined : new Conversations(dissector.tables)
  const { filter, names } = options
  let first: Instant | undefined
  let previous: Instant | undefined
  let shown: Instant | undefined
  return (record) => {
    const time: Instant = { seconds: record.seconds, nanoseconds: record.nanoseconds }
    if (record.hasTime) first ??= time
    const clock = { first: first ?? time, previous: previous ?? time, previousShown: shown ?? time }
    if (record.hasTime) previous = time
    const packet =
      conversations === undefined
        ? new Packet(dissector, record, { clock, names })
        : withNotes(dissector, record, conversations, { clock, names })
    if (filter !== undefined && !packet.matches(filter)) return undefined
    if (record.hasTime) shown = time
    return packet
  }
}

function withNotes(
  dissector: Dissector,
  record: CaptureRecord,
  conversations: Conversations,
  context: PacketContext,
): Packet {
  const walk = dissector.walk()
  walkPacket(walk, record.view, record.start, record.end, record.originalLength, record.linkType)
  const notes = conversations.observe(record, walk)
  const kept: (LayerNotes | undefined)[] = []
  for (let depth = 0; depth < walk.depth; depth++) kept.push(notes(depth))
  return new Packet(dissector, record, { ...context, notes: (depth) => kept[depth] }, walk)
}
