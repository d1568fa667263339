/** Copies, by the rule of ../copies.ts, which also says why. */
import { u8At, u16At, u32At } from './bytes'
import { mixed } from './hash-index'
import { COPIES_FAR, COPIES_INDEX, COPIES_LINE_SIZE, COPIES_LINES, REMEMBERED } from './memory'
import { IPV4, inner, innerBody, innerEnd, innerLayer, outer, outerLayer, tunnel } from './skim'

const NEIGHBOURHOODS: i32 = 8192
const LINES: i32 = REMEMBERED - 1
const PLACES: i32 = 8
const NEAR_PLACES: i32 = 4
const WINDOW: i64 = 1_000_000_000

/** Bytes into a line: eight words that identify a packet, then its time, its state, and where it was seen. */
const SECONDS: i32 = 36
const NANOSECONDS: i32 = 40
const STATE: i32 = 44
const FIRST_PLACE: i32 = 48

/** The line that was written last. */
let last: i32 = 0

export let frames: f64 = 0
export let packets: f64 = 0

/** Takes the frame in that the landmarks are of; true if it is a copy of one before. */
export function observe(group: i32, seconds: i32, nanoseconds: i32, place: i32): bool {
  frames++
  if (inner < 0) {
    packets++
    return false
  }
  const isIpv4 = innerLayer === IPV4
  const a = isIpv4 ? u32At(inner + 2) : u32At(inner + 4) & 0xffffff00
  let b = isIpv4 ? (u16At(inner + 6) << 8) | u8At(inner + 9) : 0
  const at = innerBody
  const there = innerEnd - at
  let c: i32 = 0
  let d: i32 = 0
  let e: i32 = 0
  let f: i32 = 0
  let g: i32 = 0
  if (there >= 20) {
    c = load<i32>(at)
    d = load<i32>(at, 4)
    e = load<i32>(at, 8)
    f = load<i32>(at, 12)
    g = load<i32>(at, 16)
  } else {
    if (there >= 4) c = load<i32>(at)
    if (there >= 8) d = load<i32>(at, 4)
    if (there >= 12) e = load<i32>(at, 8)
    if (there >= 16) f = load<i32>(at, 12)
  }
  let outerId: i32 = 0
  if (tunnel >= 0 && outer >= 0) {
    if (outerLayer === IPV4) {
      outerId = u16At(outer + 4)
      b ^= ((u16At(outer + 2) << 16) | u16At(outer + 6)) * 0x9e3779b1
    } else b ^= u16At(outer + 4) * 0x9e3779b1
  }
  const hash = mixed(
    group * 0x9e3779b1 + (a ^ b) * 0x85ebca6b + (c ^ e) * 0xc2b2ae35 + d * 0x27d4eb2f + (g ^ f) * 0x165667b1,
  )
  const home = COPIES_INDEX + (hash & (NEIGHBOURHOODS - 1)) * 16
  for (let slot = 0; slot < 16; slot += 4) {
    const entry = load<i32>(home + slot)
    if (((entry ^ hash) & ~LINES) !== 0) continue
    const row = COPIES_LINES + (entry & LINES) * COPIES_LINE_SIZE
    if (
      load<i32>(row, 16) === d &&
      load<i32>(row) === group &&
      load<i32>(row, 4) === a &&
      load<i32>(row, 28) === g &&
      load<i32>(row, 12) === c &&
      load<i32>(row, 8) === b &&
      load<i32>(row, 20) === e &&
      load<i32>(row, 24) === f &&
      hasOuterId(load<i32>(row, STATE) >>> 16, outerId)
    ) {
      if (isCopy(row, entry & LINES, seconds, nanoseconds, place)) return true
      break
    }
  }
  last = (last + 1) & LINES
  const row = COPIES_LINES + last * COPIES_LINE_SIZE
  store<i32>(row, group)
  store<i32>(row, a, 4)
  store<i32>(row, b, 8)
  store<i32>(row, c, 12)
  store<i32>(row, d, 16)
  store<i32>(row, e, 20)
  store<i32>(row, f, 24)
  store<i32>(row, g, 28)
  store<i32>(row, seconds, SECONDS)
  store<i32>(row, nanoseconds, NANOSECONDS)
  store<i32>(row, (outerId << 16) | 1, STATE)
  store<i32>(row, place, FIRST_PLACE)
  store<i64>(home, load<i64>(home, 4), 8)
  store<i32>(home, load<i32>(home), 4)
  store<i32>(home, (hash & ~LINES) | last)
  packets++
  return false
}

function isCopy(row: i32, line: i32, seconds: i32, nanoseconds: i32, place: i32): bool {
  const passed = i64(seconds - load<i32>(row, SECONDS)) * 1_000_000_000 + i64(nanoseconds - load<i32>(row, NANOSECONDS))
  if (passed > WINDOW || passed < -WINDOW) return false
  const state = load<i32>(row, STATE)
  const count = state & 0xff
  if (count === 0 || count >= PLACES) return false
  for (let n = 0; n < count; n++) if (load<i32>(placeAt(row, line, n)) === place) return false
  store<i32>(placeAt(row, line, count), place)
  store<i32>(row, state + 1, STATE)
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
