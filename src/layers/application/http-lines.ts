/** The lines of an HTTP/1 head as nodes of the tree. RFC 9112 sections 3 to 5; header fields RFC 9110. */
import { expert } from '../../dissect/expert.ts'
import { type Field, nodeOf, u16, varying } from '../../dissect/field.ts'
import { asciiText, shown, shownBytes, utf8Text } from '../../dissect/format-text.ts'
import type { Node } from '../../dissect/node.ts'
import type { Reading } from '../../dissect/reading.ts'
import { lineEnd, Message, type MessageKind, messageKind, textEnd, valueEnd, valueStart } from './http-head.ts'
import { statusText } from './http-status.ts'

const COLON = 0x3a
const SPACE = 0x20

const text = (name: string, label: string, members: readonly Field[] = []) =>
  varying('string', name, label, () => [], { members })

const requestMethod = text('http.request.method', 'Request Method')
const uriParameter = text('http.request.uri.query.parameter', 'Request URI Query Parameter')
const uriQuery = text('http.request.uri.query', 'Request URI Query', [uriParameter])
const uriPath = text('http.request.uri.path', 'Request URI Path')
const requestUri = text('http.request.uri', 'Request URI', [uriPath, uriQuery])
const requestVersion = text('http.request.version', 'Request Version')
const responseVersion = text('http.response.version', 'Response Version')
const responseCode = u16('http.response.code', 'Status Code', -1)
const responseCodeText = varying('string', 'http.response.code.desc', 'Status Code Description', () => [], {
  generated: true,
})
const responsePhrase = text('http.response.phrase', 'Response Phrase')

/** What may lie beneath the first line. */
export const FIRST_LINE_FIELDS: readonly Field[] = [
  requestMethod,
  requestUri,
  requestVersion,
  responseVersion,
  responseCode,
  responseCodeText,
  responsePhrase,
]

const contentLength = varying('uint64', 'http.content_length', 'Content length', () => [], { generated: true })
const cookiePair = text('http.cookie_pair', 'Cookie pair')
const credentials = text('http.authbasic', 'Credentials')
const requestLine = text('http.request.line', 'Request line')
const responseLine = text('http.response.line', 'Response line')

/** Header fields that have names of their own in filters, by their names in lower case. */
const KNOWN: ReadonlyMap<string, Field> = new Map([
  ['accept', text('http.accept', 'Accept')],
  ['accept-encoding', text('http.accept_encoding', 'Accept Encoding')],
  ['accept-language', text('http.accept_language', 'Accept-Language')],
  ['authorization', text('http.authorization', 'Authorization', [credentials])],
  ['cache-control', text('http.cache_control', 'Cache-Control')],
  ['connection', text('http.connection', 'Connection')],
  ['content-encoding', text('http.content_encoding', 'Content-Encoding')],
  ['content-length', text('http.content_length_header', 'Content-Length', [contentLength])],
  ['content-type', text('http.content_type', 'Content-Type')],
  ['cookie', text('http.cookie', 'Cookie', [cookiePair])],
  ['date', text('http.date', 'Date')],
  ['host', text('http.host', 'Host')],
  ['http2-settings', text('http.http2_settings', 'HTTP2-Settings')],
  ['last-modified', text('http.last_modified', 'Last-Modified')],
  ['location', text('http.location', 'Location')],
  ['proxy-authenticate', text('http.proxy_authenticate', 'Proxy-Authenticate')],
  ['proxy-authorization', text('http.proxy_authorization', 'Proxy-Authorization', [credentials])],
  ['referer', text('http.referer', 'Referer')],
  ['sec-websocket-accept', text('http.sec_websocket_accept', 'Sec-WebSocket-Accept')],
  ['sec-websocket-extensions', text('http.sec_websocket_extensions', 'Sec-WebSocket-Extensions')],
  ['sec-websocket-key', text('http.sec_websocket_key', 'Sec-WebSocket-Key')],
  ['sec-websocket-protocol', text('http.sec_websocket_protocol', 'Sec-WebSocket-Protocol')],
  ['sec-websocket-version', text('http.sec_websocket_version', 'Sec-WebSocket-Version')],
  ['server', text('http.server', 'Server')],
  ['set-cookie', text('http.set_cookie', 'Set-Cookie')],
  ['transfer-encoding', text('http.transfer_encoding', 'Transfer-Encoding')],
  ['upgrade', text('http.upgrade', 'Upgrade')],
  ['user-agent', text('http.user_agent', 'User-Agent')],
  ['www-authenticate', text('http.www_authenticate', 'WWW-Authenticate')],
  ['x-forwarded-for', text('http.x_forwarded_for', 'X-Forwarded-For')],
])

/** What a header line may be. */
export const HEADER_FIELDS: readonly Field[] = [...KNOWN.values(), requestLine, responseLine]

/** One line, without and with what ends it. */
interface Line {
  readonly start: number
  readonly end: number
  readonly after: number
}

function lineAt(r: Reading, start: number, limit: number): Line {
  const found = lineEnd(r.view, start, limit)
  const after = found < 0 ? limit : found
  return { start, end: textEnd(r.view, start, after), after }
}

const firstLine = (r: Reading) => lineAt(r, r.start, r.body)

/** What the message is. A segment in the middle of one has no head: Message.none. */
export const kindOf = (r: Reading): MessageKind =>
  r.body > r.start ? messageKind(r.view, r.start, r.body) : Message.none

/** The first line as the Info column has it, the blank after it included. */
export function firstLineInfo(r: Reading): string {
  const { start, end } = firstLine(r)
  return `${shownBytes(r.bytes, start, end)} `
}

/** The position of the first blank in `[start, end)`, or `end`. */
function blankIn(r: Reading, start: number, end: number): number {
  const found = r.bytes.subarray(start, end).indexOf(SPACE)
  return found < 0 ? end : start + found
}

/** The first line, its parts beneath it. */
export function firstLineNodes(r: Reading): { text: string; start: number; end: number; children: Node[] }[] {
  const kind = kindOf(r)
  if (kind === Message.none) return []
  const line = firstLine(r)
  const words = shownBytes(r.bytes, line.start, line.after)
  const parts = kind === Message.request ? requestParts(r, line) : responseParts(r, line)
  const chat = expert('Chat', 'Sequence', words, line.start, line.start)
  return [{ text: words, start: line.start, end: line.after, children: [chat, ...parts] }]
}

/** A part of a line, as ASCII, which is what its value has to be. */
function part(r: Reading, field: Field, start: number, end: number, children: readonly Node[] = []): Node {
  const value = asciiText(r.bytes, start, end)
  return nodeOf(field, { value, start, end, text: `${field.label}: ${shown(value)}`, children })
}

function uriPlace(r: Reading, line: Line): { start: number; end: number } {
  const start = Math.min(blankIn(r, line.start, line.end) + 1, line.end)
  return { start, end: blankIn(r, start, line.end) }
}

function requestParts(r: Reading, line: Line): Node[] {
  const uri = uriPlace(r, line)
  return [
    part(r, requestMethod, line.start, blankIn(r, line.start, line.end)),
    part(r, requestUri, uri.start, uri.end, uriParts(r, uri.start, uri.end)),
    part(r, requestVersion, Math.min(uri.end + 1, line.end), line.end),
  ]
}

const QUESTION = 0x3f
const AMPERSAND = 0x26

function uriParts(r: Reading, start: number, end: number): Node[] {
  const question = r.bytes.subarray(start, end).indexOf(QUESTION)
  if (question < 0) return []
  const query = start + question + 1
  const parameters: Node[] = []
  for (let at = query; at < end; ) {
    const next = r.bytes.subarray(at, end).indexOf(AMPERSAND)
    const stop = next < 0 ? end : at + next
    parameters.push(part(r, uriParameter, at, stop))
    at = stop + 1
  }
  return [part(r, uriPath, start, query - 1), part(r, uriQuery, query, end, parameters)]
}

function responseParts(r: Reading, line: Line): Node[] {
  const versionEnd = blankIn(r, line.start, line.end)
  const nodes = [part(r, responseVersion, line.start, versionEnd)]
  const codeStart = versionEnd + 1
  if (codeStart >= line.end) return nodes
  const codeEnd = blankIn(r, codeStart, line.end)
  const code = statusCode(r)
  nodes.push(
    nodeOf(responseCode, { value: code, start: codeStart, end: codeEnd, text: `Status Code: ${code}` }),
    nodeOf(responseCodeText, { value: statusText(code), start: codeStart, end: codeEnd }),
  )
  if (codeEnd + 1 < line.end) nodes.push(part(r, responsePhrase, codeEnd + 1, line.end))
  return nodes
}

/** The status code of an answer; 0 where there is none. */
export function statusCode(r: Reading): number {
  const line = firstLine(r)
  const start = Math.min(blankIn(r, line.start, line.end) + 1, line.end)
  const digits = /^[0-9]{1,4}/.exec(asciiText(r.bytes, start, Math.min(start + 4, line.end)))
  return digits === null ? 0 : Number(digits[0])
}

function* headerLines(r: Reading): Generator<Line> {
  for (let at = firstLine(r).after; at < r.body; ) {
    const line = lineAt(r, at, r.body)
    yield line
    if (line.end === line.start) return
    at = line.after
  }
}

/** Where the header lines end: after the blank line, or at the end of what there is. */
export function headerEnd(r: Reading): number {
  let end = r.start
  for (const line of headerLines(r)) end = line.after
  return end
}

function colonIn(r: Reading, line: Line): number {
  const found = r.bytes.subarray(line.start, line.end).indexOf(COLON)
  return found < 0 ? -1 : line.start + found
}

/** The header lines, each as it stands, with the value that filters compare. */
export function headerNodes(r: Reading): Node[] {
  const kind = kindOf(r)
  if (kind === Message.none) return []
  const anyLine = kind === Message.request ? requestLine : responseLine
  const nodes: Node[] = []
  for (const line of headerLines(r)) {
    if (line.end === line.start) break
    const known = knownNode(r, line)
    if (known !== undefined) nodes.push(known)
    const words = shownBytes(r.bytes, line.start, line.after)
    const plain = nodeOf(anyLine, {
      value: asciiText(r.bytes, line.start, line.after),
      start: line.start,
      end: line.after,
      text: words,
    })
    nodes.push(known === undefined ? plain : { ...plain, hidden: true })
  }
  return nodes
}

function knownNode(r: Reading, line: Line): Node | undefined {
  const colon = colonIn(r, line)
  if (colon < 0) return undefined
  const field = KNOWN.get(asciiText(r.bytes, line.start, colon).toLowerCase())
  if (field === undefined) return undefined
  const start = valueStart(r.view, colon + 1, line.end)
  const end = valueEnd(r.view, start, line.after)
  const value = asciiText(r.bytes, start, end)
  const words = shownBytes(r.bytes, line.start, line.after)
  return nodeOf(field, {
    value,
    start: line.start,
    end: line.after,
    text: words,
    children: beneath(r, field, line, start, value),
  })
}

/** What a header line says in parts. */
function beneath(r: Reading, field: Field, line: Line, start: number, value: string): Node[] {
  switch (field.name) {
    case 'http.content_length_header':
      return /^[0-9]+/.test(value)
        ? [nodeOf(contentLength, { value: Number.parseInt(value, 10), start: line.start, end: line.after })]
        : []
    case 'http.cookie':
      return cookiePairs(r, start, line.end)
    case 'http.authorization':
    case 'http.proxy_authorization':
      return basicCredentials(value, start, line.end)
    default:
      return []
  }
}

function cookiePairs(r: Reading, start: number, end: number): Node[] {
  const nodes: Node[] = []
  for (let at = start; at < end; ) {
    const first = valueStart(r.view, at, end)
    const semicolon = r.bytes.subarray(first, end).indexOf(0x3b)
    const stop = semicolon < 0 ? end : first + semicolon
    if (stop > first) nodes.push(part(r, cookiePair, first, stop))
    at = stop + 1
  }
  return nodes
}

/** RFC 7617: what `Basic` hides from nobody. */
function basicCredentials(value: string, start: number, end: number): Node[] {
  const encoded = /^Basic +([A-Za-z0-9+/=]+)/.exec(value)?.[1]
  if (encoded === undefined) return []
  const bytes = Buffer.from(encoded, 'base64')
  return [
    nodeOf(credentials, {
      value: utf8Text(bytes, 0, bytes.length),
      start,
      end,
      text: `Credentials: ${shownBytes(bytes, 0, bytes.length)}`,
    }),
  ]
}

/** The blank line that ends a head. */
export function blankLineNodes(r: Reading): { text: string; start: number; end: number }[] {
  if (kindOf(r) === Message.none) return []
  for (const line of headerLines(r)) {
    if (line.end === line.start)
      return [{ text: shownBytes(r.bytes, line.start, line.after), start: line.start, end: line.after }]
  }
  return []
}

/** The value of a header line by its name in lower case. */
export function headerValue(r: Reading, name: string): string | undefined {
  if (kindOf(r) === Message.none) return undefined
  for (const line of headerLines(r)) {
    const colon = colonIn(r, line)
    if (colon < 0 || asciiText(r.bytes, line.start, colon).toLowerCase() !== name) continue
    const start = valueStart(r.view, colon + 1, line.end)
    return asciiText(r.bytes, start, valueEnd(r.view, start, line.after))
  }
  return undefined
}

/** The whole URI of a request, as far as its line and the Host header tell. RFC 9112 section 3.3. */
export function fullUri(r: Reading): string | undefined {
  if (kindOf(r) !== Message.request) return undefined
  const line = firstLine(r)
  const place = uriPlace(r, line)
  const uri = asciiText(r.bytes, place.start, place.end)
  if (methodOf(r) === 'CONNECT' || uri.includes('://')) return uri
  const host = headerValue(r, 'host')
  return host === undefined ? undefined : `http://${host}${uri}`
}

/** The method of a request. */
export function methodOf(r: Reading): string {
  const line = firstLine(r)
  return asciiText(r.bytes, line.start, blankIn(r, line.start, line.end))
}

/** The URI as the request line has it. */
export function requestUriOf(r: Reading): string {
  const place = uriPlace(r, firstLine(r))
  return asciiText(r.bytes, place.start, place.end)
}
