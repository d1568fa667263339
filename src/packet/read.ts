/** `read`: the packets of a capture, one after another, each valid for as long as it is referenced. */
import type { Source } from '../bytes/source.ts'
import { type CaptureInfo, readRecords } from '../capture/read-records.ts'
import type { Packet } from './packet.ts'
import { type PacketOptions, packetMaker } from './packet-maker.ts'
import { isRecordSource, type RecordSource } from './record-source.ts'

/**
 * Options of `read`.
 * @example
 * ```js
 * import { compileFilter, read } from 'ovl-dissect'
 *
 * const options = { filter: compileFilter('dns'), conversations: false }
 * for await (const packet of read('vxlan.pcap', options)) {
 *   console.log(packet.number, packet.get('dns.qry.name')) // 29 webpod.default.svc.cluster.local
 * }
 * ```
 */
export interface PacketReadOptions extends PacketOptions {
  /** Called once, when the capture's format is known. */
  readonly onOpen?: (info: CaptureInfo) => void
}

/**
 * Reads a capture: a path ('-' is standard input), bytes in memory, a stream, an iterable of chunks, or what
 * `fromPcapParser` gives. Packets' bytes are views of chunks that are never reused.
 * @throws CaptureError where the file cannot be read on; every packet before has been delivered.
 * @throws UsageError for options that make no sense.
 * @example
 * ```js
 * import { read } from 'ovl-dissect'
 *
 * for await (const packet of read('vxlan.pcap')) {
 *   console.log(packet.outer?.ip?.source, packet.tunnels[0]?.vni, packet.inner?.ip?.source) // 192.168.10.100 3258 172.20.0.158
 * }
 * ```
 */
export async function* read(
  source: Source | RecordSource,
  options: PacketReadOptions = {},
): AsyncGenerator<Packet, void, void> {
  const packetOf = packetMaker(options)
  const { onOpen } = options
  const records = isRecordSource(source)
    ? source.records()
    : readRecords(source, onOpen === undefined ? {} : { onOpen })
  for await (const record of records) {
    const packet = packetOf(record)
    if (packet !== undefined) yield packet
  }
}
