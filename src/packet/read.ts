/** `read`: the packets of a capture, one after another, each valid for as long as it is referenced. */
import type { Source } from '../bytes/source.ts'
import type { Instant } from '../bytes/time.ts'
import { type CaptureInfo, readRecords } from '../capture/read-records.ts'
import type { CaptureRecord } from '../capture/record.ts'
import type { Dissector, DissectorOptions } from '../dissect/dissector.ts'
import type { LayerNotes } from '../dissect/notes.ts'
import { walkPacket } from '../dissect/walk.ts'
import { createDissector, defaultDissector } from '../layers/create-dissector.ts'
import { Conversations, type ReassemblyOptions } from '../streams/conversations.ts'
import type { PacketFilter } from './dissection.ts'
import { Packet } from './packet.ts'
import { isRecordSource, type RecordSource } from './record-source.ts'

export interface PacketReadOptions extends DissectorOptions {
  /** A dissector built before; otherwise one is built from `decodeAs` and `tunnels`. */
  readonly dissector?: Dissector
  /**
   * Whether packets know what others told (stream numbers, relative sequence numbers, the version a TLS connection
   * settled on). Costs a table of at most 65,536 conversations. Default true.
   */
  readonly conversations?: boolean
  /**
   * Whether what several packets carry is put together – fragments of IP, messages over TCP – and shown with the packet that
   * completes it, as Wireshark does. Or which of it; TCP's needs `conversations`. Default true.
   */
  readonly reassemble?: boolean | ReassemblyOptions
  /**
   * Only packets that it selects are delivered: what `compileFilter` gives, for the same dissector. The others are still
   * read, so that conversations are whole.
   */
  readonly filter?: PacketFilter
  /** Called once, when the capture's format is known. */
  readonly onOpen?: (info: CaptureInfo) => void
}

/** The dissector that options ask for. @throws UsageError for a protocol or port that does not exist. */
export function dissectorOf(options: DissectorOptions & { readonly dissector?: Dissector }): Dissector {
  if (options.dissector !== undefined) return options.dissector
  const isDefault = options.decodeAs === undefined && options.tunnels === undefined && options.applications !== false
  return isDefault ? defaultDissector() : createDissector(options)
}

/**
 * Reads a capture: a path ('-' is standard input), bytes in memory, a stream, an iterable of chunks, or what
 * `fromPcapParser` gives. Packets' bytes are views of chunks that are never reused.
 * @throws CaptureError where the file cannot be read on; every packet before has been delivered.
 * @throws UsageError for options that make no sense.
 */
export async function* read(
  source: Source | RecordSource,
  options: PacketReadOptions = {},
): AsyncGenerator<Packet, void, void> {
  const dissector = dissectorOf(options)
  const { reassemble = true } = options
  const reassembly = reassemble === true ? {} : reassemble
  const conversations = new Conversations(dissector.tables, { reassembly })
  const needsConversations = options.conversations !== false
  let first: Instant | undefined
  let previous: Instant | undefined
  let shown: Instant | undefined
  const { onOpen, filter } = options
  const records = isRecordSource(source)
    ? source.records()
    : readRecords(source, onOpen === undefined ? {} : { onOpen })
  for await (const record of records) {
    const time: Instant = { seconds: record.seconds, nanoseconds: record.nanoseconds }
    if (record.hasTime) first ??= time
    const clock = { first: first ?? time, previous: previous ?? time, previousShown: shown ?? time }
    if (record.hasTime) previous = time
    const packet =
      needsConversations || reassembly !== false
        ? observed(dissector, record, conversations, needsConversations, clock)
        : new Packet(dissector, record, { clock })
    if (filter !== undefined && !packet.matches(filter)) continue
    if (record.hasTime) shown = time
    yield packet
  }
}

function observed(
  dissector: Dissector,
  frame: CaptureRecord,
  conversations: Conversations,
  needsConversations: boolean,
  clock: { first: Instant; previous: Instant; previousShown: Instant },
): Packet {
  const walk = dissector.walk()
  walkPacket(walk, frame.view, frame.start, frame.end, frame.originalLength, frame.linkType)
  const { record, sources, notes } = needsConversations
    ? conversations.observe(frame, walk)
    : conversations.observeHeaders(frame, walk)
  const kept: (LayerNotes | undefined)[] = []
  for (let depth = 0; depth < walk.depth; depth++) kept.push(notes(depth))
  return new Packet(dissector, record, { clock, sources, notes: (depth) => kept[depth] }, walk)
}
