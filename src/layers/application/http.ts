/** Hypertext Transfer Protocol, version 1. RFC 9112. */

import { type Field, nodeOf, remark, standingFor, varying } from '../../dissect/field.ts'
import { shown, utf8Text } from '../../dissect/format-text.ts'
import { isHttp2Preface } from '../../dissect/http2-preface.ts'
import { defineLayer } from '../../dissect/layer.ts'
import type { Node } from '../../dissect/node.ts'
import type { Reading } from '../../dissect/reading.ts'
import { Limit } from '../../dissect/stop.ts'
import { limitTo, nextByMediaType, nextIsData, truncated, type Walk } from '../../dissect/walk.ts'
import { HttpExchanges } from './http-exchanges.ts'
import { httpFraming, isInterim } from './http-framing.ts'
import { chunkSize, Head, isHttp1, isOctetStream, lineEnd, Message, messageKind } from './http-head.ts'
import {
  blankLineNodes,
  FIRST_LINE_FIELDS,
  firstLineInfo,
  firstLineNodes,
  fullUri,
  HEADER_FIELDS,
  headerEnd,
  headerNodes,
  headerValue,
  kindOf,
  methodOf,
  requestUriOf,
  statusCode,
} from './http-lines.ts'

/** HTTP, its proxies, and what is built on it: key servers, WinRM, UPnP. */
const PORTS = [80, 8080, 8088, 3128, 3132, 11371, 5985, 1900, 2869, 2710] as const

/** What `step` has read of the head it is in. */
const head = new Head()

/** A generated line, which has no bytes. */
const derived = (r: Reading, value: string | number, text: string) => [{ value, start: r.start, end: r.start, text }]

const chunkSizeField = varying('uint32', 'http.chunk_size', 'Chunk size', () => [])

/** The line of the first chunk, which lies between the head and the body. RFC 9112 section 7.1. */
function chunkNodes(r: Reading): { value: undefined; text: string; start: number; end: number; children: Node[] }[] {
  const kind = kindOf(r)
  const start = headerEnd(r)
  if (kind === Message.none || start >= r.body) return []
  const size = chunkSize(r.view, start, r.body)
  if (size < 0) return []
  const line = nodeOf(chunkSizeField, { value: size, start, end: r.body, text: `Chunk size: ${size} octets` })
  const chunk = remark(size === 0 ? 'End of chunked encoding' : `Data chunk (${size} octets)`, start, r.end, [line])
  const text = `HTTP chunked ${kind === Message.request ? 'request' : 'response'}`
  return [{ value: undefined, text, start, end: r.end, children: [chunk] }]
}

/** A field that stands for all header lines, which keep their order whatever they are. */
const headers = standingFor(
  varying('none', '', 'Headers', () => [], { members: HEADER_FIELDS }),
  headerNodes,
)

const truth = (name: string, label: string, kind: number): Field => {
  const field = varying('boolean', name, label, () => [])
  return standingFor(field, (r) =>
    kindOf(r) === kind
      ? [{ ...nodeOf(field, { value: 1, start: r.start, end: r.start, text: `${label}: True` }), hidden: true }]
      : [],
  )
}

/** Which message of its connection this is, of those seen so far. */
const numbered = (name: string, label: string, words: string, kind: number) =>
  varying(
    'uint32',
    name,
    label,
    (r) => {
      const http = r.notes?.http
      if (http?.ordinal === undefined || kindOf(r) !== kind) return []
      return derived(r, http.ordinal, `[HTTP ${words} ${http.ordinal}/${http.of ?? http.ordinal}]`)
    },
    { generated: true },
  )

const isEncoded = (coding: string | undefined): coding is string =>
  coding !== undefined && coding !== '' && coding !== 'identity'

const fields = {
  firstLine: varying(
    'none',
    '',
    'First line',
    (r) => firstLineNodes(r).map((line) => ({ value: undefined, ...line })),
    {
      members: FIRST_LINE_FIELDS,
    },
  ),
  headers,
  blankLine: varying('none', '', 'Blank line', (r) => blankLineNodes(r).map((line) => ({ value: undefined, ...line }))),
  fullUri: varying(
    'string',
    'http.request.full_uri',
    'Full request URI',
    (r) => {
      const uri = fullUri(r)
      return uri === undefined ? [] : derived(r, uri, `[Full request URI: ${shown(uri)}]`)
    },
    { generated: true },
  ),
  request: truth('http.request', 'Request', Message.request),
  response: truth('http.response', 'Response', Message.response),
  requestNumber: numbered('http.request_number', 'Request number', 'request', Message.request),
  responseNumber: numbered('http.response_number', 'Response number', 'response', Message.response),
  time: varying(
    'relative_time',
    'http.time',
    'Time since request',
    (r) => {
      const time = r.notes?.http?.responseTime
      return time === undefined ? [] : derived(r, time, `[Time since request: ${time} seconds]`)
    },
    { generated: true },
  ),
  requestFrame: varying(
    'uint32',
    'http.request_in',
    'Request in frame',
    (r) => {
      const frame = r.notes?.http?.requestFrame
      return frame === undefined ? [] : derived(r, frame, `[Request in frame: ${frame}]`)
    },
    { generated: true },
  ),
  responseForUri: varying(
    'string',
    'http.response_for.uri',
    'Request URI',
    (r) => {
      const uri = r.notes?.http?.requestUri
      return uri === undefined ? [] : derived(r, uri, `[Request URI: ${shown(uri)}]`)
    },
    { generated: true },
  ),
  chunked: varying('none', '', 'Chunks', chunkNodes, { members: [chunkSizeField] }),
  encoded: varying('none', '', 'Content-encoded entity body', (r) => {
    const coding = headerValue(r, 'content-encoding')
    if (!isEncoded(coding) || r.end <= r.body) return []
    const text = `Content-encoded entity body (${shown(coding)}): ${r.end - r.body} bytes`
    return [{ value: undefined, start: r.body, end: r.end, text }]
  }),
  fileData: varying('string', 'http.file_data', 'File Data', (r) => {
    const length = r.end - r.body
    if (length <= 0 || isEncoded(headerValue(r, 'content-encoding'))) return []
    return [{ value: utf8Text(r.bytes, r.body, r.end), start: r.body, end: r.end, text: `File Data: ${length} bytes` }]
  }),
}

/** The body's first byte, after the line of its first chunk if it comes in chunks; only the first one is gone into. */
function enterChunk(view: DataView, end: number, walk: Walk): number {
  const after = lineEnd(view, head.body, end)
  const size = after < 0 ? -1 : chunkSize(view, head.body, after)
  if (size < 0) {
    head.typeEnd = head.typeStart
    return head.body
  }
  limitTo(walk, after + size, Limit.OwnLength)
  return after
}

/** The head, and whether there is a body, decide what a message is worded as; of chunks, the first one's size as well. */
function wordedUntil(view: DataView, at: number, end: number): number {
  head.read(view, at, end)
  return head.body < 0 || head.isChunked ? end : Math.min(head.body + 1, end)
}

export const http = defineLayer({
  name: 'http',
  title: 'Hypertext Transfer Protocol',
  role: 'application',
  fields,
  attach: PORTS.map((port) => ['tcp.port', port] as const),
  recognise: isHttp1,
  step(view, at, end, walk) {
    if (at >= end) return truncated(walk, walk.claim - at)
    if (messageKind(view, at, end) === Message.none) {
      if (isHttp2Preface(view, at, end)) walk.next = walk.tables.find('http2')
      // The middle of a message whose head was in an earlier segment.
      else nextIsData(walk)
      return at
    }
    head.read(view, at, end)
    if (head.body < 0) return walk.claim > end ? truncated(walk, walk.claim - at) : end
    let body = head.body
    if (head.isChunked) body = enterChunk(view, end, walk)
    else if (head.length >= 0) limitTo(walk, body + head.length, Limit.OwnLength)
    const { typeStart, typeEnd } = head
    if (typeEnd === typeStart || head.isEncoded || isOctetStream(view, typeStart, typeEnd)) nextIsData(walk)
    else nextByMediaType(walk, view, typeStart, typeEnd)
    return body
  },
  converse(r, memory, { frame, time }) {
    const kind = kindOf(r)
    if (kind === Message.none) return undefined
    if (kind === Message.response && isInterim(statusCode(r))) return undefined
    const exchanges = memory.exchanges instanceof HttpExchanges ? memory.exchanges : new HttpExchanges()
    memory.exchanges = exchanges
    const isRequest = kind === Message.request
    const http = isRequest
      ? exchanges.request(frame, time, fullUri(r) ?? requestUriOf(r), methodOf(r))
      : exchanges.answer(time)
    memory.bytes = exchanges.bytes
    return { http }
  },
  framing: httpFraming,
  topic: { skip: 0, isLine: true, of: (r) => (kindOf(r) === Message.none ? undefined : firstLineInfo(r)) },
  repeats: {
    until: (view, at, end) => (messageKind(view, at, end) === Message.none ? at : wordedUntil(view, at, end)),
    isStateless: true,
    hasNumber: false,
  },
  info(r) {
    if (kindOf(r) !== Message.none) return firstLineInfo(r)
    return r.end > r.body ? 'Continuation' : undefined
  },
})
