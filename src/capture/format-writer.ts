/** What every capture format has in common when it is written. */
import type { Sink } from '../bytes/sink.ts'
import type { CaptureInterface } from './record.ts'

/** A packet as writers take it; a CaptureRecord is one. It is used during the call only. */
export interface OutgoingPacket {
  /** Seconds since 1970, whole, and nanoseconds, 0 to 999,999,999. */
  readonly seconds: number
  readonly nanoseconds: number
  /** False for pcapng simple packets, which have no time stamp. */
  readonly hasTime: boolean
  /** The packet's bytes are `bytes[start]` to `bytes[end - 1]`. */
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
  /** Length on the wire in bytes. */
  readonly originalLength: number
  /** LINKTYPE_ number of these bytes; that of the interface, unless outer headers were taken off. */
  readonly linkType: number
  readonly interface: CaptureInterface
  readonly comment: string | undefined
}

/** Writes packets in one format. */
export interface FormatWriter {
  readonly format: 'pcap' | 'pcapng'
  /**
   * Writes one packet. `neighbours` are the interfaces of its file or section that are known so far: a format that has
   * interfaces describes those before the packet's own first, so that each keeps its number.
   * @throws UsageError for what the format cannot hold, with what to do; nothing of the packet is written then
   * @throws CaptureError 'unwritable'
   */
  write(packet: OutgoingPacket, neighbours?: readonly CaptureInterface[]): void
  /** Writes what makes a file without packets a capture, if nothing has been written so far. */
  finish(): void
}

/** The most bytes of a packet that are written, where the source says no limit: what tcpdump and Wireshark use. */
export const USUAL_SNAP_LENGTH = 262_144

export type MakeWriter = (sink: Sink) => FormatWriter
