/**
 * Who talked to whom inside which tunnel: a row for each (outer source and destination, tunnel and VNI, inner source
 * and destination), with counters.
 *
 * A row's words: tunnel and VNI, outer ends, inner ends, (unused), packets, frames; then as 64-bit floats: bytes on the
 * wire, bytes from the inner IP header on, time of the first and of the last packet.
 */
import { intern } from './addresses'
import { u32At } from './bytes'
import { enter, isFull, mixed, NUMBERS } from './hash-index'
import { MAX_PAIRS, PAIRS, PAIRS_INDEX, PAIRS_INDEX_SIZE, ROW_SIZE } from './memory'
import { IPV4, inner, innerLayer, outer, outerLayer, tunnel, tunnelLayer, vni } from './skim'
import { stretch } from './span'

const OUTER_IPV6: i32 = 0x4000_0000
const INNER_IPV6: i32 = 0x8000_0000
/** What `findPair` says of a packet without an IP header. */
export const NO_PAIR: i32 = -1

export let pairCount: i32 = 0
let index: i32 = PAIRS_INDEX
let mask: i32 = 1023
/** The pair that the frame before belonged to: in a capture of both sides of a router it is this one's too. */
let recent: i32 = 0

/**
 * The number of the packet's pair, made if there is none; NO_PAIR without an IP header. Below that: the table is
 * full, and equal pairs still have equal numbers.
 */
export function findPair(): i32 {
  if (inner < 0) return NO_PAIR
  let scope: i32 = 0
  let a: i32 = 0
  let b: i32 = 0
  let c: i32
  let d: i32
  if (tunnel >= 0 && outer >= 0) {
    scope = (tunnelLayer << 24) | (vni & 0xffffff)
    if (outerLayer === IPV4) {
      a = u32At(outer + 12)
      b = u32At(outer + 16)
    } else {
      scope |= OUTER_IPV6
      a = intern(outer + 8)
      b = intern(outer + 24)
    }
  }
  if (innerLayer === IPV4) {
    c = u32At(inner + 12)
    d = u32At(inner + 16)
  } else {
    scope |= INNER_IPV6
    c = intern(inner + 8)
    d = intern(inner + 24)
  }
  return pairOf(scope, a, b, c, d)
}

/** The number of the pair of five words, made if there is none; likewise. */
export function pairOf(scope: i32, a: i32, b: i32, c: i32, d: i32): i32 {
  if (pairCount > 0 && isPair(PAIRS + recent * ROW_SIZE, scope, a, b, c, d)) return recent
  const hash = hashOf(scope, a, b, c, d)
  for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
    const entry = load<i32>(index + (slot << 2))
    if (entry === 0) break
    if (((entry ^ hash) & ~NUMBERS) !== 0) continue
    const pair = (entry & NUMBERS) - 1
    if (isPair(PAIRS + pair * ROW_SIZE, scope, a, b, c, d)) {
      recent = pair
      return pair
    }
  }
  return insert(hash, scope, a, b, c, d)
}

/** Counts a frame of `pair`; of a copy, only that it was seen. */
export function countPair(pair: i32, isCopy: bool, bytes: f64, innerBytes: f64, now: f64): void {
  const row = PAIRS + pair * ROW_SIZE
  store<i32>(row, load<i32>(row, 28) + 1, 28)
  if (isCopy) return
  store<i32>(row, load<i32>(row, 24) + 1, 24)
  store<f64>(row, load<f64>(row, 32) + bytes, 32)
  store<f64>(row, load<f64>(row, 40) + innerBytes, 40)
  stretch(row + 48, now)
}

function isPair(row: i32, scope: i32, a: i32, b: i32, c: i32, d: i32): bool {
  return (
    load<i32>(row, 12) === c &&
    load<i32>(row, 16) === d &&
    load<i32>(row) === scope &&
    load<i32>(row, 4) === a &&
    load<i32>(row, 8) === b
  )
}

function insert(hash: i32, scope: i32, a: i32, b: i32, c: i32, d: i32): i32 {
  if (pairCount >= MAX_PAIRS) return -2 - (hash >>> 2)
  const pair = pairCount++
  const row = PAIRS + pair * ROW_SIZE
  store<i32>(row, scope)
  store<i32>(row, a, 4)
  store<i32>(row, b, 8)
  store<i32>(row, c, 12)
  store<i32>(row, d, 16)
  store<f64>(row, NaN, 48)
  store<f64>(row, NaN, 56)
  if (isFull(mask, pairCount)) grow()
  else enter(index, mask, hash, pair)
  recent = pair
  return pair
}

function grow(): void {
  mask = mask * 2 + 1
  index = index === PAIRS_INDEX ? PAIRS_INDEX + PAIRS_INDEX_SIZE : PAIRS_INDEX
  memory.fill(index, 0, (mask + 1) << 2)
  for (let pair = 0; pair < pairCount; pair++) {
    const row = PAIRS + pair * ROW_SIZE
    const hash = hashOf(load<i32>(row), load<i32>(row, 4), load<i32>(row, 8), load<i32>(row, 12), load<i32>(row, 16))
    enter(index, mask, hash, pair)
  }
}

function hashOf(scope: i32, a: i32, b: i32, c: i32, d: i32): i32 {
  return mixed(scope * 0x9e3779b1 + a * 0x85ebca6b + b * 0xc2b2ae35 + c * 0x27d4eb2f + d * 0x165667b1)
}
