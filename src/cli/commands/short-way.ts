/** Common packets of a capture that is filtered by an application: taken in without putting anything together. */
import type { CaptureRecord } from '../../capture/record.ts'
import { payloadLayer } from '../../dissect/payload-layer.ts'
import type { Walk } from '../../dissect/walk.ts'
import type { Filter } from '../../filter/filter.ts'
import { type Conversations, type KnownWords, REFUSED } from '../../streams/conversations.ts'

/** What the short way says of a packet. */
export const Passed = {
  /** Nothing: it has not been taken in. */
  No: 0,
  /** It cannot match, since it carries none of the applications of which one has to be there. */
  Over: 1,
  /** It is taken in, and its walk has all its layers: the filter can be asked. */
  Through: 2,
} as const

export type Passed = (typeof Passed)[keyof typeof Passed]

/** Where nobody reads notes, nobody needs what applications tell of each other's packets. */
const ANY_WORDS: KnownWords = { know: () => true }

export class ShortWay {
  private readonly conversations: Conversations
  private readonly applications: ReadonlySet<number>
  private readonly isOfLayers: boolean

  /**
   * `isOfLayers`: nobody reads notes, and the filter only asks which layers there are and what headers say; else packets with
   * one of `applications` are refused.
   */
  constructor(conversations: Conversations, applications: ReadonlySet<number>, isOfLayers: boolean) {
    this.conversations = conversations
    this.applications = applications
    this.isOfLayers = isOfLayers
  }

  /** The way for `filter`; undefined if there is none. */
  static for(conversations: Conversations, filter: Filter | undefined, isTold: boolean): ShortWay | undefined {
    const { applications, isOfLayers = false } = filter ?? {}
    if (applications === undefined) return undefined
    return new ShortWay(conversations, applications, isOfLayers && !isTold)
  }

  /** Of a packet that was skimmed. */
  take(record: CaptureRecord, walk: Walk): Passed {
    if (walk.isListed) return Passed.No
    const { marks, tables } = walk
    const isSegment = marks.transportLayer === tables.tcp
    // Of those that are skimmed, no others carry applications.
    if (!isSegment && marks.transportLayer !== tables.udp) return Passed.Over
    const isEmpty = marks.payload >= marks.end
    // What is cut is named by its port.
    if (isEmpty && marks.claim > marks.payload) return Passed.No
    const payload = payloadLayer(walk, record.view)
    if (!isSegment) return this.answer(payload)
    // What an answer is told of its request is kept by those that go the long way.
    if (!this.isOfLayers && this.applications.has(payload)) return Passed.No
    if (!this.isOfLayers && !isEmpty) return Passed.No
    const layer = this.conversations.pass(record, walk, payload, this.isOfLayers ? ANY_WORDS : undefined)
    if (layer === REFUSED) return Passed.No
    if (layer !== payload && this.applications.has(layer)) goOn(walk, record.view, layer)
    return this.answer(layer)
  }

  private answer(layer: number): Passed {
    if (!this.applications.has(layer)) return Passed.Over
    return this.isOfLayers ? Passed.Through : Passed.No
  }
}

/** A connection that was once recognised keeps its application. */
function goOn(walk: Walk, view: DataView, application: number): void {
  const { marks, tables } = walk
  for (let depth = 0; depth < walk.depth; depth++) {
    if (walk.layer[depth] !== tables.tcp || walk.start[depth] !== marks.transport) continue
    walk.goOn(view, depth, application)
    return
  }
}
