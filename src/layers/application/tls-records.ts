/** Where TLS records and handshake messages lie. RFC 8446 sections 4 and 5.1, RFC 5246 sections 6 and 7. */
import { readUint24 } from '../../bytes/integers.ts'
import { ContentType, Extension, HANDSHAKE_TYPES, HandshakeType, Version } from './tls-numbers.ts'

export const RECORD_HEADER = 5
const MESSAGE_HEADER = 4
/** A record's longest fragment: 2^14 bytes, and up to 2,048 more when encrypted (RFC 5246 section 6.2.3). */
const MAX_FRAGMENT = 16_384 + 2048
/** Shorter records of handshake type are too short to be encrypted. */
const MIN_ENCRYPTED = 16
const MAX_MESSAGE = 65_536
/** ServerHello: version, random, then the session's length. */
const SESSION_AT = 34

export const isContentType = (type: number) => type >= ContentType.changeCipherSpec && type <= ContentType.connectionId
const isVersion = (version: number) => version >= Version.ssl3 && version <= Version.tls12

/** Whether a record starts at `at` beyond reasonable doubt: a handshake or data, as tshark wants it on an unknown port. */
export function isTlsRecord(view: DataView, at: number, end: number): boolean {
  if (end - at < RECORD_HEADER) return false
  const type = view.getUint8(at)
  const length = view.getUint16(at + 3)
  const isCommon = type === ContentType.handshake || type === ContentType.applicationData
  return isCommon && isVersion(view.getUint16(at + 1)) && length > 0 && length <= MAX_FRAGMENT
}

/** Whether a payload begins with something else, which says nothing of its connection. */
export const isNoRecord = (view: DataView, at: number, end: number): boolean =>
  end - at > RECORD_HEADER && !(isContentType(view.getUint8(at)) && isVersion(view.getUint16(at + 1)))

export interface TlsRecord {
  readonly type: number
  /** What the record's header says, which since TLS 1.3 is not the version in use. */
  readonly recordVersion: number
  /** The version it is shown under: what the connection has settled on, or else the header's. */
  readonly version: number
  readonly start: number
  readonly fragment: number
  /** End of the fragment as far as it is captured. */
  readonly end: number
  readonly isWhole: boolean
  /** True behind a Change Cipher Spec: a handshake message in it cannot be read. */
  readonly isProtected: boolean
}

export interface TlsRecords {
  readonly records: readonly TlsRecord[]
  /** What ends the records before the payload's end, in tshark's words. */
  readonly rest: '' | 'Continuation Data' | 'Ignored Unknown Record'
  readonly restAt: number
  /** The version the connection has settled on, as far as is known after these records; 0: unknown. */
  readonly settled: number
  /** The version for the Protocol column; 0: unknown. */
  readonly shown: number
}

/**
 * The records of one segment. `claimed` is where the payload would end had all been captured; a record that passes it
 * goes on in another segment and is not looked at. `known` is the version settled before, or 0.
 */
export function readRecords(view: DataView, at: number, end: number, claimed: number, known: number): TlsRecords {
  const records: TlsRecord[] = []
  let settled = known
  let shown = known
  let isProtected = false
  let position = at
  while (claimed - position >= RECORD_HEADER) {
    // With nothing behind the header even its type is not shown.
    if (end - position <= RECORD_HEADER) break
    const type = view.getUint8(position)
    const recordVersion = view.getUint16(position + 1)
    // Up to TLS 1.2 a connection's own version is trusted; otherwise each record must look like one.
    const isTrusted = isVersion(settled)
    if (!isContentType(type) || !(isTrusted || isVersion(recordVersion))) {
      return {
        records,
        rest: isTrusted ? 'Ignored Unknown Record' : 'Continuation Data',
        restAt: position,
        settled,
        shown,
      }
    }
    const fragment = position + RECORD_HEADER
    const next = fragment + view.getUint16(position + 3)
    if (next > claimed) break
    if (settled === 0 && !isClientHello(view, type, fragment)) settled = recordVersion
    const version = settled === 0 ? recordVersion : settled
    const isWhole = next <= end
    const record = {
      type,
      recordVersion,
      version,
      start: position,
      fragment,
      end: Math.min(next, end),
      isWhole,
      isProtected,
    }
    records.push(record)
    shown = version
    if (!isWhole) break
    if (type === ContentType.changeCipherSpec) isProtected = true
    const chosen = chosenVersion(view, record)
    if (chosen !== 0) {
      settled = chosen
      shown = chosen
    }
    position = next
  }
  return { records, rest: '', restAt: position, settled, shown }
}

/** A ClientHello's record says 1.0 whatever will be spoken. */
const isClientHello = (view: DataView, type: number, fragment: number) =>
  type === ContentType.handshake && view.getUint8(fragment) === HandshakeType.clientHello

export interface HandshakeMessage {
  readonly type: number
  readonly start: number
  readonly body: number
  readonly end: number
  /** False: it goes on in another record. */
  readonly isWhole: boolean
}

/** The handshake messages of one record; undefined where they are encrypted. */
export function handshakeMessages(view: DataView, record: TlsRecord): readonly HandshakeMessage[] | undefined {
  if (isEncrypted(view, record)) return undefined
  const messages: HandshakeMessage[] = []
  let start = record.fragment
  while (start < record.end) {
    const type = view.getUint8(start)
    const body = start + MESSAGE_HEADER
    const end = body > record.end ? body : body + readUint24(view, start + 1)
    const isWhole = end <= record.end
    messages.push({ type, start, body: Math.min(body, record.end), end: Math.min(end, record.end), isWhole })
    if (!isWhole) break
    start = end
  }
  return messages
}

function isEncrypted(view: DataView, record: TlsRecord): boolean {
  const length = record.end - record.fragment
  if (length < MIN_ENCRYPTED) return false
  if (record.isProtected || HANDSHAKE_TYPES[view.getUint8(record.fragment)] === undefined) return true
  const messageLength = readUint24(view, record.fragment + 1)
  if (messageLength > MAX_MESSAGE) return true
  // A nonce that counts from zero, not a HelloRequest.
  return view.getUint32(record.fragment) === 0 && view.getUint8(record.fragment + 4) === 0
}

/** The version that a ServerHello in this record chooses; 0: there is none. */
function chosenVersion(view: DataView, record: TlsRecord): number {
  if (record.type !== ContentType.handshake) return 0
  for (const message of handshakeMessages(view, record) ?? []) {
    if (message.type === HandshakeType.serverHello && message.isWhole)
      return serverHelloVersion(view, message.body, message.end)
  }
  return 0
}

/** RFC 8446 section 4.2.1: supported_versions counts where it is there, not the old version field. */
export function serverHelloVersion(view: DataView, at: number, end: number): number {
  if (end - at <= SESSION_AT) return 0
  const legacy = view.getUint16(at)
  // After the session come the cipher suite, the compression method and the length of the extensions.
  let position = at + SESSION_AT + 1 + view.getUint8(at + SESSION_AT) + 5
  while (position + 4 <= end) {
    const length = view.getUint16(position + 2)
    if (view.getUint16(position) === Extension.supportedVersions && length === 2 && position + 6 <= end)
      return view.getUint16(position + 4)
    position += 4 + length
  }
  return legacy
}

/** SHA-256 of "HelloRetryRequest": in place of a random it asks the client to try again. RFC 8446 section 4.1.3. */
const RETRY = [0xcf21ad74, 0xe59a6111, 0xbe1d8c02, 0x1e65b891, 0xc2a21116, 0x7abb8c5e, 0x079e09e2, 0xc8a8339c] as const

/** Whether the 32 bytes at `at` are that. */
export const isRetryRandom = (view: DataView, at: number): boolean =>
  RETRY.every((word, index) => view.getUint32(at + index * 4) === word)

/**
 * The version that a connection has settled on once the segment at `[at, end)` has passed, such as 0x0304; undefined
 * while it is open. `known` is what it was before.
 */
export function tlsVersionOf(view: DataView, at: number, end: number, known = 0): number | undefined {
  const { settled } = readRecords(view, at, end, end, known)
  return settled === 0 ? undefined : settled
}
