/** What is found of a frame, for whoever goes on with it: in the words of ../packet-finder.ts. */
import { u8At, u16At, u32At } from './bytes'
import { isKnownPair, observe, repeats, slot } from './copies'
import { findFlow } from './flows'
import { FOUND, FOUND_SIZE } from './memory'
import { findPair } from './pairs'
import {
  claim,
  IPV4,
  inner,
  innerLayer,
  outer,
  outerLayer,
  payload,
  TCP,
  transport,
  transportLayer,
  tunnel,
} from './skim'

/** Bytes into what is found of a frame. */
const PAIR: i32 = 8
const SLOT: i32 = 12
const BITS: i32 = 16
const TTL: i32 = 20
const PLACE: i32 = 24
const ROW: i32 = 28
const REPEATS: i32 = 32
const SEQUENCE: i32 = 36
const SEGMENT: i32 = 40

const COPY: i32 = 1
const KNOWN_PAIR: i32 = 2
const TUNNELLED: i32 = 4
const ID: i32 = 8

const FIN: i32 = 0x01
const SYN: i32 = 0x02
const SEGMENT_MASK: i32 = 0xff_ffff

/** Finds out about the frame that the landmarks are of, and keeps it as number `number`. */
export function find(number: i32, now: f64, seconds: i32, nanoseconds: i32, place: i32): void {
  const at = FOUND + number * FOUND_SIZE
  const pair = findPair()
  const isCopy = observe(pair, seconds, nanoseconds, place)
  store<f64>(at, now)
  store<i32>(at, pair, PAIR)
  store<i32>(at, slot, SLOT)
  if (inner < 0) return
  store<i32>(at, ttl(), TTL)
  store<i32>(at, place, PLACE)
  const tunnelled: i32 = outer >= 0 ? TUNNELLED : 0
  if (isCopy) {
    store<i32>(at, tunnelled | COPY | (isKnownPair ? KNOWN_PAIR : 0), BITS)
    return
  }
  store<i32>(at, tunnelled | (innerLayer === IPV4 && u16At(inner + 4) !== 0 ? ID : 0), BITS)
  store<i32>(at, pair < 0 ? -1 : findFlow(pair), ROW)
  store<i32>(at, repeats, REPEATS)
  const segment = segmentOf()
  store<i32>(at, segment, SEGMENT)
  if (segment >= 0) store<i32>(at, u32At(transport + 4), SEQUENCE)
}

function ttl(): i32 {
  if (tunnel < 0) return innerLayer === IPV4 ? u8At(inner + 8) : u8At(inner + 7)
  if (outer < 0) return 0
  return outerLayer === IPV4 ? u8At(outer + 8) : u8At(outer + 7)
}

/** By the rule of ../retransmissions.ts. */
function segmentOf(): i32 {
  if (transportLayer !== TCP || payload - transport < 20) return -1
  const flags = u8At(transport + 13) & (SYN | FIN)
  const length = claim - payload
  return length <= 0 && flags === 0 ? -1 : ((length << 2) | flags) & SEGMENT_MASK
}
