/** The library's door for writing captures: packets from `read`, `scan` or of one's own → a file or a stream. */
import { type EventEmitter, once } from 'node:events'
import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { openFileSink, type Sink } from '../bytes/sink.ts'
import { type FileType, fileTypeOf } from '../capture/file-type.ts'
import type { FormatWriter, OutgoingPacket } from '../capture/format-writer.ts'
import { PcapWriter } from '../capture/pcap-writer.ts'
import type { AddressName } from '../capture/pcapng-encoding.ts'
import { PcapngWriter } from '../capture/pcapng-writer.ts'
import type { CaptureInterface } from '../capture/record.ts'

/**
 * A packet to be written. What `read` yields is one; tests make their own of bytes and a link type.
 * @example
 * ```js
 * import { createCaptureWriter, read } from 'ovl-dissect'
 *
 * const writer = createCaptureWriter('made.pcapng')
 * await writer.write({ bytes: new Uint8Array(60), linkType: 1, time: { seconds: 1, nanoseconds: 5 }, comment: 'made' })
 * await writer.close()
 * for await (const packet of read('made.pcapng')) console.log(packet.time, packet.originalLength) // { seconds: 1, nanoseconds: 5 } 60
 * ```
 */
export interface PacketToWrite {
  readonly bytes: Uint8Array
  /** LINKTYPE_ number: 1 Ethernet, 101 raw IP, 113 and 276 Linux cooked. */
  readonly linkType: number
  /** Seconds since 1970 and nanoseconds (0 to 999,999,999); default: both 0. */
  readonly time?: { readonly seconds: number; readonly nanoseconds: number }
  /** Bytes on the wire, if the packet was cut; default: the length of `bytes`. */
  readonly originalLength?: number
  /** pcapng only. */
  readonly comment?: string | undefined
  /** Where it was captured; kept by pcapng only. Packets of equal id, name and link type share an interface. */
  readonly interface?: { readonly id?: number; readonly name?: string | undefined }
}

/**
 * A stream of Node that is written to, as far as it is used: `Writable` of `node:stream` is one. Written out, so that the
 * library's types need no others.
 * @example
 * ```js
 * import { PassThrough } from 'node:stream'
 * import { createCaptureWriter, read } from 'ovl-dissect'
 *
 * let bytes = 0
 * const stream = new PassThrough().on('data', (chunk) => {
 *   bytes += chunk.length
 * })
 * const writer = createCaptureWriter(stream, { format: 'pcap' })
 * for await (const packet of read('vxlan.pcap')) await writer.write(packet)
 * await writer.close()
 * console.log(bytes) // 21838
 * ```
 */
export interface OutputStream {
  /** True once it cannot be written to any more. */
  readonly destroyed: boolean
  /** False: its queue is full, `drain` says when it is not. */
  write(bytes: Uint8Array): boolean
  /** Nothing comes after this. */
  end(): unknown
  /** Gives up. */
  destroy(): unknown
  /** Listens to an event, once: `error`, `drain`. */
  // biome-ignore lint/suspicious/noExplicitAny: every event has arguments of its own
  once(event: string, listener: (...values: any[]) => void): unknown
}

/**
 * Options of `createCaptureWriter`.
 * @example
 * ```js
 * import { createCaptureWriter, read } from 'ovl-dissect'
 *
 * const writer = createCaptureWriter('copy.dump', { format: 'pcapng' })
 * for await (const packet of read('vxlan.pcap')) await writer.write(packet)
 * await writer.close()
 * for await (const _ of read('copy.dump', { onOpen: ({ format }) => console.log(format) })) break // pcapng
 * ```
 */
export interface CaptureWriterOptions {
  /** Default: by the extension of the path, pcap for `.pcap` and `.cap`; else pcapng. */
  readonly format?: FileType
  /** Whether time stamps have nanoseconds (the default) or are cut to microseconds, as tcpdump writes them. */
  readonly resolution?: 'nanoseconds' | 'microseconds'
  /** Names of addresses, for Wireshark to show; pcapng only. */
  readonly names?: Iterable<AddressName>
}

/**
 * Writes one capture.
 * @example
 * ```js
 * import { createCaptureWriter, read } from 'ovl-dissect'
 *
 * const writer = createCaptureWriter('first.pcap')
 * for await (const packet of read('vxlan.pcap')) {
 *   await writer.write(packet)
 *   break
 * }
 * await writer.close()
 * for await (const packet of read('first.pcap')) console.log(packet.summary.protocol) // ICMP
 * ```
 */
export interface CaptureWriter {
  readonly format: FileType
  /**
   * Writes a packet; its bytes may change once the promise is kept. Wait for it before the next one.
   * @throws UsageError for what the format cannot hold: link types that differ, or times before 1970, in classic pcap
   * @throws CaptureError 'unwritable'
   */
  write(packet: PacketToWrite): Promise<void>
  /** Finishes the capture: a file gets its name now, a stream is ended. Without packets it is an empty capture. */
  close(): Promise<void>
  /** Gives up: no file appears, a stream is destroyed. Does nothing after `close`. */
  abandon(): void
}

/**
 * Begins a capture. A path gets its file when it is closed: until then it lies beside it under a temporary name.
 * @throws UsageError for a path that ends like a compressed file
 * @throws CaptureError 'unwritable' where the file cannot be made
 * @example
 * ```js
 * import { createCaptureWriter, read } from 'ovl-dissect'
 *
 * const writer = createCaptureWriter('pings.pcapng')
 * for await (const packet of read('vxlan.pcap')) if (packet.get('icmp.type') === 8) await writer.write(packet)
 * await writer.close()
 * let pings = 0
 * for await (const _ of read('pings.pcapng')) pings++
 * console.log(pings) // 4
 * ```
 */
export function createCaptureWriter(target: string | OutputStream, options: CaptureWriterOptions = {}): CaptureWriter {
  const format = options.format ?? (typeof target === 'string' ? fileTypeOf(target) : 'pcapng')
  if (typeof target === 'string') return new Writer(openFileSink(target), undefined, format, options)
  const sink = new StreamSink(target)
  return new Writer(sink, sink, format, options)
}

/** Makes the writer of a format. */
export function formatWriter(sink: Sink, format: FileType, names: Iterable<AddressName> = []): FormatWriter {
  return format === 'pcap' ? new PcapWriter(sink) : new PcapngWriter(sink, { application: 'ovl-dissect', names })
}

class Writer implements CaptureWriter {
  readonly format: FileType
  private readonly sink: Sink
  private readonly stream: StreamSink | undefined
  private readonly writer: FormatWriter
  private readonly nanoseconds: boolean
  private readonly interfaces = new Map<string, CaptureInterface>()

  constructor(sink: Sink, stream: StreamSink | undefined, format: FileType, options: CaptureWriterOptions) {
    this.format = format
    this.sink = sink
    this.stream = stream
    this.writer = formatWriter(sink, format, options.names)
    this.nanoseconds = options.resolution !== 'microseconds'
  }

  async write(packet: PacketToWrite): Promise<void> {
    this.writer.write(this.outgoing(packet))
    await this.stream?.drained()
  }

  async close(): Promise<void> {
    this.writer.finish()
    this.sink.close()
    await this.stream?.finished()
  }

  abandon(): void {
    this.sink.abandon()
  }

  private outgoing({ bytes, linkType, time, originalLength, comment, interface: from }: PacketToWrite): OutgoingPacket {
    const nanoseconds = time?.nanoseconds ?? 0
    return {
      seconds: time?.seconds ?? 0,
      nanoseconds: this.nanoseconds ? nanoseconds : nanoseconds - (nanoseconds % 1000),
      hasTime: true,
      bytes,
      start: 0,
      end: bytes.length,
      originalLength: originalLength ?? bytes.length,
      linkType,
      interface: this.interfaceOf(linkType, from?.id ?? 0, from?.name),
      comment,
    }
  }

  private interfaceOf(linkType: number, id: number, name: string | undefined): CaptureInterface {
    const key = JSON.stringify([linkType, id, name])
    const known = this.interfaces.get(key)
    if (known !== undefined) return known
    const ticksPerSecond = this.nanoseconds ? 1e9 : 1e6
    const made = { id, linkType, snapLength: 0, name, description: undefined, filter: undefined, ticksPerSecond }
    this.interfaces.set(key, made)
    return made
  }
}

/** A stream of Node's as a sink: every piece is copied, since it may lie in the stream's queue for long. */
class StreamSink implements Sink {
  private readonly stream: OutputStream
  private isFull = false
  private failure: unknown

  constructor(stream: OutputStream) {
    this.stream = stream
    stream.once('error', (error) => {
      this.failure = error
    })
  }

  write(bytes: Uint8Array): void {
    if (bytes.length > 0) this.isFull = !this.stream.write(bytes.slice())
  }

  flush(): void {}

  close(): void {
    this.stream.end()
  }

  abandon(): void {
    this.stream.destroy()
  }

  async drained(): Promise<void> {
    if (this.failure !== undefined) throw this.failure
    if (this.stream.destroyed) throw new Error('the stream has been closed')
    if (this.isFull) await once(this.stream as EventEmitter & OutputStream, 'drain')
    this.isFull = false
  }

  async finished(): Promise<void> {
    if (this.failure !== undefined) throw this.failure
    await finished(this.stream as Writable, { readable: false })
  }
}
