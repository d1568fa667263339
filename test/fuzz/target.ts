/** What mutated packets are put through. A target is a file in targets/ and a line in targets.ts. */
import type { CaptureRecord } from '../../src/capture/record.ts'
import type { Walk } from '../../src/dissect/walk.ts'
import type { Dissection } from '../../src/packet/dissection.ts'
import type { Packet } from '../../src/packet/packet.ts'
import type { Random } from './random.ts'

/**
 * Throws when something is wrong. A capture is read by one who calls `capture` with its bytes, and by one who hands each
 * of its packets to `packet` or `frame`; a target takes what it needs.
 */
export interface Target {
  readonly name: string
  /** What costs most is put through once in so many captures, drawn by the capture's seed; left out: every one. */
  readonly onceIn?: number
  /** Each frame, walked as `scan` does. */
  frame?(record: CaptureRecord, walk: Walk): void
  /** Each packet, as `read` makes it, and what it is made of. */
  packet?(packet: Packet, dissection: Dissection): void
  /** When all frames or packets of a capture were handed in; what was remembered of them is forgotten. */
  end?(): void
  /** A whole capture. */
  capture?(bytes: Uint8Array, random: Random): Promise<void> | void
}

export function hold(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(what)
}

/** What must not reach a terminal or a line of a file. */
const CONTROLS = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/

export function holdPrintable(text: string, where: string): void {
  if (CONTROLS.test(text)) throw new Error(`${where}: a control character in ${JSON.stringify(text)}`)
}
