/** The contract of a layer: fields (data) and step (the only hand-written decoding). */

import type { TextBytes } from '../bytes/text-bytes.ts'
import type { Instant } from '../bytes/time.ts'
import type { Field } from './field.ts'
import type { Framing } from './framing.ts'
import type { Landmarks } from './landmarks.ts'
import type { Node } from './node.ts'
import type { LayerNotes } from './notes.ts'
import type { Reading } from './reading.ts'
import type { RowNumbers } from './row-numbers.ts'
import type { Walk } from './walk.ts'

/** What a layer is for; flow keys, sides and tables go by it. */
export type Role = 'link' | 'network' | 'transport' | 'tunnel' | 'application'

/** The tables that join layers, so that no layer imports another. */
export type TableName = 'link.type' | 'ethertype' | 'ip.proto' | 'udp.port' | 'tcp.port'

/** A dispatch table and the number, or media type, under which a layer is found in it. `text/` stands for all of its kind. */
export type Attachment = readonly [table: TableName, key: number] | readonly [table: 'media', key: string]

/**
 * What a layer keeps of a conversation from packet to packet; it alone knows what is in it. `bytes` is about how much memory
 * that takes, if it is more than a few numbers: where conversations keep too much together, the memory of some is emptied.
 */
export type Memory = { [key: string]: unknown; bytes?: number }

/** Which packet is looked at, and when it came. */
export interface Moment {
  readonly frame: number
  readonly time: Instant
}

/**
 * One protocol. Immutable; `createDissector().layers` has all.
 * @example
 * ```js
 * import { createDissector } from 'ovl-dissect'
 *
 * const links = createDissector().layers.filter(({ attach }) => attach.some(([table]) => table === 'link.type'))
 * console.log(links.slice(0, 2).map(({ id, title }) => `${id}: ${title}`)) // [ 'eth: Ethernet II', 'sll: Linux cooked capture v1' ]
 * ```
 */
export interface Layer {
  /** Prefix of its fields in filters, as Wireshark has it: 'vxlan'. Two layers may share one (sll). */
  readonly name: string
  /** Its own name where `name` is shared: 'sll2'. */
  readonly id: string
  /** Heading in the tree. */
  readonly title: string
  readonly role: Role
  readonly fields: readonly Field[]
  /** Those of the fields that the tree shows behind the layer, not beneath it. */
  readonly beside: readonly Field[]
  readonly attach: readonly Attachment[]
  /** Source and destination, for sides and flow keys. */
  readonly ends: readonly [Field, Field] | undefined
  /** What separates equal addresses: the VNI. */
  readonly scope: Field | undefined
  /** The field whose EtherType chooses the next layer, which tshark shows as a pseudo-layer in frame.protocols. */
  readonly etherType: Field | undefined
  /**
   * Moves over one header. Reads only `[at, end)`; returns the position after the header, or `stop…(walk, …)` when
   * there is none. Before it runs `walk.limit` is `end`; it may lower it through `limitTo`, and says what comes next
   * through `walk.next`. Never throws.
   */
  step(view: DataView, at: number, end: number, walk: Walk): number
  /** Whether bytes on a port that no table knows are this protocol. Reads only `[at, end)`; strict, and cheap to say no. */
  recognise?(view: DataView, at: number, end: number): boolean
  /** The tree's heading where it says more than the title. */
  heading?(reading: Reading): string
  /** Puts lines of the fields under headings of their own, where tshark does; must keep every node. */
  group?(nodes: readonly Node[], reading: Reading): readonly Node[]
  /**
   * What this packet adds to its conversation and learns from it. `memory` is the layer's own, one a conversation,
   * kept as long as the conversation is; it must stay small whatever the packets say.
   */
  converse?(reading: Reading, memory: Memory, moment: Moment): LayerNotes | undefined
  /** How a TCP stream is cut into its messages; without it each segment is read for itself. */
  readonly framing: Framing | undefined
  /** What conversations of this protocol are about. */
  readonly topic: LayerTopic | undefined
  /** Protocol column, where it is not `label`. */
  protocol?(reading: Reading): string
  readonly repeats?: LayerRepeats
  /**
   * Info column as bytes, of a transport's whole header among the landmarks: the text of `info`, for lists of many rows.
   * There is room for TRANSPORT_ROW bytes.
   */
  row?(out: TextBytes, view: DataView, marks: Landmarks, numbers: RowNumbers): void
  /** Info column. Undefined: this layer has nothing to say, the one before it speaks. */
  info?(reading: Reading): string | undefined
  /** What the protocol column says: 'ICMP'. */
  readonly label: string
}

/** What one conversation is about, in a few words: the first line of a request, the name that is looked up. */
export interface LayerTopic {
  /** Bytes at the start of a message that differ though it is about the same: an identifier. */
  readonly skip: number
  /** Whether its first line alone says it; what follows then differs though it is about the same. */
  readonly isLine?: boolean
  /** Undefined: this message does not say it. */
  of(reading: Reading): string | undefined
}

/**
 * How the protocol and info columns of messages repeat, for lists of many rows. Whatever repeats must leave nothing in its
 * conversation that other rows show.
 */
export interface LayerRepeats {
  /**
   * How far a message at `[at, end)`, all of which was captured, decides what it is worded as: messages that are equal up to
   * there have equal columns; `at`: all such messages have. -1: it has to be looked at. `memory` is what the layer keeps of
   * the conversation, if anything.
   */
  until(view: DataView, at: number, end: number, memory: Memory | undefined): number
  /** Whether no message leaves anything for other rows, whatever it is. */
  readonly isStateless: boolean
  /** Whether the first two bytes are a number that the info column shows, as `0x` and four digits. */
  readonly hasNumber: boolean
}

/** What a layer file writes down; the rest has defaults. */
export interface LayerDefinition
  extends Partial<
      Pick<Layer, 'id' | 'ends' | 'scope' | 'etherType' | 'attach' | 'label' | 'topic' | 'framing' | 'beside'>
    >,
    Pick<Layer, 'recognise' | 'heading' | 'group' | 'converse' | 'protocol' | 'info' | 'repeats' | 'row'> {
  readonly name: string
  readonly title: string
  readonly role: Role
  readonly fields: Readonly<Record<string, Field>>
  step(view: DataView, at: number, end: number, walk: Walk): number
}

/** Completes a definition. The order of `fields` is the order of the tree. */
export function defineLayer(definition: LayerDefinition): Layer {
  return Object.freeze({
    id: definition.name,
    label: definition.name.toUpperCase(),
    ends: undefined,
    scope: undefined,
    etherType: undefined,
    attach: [],
    topic: undefined,
    framing: undefined,
    beside: [],
    ...definition,
    fields: Object.values(definition.fields),
  })
}
