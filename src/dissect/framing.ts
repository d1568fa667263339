/** How a stream of bytes is cut into messages: what an application layer over TCP says about its own. */
import type { Memory } from './layer.ts'

/** Answers of `measure` that are no position. */
export const Measure = {
  /** The message goes on, nobody can say yet for how long. */
  more: -1,
  /** It goes on until the sender closes the connection. */
  untilFin: -2,
  /** No message starts here: what follows is taken as it comes. */
  none: -3,
} as const

/**
 * What is known about a message that is not whole yet; `measure` keeps in it what it need not look at again, so that a message in
 * very many pieces is read once. Positions count from the message's first byte.
 */
export class Progress {
  /** Where what is looked at begins: a line, a chunk. */
  looked = 0
  /** How far its end has been searched for. */
  searched = 0
  /** Where the part behind the head begins; 0: not known yet. */
  body = 0
  /** Which part of the message is looked at, as `measure` numbers them. */
  part = 0

  /** Another message begins. */
  reset(): void {
    this.looked = 0
    this.searched = 0
    this.body = 0
    this.part = 0
  }
}

export interface Framing {
  /**
   * The position after the message (or run of messages that are shown as one) that starts at `start`: at most `end`, or
   * beyond it for what is still to come, or one of `Measure`. Asked again with the same `progress` when there is more.
   * Reads only `[start, end)`; never throws. `memory` is the conversation's, as in `converse`.
   */
  measure(view: DataView, start: number, end: number, progress: Progress, memory: Memory): number
  /** Whether a message starts at `start` beyond doubt: there the stream is taken up again when bytes before it are missing. */
  starts(view: DataView, start: number, end: number): boolean
  /** Keeps in `memory` what `measure` will need to know of a whole message that is shown without `converse`. */
  keep?(view: DataView, start: number, end: number, memory: Memory): void
  /** What the Info column says while the message is not whole; undefined: what TCP says. */
  words?(view: DataView, start: number, end: number): string | undefined
  /** True if the layer is named also where a message began and could not be shown. */
  readonly isNamedEarly?: boolean
  /** Between the Info of messages in one packet; and whether of a run in the packet's own bytes only the last one speaks. */
  readonly separator: string
  readonly onlyLastOfRun?: boolean
}
