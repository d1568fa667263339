/** Captures built byte by byte for tests, and what a reader makes of a capture as plain values. */
import type { Source } from '../../src/bytes/source.ts'
import { type CaptureInfo, readBatches, scanRecords } from '../../src/capture/read-records.ts'
import type { CaptureRecord } from '../../src/capture/record.ts'
import { CaptureError } from '../../src/errors.ts'

export type Option = readonly [code: number, value: Uint8Array | string]

/** Writers for one byte order. */
export function byteOrder(littleEndian: boolean) {
  const u16 = (value: number) => number(2, (view) => view.setUint16(0, value, littleEndian))
  const u32 = (value: number) => number(4, (view) => view.setUint32(0, value, littleEndian))
  const i64 = (value: bigint) => number(8, (view) => view.setBigInt64(0, value, littleEndian))

  const pcapHeader = ({ magic = 0xa1b2c3d4, major = 2, minor = 4, snapLength = 262144, network = 1 } = {}) =>
    join(u32(magic), u16(major), u16(minor), u32(0), u32(0), u32(snapLength), u32(network))

  const pcapRecord = (
    data: Uint8Array,
    { seconds = 0, fraction = 0, captured = data.length, original = data.length } = {},
  ) => join(u32(seconds), u32(fraction), u32(captured), u32(original), data)

  const options = (list: readonly Option[]) => {
    const parts = list.map(([code, value]) => {
      const bytes = Buffer.from(value)
      return join(u16(code), u16(bytes.length), padded(bytes))
    })
    return list.length === 0 ? join() : join(...parts, u16(0), u16(0))
  }

  const block = (type: number, body: Uint8Array, { length = padded(body).length + 12 } = {}) =>
    join(u32(type), u32(length), padded(body), u32(length))

  const section = (list: readonly Option[] = [], { major = 1, minor = 0, length = -1n } = {}) =>
    block(0x0a0d0d0a, join(u32(0x1a2b3c4d), u16(major), u16(minor), i64(length), options(list)))

  const interfaceBlock = (linkType = 1, snapLength = 0, list: readonly Option[] = []) =>
    block(1, join(u16(linkType), u16(0), u32(snapLength), options(list)))

  const packet = (
    data: Uint8Array,
    { id = 0, ticks = 0n, captured = data.length, original = data.length, list = [] as readonly Option[] } = {},
  ) => {
    const time = join(u32(Number(ticks >> 32n)), u32(Number(ticks & 0xffff_ffffn)))
    return block(6, join(u32(id), time, u32(captured), u32(original), padded(data), options(list)))
  }

  const simplePacket = (data: Uint8Array, original = data.length) => block(3, join(u32(original), data))

  return { u16, u32, i64, pcapHeader, pcapRecord, options, block, section, interfaceBlock, packet, simplePacket }
}

export const little = byteOrder(true)
export const big = byteOrder(false)

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}

function number(size: number, write: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(size)
  write(new DataView(bytes.buffer))
  return bytes
}

function padded(bytes: Uint8Array): Uint8Array {
  return join(bytes, new Uint8Array(-bytes.length & 3))
}

/** `length` bytes that count up from `first`. */
export function bytesFrom(first: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => first + index)
}

/** A record as plain values, for comparing. */
export function plain(record: CaptureRecord) {
  return {
    number: record.number,
    time: record.hasTime ? `${record.seconds}.${String(record.nanoseconds).padStart(9, '0')}` : '',
    original: record.originalLength,
    linkType: record.linkType,
    interface: record.interface.name,
    offset: record.offset,
    comment: record.comment,
    bytes: Buffer.from(record.bytes.subarray(record.start, record.end)).toString('hex'),
  }
}

export type Plain = ReturnType<typeof plain>

export interface Outcome {
  records: Plain[]
  error: CaptureError | undefined
  info: CaptureInfo | undefined
}

/** Everything a scan gives: records, then perhaps a CaptureError. Other errors go through. */
export async function scanAll(source: Source): Promise<Outcome> {
  const outcome: Outcome = { records: [], error: undefined, info: undefined }
  const options = { onOpen: (info: CaptureInfo) => Object.assign(outcome, { info }) }
  try {
    await scanRecords(source, (record) => void outcome.records.push(plain(record)), options)
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error
    outcome.error = error
  }
  return outcome
}

/** The same by batches; the records are looked at only after the last. */
export async function readAll(source: Source): Promise<Outcome> {
  const outcome: Outcome = { records: [], error: undefined, info: undefined }
  const kept: CaptureRecord[] = []
  const options = { onOpen: (info: CaptureInfo) => Object.assign(outcome, { info }) }
  try {
    for await (const batch of readBatches(source, options)) kept.push(...batch)
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error
    outcome.error = error
  }
  outcome.records = kept.map(plain)
  return outcome
}

/** Cuts bytes into chunks of one size, each in memory of its own. */
export async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size)
}

/** The same, but every chunk in the same memory, as `scan` allows and `read` does not. */
export async function* overwrittenChunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const memory = new Uint8Array(size)
  for (let at = 0; at < bytes.length; at += size) {
    const chunk = bytes.subarray(at, at + size)
    memory.fill(0xee)
    memory.set(chunk)
    yield memory.subarray(0, chunk.length)
  }
}
