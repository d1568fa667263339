/** TCP's info column as bytes, for lists of many rows: the text of `info`, without anything made for it. */
import { EncodedText, type TextBytes } from '../../bytes/text-bytes.ts'
import type { Landmarks } from '../../dissect/landmarks.ts'
import type { RowNumbers } from '../../dissect/row-numbers.ts'
import { Flag, flagNames } from './tcp-flags.ts'
import { Kind } from './tcp-options.ts'

const FIXED_SIZE = 20

const encoded = (text: string) => new EncodedText(text)

const ARROW = encoded(' → ')
const SEQUENCE = encoded('Seq=')
const ACKNOWLEDGMENT = encoded(' Ack=')
const WINDOW = encoded(' Win=')
const URGENT = encoded(' Urg=')
const LENGTH = encoded(' Len=')
const SEGMENT_SIZE = encoded(' MSS=')
const SACK_PERMITTED = encoded(' SACK_PERM')
const WINDOW_SCALE = encoded(' WS=')
const TIMESTAMP = encoded(' TSval=')
const ECHO = encoded(' TSecr=')
const LEFT_EDGE = encoded(' SLE=')
const RIGHT_EDGE = encoded(' SRE=')

/** ` [SYN, ACK] ` by the flags' bits. */
const flagWords: (EncodedText | undefined)[] = new Array<EncodedText | undefined>(0x1000).fill(undefined)

function wordsOf(flags: number): EncodedText {
  const known = flagWords[flags]
  if (known !== undefined) return known
  const words = encoded(` [${flagNames(flags).join(', ') || '<None>'}] `)
  flagWords[flags] = words
  return words
}

export function writeTcpRow(out: TextBytes, view: DataView, marks: Landmarks, numbers: RowNumbers): void {
  const { transport: start, payload: body, claim } = marks
  const { base, peerBase, windowShift } = numbers
  const flags = view.getUint16(start + 12) & 0xfff
  out.decimal(view.getUint16(start))
  out.put(ARROW)
  out.decimal(view.getUint16(start + 2))
  out.put(wordsOf(flags))
  out.put(SEQUENCE)
  out.decimal((view.getInt32(start + 4) - base) >>> 0)
  if ((flags & Flag.ack) !== 0) {
    out.put(ACKNOWLEDGMENT)
    out.decimal((view.getInt32(start + 8) - peerBase) >>> 0)
  }
  out.put(WINDOW)
  const window = view.getUint16(start + 14)
  out.decimal((flags & Flag.syn) !== 0 || windowShift < 0 ? window : window * (1 << windowShift))
  if ((flags & Flag.urg) !== 0) {
    out.put(URGENT)
    out.decimal(view.getUint16(start + 18))
  }
  out.put(LENGTH)
  out.decimal(claim > body ? claim - body : 0)
  if (body - start > FIXED_SIZE) writeOptions(out, view, start + FIXED_SIZE, body, peerBase)
}

function writeOptions(out: TextBytes, view: DataView, start: number, end: number, peerBase: number): void {
  let at = start
  while (at < end) {
    const kind = view.getUint8(at)
    if (kind === Kind.end) return
    if (kind === Kind.noOperation) {
      at++
      continue
    }
    const size = at + 1 < end ? view.getUint8(at + 1) : 0
    if (size < 2 || at + size > end) return
    if (kind === Kind.timestamps && size === 10) {
      out.put(TIMESTAMP)
      out.decimal(view.getUint32(at + 2))
      out.put(ECHO)
      out.decimal(view.getUint32(at + 6))
    } else if (kind === Kind.maximumSegment && size === 4) {
      out.put(SEGMENT_SIZE)
      out.decimal(view.getUint16(at + 2))
    } else if (kind === Kind.sackPermitted) out.put(SACK_PERMITTED)
    else if (kind === Kind.windowScale && size === 3) {
      out.put(WINDOW_SCALE)
      out.decimal(1 << Math.min(view.getUint8(at + 2), 14))
    } else if (kind === Kind.sack) writeEdges(out, view, at + 2, at + size, peerBase)
    at += size
  }
}

function writeEdges(out: TextBytes, view: DataView, start: number, end: number, peerBase: number): void {
  for (let at = start; at + 8 <= end; at += 8) {
    out.put(LEFT_EDGE)
    out.decimal((view.getInt32(at) - peerBase) >>> 0)
    out.put(RIGHT_EDGE)
    out.decimal((view.getInt32(at + 4) - peerBase) >>> 0)
  }
}
