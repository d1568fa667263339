/**
 * The info columns of TCP, UDP and pings as bytes, for lists of many rows: the same text as `info` of the layers, without
 * anything made for it. A test holds the two together.
 */
import { EncodedText, type TextBytes } from '../bytes/text-bytes.ts'
import { nameOf } from '../dissect/field.ts'
import { TYPES } from './network/icmp.ts'
import { flagNames } from './transport/tcp.ts'
import { Kind } from './transport/tcp-options.ts'

const FIXED_SIZE = 20
const ACK = 16
const SYN = 2
const URG = 32

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

const echoWords = (type: number) => encoded(`${(nameOf(TYPES, type) ?? '').padEnd(20)} id=0x`)
const ECHO_REQUEST = echoWords(8)
const ECHO_REPLY = echoWords(0)
const ECHO_SEQUENCE = encoded(', seq=')
const TIME_TO_LIVE = encoded(', ttl=')
const REQUEST_IN = encoded(' (request in ')

/** ` [SYN, ACK] ` by the flags' bits. */
const flagWords: (EncodedText | undefined)[] = new Array<EncodedText | undefined>(0x1000).fill(undefined)

function wordsOf(flags: number): EncodedText {
  const known = flagWords[flags]
  if (known !== undefined) return known
  const words = encoded(` [${flagNames(flags).join(', ') || '<None>'}] `)
  flagWords[flags] = words
  return words
}

/** Bytes that a row of TCP takes at most: each byte of options can say seven. */
export const TCP_ROW = 512

/** What a connection knows that its rows show. */
export interface RowNumbers {
  /** Sequence numbers that count as 0, as signed 32 bits; 0 where they are shown raw. */
  readonly base: number
  readonly peerBase: number
  /** Shift of the sender's window, below 0: none is known. */
  readonly windowShift: number
  /** Number of the frame that an echo answers; 0: it is a request, or none is known. */
  readonly requestFrame: number
}

/** `start`: the whole header's first byte; `body`: the first byte behind it; `length`: of the payload. */
export function writeTcpInfo(
  out: TextBytes,
  view: DataView,
  start: number,
  body: number,
  length: number,
  { base, peerBase, windowShift }: RowNumbers,
): void {
  const flags = view.getUint16(start + 12) & 0xfff
  out.decimal(view.getUint16(start))
  out.put(ARROW)
  out.decimal(view.getUint16(start + 2))
  out.put(wordsOf(flags))
  out.put(SEQUENCE)
  out.decimal((view.getInt32(start + 4) - base) >>> 0)
  if ((flags & ACK) !== 0) {
    out.put(ACKNOWLEDGMENT)
    out.decimal((view.getInt32(start + 8) - peerBase) >>> 0)
  }
  out.put(WINDOW)
  const window = view.getUint16(start + 14)
  out.decimal((flags & SYN) !== 0 || windowShift < 0 ? window : window * (1 << windowShift))
  if ((flags & URG) !== 0) {
    out.put(URGENT)
    out.decimal(view.getUint16(start + 18))
  }
  out.put(LENGTH)
  out.decimal(length)
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

/** `start`: the whole header's first byte. */
export function writeUdpInfo(out: TextBytes, view: DataView, start: number): void {
  out.decimal(view.getUint16(start))
  out.put(ARROW)
  out.decimal(view.getUint16(start + 2))
  out.put(LENGTH)
  const length = view.getUint16(start + 4)
  out.decimal(length < 8 ? 0 : length - 8)
}

/** A ping, whose message begins at `start`, in the IP header at `ip`. */
export function writeEchoInfo(
  out: TextBytes,
  view: DataView,
  start: number,
  ip: number,
  { requestFrame }: RowNumbers,
): void {
  out.put(view.getUint8(start) === 8 ? ECHO_REQUEST : ECHO_REPLY)
  out.hex16(view.getUint16(start + 4))
  out.put(ECHO_SEQUENCE)
  out.decimal(view.getUint16(start + 6))
  out.byte(0x2f)
  out.decimal(view.getUint16(start + 6, true))
  out.put(TIME_TO_LIVE)
  out.decimal(view.getUint8(ip + 8))
  if (requestFrame === 0) return
  out.put(REQUEST_IN)
  out.decimal(requestFrame)
  out.byte(0x29)
}
