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

export class Copies {
  /** After `observe` returned true: the number of the frame seen first, its outer TTL, and the time since, in nanoseconds. */
  original = 0
  originalTtl = 0
  sinceOriginal = 0
  /** TTL (hop limit) of the frame just observed: of its outer header if there is a tunnel. */
  ttl = 0

  /** Frames and packets so far. */
  frames = 0
  packets = 0
  /** `seenTimes[n]`: how many packets have been seen n times so far. */
  readonly seenTimes = new Float64Array(PLACES + 1)

  private readonly hashA = new Int32Array(SLOTS)
  private readonly hashB = new Int32Array(SLOTS)
  private readonly frame = new Float64Array(SLOTS)
  private readonly seconds = new Float64Array(SLOTS)
  private readonly nanoseconds = new Float64Array(SLOTS)
  private readonly ttls = new Uint8Array(SLOTS)
  private readonly count = new Uint8Array(SLOTS)
  private readonly places = new Int32Array(SLOTS * PLACES)
  private a = 0
  private b = 0

  /** Takes a frame in; true if it is a copy of one before. */
  observe(record: CaptureRecord, walk: Walk): boolean {
    this.frames++
    if (!this.fingerprint(record, walk)) {
      this.packets++
      ;(this.seenTimes[1] as number)++
      return false
    }
    const place = sightingPlace(record, walk)
    const home = this.a & (SLOTS - 1) & ~(NEIGHBOURS - 1)
    let oldest = home
    for (let slot = home; slot < home + NEIGHBOURS; slot++) {
      if (this.count[slot] !== 0 && this.hashA[slot] === this.a && this.hashB[slot] === this.b) {
        if (this.isCopy(slot, record, place)) return true
        oldest = slot
        break
      }
      if ((this.frame[slot] as number) < (this.frame[oldest] as number)) oldest = slot
    }
    this.store(oldest, record, place)
    return false
  }

  private isCopy(slot: number, record: CaptureRecord, place: number): boolean {
    const passed = record.seconds - (this.seconds[slot] as number)
    const nanoseconds = passed * 1e9 + (record.nanoseconds - (this.nanoseconds[slot] as number))
    if (nanoseconds > WINDOW_SECONDS * 1e9 || nanoseconds < -WINDOW_SECONDS * 1e9) return false
    const count = this.count[slot] as number
    if (count >= PLACES) return false
    for (let i = 0; i < count; i++) if (this.places[slot * PLACES + i] === place) return false
    this.places[slot * PLACES + count] = place
    this.count[slot] = count + 1
    this.seenTimes[count] = (this.seenTimes[count] as number) - 1
    this.seenTimes[count + 1] = (this.seenTimes[count + 1] as number) + 1
    this.original = this.frame[slot] as number
    this.originalTtl = this.ttls[slot] as number
    this.sinceOriginal = nanoseconds
    return true
  }

  private store(slot: number, record: CaptureRecord, place: number): void {
    this.packets++
    this.seenTimes[1] = (this.seenTimes[1] as number) + 1
    this.hashA[slot] = this.a
    this.hashB[slot] = this.b
    this.frame[slot] = record.number
    this.seconds[slot] = record.seconds
    this.nanoseconds[slot] = record.nanoseconds
    this.ttls[slot] = this.ttl
    this.count[slot] = 1
    this.places[slot * PLACES] = place
  }

  /** Hashes what identifies the packet into `a` and `b`; false if it has no IP header to go by. */
  private fingerprint(record: CaptureRecord, walk: Walk): boolean {
    const { view } = record
    const own = ownLayers(walk)
    const hasTunnel = walk.firstTunnel >= 0
    const inner = lastIp(walk, hasTunnel ? walk.lastTunnel + 1 : 0, own)
    if (inner < 0) return false
    this.a = 0x9e3779b1 | 0
    this.b = 0x85ebca6b | 0
    this.mixIp(view, walk, inner, true)
    this.ttl = ttlAt(view, walk, inner)
    const at = walk.body[inner] as number
    const there = Math.min((walk.end[inner] as number) - at, TRANSPORT_BYTES) & ~3
    for (let i = 0; i < there; i += 4) this.mix(view.getInt32(at + i))
    if (hasTunnel) {
      const outer = lastIp(walk, 0, walk.firstTunnel)
      if (outer < 0) return false
      this.mixIp(view, walk, outer, false)
      this.ttl = ttlAt(view, walk, outer)
      const header = walk.start[walk.lastTunnel] as number
      if ((walk.body[walk.lastTunnel] as number) - header >= 8) this.mix(view.getInt32(header + 4))
    }
    return true
  }

  /** Addresses, lengths and ids, without what a router changes. */
  private mixIp(view: DataView, walk: Walk, depth: number, isInner: boolean): void {
    const at = walk.start[depth] as number
    if (walk.layer[depth] === walk.tables.ipv4) {
      const id = view.getUint16(at + 4)
      // Some senders leave the outer id 0, and some offloads fill it in on the way.
      this.mix((view.getUint16(at + 2) << 16) | (isInner || id !== 0 ? id : 0))
      this.mix((view.getUint16(at + 6) << 8) | view.getUint8(at + 9))
      this.mix(view.getInt32(at + 12))
      this.mix(view.getInt32(at + 16))
      return
    }
    this.mix(view.getInt32(at + 4) & 0xffffff00)
    for (let i = 8; i < 40; i += 4) this.mix(view.getInt32(at + i))
  }

  private mix(word: number): void {
    this.a = Math.imul(this.a ^ word, 0x01000193) ^ (this.a >>> 15)
    this.b = Math.imul((this.b << 5) ^ (this.b >>> 11) ^ word, 0x27d4eb2f)
  }
}

function ttlAt(view: DataView, walk: Walk, depth: number): number {
  const at = walk.start[depth] as number
  return view.getUint8(at + (walk.layer[depth] === walk.tables.ipv4 ? 8 : 7))
}
