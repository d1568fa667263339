/**
 * Applications that are named and left closed: a few bytes say which message this is. What they do not say that of is the
 * transport's data.
 */
import { defineLayer, type Layer, type LayerDefinition } from './layer.ts'
import type { Reading } from './reading.ts'
import { nextIsData, truncated } from './walk.ts'

interface Named extends Pick<LayerDefinition, 'name' | 'title' | 'label' | 'attach' | 'recognise'> {
  /** What the info column says of the bytes at `[start, end)`; undefined: they are none of its messages. */
  words(reading: Reading): string | undefined
  /** Whether they are one, without wording it. Reads only `[at, end)`. */
  is(view: DataView, at: number, end: number): boolean
}

export function namedOnly({ words, is, ...definition }: Named): Layer {
  return defineLayer({
    ...definition,
    role: 'application',
    fields: {},
    step(view, at, end, walk) {
      if (at >= end) return truncated(walk, walk.claim - at)
      if (is(view, at, end)) return end
      nextIsData(walk)
      return at
    },
    info: (r) => (r.body > r.start && is(r.view, r.start, r.body) ? words(r) : undefined),
  })
}

const ascii = new TextDecoder('latin1')

/** The characters at `[from, to)`. */
export const textAt = (r: Reading, from: number, to: number): string => ascii.decode(r.bytes.subarray(from, to))

/** Whether the segment goes to this port: from a client to a server. */
export function isTo(r: Reading, port: number): boolean {
  const transport = r.walk.start[r.depth - 1]
  return transport !== undefined && r.view.getUint16(transport + 2) === port
}
