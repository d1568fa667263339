/** Packets that look like one that was seen before: most mutations lead where others led. */
import type { Walk } from '../../src/dissect/walk.ts'

const BITS = 26
/** Of packets whose shape is known, one in so many is wanted all the same: bytes that make no shape differ as well. */
const OF_KNOWN = 12
/** Layers that make a shape. */
const TOLD = 10

/** Remembers a bit for each shape; two that share one by chance are taken for the same. */
export class Shapes {
  private readonly bits = new Uint8Array(2 ** (BITS - 3))
  private asked = 0

  /** Whether a packet is to go through what costs most: its layers or its end are new, or its turn has come. */
  wants(walk: Walk): boolean {
    const shape = shapeOf(walk)
    const at = shape >>> 3
    const bit = 1 << (shape & 7)
    const isKnown = ((this.bits[at] as number) & bit) !== 0
    this.bits[at] = (this.bits[at] as number) | bit
    return !isKnown || ++this.asked % OF_KNOWN === 0
  }
}

/**
 * Which layers there are (of those behind the tenth, how many), how long a header is in powers of two, what is left behind the
 * last in powers of four, and why the walk ended.
 */
function shapeOf(walk: Walk): number {
  const { depth, layer, start, body, end, stop, stopLayer } = walk
  let hash = mixed(0x9e3779b9, stop * 256 + stopLayer)
  const told = Math.min(depth, TOLD)
  for (let at = 0; at < told; at++) {
    const id = layer[at] as number
    const length = (body[at] as number) - (start[at] as number)
    hash = mixed(hash, id * 64 + magnitude(length))
  }
  const last = depth - 1
  const rest = depth === 0 ? 0 : (end[last] as number) - (start[last] as number)
  return mixed(mixed(hash, magnitude(depth - told)), magnitude(rest) >> 1) >>> (32 - BITS)
}

function mixed(hash: number, value: number): number {
  const next = Math.imul(hash ^ value, 0x85ebca6b)
  return next ^ (next >>> 15)
}

function magnitude(length: number): number {
  return 32 - Math.clz32(length)
}
