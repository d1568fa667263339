/**
 * What is known of conversations, found by their ends: both directions have one entry. Keys are numbers in typed arrays,
 * since a text for each packet costs more than all the rest. It forgets what has not been used for long, in two
 * generations like `BoundedMap`.
 */
import { enter, mixed, NUMBERS } from '../bytes/hash-index.ts'
import type { Walk } from '../dissect/walk.ts'
import { carrierOf } from './conversation-key.ts'

/** Layer and version of IP; two words for each address; both ports. */
const KEY_WORDS = 6

export class ConversationTable<Value> {
  /** Of what was looked for last: 0 from the lower end to the higher, 1 back. */
  direction: 0 | 1 = 0
  private readonly key = new Int32Array(KEY_WORDS)
  private hash = 0
  private young: Generation<Value>
  private old: Generation<Value>

  /** Holds at least half of `capacity` and never more than `capacity` entries. */
  constructor(capacity: number) {
    this.young = new Generation(capacity >> 1)
    this.old = new Generation(capacity >> 1)
  }

  /**
   * Turns to the conversation of the layer at `depth`: by its addresses and, where `hasPorts`, the ports in its first
   * four bytes. `get`, `set` and `delete` then mean that one. False: there is no IP header before it.
   */
  turnTo(view: DataView, walk: Walk, depth: number, hasPorts: boolean): boolean {
    const carrier = carrierOf(walk, depth)
    if (carrier < 0) return false
    const isIpv6 = walk.layer[carrier] === walk.tables.ipv6
    const start = hasPorts ? (walk.start[depth] as number) : -1
    this.turnToEnds(view, walk.layer[depth] as number, isIpv6, walk.start[carrier] as number, start)
    return true
  }

  /** The same for the transport header among a packet's landmarks, which must be there, with its ports. */
  turnToTransport(view: DataView, { marks, tables }: Walk): void {
    this.turnToEnds(view, marks.transportLayer, marks.innerLayer === tables.ipv6, marks.inner, marks.transport)
  }

  /**
   * Turns to a ping: what an echo request and its answer share. `at`: the IP header, `start`: that of ICMP, whole; `kind`:
   * what else tells pings apart, 0 to 255.
   */
  turnToEcho(
    view: DataView,
    layer: number,
    isIpv6: boolean,
    at: number,
    start: number,
    isRequest: boolean,
    kind: number,
  ): void {
    this.turnToEnds(view, layer, isIpv6, at, -1)
    const { key } = this
    const asker = isRequest ? this.direction : 1 - this.direction
    key[0] = (key[0] as number) | (asker << 9) | (kind << 10)
    // Identifier and sequence number, where others have ports.
    key[5] = view.getInt32(start + 4)
    this.hash = hashOf(key)
  }

  /** `at`: the IP header; `start`: the header that begins with ports, or -1. */
  private turnToEnds(view: DataView, layer: number, isIpv6: boolean, at: number, start: number): void {
    const from = start >= 0 ? view.getUint16(start) : 0
    const to = start >= 0 ? view.getUint16(start + 2) : 0
    if (isIpv6) {
      const [a, b] = [folded(view, at + 8), folded(view, at + 24)]
      this.put(layer | 0x100, a, view.getInt32(at + 20), b, view.getInt32(at + 36), from, to)
    } else this.put(layer, view.getInt32(at + 12), 0, view.getInt32(at + 16), 0, from, to)
  }

  get(): Value | undefined {
    const { young, old, key, hash } = this
    const place = young.find(key, hash)
    if (place >= 0) return young.values[place]
    const aged = old.find(key, hash)
    if (aged < 0) return undefined
    const value = old.values[aged]
    old.values[aged] = undefined
    if (value !== undefined) this.set(value)
    return value
  }

  set(value: Value): void {
    const { key, hash } = this
    const place = this.young.find(key, hash)
    if (place >= 0) {
      this.young.values[place] = value
      return
    }
    if (this.young.isFull) {
      const emptied = this.old
      this.old = this.young
      this.young = emptied
      emptied.clear()
    }
    const aged = this.old.find(key, hash)
    if (aged >= 0) this.old.values[aged] = undefined
    this.young.add(key, hash, value)
  }

  delete(): void {
    for (const generation of [this.young, this.old]) {
      const place = generation.find(this.key, this.hash)
      if (place >= 0) generation.values[place] = undefined
    }
  }

  /** The end that sorts first stands first, so that both directions have one key. */
  private put(kind: number, a: number, aTail: number, b: number, bTail: number, from: number, to: number): void {
    const { key } = this
    const order = a - b || aTail - bTail || from - to
    this.direction = order <= 0 ? 0 : 1
    key[0] = kind
    if (order <= 0) {
      key[1] = a
      key[2] = aTail
      key[3] = b
      key[4] = bTail
      key[5] = (from << 16) | to
    } else {
      key[1] = b
      key[2] = bTail
      key[3] = a
      key[4] = aTail
      key[5] = (to << 16) | from
    }
    this.hash = hashOf(key)
  }
}

function hashOf(key: Int32Array): number {
  const addresses = Math.imul(key[1] as number, 0x85ebca6b) + Math.imul(key[3] as number, 0xc2b2ae35)
  const tails = Math.imul(key[2] as number, 0x27d4eb2f) + Math.imul(key[4] as number, 0x165667b1)
  return mixed((addresses + tails + Math.imul(key[5] as number, 0x9e3779b1) + (key[0] as number)) | 0)
}

/** Entries that came in together; cleared and filled again as a whole. */
class Generation<Value> {
  readonly values: (Value | undefined)[] = []
  private readonly capacity: number
  private readonly index: Int32Array
  private readonly keys: Int32Array

  constructor(capacity: number) {
    this.capacity = capacity
    let room = 16
    while (room < capacity * 2) room *= 2
    this.index = new Int32Array(room)
    this.keys = new Int32Array(capacity * KEY_WORDS)
  }

  get isFull(): boolean {
    return this.values.length >= this.capacity
  }

  /** The place of a key; -1: it is not there. What was deleted keeps its place, without a value. */
  find(key: Int32Array, hash: number): number {
    const { index, keys } = this
    const mask = index.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = index[slot] as number
      if (entry === 0) return -1
      if (((entry ^ hash) & ~NUMBERS) !== 0) continue
      const place = (entry & NUMBERS) - 1
      const at = place * KEY_WORDS
      let word = 0
      while (word < KEY_WORDS && keys[at + word] === key[word]) word++
      if (word === KEY_WORDS) return place
    }
  }

  add(key: Int32Array, hash: number, value: Value): void {
    const place = this.values.push(value) - 1
    this.keys.set(key, place * KEY_WORDS)
    enter(this.index, hash, place)
  }

  clear(): void {
    this.index.fill(0)
    this.values.length = 0
  }
}

/** The first twelve bytes of an IPv6 address in one word; the last four stand beside it as they are. */
function folded(view: DataView, at: number): number {
  const once = Math.imul(view.getInt32(at), 0x9e3779b1) ^ view.getInt32(at + 4)
  return mixed(Math.imul(once, 0x85ebca6b) ^ view.getInt32(at + 8))
}
