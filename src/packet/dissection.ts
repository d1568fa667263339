/** One packet, taken apart: the record, its walk, and what other packets tell. Everything rich starts from it. */
import type { Instant } from '../bytes/time.ts'
import type { CaptureRecord } from '../capture/record.ts'
import type { Dissector } from '../dissect/dissector.ts'
import type { Layer } from '../dissect/layer.ts'
import type { LayerNotes } from '../dissect/notes.ts'
import { type Reading, readingAt } from '../dissect/reading.ts'
import { describeStop, type Stopped } from '../dissect/stop.ts'
import type { Walk } from '../dissect/walk.ts'
import type { Names } from '../names/names.ts'
import type { ByteSource } from '../streams/assembled-record.ts'

export interface Dissection {
  readonly dissector: Dissector
  /** The frame, with what was put together of several packets behind its bytes. */
  readonly record: CaptureRecord
  readonly walk: Walk
  /** The runs of bytes that layers lie in, the frame first; undefined: only the frame. */
  readonly sources?: readonly ByteSource[] | undefined
  /** What is known about the layer at a depth; undefined for a packet looked at alone. */
  readonly notes: ((depth: number) => LayerNotes | undefined) | undefined
  /** Arrival of the capture's first packet, of the one before, and of the one shown before. */
  readonly clock: Clock | undefined
  /** Names for its addresses and VNIs, if the user has lists of them. */
  readonly names?: Names | undefined
  /** Number of the frame of which this one is a copy, where somebody looks for copies and it is one. */
  readonly copyOf?: number | undefined
  /** Path of the capture it is from, '-' for standard input; where that is known. */
  readonly file?: string
}

export interface Clock {
  readonly first: Instant
  readonly previous: Instant
  readonly previousShown: Instant
}

/** Chooses packets; see filter/filter.ts. */
export interface PacketFilter {
  matches(packet: Dissection): boolean
}

/** The layer at `depth`. */
export function layerAt(walk: Walk, depth: number): Layer {
  return walk.tables.layers[walk.layer[depth] as number] as Layer
}

/** The reading of the layer at `depth`. */
export function reading(packet: Dissection, depth: number): Reading {
  const { walk, record } = packet
  return readingAt(walk, depth, record.view, record.bytes, packet.notes?.(depth))
}

/** Index of the first layer that is only quoted, or the number of layers. */
export function ownDepth(walk: Walk): number {
  return Math.min(walk.quote, walk.depth)
}

/** Why the walk ended early, in words; undefined if it did not. */
export function stoppedOf(walk: Walk, frameStart: number, linkTypeText: () => string): Stopped | undefined {
  const name = walk.stopLayer === 0 ? linkTypeText() : (walk.tables.layers[walk.stopLayer]?.name ?? '')
  return describeStop(walk.stop, name, walk.stopAt - frameStart, walk.needed, walk.available, walk.limitSource)
}

/** `sll:ethertype:ip:udp:vxlan:eth:ethertype:ip:tcp:http`. */
export function protocolsOf(packet: Dissection): string {
  const { walk, record } = packet
  const names: string[] = []
  for (let depth = 0; depth < walk.depth; depth++) {
    const layer = layerAt(walk, depth)
    // Messages that follow each other in one segment are one layer to tshark.
    if (packet.notes?.(depth)?.message?.isRun !== true) names.push(layer.name)
    const isTyped = layer.etherType !== undefined && depth + 1 < walk.depth
    if (isTyped && layer.etherType.read(record.view, walk.start[depth] as number) >= 0x600) names.push('ethertype')
  }
  return names.join(':')
}
