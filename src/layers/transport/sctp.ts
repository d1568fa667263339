/** Stream Control Transmission Protocol: its common header, and its chunks by name. RFC 9260. */
import { hex } from '../../bytes/integers.ts'
import { nodeOf, remark, u8, u16, u32, varying } from '../../dissect/field.ts'
import { defineLayer } from '../../dissect/layer.ts'
import type { Node } from '../../dissect/node.ts'
import type { Reading } from '../../dissect/reading.ts'
import { truncated } from '../../dissect/walk.ts'

const HEADER_SIZE = 12
const CHUNK_HEADER = 4

/** RFC 9260 section 3.2 and IANA's list. */
const CHUNKS: Readonly<Record<number, string>> = {
  0: 'DATA',
  1: 'INIT',
  2: 'INIT_ACK',
  3: 'SACK',
  4: 'HEARTBEAT',
  5: 'HEARTBEAT_ACK',
  6: 'ABORT',
  7: 'SHUTDOWN',
  8: 'SHUTDOWN_ACK',
  9: 'ERROR',
  10: 'COOKIE_ECHO',
  11: 'COOKIE_ACK',
  12: 'ECNE',
  13: 'CWR',
  14: 'SHUTDOWN_COMPLETE',
  15: 'AUTH',
  64: 'I_DATA',
  130: 'RE_CONFIG',
  192: 'FORWARD_TSN',
}

const type = u8('sctp.chunk_type', 'Chunk type', -1, { names: CHUNKS })
const flags = u8('sctp.chunk_flags', 'Chunk flags', -1, { base: 'hex' })
const length = u16('sctp.chunk_length', 'Chunk length', -1)

interface Chunk {
  readonly type: number
  readonly start: number
  readonly length: number
}

/** Chunks one after another, each padded to four bytes; one whose length makes no sense ends the list. */
function chunksOf(r: Reading): Chunk[] {
  const chunks: Chunk[] = []
  let at = r.start + HEADER_SIZE
  while (at + CHUNK_HEADER <= r.body) {
    const size = r.view.getUint16(at + 2)
    if (size < CHUNK_HEADER) break
    chunks.push({ type: r.view.getUint8(at), start: at, length: size })
    at += (size + 3) & ~3
  }
  return chunks
}

const nameOfChunk = (chunk: Chunk) => CHUNKS[chunk.type] ?? `UNKNOWN (${chunk.type})`

function chunkNode(r: Reading, chunk: Chunk): Node {
  const { start } = chunk
  const bits = r.view.getUint8(start + 1)
  const children = [
    nodeOf(type, { value: chunk.type, start, end: start + 1 }),
    nodeOf(flags, { value: bits, start: start + 1, end: start + 2, text: `Chunk flags: 0x${hex(bits, 2)}` }),
    nodeOf(length, { value: chunk.length, start: start + 2, end: start + 4 }),
  ]
  return remark(`${nameOfChunk(chunk)} chunk`, start, Math.min(r.body, start + chunk.length), children)
}

const fields = {
  source: u16('sctp.srcport', 'Source port', 0, { also: ['sctp.port'] }),
  destination: u16('sctp.dstport', 'Destination port', 2, { also: ['sctp.port'] }),
  tag: u32('sctp.verification_tag', 'Verification tag', 4, { base: 'hex' }),
  checksum: u32('sctp.checksum', 'Checksum', 8, { base: 'hex', text: (value) => `0x${hex(value, 8)} [unverified]` }),
  chunks: varying(
    'none',
    '',
    'Chunks',
    (r) => {
      if (r.body - r.start < HEADER_SIZE) return []
      return chunksOf(r).map((chunk) => {
        const { text, start, end, children } = chunkNode(r, chunk)
        return { value: undefined, text, start, end, children }
      })
    },
    { members: [type, flags, length] },
  ),
}

export const sctp = defineLayer({
  name: 'sctp',
  title: 'Stream Control Transmission Protocol',
  role: 'transport',
  fields,
  attach: [['ip.proto', 132]],
  step(_view, at, end, walk) {
    return end - at < HEADER_SIZE ? truncated(walk, HEADER_SIZE) : end
  },
  heading(r) {
    if (r.body - r.start < HEADER_SIZE) return 'Stream Control Transmission Protocol'
    const { source, destination } = fields
    const ports = `Src Port: ${source.read(r.view, r.start)} (${source.read(r.view, r.start)}), Dst Port: ${destination.read(r.view, r.start)} (${destination.read(r.view, r.start)})`
    return `Stream Control Transmission Protocol, ${ports}`
  },
  info: (r) => (r.body - r.start < HEADER_SIZE ? undefined : `${chunksOf(r).map(nameOfChunk).join(' ')} `),
})
