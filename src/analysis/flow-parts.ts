/**
 * Parts of one capture that were taken in side by side, added up to what one after the other would have given: rows in the
 * order of first sight, copies over the seam as such. Where that cannot be shown, it is said, and nothing is added.
 */
import type { Kernel, Summed } from './kernel.ts'
import { INNER_IPV6, OUTER_IPV6 } from './pair-rows.ts'
import { stretch } from './span.ts'
import type { KnownTopics, Topics } from './topics.ts'

const ROW_WORDS = 16
const ROW_FLOATS = 8
const ADDRESS_WORDS = 4
const CONNECTION_FLOATS = 4
/** As kernel/flows.ts and kernel/pairs.ts have them. */
const flowWord = { pair: 0, ports: 1, protocol: 2, state: 3, packets: 4, frames: 5, connection: 14, said: 15 }
const flowFloat = { bytes: 3, innerBytes: 4, first: 5 }
const pairWord = { packets: 6, frames: 7 }
const pairFloat = { bytes: 4, innerBytes: 5, first: 6 }
const SENT = 0xff
const ASKED = 4

/** Packets remembered: their lines in the order in which they came, the newest last. */
const REMEMBERED = 1 << 14
const LINE_WORDS = 16
const line = { group: 0, frame: 8, seconds: 9, nanoseconds: 10, state: 11, otherGroup: 12, places: 13 }
const SEEN = 0x7f
/** A copy comes within a second. */
const WINDOW = 1e9

/** What packets are remembered at a place of the capture. */
export interface CopyMemory {
  readonly lines: Int32Array
  readonly lastLine: number
}

/** A part that was taken in elsewhere, as it comes from there. */
export interface FlowPart {
  /** What was remembered where it began. */
  readonly memory: CopyMemory
  readonly pairs: Int32Array
  readonly addresses: Int32Array
  readonly flows: Int32Array
  readonly connections: Float64Array
  readonly topics: KnownTopics
  readonly counters: Readonly<Record<Summed, number>>
}

/** What is remembered now, to be kept. */
export function copyMemory(kernel: Kernel): CopyMemory {
  const { words } = kernel.rows('COPIES_LINES')
  return { lines: words.slice(0, REMEMBERED * LINE_WORDS), lastLine: kernel.counter('lastLine') }
}

/** All of a kernel, to be handed over. */
export function flowPart(kernel: Kernel, topics: Topics, memory: CopyMemory): FlowPart {
  const rows = (table: Parameters<Kernel['rows']>[0], words: number) => kernel.rows(table).words.slice(0, words)
  return {
    memory,
    pairs: rows('PAIRS', kernel.counter('pairCount') * ROW_WORDS),
    addresses: rows('ADDRESSES', kernel.counter('addressCount') * ADDRESS_WORDS),
    flows: rows('FLOWS', kernel.counter('flowCount') * ROW_WORDS),
    connections: kernel.rows('CONNECTIONS').floats.slice(0, kernel.counter('connectionCount') * CONNECTION_FLOATS),
    topics: topics.all(),
    counters: kernel.counters(),
  }
}

/**
 * Adds a part that begins where `kernel` stands. False: it is not sure that this would give what one after the other
 * gives, and nothing was done.
 */
export function addPart(kernel: Kernel, topics: Topics, part: FlowPart): boolean {
  if (part.counters.overflow > 0 || kernel.counter('overflow') > 0 || !topics.hasRoomFor(part.topics)) return false
  const pairs = pairNumbers(kernel, part)
  if (pairs.some((pair) => pair < 0) || !isSameMemory(kernel, part, pairs)) return false
  const said = topics.adoptAll(part.topics)
  addPairs(kernel, part, pairs)
  addFlows(kernel, part, pairs, said)
  kernel.addCounters(part.counters)
  return true
}

/** For each pair of the part its number here. */
function pairNumbers(kernel: Kernel, { pairs, addresses }: FlowPart): Int32Array {
  const numbers = new Int32Array(pairs.length / ROW_WORDS)
  const address = (number: number) => {
    const at = (number - 1) * ADDRESS_WORDS
    return kernel.addressOf(addresses.subarray(at, at + ADDRESS_WORDS))
  }
  for (let pair = 0; pair < numbers.length; pair++) {
    const row = pair * ROW_WORDS
    const key = pairs.slice(row, row + 5) as Int32Array & { 0: number; 1: number; 2: number; 3: number; 4: number }
    if ((key[0] & OUTER_IPV6) !== 0) for (const word of [1, 2] as const) key[word] = address(key[word])
    if ((key[0] & INNER_IPV6) !== 0) for (const word of [3, 4] as const) key[word] = address(key[word])
    numbers[pair] = kernel.pairOf(key)
  }
  return numbers
}

/**
 * Whether the part remembered, where it began, the same packets as `kernel` does there: all that a packet of the part can
 * be a copy of. Then it has told the same copies.
 */
function isSameMemory(kernel: Kernel, { memory, counters }: FlowPart, pairs: Int32Array): boolean {
  const here = copyMemory(kernel)
  const groupOf = (group: number) => (group < 0 ? group : (pairs[group] as number))
  const oldest = Number.isNaN(counters.first) ? Number.POSITIVE_INFINITY : counters.first - WINDOW
  const began = kernel.counter('began')
  const isOld = (lines: Int32Array, at: number) =>
    ((lines[at + line.seconds] as number) - began) * 1e9 + (lines[at + line.nanoseconds] as number) < oldest
  for (let back = 0; back < REMEMBERED; back++) {
    const one = ((here.lastLine - back) & (REMEMBERED - 1)) * LINE_WORDS
    const other = ((memory.lastLine - back) & (REMEMBERED - 1)) * LINE_WORDS
    if (isOld(here.lines, one) && isOld(memory.lines, other)) continue
    const seen = (here.lines[one + line.state] as number) & SEEN
    // Further places lie elsewhere, and few packets have them.
    if (seen > LINE_WORDS - line.places) return false
    for (let word = 0; word < line.places + seen; word++) {
      const a = here.lines[one + word] as number
      const b = memory.lines[other + word] as number
      const isGroup = word === line.group || word === line.otherGroup
      if (word !== line.frame && a !== (isGroup ? groupOf(b) : b)) return false
    }
  }
  return true
}

function addPairs(kernel: Kernel, { pairs }: FlowPart, numbers: Int32Array): void {
  const { words, floats } = kernel.rows('PAIRS')
  const from = floatsOf(pairs)
  numbers.forEach((number, pair) => {
    const [to, at] = [number * ROW_WORDS, pair * ROW_WORDS]
    for (const which of [pairWord.packets, pairWord.frames]) add(words, to + which, pairs[at + which] as number)
    const [toFloat, atFloat] = [number * ROW_FLOATS, pair * ROW_FLOATS]
    for (const which of [pairFloat.bytes, pairFloat.innerBytes])
      add(floats, toFloat + which, from[atFloat + which] as number)
    stretchBy(floats, toFloat + pairFloat.first, from, atFloat + pairFloat.first)
  })
}

function addFlows(kernel: Kernel, { flows, connections }: FlowPart, pairs: Int32Array, said: Int32Array): void {
  const { words, floats } = kernel.rows('FLOWS')
  const moments = kernel.rows('CONNECTIONS').floats
  const from = floatsOf(flows)
  for (let at = 0, atFloat = 0; at < flows.length; at += ROW_WORDS, atFloat += ROW_FLOATS) {
    const word = (which: number) => flows[at + which] as number
    const flow = kernel.flowOf(pairs[word(flowWord.pair)] as number, word(flowWord.protocol), word(flowWord.ports))
    if (flow < 0) {
      kernel.addOverflow(word(flowWord.frames) >>> 0)
      continue
    }
    const to = flow * ROW_WORDS
    const toFloat = flow * ROW_FLOATS
    for (const which of [flowWord.packets, flowWord.frames]) add(words, to + which, word(which))
    for (const which of [flowFloat.bytes, flowFloat.innerBytes])
      add(floats, toFloat + which, from[atFloat + which] as number)
    stretchBy(floats, toFloat + flowFloat.first, from, atFloat + flowFloat.first)
    addSaid(words, to, word(flowWord.state), said[word(flowWord.said)] as number)
    const connection = word(flowWord.connection)
    if (connection > 0) addMoments(moments, kernel.connectionOf(flow), connections, connection)
  }
}

/** The first payloads of a flow are asked what they are about, until one says it: those of both parts together. */
function addSaid(words: Int32Array, to: number, state: number, said: number): void {
  const before = words[to + flowWord.state] as number
  const asked = before >>> 8
  const isOpen = words[to + flowWord.said] === 0
  const left = ASKED - asked
  if (isOpen && said !== 0 && state >>> 8 <= left) words[to + flowWord.said] = said
  const more = isOpen ? Math.min(state >>> 8, left) : 0
  words[to + flowWord.state] = ((asked + more) << 8) | ((before | state) & SENT)
}

/** Opened and answered first, opened again and ended last. */
function addMoments(to: Float64Array, number: number, from: Float64Array, other: number): void {
  for (let which = 0; which < CONNECTION_FLOATS; which++) {
    const at = (number - 1) * CONNECTION_FLOATS + which
    const before = to[at] as number
    const now = from[(other - 1) * CONNECTION_FLOATS + which] as number
    const isEarly = which < 2
    if (Number.isNaN(before) || (isEarly ? now < before : now > before)) to[at] = now
  }
}

const floatsOf = (words: Int32Array) => new Float64Array(words.buffer, words.byteOffset, words.length / 2)

function add(to: Int32Array | Float64Array, at: number, value: number): void {
  to[at] = (to[at] as number) + value
}

function stretchBy(to: Float64Array, at: number, from: Float64Array, other: number): void {
  stretch(to, at, at + 1, from[other] as number)
  stretch(to, at, at + 1, from[other + 1] as number)
}
