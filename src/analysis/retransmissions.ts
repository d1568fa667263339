/** TCP segments that are sent again: the same flow, sequence number and length as one before, in another packet. */
import { mixed } from '../bytes/hash-index.ts'
import type { Walk } from '../dissect/walk.ts'

/** Segments remembered; a new one takes the place of an old one with the same hash. */
const REMEMBERED = 1 << 15
/** Flow and one more (0: empty), sequence number, capture with length and flags, frame: four fit into a line of a cache. */
const ENTRY = 4
/** Bits of length and flags; of a capture's number as many are kept as there is room for. */
const WHAT_BITS = 24
const WHAT = (1 << WHAT_BITS) - 1

const FIN = 0x01
const SYN = 0x02
const TCP_HEADER = 20

export class Retransmissions {
  /** After `observe` returned true: where the segment was seen first. */
  file = 0
  frame = 0
  private readonly entries = new Int32Array(REMEMBERED * ENTRY)

  /**
   * Takes in a packet of `flow` that is no copy, by its sequence number and what `segmentOf` says of it; true if its segment
   * was sent before.
   */
  observe(flow: number, sequence: number, what: number, file: number, frame: number): boolean {
    const { entries } = this
    const hash = mixed((Math.imul(flow + 1, 0x9e3779b1) + Math.imul(sequence, 0x85ebca6b) + what) | 0)
    const entry = (hash & (REMEMBERED - 1)) * ENTRY
    if (entries[entry] === flow + 1 && entries[entry + 1] === sequence) {
      const known = entries[entry + 2] as number
      if ((known & WHAT) === what) {
        this.file = known >>> WHAT_BITS
        this.frame = entries[entry + 3] as number
        return true
      }
    }
    entries[entry] = flow + 1
    entries[entry + 1] = sequence
    entries[entry + 2] = what | (file << WHAT_BITS)
    entries[entry + 3] = frame
    return false
  }
}

/** Length and flags of a TCP segment that takes up sequence numbers; of others, as bare acknowledgments, -1. */
export function segmentOf(view: DataView, { marks, tables }: Walk): number {
  const at = marks.transport
  if (marks.transportLayer !== tables.tcp || marks.payload - at < TCP_HEADER) return -1
  const flags = view.getUint8(at + 13) & (SYN | FIN)
  const length = marks.claim - marks.payload
  return length <= 0 && flags === 0 ? -1 : ((length << 2) | flags) & WHAT
}
