/** Heads of HTTP/1 messages: where lines, head and body lie. RFC 9112 sections 2 to 6. Nothing here allocates. */

const CR = 0x0d
const LF = 0x0a
const SPACE = 0x20
const TAB = 0x09
const COLON = 0x3a
const SEMICOLON = 0x3b

const ascii = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0))

/** RFC 9110 section 9.3, RFC 5789, WebDAV and its kin (RFC 4918, 3253, 3744, 5323), UPnP. */
const METHODS: readonly Uint8Array[] = [
  ...['GET', 'POST', 'PUT', 'HEAD', 'DELETE', 'PATCH', 'OPTIONS', 'CONNECT', 'TRACE'],
  ...['PROPFIND', 'PROPPATCH', 'MKCOL', 'COPY', 'MOVE', 'LOCK', 'UNLOCK', 'REPORT', 'SEARCH', 'ACL', 'BIND', 'UNBIND'],
  ...['CHECKOUT', 'CHECKIN', 'UNCHECKOUT', 'MERGE', 'MKACTIVITY', 'MKWORKSPACE', 'VERSION-CONTROL', 'BASELINE-CONTROL'],
  ...['LABEL', 'LINK', 'UNLINK', 'NOTIFY', 'M-SEARCH', 'SUBSCRIBE', 'UNSUBSCRIBE'],
].map(ascii)

/** The same by their first byte, which tells most payloads that begin no message. */
const METHODS_BY_FIRST: readonly (readonly Uint8Array[])[] = Array.from({ length: 256 }, (_, first) =>
  METHODS.filter((method) => method[0] === first),
)

const HTTP = ascii('HTTP/')
const HTTP_1 = ascii('HTTP/1.')
const CONTENT_TYPE = ascii('content-type')
const CONTENT_LENGTH = ascii('content-length')
const CONTENT_ENCODING = ascii('content-encoding')
const TRANSFER_ENCODING = ascii('transfer-encoding')
const CHUNKED = ascii('chunked')
const IDENTITY = ascii('identity')
const OCTET_STREAM = ascii('application/octet-stream')

/** No message is longer; what says so is longer than anything that is there. */
const MAX_LENGTH = 2 ** 48

/** What a payload starts with. */
export const Message = { none: 0, request: 1, response: 2 } as const
export type MessageKind = (typeof Message)[keyof typeof Message]

/** Whether `text`, in lower case, stands at `at`, in any case. */
function matches(view: DataView, at: number, end: number, text: Uint8Array): boolean {
  if (end - at < text.length) return false
  for (let i = 0; i < text.length; i++) {
    const byte = view.getUint8(at + i)
    if ((byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte) !== text[i]) return false
  }
  return true
}

/** Whether exactly `text` stands at `at`. */
function starts(view: DataView, at: number, end: number, text: Uint8Array): boolean {
  if (end - at < text.length) return false
  for (let i = 0; i < text.length; i++) if (view.getUint8(at + i) !== text[i]) return false
  return true
}

/** Which kind of message the first bytes are of: `HTTP/`, or a known method and a blank. */
export function messageKind(view: DataView, at: number, end: number): MessageKind {
  if (at >= end) return Message.none
  if (starts(view, at, end, HTTP)) return Message.response
  const methods = METHODS_BY_FIRST[view.getUint8(at)] as readonly Uint8Array[]
  for (let i = 0; i < methods.length; i++) {
    const method = methods[i] as Uint8Array
    const after = at + method.length
    if (after < end && view.getUint8(after) === SPACE && starts(view, at, end, method)) return Message.request
  }
  return Message.none
}

/** Whether the bytes may be the beginning of a first line, of which not enough is there to know. */
export function mayBecomeMessage(view: DataView, at: number, end: number): boolean {
  if (at >= end) return false
  if (isPrefix(view, at, end, HTTP)) return true
  return (METHODS_BY_FIRST[view.getUint8(at)] as readonly Uint8Array[]).some((method) =>
    isPrefix(view, at, end, method),
  )
}

/** Whether `[at, end)` is no longer than `text` and begins it. */
const isPrefix = (view: DataView, at: number, end: number, text: Uint8Array) =>
  end - at <= text.length && starts(view, at, end, text.subarray(0, end - at))

/** The position after the line that starts at `at`, its LF included; -1 when it does not end before `end`. */
export function lineEnd(view: DataView, at: number, end: number): number {
  for (let position = at; position < end; position++) if (view.getUint8(position) === LF) return position + 1
  return -1
}

/** The position of a line's CR LF or LF; `after` is the position after it. */
export function textEnd(view: DataView, at: number, after: number): number {
  let end = after
  if (end > at && view.getUint8(end - 1) === LF) end--
  if (end > at && view.getUint8(end - 1) === CR) end--
  return end
}

/** Strict: a whole first line that is one of HTTP/1 beyond doubt. */
export function isHttp1(view: DataView, at: number, end: number): boolean {
  const kind = messageKind(view, at, end)
  if (kind === Message.none) return false
  const after = lineEnd(view, at, end)
  if (after < 0) return false
  if (kind === Message.response) return starts(view, at, after, HTTP_1)
  for (let position = at; position < after; position++) {
    if (view.getUint8(position) === SPACE && starts(view, position + 1, after, HTTP_1)) return true
  }
  return false
}

/** What the head says about the body. */
export class Head {
  /** First byte of the body; -1: the head does not end in what there is. */
  body = -1
  /** The media type's place, without blanks around it; empty: there is none. */
  typeStart = 0
  typeEnd = 0
  /** Content-Length, or -1. */
  length = -1
  /** True for a body in chunks (RFC 9112 section 7.1). */
  isChunked = false
  /** True for a compressed body, which is no text whatever its type says. */
  isEncoded = false

  /** Reads the head that starts at `at`. */
  read(view: DataView, at: number, end: number): void {
    this.body = -1
    this.typeStart = 0
    this.typeEnd = 0
    this.length = -1
    this.isChunked = false
    this.isEncoded = false
    let position = lineEnd(view, at, end)
    while (position >= 0) {
      const after = lineEnd(view, position, end)
      if (after < 0) return
      if (textEnd(view, position, after) === position) {
        this.body = after
        return
      }
      this.readLine(view, position, after)
      position = after
    }
  }

  private readLine(view: DataView, at: number, after: number): void {
    const first = view.getUint8(at) | 0x20
    if (first !== 0x63 && first !== 0x74) return
    if (isNamed(view, at, after, CONTENT_TYPE)) {
      this.typeStart = valueStart(view, at + CONTENT_TYPE.length + 1, after)
      this.typeEnd = valueEnd(view, this.typeStart, after)
    } else if (isNamed(view, at, after, CONTENT_LENGTH)) {
      this.length = decimal(view, valueStart(view, at + CONTENT_LENGTH.length + 1, after), after)
    } else if (isNamed(view, at, after, CONTENT_ENCODING)) {
      this.isEncoded = !matches(view, valueStart(view, at + CONTENT_ENCODING.length + 1, after), after, IDENTITY)
    } else if (isNamed(view, at, after, TRANSFER_ENCODING)) {
      this.isChunked = matches(view, valueStart(view, at + TRANSFER_ENCODING.length + 1, after), after, CHUNKED)
    }
  }
}

const isNamed = (view: DataView, at: number, after: number, name: Uint8Array) =>
  at + name.length < after && view.getUint8(at + name.length) === COLON && matches(view, at, after, name)

const isBlank = (byte: number) => byte === SPACE || byte === TAB

/** The first position from `at` that holds no blank. */
export function valueStart(view: DataView, at: number, after: number): number {
  let position = at
  while (position < after && isBlank(view.getUint8(position))) position++
  return position
}

/** Where a value ends that goes to the end of its line, blanks after it left out. */
export function valueEnd(view: DataView, at: number, after: number): number {
  let end = textEnd(view, at, after)
  while (end > at && isBlank(view.getUint8(end - 1))) end--
  return end
}

/** Where a media type ends that may have parameters. */
export function mediaTypeEnd(view: DataView, at: number, end: number): number {
  for (let position = at; position < end; position++) {
    const byte = view.getUint8(position)
    if (byte === SEMICOLON || isBlank(byte)) return position
  }
  return end
}

/** Digits as a number; -1 when none is there or it is no length of anything. */
function decimal(view: DataView, at: number, end: number): number {
  let value = -1
  for (let position = at; position < end; position++) {
    const digit = view.getUint8(position) - 0x30
    if (digit < 0 || digit > 9) break
    value = (value < 0 ? 0 : value) * 10 + digit
    if (value > MAX_LENGTH) return MAX_LENGTH
  }
  return value
}

/** Bytes of no type in particular, which are shown as data. */
export const isOctetStream = (view: DataView, at: number, end: number) =>
  end - at >= OCTET_STREAM.length && matches(view, at, end, OCTET_STREAM)

/** The size of the chunk whose line starts at `at`, in hexadecimal digits; -1: there is none. */
export function chunkSize(view: DataView, at: number, after: number): number {
  let value = -1
  for (let position = at; position < after; position++) {
    const byte = view.getUint8(position)
    const digit =
      byte >= 0x30 && byte <= 0x39
        ? byte - 0x30
        : (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66
          ? (byte | 0x20) - 0x57
          : -1
    if (digit < 0) break
    value = (value < 0 ? 0 : value) * 16 + digit
    if (value > 0xffff_ffff) return -1
  }
  return value
}
