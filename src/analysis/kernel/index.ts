/**
 * The kernel: packets taken in as flows, in WebAssembly, compiled from these files by AssemblyScript. It finds the
 * landmarks of common packets by itself, those of others it is told. ../kernel.ts is its door.
 */

import { addressCount, addressOf } from './addresses'
import { countMore, forgetCounts, frames, isKnownPair, lastLine, observe, packets } from './copies'
import {
  connectionCount,
  connectionOf,
  countFlow,
  findFlow,
  flowCount,
  flowOf,
  knownFlow,
  setSaid,
  takeBack,
} from './flows'
import { find } from './found'
import { ADDRESSES, CONNECTIONS, COPIES_LINES, FLOWS, FOUND, LINK_TYPE, MAX_FOUND, PAIRS } from './memory'
import { countPair, findPair, NO_PAIR, pairCount, pairOf } from './pairs'
import { isKnownPlace, noteKnownPlace, sightingPlace } from './places'
import { claim, end, inner, mark, payload, skim, tunnel } from './skim'
import { topic } from './topics'

export {
  ADDRESSES,
  addressCount,
  addressOf,
  CONNECTIONS,
  COPIES_LINES,
  connectionCount,
  connectionOf,
  FLOWS,
  FOUND,
  flowCount,
  flowOf,
  frames,
  knownFlow,
  lastLine,
  mark,
  PAIRS,
  packets,
  pairCount,
  pairOf,
}

const MAX_RECORD: u32 = 16 * 1024 * 1024
const RECORD_HEADER: i32 = 16
/** Longer packets than that on the wire, in what a header claims, are left to the long way: 32 bits would not hold where they end. */
const MAX_CLAIM: u32 = 0x4000_0000

let hasConversations: bool = true
/** Rows will be added up over tunnels: a packet counts once in all, not once in each. */
let isMerged: bool = false
let isPriming: bool = false
/** Frames are not counted as flows; what is found of each is kept for the caller. */
let isToFind: bool = false
/** The second in which the clock begins; NaN: it has not begun. */
export let began: f64 = NaN
/** Time of the earliest and of the latest frame, since then. */
export let first: f64 = NaN
export let last: f64 = NaN
/** Frames inside a tunnel; frames without an IP header; frames that found no room. */
export let tunnelled: f64 = 0
export let withoutIp: f64 = 0
export let overflow: f64 = 0
/** Records that the last `run` took in. */
export let taken: i32 = 0

export function setUp(isByConversation: bool, isToBeMerged: bool, isFinding: bool, beginning: f64): void {
  isToFind = isFinding
  hasConversations = isByConversation
  isMerged = isToBeMerged
  began = beginning
}

/**
 * Takes in the records of a classic capture that lie whole in `[from, to)` and begin before `limit`, up to the first that is
 * not a common one, or was seen at a new place, or as many as there is room to tell of; returns where the next one begins.
 */
export function run(
  from: i32,
  to: i32,
  isBigEndian: bool,
  fractionsPerSecond: u32,
  linkType: i32,
  interfaceId: i32,
  limit: i32,
): i32 {
  const nanoseconds: u32 = 1_000_000_000 / fractionsPerSecond
  const layer: i32 = load<u8>(LINK_TYPE + linkType)
  let at = from
  taken = 0
  const most = isToFind ? MAX_FOUND : i32.MAX_VALUE
  while (to - at >= RECORD_HEADER && at < limit && taken < most) {
    let seconds = load<u32>(at)
    let fraction = load<u32>(at, 4)
    let captured = load<u32>(at, 8)
    let original = load<u32>(at, 12)
    if (isBigEndian) {
      seconds = bswap<u32>(seconds)
      fraction = bswap<u32>(fraction)
      captured = bswap<u32>(captured)
      original = bswap<u32>(original)
    }
    if (captured > MAX_RECORD || original > MAX_CLAIM || fraction >= fractionsPerSecond) break
    const start = at + RECORD_HEADER
    const next = start + (captured as i32)
    if (next > to) break
    if (!skim(layer, start, next, original > captured ? start + (original as i32) : next)) break
    if (isToFind && !isKnownPlace(sightingPlace(start, next, linkType, interfaceId))) break
    takeIn(start, next, seconds as f64, fraction * nanoseconds, true, original, linkType, interfaceId)
    at = next
    taken++
  }
  return at
}

/** Takes in a record at `[start, stop)` if it is a common packet; false: nothing was done. */
export function add(
  start: i32,
  stop: i32,
  seconds: f64,
  nanoseconds: u32,
  hasTime: bool,
  original: u32,
  linkType: i32,
  interfaceId: i32,
): bool {
  if (original > MAX_CLAIM) return false
  const captured = (stop - start) as u32
  const layer: i32 = load<u8>(LINK_TYPE + linkType)
  if (!skim(layer, start, stop, original > captured ? start + (original as i32) : stop)) return false
  take(start, stop, seconds, nanoseconds, hasTime, original, linkType, interfaceId)
  return true
}

/** From here on frames are only remembered, so that their copies are known as such; they are counted elsewhere. */
export function prime(): void {
  isPriming = true
}

/** From here on they are counted. */
export function count(): void {
  isPriming = false
  forgetCounts()
}

/** Adds what was counted elsewhere. */
export function addCounts(
  moreFrames: f64,
  morePackets: f64,
  moreTunnelled: f64,
  moreWithoutIp: f64,
  moreOverflow: f64,
  from: f64,
  to: f64,
): void {
  countMore(moreFrames, morePackets)
  tunnelled += moreTunnelled
  withoutIp += moreWithoutIp
  overflow += moreOverflow
  if (!(from >= first) && !isNaN(from)) first = from
  if (!(to <= last) && !isNaN(to)) last = to
}

/** Takes in a record at `[start, stop)` whose landmarks `mark` has told. */
export function take(
  start: i32,
  stop: i32,
  seconds: f64,
  nanoseconds: u32,
  hasTime: bool,
  original: u32,
  linkType: i32,
  interfaceId: i32,
): void {
  taken = 0
  if (isToFind && inner >= 0) noteKnownPlace(sightingPlace(start, stop, linkType, interfaceId))
  takeIn(start, stop, seconds, nanoseconds, hasTime, original, linkType, interfaceId)
}

function takeIn(
  start: i32,
  stop: i32,
  seconds: f64,
  nanoseconds: u32,
  hasTime: bool,
  original: u32,
  linkType: i32,
  interfaceId: i32,
): void {
  if (isPriming) {
    observe(findPair(), seconds as i64 as i32, nanoseconds as i32, sightingPlace(start, stop, linkType, interfaceId))
    return
  }
  if (isNaN(began)) began = seconds
  const now: f64 = hasTime ? (seconds - began) * 1e9 + (nanoseconds as f64) : NaN
  if (isToFind) {
    const place = sightingPlace(start, stop, linkType, interfaceId)
    find(taken, now, seconds as i64 as i32, nanoseconds as i32, place)
    return
  }
  if (!(now >= first) && !isNaN(now)) first = now
  if (!(now <= last) && !isNaN(now)) last = now
  if (tunnel >= 0) tunnelled++
  const pair = findPair()
  const flow = hasConversations && pair >= 0 ? findFlow(pair) : -1
  const place = sightingPlace(start, stop, linkType, interfaceId)
  const isCopy = observe(pair, seconds as i64 as i32, nanoseconds as i32, place)
  if (inner < 0) {
    withoutIp++
    return
  }
  const innerBytes: f64 = claim - inner
  if (hasConversations) {
    if (flow < 0) {
      overflow++
      return
    }
    if (countFlow(flow, isKnownPair, original as f64, innerBytes, payload < end, claim > payload, now))
      setSaid(flow, topic(start, stop, original))
    if (isMerged && isCopy && !isKnownPair) takeBack(flow, original as f64, innerBytes)
  } else if (pair < NO_PAIR) overflow++
  else countPair(pair, isKnownPair, original as f64, innerBytes, now)
}
