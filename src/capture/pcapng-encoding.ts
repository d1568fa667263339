/** Blocks of pcapng as bytes, little-endian. draft-ietf-opsawg-pcapng, sections 3.1 and 3.5. */
import { addressBytes } from '../bytes/parse-address.ts'
import { BLOCK_HEADER_SIZE, TRAILER_SIZE } from './pcapng-blocks.ts'

/** An option that is not there (no value) is left out. */
export type BlockOption = readonly [code: number, value: Uint8Array | string | undefined]

/**
 * A name that is known for an address, as a name resolution block has it.
 * @example
 * ```js
 * import { createCaptureWriter, loadNames, read } from 'ovl-dissect'
 *
 * const names = await loadNames('k8s')
 * const writer = createCaptureWriter('named.pcapng', { names: names.all() })
 * for await (const packet of read('vxlan.pcap')) await writer.write(packet)
 * await writer.close()
 * const [{ address, name }] = names.all()
 * console.log(address, name) // 192.168.10.100 k8s-ctr
 * ```
 */
export interface AddressName {
  /** IPv4 or IPv6 as text. */
  readonly address: string
  readonly name: string
}

export const NAME_RESOLUTION = 4
const NAME_RECORD_IPV4 = 1
const NAME_RECORD_IPV6 = 2
/** The length of an option or record is a number of 16 bits. */
const MOST_BYTES = 0xffff
/** Names in one block: far below every reader's bound. */
const NAMES_A_BLOCK = 1000

const utf8 = new TextEncoder()

/** A whole block: head, body and options padded to words, the length once more. */
export function blockBytes(type: number, body: Uint8Array, options: readonly BlockOption[] = []): Uint8Array {
  const tail = optionBytes(options)
  const size = BLOCK_HEADER_SIZE + padded(body.length) + tail.length + TRAILER_SIZE
  const bytes = new Uint8Array(size)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, type, true)
  view.setUint32(4, size, true)
  bytes.set(body, BLOCK_HEADER_SIZE)
  bytes.set(tail, BLOCK_HEADER_SIZE + padded(body.length))
  view.setUint32(size - TRAILER_SIZE, size, true)
  return bytes
}

/** Options with their end, or nothing if there are none. A text that is too long is cut. */
export function optionBytes(options: readonly BlockOption[]): Uint8Array {
  const parts: Uint8Array[] = []
  for (const [code, value] of options) if (value !== undefined) parts.push(tagged(code, valueBytes(value)))
  if (parts.length > 0) parts.push(new Uint8Array(4))
  return Buffer.concat(parts)
}

/** Name resolution blocks (section 4.5) of all names; what is no address, or not a name, is left out. */
export function* nameBlocks(names: Iterable<AddressName>): Generator<Uint8Array> {
  let records: Uint8Array[] = []
  for (const { address, name } of names) {
    const bytes = addressBytes(address)
    const text = utf8.encode(name.replaceAll('\0', ''))
    if (bytes === undefined || text.length === 0 || text.length > MOST_BYTES - 17) continue
    const value = new Uint8Array(bytes.length + text.length + 1)
    value.set(bytes)
    value.set(text, bytes.length)
    records.push(tagged(bytes.length === 4 ? NAME_RECORD_IPV4 : NAME_RECORD_IPV6, value))
    if (records.length < NAMES_A_BLOCK) continue
    yield nameBlock(records)
    records = []
  }
  if (records.length > 0) yield nameBlock(records)
}

function nameBlock(records: readonly Uint8Array[]): Uint8Array {
  return blockBytes(NAME_RESOLUTION, Buffer.concat([...records, new Uint8Array(4)]))
}

/** Code or type, length, value, padding: options and name records alike. */
function tagged(code: number, value: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + padded(value.length))
  const view = new DataView(bytes.buffer)
  view.setUint16(0, code, true)
  view.setUint16(2, value.length, true)
  bytes.set(value, 4)
  return bytes
}

function valueBytes(value: Uint8Array | string): Uint8Array {
  const bytes = typeof value === 'string' ? utf8.encode(value) : value
  return bytes.length > MOST_BYTES ? bytes.subarray(0, MOST_BYTES) : bytes
}

/** Everything in a block begins at a multiple of four bytes. */
export function padded(length: number): number {
  return (length + 3) & ~3
}
