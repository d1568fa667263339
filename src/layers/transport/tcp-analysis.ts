/** What the connection's other segments tell: the groups [Timestamps] and [SEQ/ACK analysis] of tshark's tree. */
import { decimalText, difference } from '../../bytes/time.ts'
import { type Field, nodeOf, type Occurrence, varying } from '../../dissect/field.ts'
import type { Node } from '../../dissect/node.ts'
import type { Reading } from '../../dissect/reading.ts'

const none = () => []
const sinceFirst = varying('relative_time', 'tcp.time_relative', 'Time since first frame in this TCP stream', none)
const sincePrevious = varying('relative_time', 'tcp.time_delta', 'Time since previous frame in this TCP stream', none)
const initialRoundTrip = varying('relative_time', 'tcp.analysis.initial_rtt', 'iRTT', none)
const inFlight = varying('uint32', 'tcp.analysis.bytes_in_flight', 'Bytes in flight', none)
const sincePush = varying('uint32', 'tcp.analysis.push_bytes_sent', 'Bytes sent since last PSH flag', none)

/** Their names, by group. */
export const TCP_ANALYSIS_FIELDS: { readonly times: readonly Field[]; readonly analysis: readonly Field[] } = {
  times: [sinceFirst, sincePrevious],
  analysis: [initialRoundTrip, inFlight, sincePush],
}

function derived(field: Field, value: string | number, unit: string, r: Reading): Node {
  return nodeOf(field, { value, start: r.start, end: r.start, text: `[${field.label}: ${value}${unit}]` })
}

export function timeNodes(r: Reading): Occurrence[] {
  const times = r.notes?.times
  if (times === undefined) return []
  const first = decimalText(difference(times.now, times.first))
  const previous = decimalText(difference(times.now, times.previous))
  const children = [derived(sinceFirst, first, ' seconds', r), derived(sincePrevious, previous, ' seconds', r)]
  return [{ value: undefined, start: r.start, end: r.start, text: '[Timestamps]', children }]
}

export function analysisNodes(r: Reading): Occurrence[] {
  const notes = r.notes?.tcp
  const children: Node[] = []
  if (notes?.initialRoundTrip !== undefined)
    children.push(derived(initialRoundTrip, notes.initialRoundTrip, ' seconds', r))
  if (notes?.bytesInFlight !== undefined) children.push(derived(inFlight, notes.bytesInFlight, '', r))
  if (notes?.bytesSincePush !== undefined) children.push(derived(sincePush, notes.bytesSincePush, '', r))
  return children.length === 0
    ? []
    : [{ value: undefined, start: r.start, end: r.start, text: '[SEQ/ACK analysis]', children }]
}
