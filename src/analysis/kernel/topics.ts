/**
 * What payloads are about. Most conversations say what others have said before: who asks for the same page gets the
 * answer from here, and only what is new is asked of ../topics.ts, which can read.
 */
import { u8At, u16At } from './bytes'
import { ROLES, SAID, TCP_PORT, TOPICS, UDP_PORT } from './memory'
import { end, payload, TCP, TUNNEL, transport, transportLayer, UDP } from './skim'

/** Told anew of the payload in `[start, end)`, as long as it was on the wire: a number that is kept; 0: it does not say. */
declare function topicOf(start: i32, end: i32, original: u32): i32

const ENTRIES: i32 = 4096
const ENTRY_SIZE: i32 = 16
/** Messages with equal first bytes are about the same, as ../topics.ts has it too. */
const COMPARED: i32 = 128
/** In TOPICS: the first line alone counts. */
const IS_LINE: i32 = 0x80

/** What the payload of the packet at hand is about; 0: it does not say. `[start, stop)`: its record. */
export function topic(start: i32, stop: i32, original: u32): i32 {
  if (transportLayer !== TCP && transportLayer !== UDP) return 0
  const layer = layerByPorts()
  let from = payload
  let to = min(end, payload + COMPARED)
  if (layer !== 0 && (load<u8>(ROLES + layer) as i32) !== TUNNEL) {
    const topical: i32 = load<u8>(TOPICS + layer)
    if (topical === 0) return 0
    from += (topical & ~IS_LINE) - 1
    if ((topical & IS_LINE) !== 0) to = lineEnd(from, to)
  } else if (layer === 0) {
    if (transportLayer === UDP) return 0
    // Of what is recognised by its bytes only HTTP begins with a capital letter.
    if (isCapital(u8At(payload))) to = lineEnd(from, to)
  }
  const hash = hashOf(from, to, layer)
  const entry = SAID + ((hash as i32) & (ENTRIES - 1)) * ENTRY_SIZE
  if (load<i64>(entry) === hash) return load<i32>(entry, 8)
  const said = topicOf(start, stop, original)
  store<i64>(entry, hash)
  store<i32>(entry, said, 8)
  return said
}

function isCapital(byte: i32): bool {
  return byte >= 0x41 && byte <= 0x5a
}

/** Where the line at `from` ends, at most at `to`. */
function lineEnd(from: i32, to: i32): i32 {
  for (let at = from; at < to; at++) {
    const byte = u8At(at)
    if (byte === 0x0d || byte === 0x0a) return at
  }
  return to
}

/** The layer of the lower port, else of the higher; 0: of neither. */
function layerByPorts(): i32 {
  const source = u16At(transport)
  const destination = u16At(transport + 2)
  const table = transportLayer === TCP ? TCP_PORT : UDP_PORT
  const low: i32 = load<u8>(table + min(source, destination))
  return low !== 0 ? low : (load<u8>(table + max(source, destination)) as i32)
}

/** Never 0. */
function hashOf(from: i32, to: i32, layer: i32): i64 {
  let hash: i64 = ((to - from) << 8) | layer
  let at = from
  for (; to - at >= 8; at += 8) {
    hash = (hash ^ load<i64>(at)) * 0x9e3779b97f4a7c15
    hash ^= hash >>> 32
  }
  for (; at < to; at++) hash = (hash ^ (load<u8>(at) as i64)) * 0x100000001b3
  hash = (hash ^ (hash >>> 29)) * 0x94d049bb133111eb
  return (hash ^ (hash >>> 32)) | 1
}
