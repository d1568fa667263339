/** Name resolution blocks of a pcapng file: addresses that its writer knew names for. draft-ietf-opsawg-pcapng 4.5. */
import { ipv4Text, ipv6Text } from '../../bytes/address.ts'
import { BLOCK_HEADER_SIZE, SECTION_HEADER, TRAILER_SIZE } from '../../capture/pcapng-blocks.ts'
import { UsageError } from '../../errors.ts'
import type { HostFact } from '../facts.ts'

const NAME_RESOLUTION = 4
const IPV4_RECORD = 1
const IPV6_RECORD = 2
/** A block of names beyond this is not believed. */
const MAX_BLOCK = 16 * 1024 * 1024
const BYTE_ORDER_MAGIC = 0x1a2b3c4d

/** Names of all blocks; packets are skipped without being kept. */
export async function* nameBlockFacts(chunks: AsyncIterable<Uint8Array>, origin: string): AsyncGenerator<HostFact> {
  let pending: Buffer = Buffer.alloc(0)
  let skip = 0
  let isLittle = true
  for await (const chunk of chunks) {
    const skipped = Math.min(skip, chunk.length)
    skip -= skipped
    if (skip > 0) continue
    pending = Buffer.concat([pending, chunk.subarray(skipped)])
    for (;;) {
      if (pending.length < BLOCK_HEADER_SIZE + 4) break
      const view = new DataView(pending.buffer, pending.byteOffset, pending.length)
      if (view.getUint32(0) === SECTION_HEADER) isLittle = view.getUint32(8, true) === BYTE_ORDER_MAGIC
      const type = view.getUint32(0, isLittle)
      const length = (view.getUint32(4, isLittle) + 3) & ~3
      if (length < BLOCK_HEADER_SIZE + TRAILER_SIZE)
        throw new UsageError(`${origin}: damaged pcapng: a block of ${length} bytes`)
      if (type === NAME_RESOLUTION) {
        if (length > MAX_BLOCK) throw new UsageError(`${origin}: a name-resolution block of ${length} bytes`)
        if (pending.length < length) break
        yield* namesIn(view, length - TRAILER_SIZE, isLittle)
      }
      skip = Math.max(length - pending.length, 0)
      pending = pending.subarray(Math.min(length, pending.length))
    }
  }
}

function* namesIn(view: DataView, end: number, isLittle: boolean): Generator<HostFact> {
  for (let at = BLOCK_HEADER_SIZE; at + 4 <= end; ) {
    const type = view.getUint16(at, isLittle)
    const length = view.getUint16(at + 2, isLittle)
    const value = at + 4
    const size = type === IPV4_RECORD ? 4 : 16
    at = value + ((length + 3) & ~3)
    if (type === 0 || at > end) return
    if ((type !== IPV4_RECORD && type !== IPV6_RECORD) || length <= size) continue
    const text = Buffer.from(view.buffer, view.byteOffset + value + size, length - size).toString('utf8')
    const [name = ''] = text.split('\0')
    const address = size === 4 ? ipv4Text(view, value) : ipv6Text(view, value)
    if (name !== '') yield { kind: 'host', address, name }
  }
}
