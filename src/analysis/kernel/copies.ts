/** Copies, by the rule of ../copies.ts, which also says why. */
import { u8At, u16At, u32At } from './bytes'
import { mixed } from './hash-index'
import { COPIES_FAR, COPIES_INDEX, COPIES_LINE_SIZE, COPIES_LINES, REMEMBERED } from './memory'
import {
  IPV4,
  inner,
  innerBody,
  innerEnd,
  innerLayer,
  outer,
  outerLayer,
  TCP,
  transport,
  transportLayer,
  tunnel,
  UDP,
  vni,
} from './skim'

const NEIGHBOURHOODS: i32 = 8192
const LINES: i32 = REMEMBERED - 1
const PLACES: i32 = 8
const NEAR_PLACES: i32 = 3
const WINDOW: i64 = 1_000_000_000

/** Bytes into a line: what identifies a packet, its VNI, its time, its state, its second pair, where it was seen. */
const VNI: i32 = 28
const SECONDS: i32 = 36
const NANOSECONDS: i32 = 40
const STATE: i32 = 44
const OTHER_GROUP: i32 = 48
const FIRST_PLACE: i32 = 52
/** How often it was seen, in its state; above are 9 bits that only ../copies.ts needs, and the outer id. */
const SEEN: i32 = 0x7f

/** The line that was written last. */
export let lastLine: i32 = 0

export let frames: f64 = 0
export let packets: f64 = 0
/** Whether an earlier frame of the packet just observed had the same ends, outer ones and VNI included. */
export let isKnownPair: bool = false
/** Where the packet just observed is remembered; -1: not at all, without IP. Of a new one, `repeats`: an earlier one that is alike, or -1. */
export let slot: i32 = -1
export let repeats: i32 = -1

/** Begins to count anew; what is remembered stays. */
export function forgetCounts(): void {
  frames = 0
  packets = 0
}

export function countMore(moreFrames: f64, morePackets: f64): void {
  frames += moreFrames
  packets += morePackets
}

/** Takes the frame in that the landmarks are of; true if it is a copy of one before. */
export function observe(group: i32, seconds: i32, nanoseconds: i32, place: i32): bool {
  frames++
  isKnownPair = false
  repeats = -1
  if (inner < 0) {
    slot = -1
    packets++
    return false
  }
  const at = transport
  let a: i32
  let b: i32
  let hash: i32
  let other: i32
  if (innerLayer === IPV4) {
    a = u32At(inner + 2)
    b = (u16At(inner + 6) << 8) | u8At(inner + 9)
    const source = load<i32>(inner, 12)
    const destination = load<i32>(inner, 16)
    hash = source * 0x9e3779b1 + destination * 0xc2b2ae3d
    other = (source ^ (destination << 7)) * 0x2545f491
  } else {
    a = u32At(inner + 4) & 0xffffff00
    b = innerBody === at || at - innerBody < 8 ? 0 : hashed(innerBody, 2)
    hash = hashed(inner + 8, 8)
    other = (hash ^ load<i32>(inner, 20)) * 0x2545f491
  }
  const there = innerEnd - at
  let c: i32 = 0
  let d: i32 = 0
  let e: i32 = 0
  let f: i32 = 0
  let g: i32 = 0
  let h: i32 = 0
  let i: i32 = 0
  if (there >= 32) {
    c = u32At(at)
    d = u32At(at + 4)
    e = u32At(at + 8)
    f = u32At(at + 12)
    g = u32At(at + 16)
    h = u32At(at + 24)
    i = u32At(at + 28)
  } else {
    if (there >= 4) c = u32At(at)
    if (there >= 8) d = u32At(at + 4)
    if (there >= 12) e = u32At(at + 8)
    if (there >= 16) f = u32At(at + 12)
    if (there >= 20) g = u32At(at + 16)
    if (there >= 28) h = u32At(at + 24)
  }
  if (transportLayer === TCP) g &= 0xffff
  else if (transportLayer === UDP) d &= 0xffff0000
  const sum = hash + (a ^ b) * 0x85ebca6b + (c ^ e) * 0xc2b2ae35 + h * 0x1b873593
  hash = mixed(sum + d * 0x27d4eb2f + (g ^ f) * 0x165667b1 + i * 0x2c1b3c6d)
  other += e * 0x297a2d39 + (f ^ (i << 5)) * 0x7feb352d + (g ^ h) * 0x846ca68b

  const vniHere = tunnel >= 0 ? vni : -1
  const outerId = tunnel >= 0 && outer >= 0 && outerLayer === IPV4 ? u16At(outer + 4) : 0
  const home = COPIES_INDEX + (hash & (NEIGHBOURHOODS - 1)) * 16
  let elsewhere: i32 = -1
  for (let near = home; near < home + 16; near += 4) {
    const entry = load<i32>(near)
    if (((entry ^ hash) & ~LINES) !== 0) continue
    const line = entry & LINES
    const row = COPIES_LINES + line * COPIES_LINE_SIZE
    if (
      load<i32>(row, 16) === d &&
      load<i32>(row, 4) === a &&
      load<i32>(row, 20) === hash &&
      load<i32>(row, 12) === c &&
      load<i32>(row, 8) === b &&
      load<i32>(row, 24) === other
    ) {
      if (load<i32>(row) !== group && load<i32>(row, OTHER_GROUP) !== group) {
        if (elsewhere < 0) elsewhere = line
      } else if (!hasOuterId(load<i32>(row, STATE) >>> 16, outerId)) repeats = line
      else if (isCopy(line, seconds, nanoseconds, place)) {
        isKnownPair = true
        return true
      }
    }
  }
  if (elsewhere >= 0 && isAlsoCopy(elsewhere, vniHere, seconds, nanoseconds, place, outerId, group)) return true
  lastLine = (lastLine + 1) & LINES
  slot = lastLine
  const row = COPIES_LINES + lastLine * COPIES_LINE_SIZE
  store<i32>(row, group)
  store<i32>(row, a, 4)
  store<i32>(row, b, 8)
  store<i32>(row, c, 12)
  store<i32>(row, d, 16)
  store<i32>(row, hash, 20)
  store<i32>(row, other, 24)
  store<i32>(row, vniHere, VNI)
  store<i32>(row, seconds, SECONDS)
  store<i32>(row, nanoseconds, NANOSECONDS)
  store<i32>(row, (outerId << 16) | 1, STATE)
  store<i32>(row, -1, OTHER_GROUP)
  store<i32>(row, place, FIRST_PLACE)
  store<i64>(home, load<i64>(home, 4), 8)
  store<i32>(home, load<i32>(home), 4)
  store<i32>(home, (hash & ~LINES) | lastLine)
  packets++
  return false
}

/** A frame with the same inner packet, but with other outer ends, or none; another VNI it may not have. */
function isAlsoCopy(
  line: i32,
  vniHere: i32,
  seconds: i32,
  nanoseconds: i32,
  place: i32,
  outerId: i32,
  group: i32,
): bool {
  const row = COPIES_LINES + line * COPIES_LINE_SIZE
  const known = load<i32>(row, VNI)
  if ((vniHere >= 0 && known >= 0 && vniHere !== known) || !isCopy(line, seconds, nanoseconds, place)) return false
  store<i32>(row, group, OTHER_GROUP)
  if (known >= 0) return true
  store<i32>(row, vniHere, VNI)
  // A packet that was seen before its encapsulation has no outer id yet.
  store<i32>(row, load<i32>(row, STATE) | (outerId << 16), STATE)
  return true
}

function isCopy(line: i32, seconds: i32, nanoseconds: i32, place: i32): bool {
  const row = COPIES_LINES + line * COPIES_LINE_SIZE
  const passed = i64(seconds - load<i32>(row, SECONDS)) * 1_000_000_000 + i64(nanoseconds - load<i32>(row, NANOSECONDS))
  if (passed > WINDOW || passed < -WINDOW) return false
  const state = load<i32>(row, STATE)
  const count = state & SEEN
  if (count === 0 || count >= PLACES) return false
  for (let n = 0; n < count; n++) {
    if (load<i32>(placeAt(row, line, n)) !== place) continue
    repeats = line
    return false
  }
  store<i32>(placeAt(row, line, count), place)
  store<i32>(row, state + 1, STATE)
  slot = line
  return true
}

function placeAt(row: i32, line: i32, n: i32): i32 {
  return n < NEAR_PLACES
    ? row + FIRST_PLACE + n * 4
    : COPIES_FAR + (line * (PLACES - NEAR_PLACES) + n - NEAR_PLACES) * 4
}

/** Some senders leave the outer id 0, and some offloads fill it in on the way: then it tells nothing. */
function hasOuterId(id: i32, outerId: i32): bool {
  return id === 0 || outerId === 0 || id === outerId
}

/** `count` words at `at`, as one number. */
function hashed(at: i32, count: i32): i32 {
  let hash: i32 = 0
  for (let n = 0; n < count; n++) hash = ((hash << 5) ^ (hash >>> 27) ^ load<i32>(at + n * 4)) * 0x9e3779b1
  return hash
}
