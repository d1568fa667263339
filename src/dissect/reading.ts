/** One layer of one packet, as the rich path sees it. */
import type { LayerNotes } from './notes.ts'
import type { Walk } from './walk.ts'

export interface Reading {
  /** Positions count as in the record: over the whole chunk, not from the frame's start. */
  readonly view: DataView
  readonly bytes: Uint8Array
  /** First byte of the layer's header. */
  readonly start: number
  /** First byte after the part of the header that is there; nothing of the layer may be read at or after it. */
  readonly body: number
  /** End of the layer's payload as far as it is captured and every length field allows. */
  readonly end: number
  /** Where the payload would end had everything been captured. */
  readonly claimed: number
  /** Index of the layer in the walk. */
  readonly depth: number
  readonly walk: Walk
  /** What other packets tell about this layer; undefined when a packet is looked at alone. */
  readonly notes: LayerNotes | undefined
}

/** The reading of the layer at `depth` of a finished walk. */
export function readingAt(walk: Walk, depth: number, view: DataView, bytes: Uint8Array, notes?: LayerNotes): Reading {
  return {
    view,
    bytes,
    start: walk.start[depth] as number,
    body: walk.body[depth] as number,
    end: walk.end[depth] as number,
    claimed: walk.claimed[depth] as number,
    depth,
    walk,
    notes,
  }
}
