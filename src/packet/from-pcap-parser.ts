/**
 * An adapter for those who use the package pcap-parser already: its events become a source for `read`. What that
 * parser does not know (pcapng, nanoseconds, gzip) is not there; reading the file with `read` itself is faster.
 */
import { CaptureRecord } from '../capture/record.ts'
import type { RecordSource } from './record-source.ts'

/**
 * The part of pcap-parser's parser that is used; the package itself has no types.
 * @example
 * ```js
 * import pcapParser from 'pcap-parser'
 * import { fromPcapParser, read } from 'ovl-dissect'
 *
 * const parser = pcapParser.parse('vxlan.pcap')
 * const source = fromPcapParser(parser)
 * for await (const packet of read(source)) console.log(packet.time) // { seconds: 1795378377, nanoseconds: 91235000 }
 * ```
 */
export interface PcapParser {
  /** Once, before all packets. */
  on(event: 'globalHeader', listener: (header: { linkLayerType: number; snapshotLength: number }) => void): unknown
  /** For every packet. */
  on(event: 'packet', listener: (packet: PcapParserPacket) => void): unknown
  /** After the last one. */
  on(event: 'end', listener: () => void): unknown
  /** Instead of the end. */
  on(event: 'error', listener: (error: Error) => void): unknown
  /** The stream it reads; paused while packets wait. */
  readonly stream?: {
    /** No packet after this. */
    pause(): unknown
    /** Goes on. */
    resume(): unknown
  }
}

/**
 * What its event `packet` delivers. Times in seconds since 1970 and microseconds, lengths in bytes.
 * @example
 * ```js
 * import { once } from 'node:events'
 * import pcapParser from 'pcap-parser'
 * import { dissect } from 'ovl-dissect'
 *
 * const [{ data, header }] = await once(pcapParser.parse('vxlan-eth1.pcap'), 'packet')
 * console.log(header.originalLength, dissect(data, 1).inner.ip.source) // 148 172.20.0.158
 * ```
 */
export interface PcapParserPacket {
  readonly header: {
    readonly timestampSeconds: number
    readonly timestampMicroseconds: number
    readonly capturedLength: number
    readonly originalLength: number
  }
  readonly data: Uint8Array
}

/** Packets that may wait for the reader before the parser's stream is paused. */
const HIGH_WATER = 1024

/**
 * Turns a parser, before its first event, into a source for `read`. Its errors are thrown by the loop over `read`.
 * @example
 * ```js
 * import pcapParser from 'pcap-parser'
 * import { fromPcapParser, read } from 'ovl-dissect'
 *
 * const parser = pcapParser.parse('vxlan.pcap')
 * for await (const packet of read(fromPcapParser(parser))) {
 *   console.log(packet.number, packet.tunnels[0].vni) // 1 3258
 * }
 * ```
 */
export function fromPcapParser(parser: PcapParser): RecordSource {
  const waiting: CaptureRecord[] = []
  let linkType = 0
  let snapLength = 0
  let number = 0
  let isOver = false
  let failure: Error | undefined
  let wake: () => void = () => {}
  parser.on('globalHeader', (header) => {
    linkType = header.linkLayerType & 0xffff
    snapLength = header.snapshotLength
  })
  parser.on('packet', ({ header, data }) => {
    const record = new CaptureRecord()
    record.number = ++number
    record.seconds = header.timestampSeconds
    record.nanoseconds = header.timestampMicroseconds * 1000
    record.bytes = data
    record.view = new DataView(data.buffer, data.byteOffset, data.byteLength)
    record.end = data.length
    record.originalLength = header.originalLength
    record.linkType = linkType
    record.interface = { ...record.interface, linkType, snapLength }
    waiting.push(record)
    if (waiting.length >= HIGH_WATER) parser.stream?.pause()
    wake()
  })
  parser.on('end', () => {
    isOver = true
    wake()
  })
  parser.on('error', (error) => {
    failure ??= error
    isOver = true
    wake()
  })
  async function* records() {
    for (;;) {
      for (const record of waiting.splice(0)) yield record
      if (waiting.length > 0) continue
      if (failure !== undefined) throw failure
      if (isOver) return
      const arrival = new Promise<void>((resolve) => {
        wake = resolve
      })
      parser.stream?.resume()
      await arrival
    }
  }
  return { records }
}
