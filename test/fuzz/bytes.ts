/** Frames as a capture file in memory. */
import type { Frame } from './corpus.ts'
import type { Random } from './random.ts'

export function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

function block(type: number, content: Uint8Array): Uint8Array {
  const padded = (content.length + 3) & ~3
  const bytes = new Uint8Array(padded + 12)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, type, true)
  view.setUint32(4, bytes.length, true)
  bytes.set(content, 8)
  view.setUint32(bytes.length - 4, bytes.length, true)
  return bytes
}

function words(...values: readonly number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(values).buffer)
}

const SECTION = 0x0a0d0d0a
const INTERFACE = 1
const PACKET = 6

/** The frames as pcapng, an interface for each link type; times go on by a random step, now and then back. */
export function captureOf(frames: readonly Frame[], random: Random): Uint8Array {
  const linkTypes = [...new Set(frames.map(({ linkType }) => linkType))]
  const parts = [block(SECTION, words(0x1a2b3c4d, 1, 0xffffffff, 0xffffffff))]
  for (const linkType of linkTypes) parts.push(block(INTERFACE, words(linkType, 0)))
  let time = 1_795_378_377_000_000
  for (const { bytes, linkType, originalLength } of frames) {
    time += random.onceIn(20) ? -random.below(2_000_000) : random.below(1000)
    const head = words(
      linkTypes.indexOf(linkType),
      Math.floor(time / 2 ** 32),
      time % 2 ** 32,
      bytes.length,
      originalLength,
    )
    parts.push(block(PACKET, concatenated([head, bytes])))
  }
  return concatenated(parts)
}

/** A capture whose container is wrong: lengths of blocks and options, magic numbers, ends. */
export function brokenContainer(capture: Uint8Array, random: Random): Uint8Array {
  const bytes = capture.slice()
  const view = new DataView(bytes.buffer)
  const starts: number[] = []
  for (let at = 0; at + 12 <= bytes.length; at += view.getUint32(at + 4, true)) starts.push(at)
  for (let times = 1 + random.below(3); times > 0; times--) {
    const at = random.pick(starts) + 4 * random.below(7)
    if (at + 4 > bytes.length) continue
    const value = random.pick([
      0,
      1,
      3,
      8,
      11,
      12,
      13,
      0xffff,
      0x7fffffff,
      0xffffffff,
      random.below(2 ** 32),
      bytes.length,
    ])
    view.setUint32(at, value, true)
  }
  return random.onceIn(3) ? bytes.subarray(0, random.below(bytes.length)) : bytes
}
