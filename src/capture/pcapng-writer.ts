/** Writes pcapng: one section, an interface for every link type of every interface read. draft-ietf-opsawg-pcapng. */
import type { Sink } from '../bytes/sink.ts'
import type { FormatWriter, OutgoingPacket } from './format-writer.ts'
import {
  BLOCK_HEADER_SIZE,
  ENHANCED_PACKET,
  INTERFACE_DESCRIPTION,
  PACKET_CAPTURED,
  PACKET_DATA,
  PACKET_INTERFACE,
  PACKET_ORIGINAL,
  PACKET_TIME_HIGH,
  PACKET_TIME_LOW,
  SECTION_HEADER,
  SECTION_OPTIONS,
  SIMPLE_DATA,
  SIMPLE_ORIGINAL,
  SIMPLE_PACKET,
  TRAILER_SIZE,
} from './pcapng-blocks.ts'
import { IF_DESCRIPTION, IF_FILTER, IF_NAME, IF_TSOFFSET, IF_TSRESOL, SHB_USERAPPL } from './pcapng-descriptions.ts'
import { type AddressName, blockBytes, nameBlocks, optionBytes, padded } from './pcapng-encoding.ts'
import { OPT_COMMENT } from './pcapng-options.ts'
import { type Ticks, ticksFor } from './pcapng-ticks.ts'
import type { CaptureInterface } from './record.ts'

/** What a section tells of itself, and what is known about addresses. */
export interface PcapngWriterOptions {
  /** Program that writes the file: shb_userappl. */
  readonly application?: string
  /** Names of addresses, written before the first packet, where Wireshark finds them on its first pass. */
  readonly names?: Iterable<AddressName>
}

/** An interface as it was written. */
interface Written {
  readonly id: number
  readonly linkType: number
  readonly ticks: Ticks
}

const NO_BYTES = new Uint8Array(0)
const PADDING = new Uint8Array(4)

export class PcapngWriter implements FormatWriter {
  readonly format = 'pcapng'
  private readonly sink: Sink
  private readonly options: PcapngWriterOptions
  private readonly written = new Map<CaptureInterface, Written[]>()
  private interfaces = 0
  private hasBegun = false
  /** Of the first interface, which simple packets belong to. */
  private firstSnapLength = 0
  private readonly head = new Uint8Array(PACKET_DATA)
  private readonly view = new DataView(this.head.buffer)

  constructor(sink: Sink, options: PcapngWriterOptions = {}) {
    this.sink = sink
    this.options = options
  }

  write(packet: OutgoingPacket, neighbours: readonly CaptureInterface[] = []): void {
    this.begin()
    if (packet.linkType === packet.interface.linkType) {
      for (const one of neighbours) {
        if (one.id >= packet.interface.id) break
        if (!this.written.has(one)) this.describe(one, one.linkType, ticksFor(one, 0))
      }
    }
    const own = this.interfaceOf(packet)
    if (this.isSimple(packet, own)) this.writeSimple(packet)
    else this.writeEnhanced(packet, own)
  }

  finish(): void {
    this.begin()
  }

  private begin(): void {
    if (this.hasBegun) return
    this.hasBegun = true
    const body = new Uint8Array(SECTION_OPTIONS - BLOCK_HEADER_SIZE)
    const view = new DataView(body.buffer)
    view.setUint32(0, 0x1a2b3c4d, true)
    view.setUint16(4, 1, true)
    // The length of the section is not known: all ones.
    view.setBigInt64(8, -1n, true)
    this.sink.write(blockBytes(SECTION_HEADER, body, [[SHB_USERAPPL, this.options.application]]))
    for (const block of nameBlocks(this.options.names ?? [])) this.sink.write(block)
  }

  private interfaceOf(packet: OutgoingPacket): Written {
    const { linkType, seconds, hasTime } = packet
    const known = this.written.get(packet.interface)
    const second = hasTime ? seconds : 0
    if (known !== undefined)
      for (const one of known) if (one.linkType === linkType && one.ticks.reaches(second)) return one
    return this.describe(packet.interface, linkType, ticksFor(packet.interface, second))
  }

  private describe(from: CaptureInterface, linkType: number, ticks: Ticks): Written {
    const body = new Uint8Array(8)
    const view = new DataView(body.buffer)
    view.setUint16(0, linkType, true)
    view.setUint32(4, from.snapLength, true)
    if (this.interfaces === 0) this.firstSnapLength = from.snapLength
    const filter = from.filter === undefined ? undefined : `\0${from.filter}`
    this.sink.write(
      blockBytes(INTERFACE_DESCRIPTION, body, [
        [IF_NAME, from.name],
        [IF_DESCRIPTION, from.description],
        [IF_FILTER, filter],
        [IF_TSRESOL, Uint8Array.of(ticks.resolution)],
        [IF_TSOFFSET, ticks.offsetBytes()],
      ]),
    )
    const written: Written = { id: this.interfaces++, linkType, ticks }
    this.written.set(from, [...(this.written.get(from) ?? []), written])
    return written
  }

  private writeEnhanced(packet: OutgoingPacket, own: Written): void {
    const { view } = this
    const { start, end, comment, hasTime } = packet
    const captured = end - start
    const options = comment === undefined ? NO_BYTES : optionBytes(comments(comment))
    const size = PACKET_DATA + padded(captured) + options.length + TRAILER_SIZE
    const ticks = hasTime ? own.ticks.of(packet.seconds, packet.nanoseconds) : 0n
    view.setUint32(0, ENHANCED_PACKET, true)
    view.setUint32(4, size, true)
    view.setUint32(PACKET_INTERFACE, own.id, true)
    view.setUint32(PACKET_TIME_HIGH, Number(ticks >> 32n), true)
    view.setUint32(PACKET_TIME_LOW, Number(ticks & 0xffff_ffffn), true)
    view.setUint32(PACKET_CAPTURED, captured, true)
    view.setUint32(PACKET_ORIGINAL, packet.originalLength, true)
    this.sink.write(this.head)
    this.writeData(packet, size, options)
  }

  /** A packet without a time stays one, where its block can say all that is known: as the first interface's. */
  private isSimple(packet: OutgoingPacket, own: Written): boolean {
    if (packet.hasTime || own.id !== 0 || packet.comment !== undefined) return false
    const limit = this.firstSnapLength === 0 ? packet.originalLength : this.firstSnapLength
    return packet.end - packet.start === Math.min(packet.originalLength, limit)
  }

  private writeSimple(packet: OutgoingPacket): void {
    const { view } = this
    const size = SIMPLE_DATA + padded(packet.end - packet.start) + TRAILER_SIZE
    view.setUint32(0, SIMPLE_PACKET, true)
    view.setUint32(4, size, true)
    view.setUint32(SIMPLE_ORIGINAL, packet.originalLength, true)
    this.sink.write(this.head.subarray(0, SIMPLE_DATA))
    this.writeData(packet, size, NO_BYTES)
  }

  private writeData({ bytes, start, end }: OutgoingPacket, size: number, options: Uint8Array): void {
    const captured = end - start
    this.sink.write(bytes.subarray(start, end))
    this.sink.write(PADDING.subarray(0, padded(captured) - captured))
    this.sink.write(options)
    this.view.setUint32(0, size, true)
    this.sink.write(this.head.subarray(0, TRAILER_SIZE))
  }
}

/** The reader joins the comments of a packet by line breaks; each line is one again. */
function comments(text: string): (readonly [number, string])[] {
  return text.split('\n').map((line) => [OPT_COMMENT, line] as const)
}
