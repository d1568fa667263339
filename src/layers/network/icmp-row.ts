/** The info column of pings as bytes, for lists of many rows: the text of `info`, without anything made for it. */
import { EncodedText, type TextBytes } from '../../bytes/text-bytes.ts'
import { nameOf } from '../../dissect/field.ts'
import type { Landmarks } from '../../dissect/landmarks.ts'
import type { RowNumbers } from '../../dissect/row-numbers.ts'
import { TYPES } from './icmp-types.ts'

const REQUEST = 8
const REPLY = 0
const SLASH = 0x2f
const BRACKET = 0x29

const echo = (type: number) => new EncodedText(`${(nameOf(TYPES, type) ?? '').padEnd(20)} id=0x`)
const ECHO_REQUEST = echo(REQUEST)
const ECHO_REPLY = echo(REPLY)
const SEQUENCE = new EncodedText(', seq=')
const TIME_TO_LIVE = new EncodedText(', ttl=')
const REQUEST_IN = new EncodedText(' (request in ')

/** Of echo requests and replies only. */
export function writeEchoRow(out: TextBytes, view: DataView, marks: Landmarks, { requestFrame }: RowNumbers): void {
  const start = marks.transport
  out.put(view.getUint8(start) === REQUEST ? ECHO_REQUEST : ECHO_REPLY)
  out.hex16(view.getUint16(start + 4))
  out.put(SEQUENCE)
  out.decimal(view.getUint16(start + 6))
  out.byte(SLASH)
  out.decimal(view.getUint16(start + 6, true))
  out.put(TIME_TO_LIVE)
  out.decimal(view.getUint8(marks.inner + 8))
  if (requestFrame === 0) return
  out.put(REQUEST_IN)
  out.decimal(requestFrame)
  out.byte(BRACKET)
}
