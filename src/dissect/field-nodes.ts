/** Nodes for numbers and bytes whose place varies, as records and extensions have them. */
import { bytesText } from '../bytes/address.ts'
import { type Field, nodeOf } from './field.ts'
import type { Node } from './node.ts'
import type { Reading } from './reading.ts'

/** tshark shortens what a line shows; the field itself keeps every byte. */
const SHOWN = 36

/** A number of one byte. */
export const byteNode = (r: Reading, field: Field, at: number): Node =>
  nodeOf(field, { value: r.view.getUint8(at), start: at, end: at + 1 })

/** A number of two bytes. */
export const wordNode = (r: Reading, field: Field, at: number): Node =>
  nodeOf(field, { value: r.view.getUint16(at), start: at, end: at + 2 })

/** Bytes, of which the line shows the first ones. */
export function bytesNode(r: Reading, field: Field, start: number, end: number, children: readonly Node[] = []): Node {
  const length = end - start
  const first = bytesText(r.view, start, Math.min(length, SHOWN))
  const words = length === 0 ? '<MISSING>' : `${first}${length > SHOWN ? '…' : ''}`
  return nodeOf(field, {
    value: bytesText(r.view, start, length),
    start,
    end,
    text: `${field.label}: ${words}`,
    children,
  })
}
