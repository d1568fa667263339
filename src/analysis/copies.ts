/**
 * Copies: one packet that a capture holds several times because it crossed several interfaces. Two frames are copies
 * when they were seen at different places within a second, and everything that a router leaves alone is equal: inner
 * addresses, ids, ports, sequence numbers, lengths and transport checksum; outer addresses, VNI, and the outer id
 * where it is not 0. A frame seen twice at one place is a packet of its own (a retransmission, a duplicate).
 */
import type { CaptureRecord } from '../capture/record.ts'
import type { Walk } from '../dissect/walk.ts'
import { lastIp, ownLayers, sightingPlace } from './places.ts'

/** Packets remembered at once; the oldest in a neighbourhood gives way. */
const SLOTS = 32_768
const NEIGHBOURS = 4
/** Places one packet may be seen at. */
const PLACES = 8
const WINDOW_SECONDS = 1
/** Bytes of the transport header that identify a packet: all of TCP's fixed part. */
const TRANSPORT_BYTES = 20

/**
 * Words of a slot: both halves of the fingerprint, the number of the first frame, its time, its state (outer id, TTL and
 * how often the packet was seen, 16, 8 and 8 bits), and the first two places. Four slots lie in two neighbouring cache lines: looking a packet up is
 * mostly waiting for memory.
 */
const SLOT = 8
const slot = { a: 0, b: 1, frame: 2, seconds: 3, nanoseconds: 4, state: 5, places: 6 }
const NEAR_PLACES = SLOT - slot.places

/** What identifies the packet at hand: twice an IPv6 header, a transport header, a VNI at most. */
const words = new Int32Array(32)

export class Copies {
  /** After `observe` returned true: the number of the frame seen first, its outer TTL, and the time since, in nanoseconds. */
  original = 0
  originalTtl = 0
  sinceOriginal = 0
  /** TTL (hop limit) of the frame just observed: of its outer header if there is a tunnel. */
  ttl = 0
  /** Identification of its outer header; 0 without a tunnel, over IPv6 and where the sender left it out. */
  private outerId = 0

  /** Frames and packets so far. */
  frames = 0
  packets = 0
  /** `seenTimes[n]`: how many packets have been seen n times so far. */
  readonly seenTimes = new Float64Array(PLACES + 1)

  private readonly slots = new Int32Array(SLOTS * SLOT)
  /** Places after the first two, which few captures have. */
  private readonly farPlaces = new Int32Array(SLOTS * (PLACES - NEAR_PLACES))

  /** Takes a frame in; true if it is a copy of one before. */
  observe(record: CaptureRecord, walk: Walk): boolean {
    this.frames++
    const count = this.gather(record.view, walk)
    if (count === 0) {
      this.packets++
      this.seenTimes[1] = (this.seenTimes[1] as number) + 1
      return false
    }
    const { slots } = this
    let a = 0x9e3779b1 | 0
    let b = 0x85ebca6b | 0
    for (let i = 0; i < count; i++) {
      const word = words[i] as number
      a = Math.imul(a ^ word, 0x01000193) ^ (a >>> 15)
      b = Math.imul((b << 5) ^ (b >>> 11) ^ word, 0x27d4eb2f)
    }
    const place = sightingPlace(record, walk)
    const home = (a & (SLOTS - 1) & ~(NEIGHBOURS - 1)) * SLOT
    let oldest = home
    for (let at = home; at < home + NEIGHBOURS * SLOT; at += SLOT) {
      if (slots[at + slot.a] === a && slots[at + slot.b] === b && this.hasOuterId(slots[at + slot.state] as number)) {
        if (this.isCopy(at, record, place)) return true
        oldest = at
        break
      }
      if ((slots[at + slot.frame] as number) < (slots[oldest + slot.frame] as number)) oldest = at
    }
    slots[oldest + slot.a] = a
    slots[oldest + slot.b] = b
    slots[oldest + slot.frame] = record.number
    slots[oldest + slot.seconds] = record.seconds
    slots[oldest + slot.nanoseconds] = record.nanoseconds
    slots[oldest + slot.state] = (this.outerId << 16) | (this.ttl << 8) | 1
    slots[oldest + slot.places] = place
    this.packets++
    this.seenTimes[1] = (this.seenTimes[1] as number) + 1
    return false
  }

  private isCopy(at: number, record: CaptureRecord, place: number): boolean {
    const { slots } = this
    // Seconds are kept in 32 bits; their difference is right all the same.
    const passed = (record.seconds - (slots[at + slot.seconds] as number)) | 0
    const nanoseconds = passed * 1e9 + (record.nanoseconds - (slots[at + slot.nanoseconds] as number))
    if (nanoseconds > WINDOW_SECONDS * 1e9 || nanoseconds < -WINDOW_SECONDS * 1e9) return false
    const state = slots[at + slot.state] as number
    const count = state & 0xff
    if (count >= PLACES) return false
    for (let n = 0; n < count; n++) if (this.placeOf(at, n) === place) return false
    this.putPlace(at, count, place)
    slots[at + slot.state] = state + 1
    this.seenTimes[count] = (this.seenTimes[count] as number) - 1
    this.seenTimes[count + 1] = (this.seenTimes[count + 1] as number) + 1
    this.original = slots[at + slot.frame] as number
    this.originalTtl = (state >>> 8) & 0xff
    this.sinceOriginal = nanoseconds
    return true
  }

  /** Some senders leave the outer id 0, and some offloads fill it in on the way: then it tells nothing. */
  private hasOuterId(state: number): boolean {
    const id = state >>> 16
    return state !== 0 && (id === 0 || this.outerId === 0 || id === this.outerId)
  }

  private placeOf(at: number, n: number): number {
    if (n < NEAR_PLACES) return this.slots[at + slot.places + n] as number
    return this.farPlaces[farPlace(at, n)] as number
  }

  private putPlace(at: number, n: number, place: number): void {
    if (n < NEAR_PLACES) this.slots[at + slot.places + n] = place
    else this.farPlaces[farPlace(at, n)] = place
  }

  /** Puts what identifies the packet into `words` and returns how many there are; 0: it has no IP header to go by. */
  private gather(view: DataView, walk: Walk): number {
    const hasTunnel = walk.firstTunnel >= 0
    const inner = lastIp(walk, hasTunnel ? walk.lastTunnel + 1 : 0, ownLayers(walk))
    const outer = hasTunnel ? lastIp(walk, 0, walk.firstTunnel) : inner
    if (inner < 0 || outer < 0) return 0
    this.ttl = ttlAt(view, walk, outer)
    let count = gatherIp(view, walk, inner, 0, true)
    const at = walk.body[inner] as number
    const there = Math.min((walk.end[inner] as number) - at, TRANSPORT_BYTES) & ~3
    for (let i = 0; i < there; i += 4) words[count++] = view.getInt32(at + i)
    this.outerId = 0
    if (!hasTunnel) return count
    if (walk.layer[outer] === walk.tables.ipv4) this.outerId = view.getUint16((walk.start[outer] as number) + 4)
    count = gatherIp(view, walk, outer, count, false)
    const header = walk.start[walk.lastTunnel] as number
    if ((walk.body[walk.lastTunnel] as number) - header >= 8) words[count++] = view.getInt32(header + 4)
    return count
  }
}

/** Addresses, lengths and ids, without what a router changes; returns the count with them. */
function gatherIp(view: DataView, walk: Walk, depth: number, before: number, isInner: boolean): number {
  const at = walk.start[depth] as number
  let count = before
  if (walk.layer[depth] === walk.tables.ipv4) {
    const id = isInner ? view.getUint16(at + 4) : 0
    words[count] = (view.getUint16(at + 2) << 16) | id
    words[count + 1] = (view.getUint16(at + 6) << 8) | view.getUint8(at + 9)
    words[count + 2] = view.getInt32(at + 12)
    words[count + 3] = view.getInt32(at + 16)
    return count + 4
  }
  words[count++] = view.getInt32(at + 4) & 0xffffff00
  for (let i = 8; i < 40; i += 4) words[count++] = view.getInt32(at + i)
  return count
}

const farPlace = (at: number, n: number) => (at / SLOT) * (PLACES - NEAR_PLACES) + n - NEAR_PLACES

function ttlAt(view: DataView, walk: Walk, depth: number): number {
  const at = walk.start[depth] as number
  return view.getUint8(at + (walk.layer[depth] === walk.tables.ipv4 ? 8 : 7))
}
