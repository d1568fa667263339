/**
 * Copies: one packet that a capture holds several times because it crossed several interfaces. Two frames are copies
 * when they were seen at different places within a second, and everything that a router leaves alone is equal: inner
 * addresses, ids, ports, sequence numbers, lengths and transport checksum; outer addresses, VNI, and the outer id
 * where it is not 0. A frame seen twice at one place is a packet of its own (a retransmission, a duplicate).
 */

import { sightingPlace } from '../capture/places.ts'
import type { CaptureRecord } from '../capture/record.ts'
import type { Walk } from '../dissect/walk.ts'
import { mixed } from './hash-index.ts'

/** Packets remembered at once. */
const REMEMBERED = 1 << 14
/** Neighbours in the index, the newest first; the oldest gives way. */
const NEIGHBOURS = 4
const NEIGHBOURHOODS = 8192
/**
 * An entry of the index is a line's number in its low bits, and above the high bits of what identifies the packet: a
 * line that cannot be meant is not looked at, since it is long gone from the caches.
 */
const LINES = REMEMBERED - 1
/** Places one packet may be seen at. */
const PLACES = 8
const WINDOW_SECONDS = 1
/** Bytes of the transport header that identify a packet: all of TCP's fixed part. */
const TRANSPORT_BYTES = 20

/**
 * A remembered packet is one line of a cache, and they lie in the order in which they came, so that writing one costs
 * little and its copy, which mostly follows soon, finds it still at hand. Words: what identifies it; the first frame, its time, its state (outer id, TTL and how often the packet was seen: 16, 8
 * and 8 bits), and the first places.
 */
const LINE = 16
const line = { key: 0, frame: 8, seconds: 9, nanoseconds: 10, state: 11, places: 12 }
const NEAR_PLACES = LINE - line.places

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

  private readonly index = new Int32Array(NEIGHBOURHOODS * NEIGHBOURS)
  private readonly lines = new Int32Array(REMEMBERED * LINE)
  /** Places after the first ones, which few captures have. */
  private readonly farPlaces = new Int32Array(REMEMBERED * (PLACES - NEAR_PLACES))
  /** The line that was written last. */
  private last = 0

  /** Takes a frame in; true if it is a copy of one before. `group`: equal for frames with equal ends, tunnel and VNI. */
  observe(record: CaptureRecord, walk: Walk, group: number): boolean {
    this.frames++
    const { marks } = walk
    const { inner } = marks
    if (inner < 0) {
      this.count()
      return false
    }
    const { view } = record
    const isIpv4 = marks.innerLayer === walk.tables.ipv4
    // Lengths, ids and fragments, without what a router changes.
    const a = isIpv4 ? view.getInt32(inner + 2) : view.getInt32(inner + 4) & 0xffffff00
    let b = isIpv4 ? (view.getUint16(inner + 6) << 8) | view.getUint8(inner + 9) : 0
    const at = marks.innerBody
    const there = marks.innerEnd - at
    let c = 0
    let d = 0
    let e = 0
    let f = 0
    let g = 0
    if (there >= TRANSPORT_BYTES) {
      c = view.getInt32(at)
      d = view.getInt32(at + 4)
      e = view.getInt32(at + 8)
      f = view.getInt32(at + 12)
      g = view.getInt32(at + 16)
    } else {
      if (there >= 4) c = view.getInt32(at)
      if (there >= 8) d = view.getInt32(at + 4)
      if (there >= 12) e = view.getInt32(at + 8)
      if (there >= 16) f = view.getInt32(at + 12)
    }
    let outerId = 0
    if (marks.tunnel < 0) this.ttl = view.getUint8(inner + (isIpv4 ? 8 : 7))
    else if (marks.outer < 0) this.ttl = 0
    else if (marks.outerLayer === walk.tables.ipv4) {
      outerId = view.getUint16(marks.outer + 4)
      this.ttl = view.getUint8(marks.outer + 8)
      b ^= Math.imul((view.getUint16(marks.outer + 2) << 16) | view.getUint16(marks.outer + 6), 0x9e3779b1)
    } else {
      this.ttl = view.getUint8(marks.outer + 7)
      b ^= Math.imul(view.getUint16(marks.outer + 4), 0x9e3779b1)
    }
    const { lines, index } = this
    const sum = Math.imul(group, 0x9e3779b1) + Math.imul(a ^ b, 0x85ebca6b) + Math.imul(c ^ e, 0xc2b2ae35)
    const hash = mixed((sum + Math.imul(d, 0x27d4eb2f) + Math.imul(g ^ f, 0x165667b1)) | 0)
    const home = (hash & (NEIGHBOURHOODS - 1)) * NEIGHBOURS
    const place = sightingPlace(record)
    for (let at = home; at < home + NEIGHBOURS; at++) {
      const entry = index[at] as number
      if (((entry ^ hash) & ~LINES) !== 0) continue
      const row = (entry & LINES) * LINE
      if (
        lines[row + 4] === d &&
        lines[row] === group &&
        lines[row + 1] === a &&
        lines[row + 7] === g &&
        lines[row + 3] === c &&
        lines[row + 2] === b &&
        lines[row + 5] === e &&
        lines[row + 6] === f &&
        hasOuterId(lines[row + line.state] as number, outerId)
      ) {
        if (this.isCopy(row, record, place)) return true
        break
      }
    }
    this.last = (this.last + 1) & LINES
    const row = this.last * LINE
    lines[row] = group
    lines[row + 1] = a
    lines[row + 2] = b
    lines[row + 3] = c
    lines[row + 4] = d
    lines[row + 5] = e
    lines[row + 6] = f
    lines[row + 7] = g
    lines[row + line.frame] = record.number
    lines[row + line.seconds] = record.seconds
    lines[row + line.nanoseconds] = record.nanoseconds
    lines[row + line.state] = (outerId << 16) | (this.ttl << 8) | 1
    lines[row + line.places] = place
    index[home + 3] = index[home + 2] as number
    index[home + 2] = index[home + 1] as number
    index[home + 1] = index[home] as number
    index[home] = (hash & ~LINES) | this.last
    this.count()
    return false
  }

  private count(): void {
    this.packets++
    this.seenTimes[1] = (this.seenTimes[1] as number) + 1
  }

  private isCopy(row: number, record: CaptureRecord, place: number): boolean {
    const { lines } = this
    // Seconds are kept in 32 bits; their difference is right all the same.
    const passed = (record.seconds - (lines[row + line.seconds] as number)) | 0
    const nanoseconds = passed * 1e9 + (record.nanoseconds - (lines[row + line.nanoseconds] as number))
    if (nanoseconds > WINDOW_SECONDS * 1e9 || nanoseconds < -WINDOW_SECONDS * 1e9) return false
    const state = lines[row + line.state] as number
    const count = state & 0xff
    if (count === 0 || count >= PLACES) return false
    for (let n = 0; n < count; n++) if (this.placeOf(row, n) === place) return false
    this.putPlace(row, count, place)
    lines[row + line.state] = state + 1
    this.seenTimes[count] = (this.seenTimes[count] as number) - 1
    this.seenTimes[count + 1] = (this.seenTimes[count + 1] as number) + 1
    this.original = lines[row + line.frame] as number
    this.originalTtl = (state >>> 8) & 0xff
    this.sinceOriginal = nanoseconds
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
function hasOuterId(state: number, outerId: number): boolean {
  const id = state >>> 16
  return id === 0 || outerId === 0 || id === outerId
}

const farPlace = (row: number, n: number) => (row / LINE) * (PLACES - NEAR_PLACES) + n - NEAR_PLACES
