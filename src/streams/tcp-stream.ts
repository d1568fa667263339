/**
 * One direction of a TCP connection at one place, put in order: which messages a segment completes. Segments may be
 * reordered, repeated, overlapping or missing. RFC 9293 section 3.10.7.4; where bytes differ, the first ones count.
 */
import { type Framing, Measure, Progress } from '../dissect/framing.ts'
import type { Memory } from '../dissect/layer.ts'
import type { AssemblyPart } from '../dissect/notes.ts'
import type { Holder, MemoryBudget } from './memory-budget.ts'

/** Longest message that is waited for; a longer one is shown as far as it is there. */
export const MAX_MESSAGE = 8 << 20
/** Pieces of one message; what comes in more is shown as far as it is there. */
const MAX_PARTS = 65_536
/** What waits behind a gap, of one stream. */
const MAX_HELD = 256
const MAX_HELD_BYTES = 1 << 20
/** Farther from what is expected than any window is (RFC 7323 section 2.3): nonsense. */
const FAR = 1 << 30
/** Memory that one held segment, or part of a message, costs beside its bytes. */
const COST = 128
/** What a message that has begun takes beside its bytes: they and their view have memory of their own, and so has the list of parts. */
const MESSAGE_COST = 1024

/** A segment with payload. Positions are such of `view` and `bytes`. */
export interface SegmentBytes {
  readonly frame: number
  readonly sequence: number
  readonly view: DataView
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
  readonly isFin: boolean
  /** True if the other side has acknowledged what comes right before this segment. */
  readonly isKnownToPeer: boolean
}

/** A message that is whole: in the segment's own bytes, or put together. */
export type Message =
  | { readonly start: number; readonly end: number; readonly isRun: boolean }
  | { readonly bytes: Uint8Array; readonly parts: readonly AssemblyPart[] }

/** What a segment brought. */
export interface Delivery {
  readonly messages: readonly Message[]
  /** Parts of the payload that belong to messages of several segments, from and to, as positions. */
  readonly parts: readonly (readonly [from: number, to: number])[]
  /** True if a message goes on behind this segment; `words` is what it says so far, as `Framing.words`. */
  readonly isUnfinished: boolean
  readonly words: string | undefined
  /** Whether the application has looked at the unfinished message with this segment. */
  readonly wasAsked: boolean
}

/** The segment is shown as if it were alone. */
export const AS_IT_IS = 'as it is'
/** All of it has been seen before: the application does not see it again. */
export const SEEN = 'seen'

interface Pending {
  bytes: Uint8Array
  view: DataView
  length: number
  /** Bytes that the message has in all; undefined: not known. */
  need: number | undefined
  readonly parts: AssemblyPart[]
  readonly progress: Progress
}

interface Held {
  readonly sequence: number
  readonly frame: number
  readonly bytes: Uint8Array
}

export class TcpStream implements Holder {
  held = 0
  private readonly budget: MemoryBudget
  private readonly memory: Memory
  /** Sequence number of the next byte in order. */
  private next: number | undefined
  /** Bytes that were passed over because they were missing. */
  private gap: readonly [from: number, to: number] | undefined
  private first: number | undefined
  private pending: Pending | undefined
  private waiting: Held[] = []
  private waitingBytes = 0

  /** `memory`: the conversation's, for the framing. */
  constructor(budget: MemoryBudget, memory: Memory) {
    this.budget = budget
    this.memory = memory
  }

  /** Whether a message has begun and is not whole. */
  get isWaiting(): boolean {
    return this.pending !== undefined
  }

  release(): void {
    this.pending = undefined
    this.waiting = []
    this.waitingBytes = 0
  }

  /** The first byte of the stream has this number, and the next one that. */
  begin(first: number, next: number): void {
    this.first = first >>> 0
    this.next = next >>> 0
  }

  /** Whether nothing waits, and the byte with this number is the next one. */
  isIdleAt(sequence: number): boolean {
    return this.pending === undefined && this.waiting.length === 0 && this.next === sequence
  }

  /** What `isIdleAt` was asked about was shown as it is; the next byte has this number. */
  goOn(sequence: number): void {
    this.next = sequence >>> 0
  }

  /** A segment of which not all is captured: nothing can be put together across it. */
  pass(sequence: number, length: number): void {
    this.forget()
    this.next = (sequence + length) >>> 0
    this.first ??= sequence >>> 0
  }

  /** Takes a segment in. */
  take(segment: SegmentBytes, framing: Framing): Delivery | typeof AS_IT_IS | typeof SEEN {
    const { sequence, start, end } = segment
    const length = end - start
    this.next ??= sequence
    this.first ??= sequence
    const ahead = (sequence - this.next) | 0
    if (ahead > FAR || ahead < -FAR) return AS_IT_IS
    if (length === 0) return segment.isFin && ahead === 0 ? this.finish(segment) : AS_IT_IS
    if (ahead + length <= 0) return this.isMissing(sequence, length) ? AS_IT_IS : SEEN
    if (ahead > 0 && !this.jumps(segment, framing)) return this.wait(segment)
    return this.deliver(segment, ahead > 0 ? start : start - ahead, framing)
  }

  /** Whether bytes that were passed over come after all, or such as came before the first. */
  private isMissing(sequence: number, length: number): boolean {
    if (this.first !== undefined && ((sequence + length - this.first) | 0) <= 0) return true
    if (this.gap === undefined) return false
    const [from, to] = this.gap
    return ((sequence - from) | 0) >= 0 && ((to - sequence - length) | 0) >= 0
  }

  /** Whether the stream goes on with a segment in front of which bytes are missing. */
  private jumps(segment: SegmentBytes, framing: Framing): boolean {
    if (this.pending !== undefined && !segment.isKnownToPeer) return false
    if (!framing.starts(segment.view, segment.start, segment.end)) return false
    this.gap = [this.next as number, segment.sequence]
    this.forget()
    this.next = segment.sequence
    return true
  }

  private wait({ sequence, frame, bytes, start, end }: SegmentBytes): Delivery | typeof AS_IT_IS {
    const length = end - start
    if (this.waiting.length >= MAX_HELD || this.waitingBytes + length > MAX_HELD_BYTES) {
      this.forget()
      this.next = undefined
      return AS_IT_IS
    }
    let at = this.waiting.length
    while (at > 0 && (((this.waiting[at - 1] as Held).sequence - sequence) | 0) > 0) at--
    this.waiting.splice(at, 0, { sequence, frame, bytes: bytes.slice(start, end) })
    this.waitingBytes += length
    this.budget.take(this, length + COST)
    if (this.pending === undefined) return AS_IT_IS
    return { messages: [], parts: [[start, end]], isUnfinished: true, words: undefined, wasAsked: false }
  }

  /** The segment's bytes from `start` on are next, and what waits behind them. */
  private deliver(segment: SegmentBytes, start: number, framing: Framing): Delivery {
    const messages: Message[] = []
    const parts: (readonly [number, number])[] = []
    const { view, bytes, end, frame } = segment
    let asked = this.feed(view, bytes, start, end, frame, framing, messages, parts)
    this.next = (segment.sequence + (end - segment.start)) >>> 0
    for (;;) {
      const one = this.waiting[0]
      if (one === undefined) break
      const skip = (this.next - one.sequence) | 0
      if (skip < 0) break
      this.waiting.shift()
      this.waitingBytes -= one.bytes.length
      if (skip >= one.bytes.length) continue
      asked = this.feed(viewOf(one.bytes), one.bytes, skip, one.bytes.length, one.frame, framing, messages, undefined)
      this.next = (one.sequence + one.bytes.length) >>> 0
    }
    // tshark does not name the last part of a message that only the end of the connection ends.
    if (segment.isFin && this.pending?.need === Number.POSITIVE_INFINITY) parts.length = 0
    if (segment.isFin && this.pending !== undefined) messages.push(this.complete(this.pending.length))
    const { pending } = this
    if (pending === undefined && this.waiting.length === 0 && this.held > 0) this.budget.give(this)
    const words = pending === undefined ? undefined : framing.words?.(pending.view, 0, pending.length)
    return { messages, parts, isUnfinished: pending !== undefined, words, wasAsked: asked }
  }

  /** The sender has no more: what there is of a message is all of it. */
  private finish({ frame }: SegmentBytes): Delivery | typeof AS_IT_IS {
    const { pending } = this
    if (pending === undefined) return AS_IT_IS
    pending.parts.push({ frame, start: pending.length, end: pending.length })
    const messages = [this.complete(pending.length)]
    this.forget()
    return { messages, parts: [], isUnfinished: false, words: undefined, wasAsked: true }
  }

  /**
   * Cuts bytes that are next into messages. `own`: gets the places that belong to messages of several segments; undefined
   * for bytes of an earlier frame. True if the application looked at what is left unfinished.
   */
  private feed(
    view: DataView,
    bytes: Uint8Array,
    start: number,
    end: number,
    frame: number,
    framing: Framing,
    messages: Message[],
    own: (readonly [number, number])[] | undefined,
  ): boolean {
    let at = start
    let isRun = false
    while (at < end) {
      const { pending } = this
      if (pending !== undefined) {
        const from = at
        const taken = this.append(pending, bytes, at, end, frame)
        at += taken
        if (pending.need !== undefined && pending.length < pending.need && pending.parts.length < MAX_PARTS) {
          addPlace(own, from, at)
          return false
        }
        const found = this.measured(pending, framing)
        if (found >= 0) at = Math.max(from, at - (pending.length - found))
        addPlace(own, from, at)
        if (found < 0) {
          if (at === end) return true
          continue
        }
        messages.push(this.complete(found))
        continue
      }
      const progress = new Progress()
      const found = framing.measure(view, at, end, progress, this.memory)
      const to = messageEnd(found, at, end)
      if (to >= 0) {
        if (own !== undefined) messages.push({ start: at, end: to, isRun })
        else if (found !== Measure.none)
          messages.push({ bytes: bytes.slice(at, to), parts: [{ frame, start: 0, end: to - at }] })
        at = to
        isRun = true
        continue
      }
      this.pending = { bytes: EMPTY, view: viewOf(EMPTY), length: 0, need: undefined, parts: [], progress }
      if (found >= 0) this.pending.need = found - at
      else if (found === Measure.untilFin) this.pending.need = Number.POSITIVE_INFINITY
      this.append(this.pending, bytes, at, end, frame)
      addPlace(own, at, end)
      return true
    }
    return false
  }

  /** How long the pending message is; negative: not known, or not whole. */
  private measured(pending: Pending, framing: Framing): number {
    if (pending.length >= MAX_MESSAGE || pending.parts.length >= MAX_PARTS) return pending.length
    const found = framing.measure(pending.view, 0, pending.length, pending.progress, this.memory)
    if (found === Measure.none || found > MAX_MESSAGE) return pending.length
    if (found >= 0 && found <= pending.length) return found
    pending.need = found >= 0 ? found : found === Measure.untilFin ? Number.POSITIVE_INFINITY : undefined
    return -1
  }

  /** Takes as much as the message may need; returns how much. */
  private append(pending: Pending, bytes: Uint8Array, at: number, end: number, frame: number): number {
    const { need } = pending
    const count = Math.min(end - at, (need ?? Number.POSITIVE_INFINITY) - pending.length)
    const length = pending.length + count
    if (length > pending.bytes.length) {
      const grown = new Uint8Array(Math.max(length, Math.min(pending.bytes.length * 2, MAX_MESSAGE)))
      grown.set(pending.bytes.subarray(0, pending.length))
      this.budget.take(this, grown.length - pending.bytes.length)
      pending.bytes = grown
      pending.view = viewOf(grown)
    }
    pending.bytes.set(bytes.subarray(at, at + count), pending.length)
    const last = pending.parts.at(-1)
    if (last?.frame === frame) pending.parts[pending.parts.length - 1] = { ...last, end: length }
    else {
      this.budget.take(this, pending.parts.length === 0 ? COST + MESSAGE_COST : COST)
      pending.parts.push({ frame, start: pending.length, end: length })
    }
    pending.length = length
    if (need === Number.POSITIVE_INFINITY && length >= MAX_MESSAGE) pending.need = length
    return count
  }

  /** Ends the pending message after `length` bytes. */
  private complete(length: number): Message {
    const { bytes, parts } = this.pending as Pending
    this.pending = undefined
    this.budget.give(this)
    if (this.waiting.length > 0) this.budget.take(this, this.waitingBytes + this.waiting.length * COST)
    const own = parts.filter((one) => one.start < length || one.start === one.end)
    const last = own.at(-1)
    if (last !== undefined && last.end > length) own[own.length - 1] = { ...last, end: length }
    return { bytes: bytes.subarray(0, length), parts: own }
  }

  private forget(): void {
    this.budget.give(this)
    this.release()
  }
}

/**
 * Where a message (or what is none) ends of which `measure` found this at `start`; -1: it goes on behind `end`, and is waited for.
 */
export function messageEnd(found: number, start: number, end: number): number {
  if (found >= 0 && found <= end) return Math.max(found, start + 1)
  return found === Measure.none || found - start > MAX_MESSAGE ? end : -1
}

/** Adds a place to those that belong to messages of several segments; what follows the last one lengthens it. */
function addPlace(places: (readonly [number, number])[] | undefined, from: number, to: number): void {
  const last = places?.at(-1)
  if (places === undefined || from === to) return
  if (last?.[1] === from) places[places.length - 1] = [last[0], to]
  else places.push([from, to])
}

const EMPTY = new Uint8Array(0)

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
