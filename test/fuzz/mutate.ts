/** Packets that nobody sent: real ones, changed where it hurts. */
import { concatenated } from './bytes.ts'
import type { Frame, Header, Seed } from './corpus.ts'
import type { Random } from './random.ts'

/** Lengths, types and offsets at which decoders stumble. */
const NUMBERS = [
  0, 1, 2, 3, 4, 5, 7, 8, 19, 20, 21, 39, 40, 60, 63, 64, 127, 128, 192, 0xc0, 0xc00c, 0xff, 0x100, 0x7fff,
]
const LARGE = [0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff, 0x0800, 0x86dd, 0x8100, 0x6558, 0x88a8]
/** What texts are cut by, and what a terminal must never see. */
const TEXTS = [
  '\r\n',
  '\r\n\r\n',
  ': ',
  '\0',
  '\x1b[2J',
  '\x1b]52;c;AA\x07',
  '\u202e',
  'HTTP/1.1 ',
  'Content-Length: 99999999999',
]
const ENCODED = [...TEXTS, 'Transfer-Encoding: chunked\r\n', 'ffffffff\r\n', '=cmd|', '</script>', ' '.repeat(300)].map(
  (text) => new TextEncoder().encode(text),
)
const TOO_LONG = 3000

type Mutation = (bytes: Uint8Array, seed: Seed, random: Random, seeds: readonly Seed[]) => Uint8Array

/** A header's number becomes another one: a length, a type, a count, an offset. */
const changeField: Mutation = (bytes, { places }, random) => {
  if (places.length === 0) return flipBits(bytes, random)
  const { at, size } = random.pick(places)
  if (at + size > bytes.length) return bytes
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let old = 0
  for (let byte = 0; byte < size; byte++) old = old * 256 + view.getUint8(at + byte)
  const value = random.pick([
    random.pick(NUMBERS),
    random.pick(LARGE),
    old + 1,
    Math.max(old - 1, 0),
    old * 2,
    bytes.length - at,
    random.below(2 ** (8 * size)),
  ])
  for (let byte = 0; byte < size; byte++) view.setUint8(at + byte, Math.floor(value / 256 ** (size - 1 - byte)) & 0xff)
  return bytes
}

const flipSome: Mutation = (bytes, _seed, random) => flipBits(bytes, random)

function flipBits(bytes: Uint8Array, random: Random): Uint8Array {
  if (bytes.length === 0) return bytes
  for (let times = 1 + random.below(8); times > 0; times--) {
    const at = random.below(bytes.length)
    bytes[at] = (bytes[at] as number) ^ (1 << random.below(8))
  }
  return bytes
}

const truncate: Mutation = (bytes, _seed, random) => bytes.slice(0, random.below(bytes.length + 1))

/** Type, length, value: written into options and extensions, a wrong length most of the time. */
const writeOption: Mutation = (bytes, { headers }, random) => {
  const header = headers.length > 0 ? random.pick(headers) : undefined
  const from = header?.fixed ?? 0
  const room = Math.max((header?.body ?? bytes.length) - from, 1)
  let at = from + random.below(room)
  for (let times = 1 + random.below(4); times > 0 && at + 4 <= bytes.length; times--) {
    bytes[at] = random.below(256)
    bytes[at + 1] = random.pick(NUMBERS) & 0xff
    bytes[at + 2] = random.below(256)
    bytes[at + 3] = random.below(32)
    at += 4
  }
  return bytes
}

/** Compression pointers of DNS, anywhere in the payload: at themselves, forward, at each other. */
const writePointers: Mutation = (bytes, { headers }, random) => {
  const from = headers.find(({ isApplication }) => isApplication)?.start ?? 0
  const room = bytes.length - from - 2
  if (room <= 0) return bytes
  for (let times = 1 + random.below(6); times > 0; times--) {
    const at = from + random.below(room)
    bytes[at] = 0xc0 | random.below(2)
    bytes[at + 1] = random.pick([at - from, at - from + 2, 12, random.below(256)]) & 0xff
  }
  return bytes
}

/** Lines that are not closed, headers twice, controls: into the payload. */
const writeText: Mutation = (bytes, { headers }, random) => {
  const from = Math.min(headers.find(({ isApplication }) => isApplication)?.start ?? 0, bytes.length)
  const at = from + random.below(bytes.length - from + 1)
  const text = random.pick(ENCODED)
  if (random.onceIn(2)) return concatenated([bytes.subarray(0, at), text, bytes.subarray(at)])
  const changed = bytes.slice()
  changed.set(text.subarray(0, Math.max(bytes.length - at, 0)), at)
  return changed
}

const insertBytes: Mutation = (bytes, _seed, random) => {
  const at = random.below(bytes.length + 1)
  const more = Uint8Array.from({ length: 1 + random.below(16) }, () => random.below(256))
  return concatenated([bytes.subarray(0, at), more, bytes.subarray(at)])
}

const deleteBytes: Mutation = (bytes, _seed, random) => {
  const at = random.below(bytes.length + 1)
  return concatenated([bytes.subarray(0, at), bytes.subarray(Math.min(at + 1 + random.below(16), bytes.length))])
}

/** Everything from a header on is put in again behind it: nests tunnels, doubles options and requests. */
const nest: Mutation = (bytes, { headers }, random) => {
  if (headers.length < 2) return bytes
  const first: Header = random.pick(headers)
  const parts = [bytes.subarray(0, first.body)]
  const again = bytes.subarray(first.start, first.body)
  let length = bytes.length
  for (let times = 1 + random.below(60); times > 0 && length + again.length < TOO_LONG; times--) {
    parts.push(again)
    length += again.length
  }
  return concatenated([...parts, bytes.subarray(first.body)])
}

/** The head of one packet, the rest of another. */
const splice: Mutation = (bytes, { headers }, random, seeds) => {
  const other = random.pick(seeds)
  const cut = headers.length > 0 ? random.pick(headers).body : random.below(bytes.length + 1)
  const from = other.headers.length > 0 ? random.pick(other.headers).start : 0
  return concatenated([bytes.subarray(0, cut), other.bytes.subarray(from)])
}

const MUTATIONS: readonly Mutation[] = [
  changeField,
  changeField,
  changeField,
  flipSome,
  truncate,
  writeOption,
  writePointers,
  writeText,
  insertBytes,
  deleteBytes,
  nest,
  splice,
]

/** A frame made of one of the seeds by one to five mutations. */
export function mutated(seeds: readonly Seed[], random: Random): Frame {
  const seed = random.pick(seeds)
  let bytes: Uint8Array = seed.bytes.slice()
  for (let times = 1 + random.below(5); times > 0; times--) {
    bytes = random.pick(MUTATIONS)(bytes, seed, random, seeds)
    if (bytes.length > TOO_LONG) bytes = bytes.slice(0, TOO_LONG)
  }
  const originalLength = random.onceIn(8) ? random.pick([0, bytes.length * 2, 0xffffffff]) : seed.originalLength
  return { bytes, linkType: random.onceIn(50) ? random.below(300) : seed.linkType, originalLength }
}
