/**
 * Copies: one packet that a capture, or several captures merged, hold more than once because it crossed several
 * interfaces. This is the only rule of what a copy is; lists, flows, paths and assertions go by it.
 *
 * Two frames are copies when they were seen at different places within a second, and their inner packets are alike in
 * everything that routers, tunnels and offloads leave alone: addresses, ids, fragments, lengths, ports, sequence numbers,
 * flags, the time stamps of TCP's options, and the first bytes that they carry. What changes on the way says nothing:
 * outer headers (so a packet is the same before and behind its encapsulation), TTL, DSCP, flow label, checksums of TCP
 * and UDP, which offloads fill in late, and MSS, which routers lower. Three things of a tunnel tell packets apart all
 * the same: VNIs, since addresses may be used twice; the outer id between the same nodes, which every transmission has
 * anew; and the place: a frame that is seen at one place again is a packet of its own (a retransmission, a duplicate).
 */

import { mixed } from '../bytes/hash-index.ts'
import type { CaptureRecord } from '../capture/record.ts'
import type { Walk } from '../dissect/walk.ts'
import { sightingPlace } from './places.ts'

/** Packets remembered at once. */
export const REMEMBERED = 1 << 14
/** Neighbours in the index, the newest first; the oldest gives way. */
const NEIGHBOURS = 4
const NEIGHBOURHOODS = 8192
/**
 * An entry of the index is a line's number in its low bits, and above the high bits of what identifies the packet: a
 * line that cannot be meant is not looked at, since it is long gone from the caches.
 */
const LINES = REMEMBERED - 1
/** Places one packet may be seen at. */
export const PLACES = 8
/** Between a packet's first sighting and any other, in seconds. */
export const WINDOW_SECONDS = 1
/** Bytes behind the IP header that identify a packet: of TCP all fixed fields, and the time stamp in its usual place. */
const TRANSPORT_BYTES = 32

/**
 * A remembered packet is one line of a cache, and they lie in the order in which they came, so that writing one costs
 * little and its copy, which mostly follows soon, finds it still at hand. Words: what identifies it, of which the last
 * two are hashes; the VNI, -1 without a tunnel; the first frame, its time, its state (outer id, TTL, whether it was in a
 * tunnel, and how often the packet was seen: 16, 8, 1 and 7 bits); the pair that it has besides the first one's, if it
 * was seen with several; and the first places.
 */
const LINE = 16
const line = { group: 0, vni: 7, frame: 8, seconds: 9, nanoseconds: 10, state: 11, otherGroup: 12, places: 13 }
const NEAR_PLACES = LINE - line.places
const TUNNELLED = 0x80
const SEEN = 0x7f
const NO_GROUP = -1

export class Copies {
  /** After `observe` returned true: the number of the frame seen first, its outer TTL, and the time since, in nanoseconds. */
  original = 0
  originalTtl = 0
  sinceOriginal = 0
  /** Likewise: whether the frame seen first was in a tunnel. */
  wasTunnelled = false
  /** Whether an earlier frame of the packet just observed had the same ends, outer ones and VNI included. */
  isKnownPair = false
  /** TTL (hop limit) of the frame just observed: of its outer header if there is a tunnel. */
  ttl = 0
  /** After `observe` returned false: the slot of an earlier packet that is alike, but no copy; -1: there is none. */
  repeats = -1
  /** Where the packet just observed is remembered, 0 to REMEMBERED - 1, new ones in turn; -1: not at all, without IP. */
  slot = -1

  /** Frames and packets so far. */
  frames = 0
  packets = 0
  /** `seenTimes[n]`: how many packets have been seen n times so far. */
  readonly seenTimes = new Float64Array(PLACES + 1)

  private readonly index = new Int32Array(NEIGHBOURHOODS * NEIGHBOURS)
  private readonly lines = new Int32Array(REMEMBERED * LINE)
  /** Places after the first ones, which few captures have. */
  private readonly farPlaces = new Int32Array(REMEMBERED * (PLACES - NEAR_PLACES))
  /** The line that was written last. */
  private last = 0

  /** Takes a frame in; true if it is a copy of one before. `group`: equal for frames with equal ends, tunnel and VNI. */
  observe(record: CaptureRecord, walk: Walk, group: number): boolean {
    this.frames++
    this.repeats = -1
    const { marks, tables } = walk
    const { inner, transportLayer } = marks
    if (inner < 0) {
      this.slot = -1
      this.isKnownPair = false
      this.count()
      return false
    }
    const { view } = record
    const at = marks.transport
    let a: number
    let b: number
    let hash: number
    let other: number
    if (marks.innerLayer === tables.ipv4) {
      // Lengths, ids and fragments, without what a router changes.
      a = view.getInt32(inner + 2)
      b = (view.getUint16(inner + 6) << 8) | view.getUint8(inner + 9)
      const source = view.getInt32(inner + 12)
      const destination = view.getInt32(inner + 16)
      hash = Math.imul(source, 0x9e3779b1) + Math.imul(destination, 0xc2b2ae3d)
      other = Math.imul(source ^ (destination << 7), 0x2545f491)
      this.ttl = view.getUint8(inner + 8)
    } else {
      a = view.getInt32(inner + 4) & 0xffffff00
      // Extension headers: the first of them, which a fragment's id is in.
      b = marks.innerBody === at || at - marks.innerBody < 8 ? 0 : hashed(view, marks.innerBody, 2)
      hash = hashed(view, inner + 8, 8)
      other = Math.imul(hash ^ view.getInt32(inner + 20), 0x2545f491)
      this.ttl = view.getUint8(inner + 7)
    }
    const there = marks.innerEnd - at
    let c = 0
    let d = 0
    let e = 0
    let f = 0
    let g = 0
    let h = 0
    let i = 0
    if (there >= TRANSPORT_BYTES) {
      c = view.getInt32(at)
      d = view.getInt32(at + 4)
      e = view.getInt32(at + 8)
      f = view.getInt32(at + 12)
      g = view.getInt32(at + 16)
      h = view.getInt32(at + 24)
      i = view.getInt32(at + 28)
    } else {
      if (there >= 4) c = view.getInt32(at)
      if (there >= 8) d = view.getInt32(at + 4)
      if (there >= 12) e = view.getInt32(at + 8)
      if (there >= 16) f = view.getInt32(at + 12)
      if (there >= 20) g = view.getInt32(at + 16)
      if (there >= 28) h = view.getInt32(at + 24)
    }
    // Without checksums.
    if (transportLayer === tables.tcp) g &= 0xffff
    else if (transportLayer === tables.udp) d &= 0xffff0000
    const sum = hash + Math.imul(a ^ b, 0x85ebca6b) + Math.imul(c ^ e, 0xc2b2ae35) + Math.imul(h, 0x1b873593)
    hash = mixed((sum + Math.imul(d, 0x27d4eb2f) + Math.imul(g ^ f, 0x165667b1) + Math.imul(i, 0x2c1b3c6d)) | 0)
    other = (other + Math.imul(e, 0x297a2d39) + Math.imul(f ^ (i << 5), 0x7feb352d) + Math.imul(g ^ h, 0x846ca68b)) | 0

    let vni = -1
    let state = 1
    if (marks.tunnel >= 0) {
      vni = marks.vni
      state = this.outerState(view, walk)
    }
    state |= this.ttl << 8
    const { lines, index } = this
    const home = (hash & (NEIGHBOURHOODS - 1)) * NEIGHBOURS
    const place = sightingPlace(record)
    let elsewhere = -1
    for (let near = home; near < home + NEIGHBOURS; near++) {
      const entry = index[near] as number
      if (((entry ^ hash) & ~LINES) !== 0) continue
      const row = (entry & LINES) * LINE
      if (
        lines[row + 4] === d &&
        lines[row + 1] === a &&
        lines[row + 5] === hash &&
        lines[row + 3] === c &&
        lines[row + 2] === b &&
        lines[row + 6] === other
      ) {
        const isKnownPair = lines[row] === group || lines[row + line.otherGroup] === group
        if (!isKnownPair) {
          if (elsewhere < 0) elsewhere = row
        } else if (!hasOuterId(lines[row + line.state] as number, state)) this.repeats = row / LINE
        else if (this.isCopy(row, record, place)) {
          this.isKnownPair = true
          return true
        }
      }
    }
    if (elsewhere >= 0 && this.isAlsoCopy(elsewhere, vni, record, place, state, group)) return true
    this.isKnownPair = false
    this.last = (this.last + 1) & LINES
    this.slot = this.last
    const row = this.last * LINE
    lines[row] = group
    lines[row + 1] = a
    lines[row + 2] = b
    lines[row + 3] = c
    lines[row + 4] = d
    lines[row + 5] = hash
    lines[row + 6] = other
    lines[row + line.vni] = vni
    lines[row + line.frame] = record.number
    lines[row + line.seconds] = record.seconds
    lines[row + line.nanoseconds] = record.nanoseconds
    lines[row + line.state] = state
    lines[row + line.otherGroup] = NO_GROUP
    lines[row + line.places] = place
    index[home + 3] = index[home + 2] as number
    index[home + 2] = index[home + 1] as number
    index[home + 1] = index[home] as number
    index[home] = (hash & ~LINES) | this.last
    this.count()
    return false
  }

  /** 53 bits of what identifies the packet at `slot`: the same in every capture, whatever the interface. */
  identity(slot: number): number {
    const { lines } = this
    return ((lines[slot * LINE + 5] as number) >>> 0) * 0x20_0000 + ((lines[slot * LINE + 6] as number) & 0x1f_ffff)
  }

  /** The state of a frame in a tunnel, but for its TTL, which becomes that of the outer header. */
  private outerState(view: DataView, walk: Walk): number {
    const { outer, outerLayer } = walk.marks
    if (outer < 0) {
      this.ttl = 0
      return TUNNELLED | 1
    }
    if (outerLayer === walk.tables.ipv4) {
      this.ttl = view.getUint8(outer + 8)
      return (view.getUint16(outer + 4) << 16) | TUNNELLED | 1
    }
    this.ttl = view.getUint8(outer + 7)
    return TUNNELLED | 1
  }

  private count(): void {
    this.packets++
    this.seenTimes[1] = (this.seenTimes[1] as number) + 1
  }

  /** A frame with the same inner packet, but with other outer ends, or none; another VNI it may not have. */
  private isAlsoCopy(
    row: number,
    vni: number,
    record: CaptureRecord,
    place: number,
    state: number,
    group: number,
  ): boolean {
    const { lines } = this
    const known = lines[row + line.vni] as number
    if ((vni >= 0 && known >= 0 && vni !== known) || !this.isCopy(row, record, place)) return false
    this.isKnownPair = false
    lines[row + line.otherGroup] = group
    if (known >= 0) return true
    lines[row + line.vni] = vni
    // A packet that was seen before its encapsulation has no outer id yet.
    lines[row + line.state] = (lines[row + line.state] as number) | (state & 0xffff0000)
    return true
  }

  private isCopy(row: number, record: CaptureRecord, place: number): boolean {
    const { lines } = this
    // Seconds are kept in 32 bits; their difference is right all the same.
    const passed = (record.seconds - (lines[row + line.seconds] as number)) | 0
    const nanoseconds = passed * 1e9 + (record.nanoseconds - (lines[row + line.nanoseconds] as number))
    if (nanoseconds > WINDOW_SECONDS * 1e9 || nanoseconds < -WINDOW_SECONDS * 1e9) return false
    const state = lines[row + line.state] as number
    const count = state & SEEN
    if (count === 0 || count >= PLACES) return false
    for (let n = 0; n < count; n++) {
      if (this.placeOf(row, n) !== place) continue
      this.repeats = row / LINE
      return false
    }
    this.putPlace(row, count, place)
    lines[row + line.state] = state + 1
    this.seenTimes[count] = (this.seenTimes[count] as number) - 1
    this.seenTimes[count + 1] = (this.seenTimes[count + 1] as number) + 1
    this.original = lines[row + line.frame] as number
    this.originalTtl = (state >>> 8) & 0xff
    this.sinceOriginal = nanoseconds
    this.wasTunnelled = (state & TUNNELLED) !== 0
    this.slot = row / LINE
    return true
  }

  private placeOf(row: number, n: number): number {
    if (n < NEAR_PLACES) return this.lines[row + line.places + n] as number
    return this.farPlaces[farPlace(row, n)] as number
  }

  private putPlace(row: number, n: number, place: number): void {
    if (n < NEAR_PLACES) this.lines[row + line.places + n] = place
    else this.farPlaces[farPlace(row, n)] = place
  }
}

/** Some senders leave the outer id 0, and some offloads fill it in on the way: then it tells nothing. */
function hasOuterId(state: number, seen: number): boolean {
  const id = state >>> 16
  const outerId = seen >>> 16
  return id === 0 || outerId === 0 || id === outerId
}

/** `count` words at `at`, as one number. */
function hashed(view: DataView, at: number, count: number): number {
  let hash = 0
  for (let n = 0; n < count; n++) hash = Math.imul((hash << 5) ^ (hash >>> 27) ^ view.getInt32(at + n * 4), 0x9e3779b1)
  return hash
}

const farPlace = (row: number, n: number) => (row / LINE) * (PLACES - NEAR_PLACES) + n - NEAR_PLACES
