/** Writes classic capture files: one link type, one resolution. draft-ietf-opsawg-pcap. */
import type { Sink } from '../bytes/sink.ts'
import { UsageError } from '../errors.ts'
import { type FormatWriter, type OutgoingPacket, USUAL_SNAP_LENGTH } from './format-writer.ts'
import { LinkType, linkTypeName } from './link-type.ts'
import { PCAP_MICROSECONDS, PCAP_NANOSECONDS } from './pcap.ts'
import type { CaptureInterface } from './record.ts'

const FILE_HEADER_SIZE = 24
const RECORD_HEADER_SIZE = 16
const MICROSECONDS = 1_000_000
/** Seconds are an unsigned number of 32 bits. */
const LAST_SECOND = 0xffff_ffff

const INSTEAD = 'write a .pcapng instead, which holds both'

/**
 * Classic pcap in little-endian order. The first packet decides the link type, and whether time stamps are in nano- or
 * microseconds: nano if an interface of its file counts finer than micro.
 */
export class PcapWriter implements FormatWriter {
  readonly format = 'pcap'
  private readonly sink: Sink
  private readonly header = new Uint8Array(FILE_HEADER_SIZE)
  private readonly view = new DataView(this.header.buffer)
  private linkType = -1
  private nanosecondsPerFraction = 1

  constructor(sink: Sink) {
    this.sink = sink
  }

  write(packet: OutgoingPacket, neighbours: readonly CaptureInterface[] = []): void {
    const { linkType, seconds, nanoseconds, start, end } = packet
    if (this.linkType < 0) this.begin(packet, neighbours)
    if (linkType !== this.linkType) {
      const both = `${linkTypeName(this.linkType)} and ${linkTypeName(linkType)}`
      throw new UsageError(`a classic pcap holds packets of one link type, and here are ${both}: ${INSTEAD}`)
    }
    if (nanoseconds % this.nanosecondsPerFraction !== 0)
      throw new UsageError(`a classic pcap has one resolution of time, and here are micro- and nanoseconds: ${INSTEAD}`)
    if (seconds < 0 || seconds > LAST_SECOND)
      throw new UsageError(`a classic pcap holds times from 1970 to 2106, and here is another: ${INSTEAD}`)
    const { view } = this
    view.setUint32(0, seconds, true)
    view.setUint32(4, nanoseconds / this.nanosecondsPerFraction, true)
    view.setUint32(8, end - start, true)
    view.setUint32(12, packet.originalLength, true)
    this.sink.write(this.header.subarray(0, RECORD_HEADER_SIZE))
    this.sink.write(packet.bytes.subarray(start, end))
  }

  finish(): void {
    if (this.linkType >= 0) return
    this.nanosecondsPerFraction = 1000
    this.writeFileHeader(LinkType.Ethernet, 0)
  }

  private begin(packet: OutgoingPacket, neighbours: readonly CaptureInterface[]): void {
    const isFine = [packet.interface, ...neighbours].some(({ ticksPerSecond }) => ticksPerSecond > MICROSECONDS)
    if (!isFine) this.nanosecondsPerFraction = 1000
    this.writeFileHeader(packet.linkType, packet.interface.snapLength)
  }

  private writeFileHeader(linkType: number, snapLength: number): void {
    const { view } = this
    this.linkType = linkType
    view.setUint32(0, this.nanosecondsPerFraction === 1 ? PCAP_NANOSECONDS : PCAP_MICROSECONDS, true)
    view.setUint16(4, 2, true)
    view.setUint16(6, 4, true)
    // libpcap cuts records that are longer than this: never less than it allows itself.
    view.setUint32(16, Math.max(snapLength, USUAL_SNAP_LENGTH), true)
    view.setUint32(20, linkType, true)
    this.sink.write(this.header)
  }
}
