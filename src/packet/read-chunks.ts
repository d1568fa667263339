/** The packets of a capture that is there as bytes, wherever there are no files: in a browser, a worker, another runtime. */
import { CaptureRecord } from '../capture/record.ts'
import { Windows } from '../capture/windows.ts'
import type { Packet } from './packet.ts'
import { type PacketOptions, packetMaker } from './packet-maker.ts'

/**
 * Bytes, a Blob or File, a stream such as the body of a response, or an iterable of chunks.
 * @example
 * ```js
 * import { readFileSync } from 'node:fs'
 * import { readPackets } from 'ovl-dissect/core'
 *
 * const blob = new Blob([readFileSync('vxlan.pcap')])
 * for await (const packet of readPackets(blob)) {
 *   console.log(packet.summary.info) // Echo (ping) request  id=0x3a32, seq=1/256, ttl=64
 * }
 * ```
 */
export type ByteSource =
  | Uint8Array<ArrayBuffer>
  | ArrayBuffer
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>
  | Iterable<Uint8Array>

/**
 * Reads a capture, pcap or pcapng, plain or gzip (one member). Packets' bytes are views of the chunks, which must not change.
 * @throws CaptureError where it cannot be read on; every packet before has been delivered.
 * @throws UsageError for options that make no sense.
 * @example
 * ```js
 * import { readFileSync } from 'node:fs'
 * import { readPackets } from 'ovl-dissect/core'
 *
 * let packets = 0
 * for await (const _ of readPackets(readFileSync('vxlan.pcap'))) packets++
 * console.log(packets) // 116
 * ```
 */
export async function* readPackets(
  source: ByteSource,
  options: PacketOptions = {},
): AsyncGenerator<Packet, void, void> {
  const packetOf = packetMaker(options)
  const windows = new Windows()
  for await (const chunk of inflated(chunksOf(source))) {
    windows.offer(chunk)
    while (windows.advance()) {
      let record = new CaptureRecord()
      while (windows.reader.next(record)) {
        const packet = packetOf(record)
        if (packet !== undefined) yield packet
        record = new CaptureRecord()
      }
    }
  }
  windows.finish()
}

async function* chunksOf(source: ByteSource): AsyncGenerator<Uint8Array> {
  if (source instanceof Uint8Array) yield source
  else if (source instanceof ArrayBuffer) yield new Uint8Array(source)
  else if (source instanceof Blob) yield* chunksOf(source.stream())
  else if (source instanceof ReadableStream) yield* streamChunks(source)
  else yield* source
}

/** Not every browser iterates over streams. */
async function* streamChunks(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    reader.releaseLock()
  }
}

async function* inflated(chunks: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const first = await chunks.next()
  if (first.done === true) return
  const isGzip = first.value[0] === 0x1f && first.value[1] === 0x8b
  if (!isGzip) {
    if (first.value.length > 0) yield first.value
    for await (const chunk of chunks) if (chunk.length > 0) yield chunk
    return
  }
  let next: Uint8Array | undefined = first.value
  const compressed = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const chunk = next ?? (await chunks.next()).value
      next = undefined
      if (chunk === undefined) controller.close()
      else controller.enqueue(chunk as Uint8Array<ArrayBuffer>)
    },
  })
  yield* streamChunks(compressed.pipeThrough(new DecompressionStream('gzip')))
}
