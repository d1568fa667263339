/** IPv6 addresses interned to small numbers, from 1. */
import { u32At } from './bytes'
import { enter, isFull, mixed, NUMBERS } from './hash-index'
import { ADDRESS_SIZE, ADDRESSES, ADDRESSES_INDEX, ADDRESSES_INDEX_SIZE, MAX_ADDRESSES } from './memory'

export let addressCount: i32 = 0
let index: i32 = ADDRESSES_INDEX
let mask: i32 = 1023

/** The number of the address of sixteen bytes at `at`; addresses for which there is no room have numbers by their hash. */
export function intern(at: i32): i32 {
  return addressOf(u32At(at), u32At(at + 4), u32At(at + 8), u32At(at + 12))
}

/** The number of the address of four words; likewise. */
export function addressOf(a: i32, b: i32, c: i32, d: i32): i32 {
  const hash = hashOf(a, b, c, d)
  for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
    const entry = load<i32>(index + (slot << 2))
    if (entry === 0) break
    if (((entry ^ hash) & ~NUMBERS) !== 0) continue
    const number = entry & NUMBERS
    const row = ADDRESSES + (number - 1) * ADDRESS_SIZE
    if (load<i32>(row) === a && load<i32>(row, 4) === b && load<i32>(row, 8) === c && load<i32>(row, 12) === d)
      return number
  }
  return insert(hash, a, b, c, d)
}

function insert(hash: i32, a: i32, b: i32, c: i32, d: i32): i32 {
  if (addressCount >= MAX_ADDRESSES - 2) return hash | 0x80000000
  const row = ADDRESSES + addressCount * ADDRESS_SIZE
  store<i32>(row, a)
  store<i32>(row, b, 4)
  store<i32>(row, c, 8)
  store<i32>(row, d, 12)
  enter(index, mask, hash, addressCount)
  addressCount++
  if (isFull(mask, addressCount)) grow()
  return addressCount
}

function grow(): void {
  mask = mask * 2 + 1
  index = index === ADDRESSES_INDEX ? ADDRESSES_INDEX + ADDRESSES_INDEX_SIZE : ADDRESSES_INDEX
  memory.fill(index, 0, (mask + 1) << 2)
  for (let number = 0; number < addressCount; number++) {
    const row = ADDRESSES + number * ADDRESS_SIZE
    enter(index, mask, hashOf(load<i32>(row), load<i32>(row, 4), load<i32>(row, 8), load<i32>(row, 12)), number)
  }
}

function hashOf(a: i32, b: i32, c: i32, d: i32): i32 {
  return mixed(a * 0x9e3779b1 + b * 0x85ebca6b + c * 0xc2b2ae35 + d * 0x27d4eb2f)
}
