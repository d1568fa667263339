/** ClientHello and ServerHello as nodes of the tree. RFC 8446 section 4.1. */
import { bytesText } from '../../bytes/address.ts'
import { arrivalText } from '../../bytes/time.ts'
import { type Field, nodeOf, u8, u16, varying } from '../../dissect/field.ts'
import { byteNode, bytesNode, wordNode } from '../../dissect/field-nodes.ts'
import type { Node } from '../../dissect/node.ts'
import type { Reading } from '../../dissect/reading.ts'
import { cipherSuiteName } from './tls-cipher-suites.ts'
import { EXTENSION_FIELDS, eachByte, eachWord, extensionNodes, listNode, plural } from './tls-extensions.ts'
import { Version, versionName } from './tls-numbers.ts'
import { isRetryRandom, serverHelloVersion } from './tls-records.ts'

const RANDOM_SIZE = 32

const field = {
  version: u16('tls.handshake.version', 'Version', -1, { base: 'hex', names: versionName }),
  random: varying('bytes', 'tls.handshake.random', 'Random', () => []),
  randomTime: varying('absolute_time', 'tls.handshake.random_time', 'GMT Unix Time', () => []),
  randomBytes: varying('bytes', 'tls.handshake.random_bytes', 'Random Bytes', () => []),
  // One byte, though Wireshark's field has two.
  sessionLength: u16('tls.handshake.session_id_length', 'Session ID Length', -1),
  session: varying('bytes', 'tls.handshake.session_id', 'Session ID', () => []),
  suitesLength: u16('tls.handshake.cipher_suites_length', 'Cipher Suites Length', -1),
  suites: varying('none', 'tls.handshake.ciphersuites', 'Cipher Suites', () => []),
  suite: u16('tls.handshake.ciphersuite', 'Cipher Suite', -1, { base: 'hex', names: cipherSuiteName }),
  methodsLength: u8('tls.handshake.comp_methods_length', 'Compression Methods Length', -1),
  methods: varying('none', 'tls.handshake.comp_methods', 'Compression Methods', () => []),
  method: u8('tls.handshake.comp_method', 'Compression Method', -1, { names: { 0: 'null', 1: 'DEFLATE' } }),
} as const

/** What may lie beneath a hello. */
export const HELLO_FIELDS: readonly Field[] = [...Object.values(field), ...EXTENSION_FIELDS]

function randomNode(r: Reading, at: number, isTimed: boolean): Node {
  const end = at + RANDOM_SIZE
  if (isRetryRandom(r.view, at)) {
    const value = bytesText(r.view, at, RANDOM_SIZE)
    return nodeOf(field.random, { value, start: at, end, text: `Random: ${value} (HelloRetryRequest magic)` })
  }
  if (!isTimed) return bytesNode(r, field.random, at, end)
  const seconds = r.view.getUint32(at)
  const time = arrivalText({ seconds, nanoseconds: 0 })
  return bytesNode(r, field.random, at, end, [
    nodeOf(field.randomTime, { value: time, start: at, end: at + 4, text: `GMT Unix Time: ${time}` }),
    bytesNode(r, field.randomBytes, at + 4, end),
  ])
}

/** The fields of a ClientHello whose body is `[at, end)`, as far as they fit. */
export function clientHelloNodes(r: Reading, at: number, end: number, version: number): Node[] {
  const nodes: Node[] = []
  let position = opening(r, nodes, at, end, version !== Version.tls13)
  if (position < 0 || position + 2 > end) return nodes
  const suitesEnd = position + 2 + r.view.getUint16(position)
  if (suitesEnd + 1 > end) return nodes
  const suites = eachWord(r, field.suite, position + 2, suitesEnd)
  nodes.push(
    wordNode(r, field.suitesLength, position),
    listNode(field.suites, `Cipher Suites (${plural(suites.length, 'suite')})`, position + 2, suitesEnd, suites),
  )
  position = suitesEnd
  const methodsEnd = position + 1 + r.view.getUint8(position)
  if (methodsEnd > end) return nodes
  const methods = eachByte(r, field.method, position + 1, methodsEnd)
  nodes.push(
    byteNode(r, field.methodsLength, position),
    listNode(
      field.methods,
      `Compression Methods (${plural(methods.length, 'method')})`,
      position + 1,
      methodsEnd,
      methods,
    ),
  )
  nodes.push(...extensionNodes(r, methodsEnd, end, true))
  return nodes
}

/** The fields of a ServerHello whose body is `[at, end)`, as far as they fit. */
export function serverHelloNodes(r: Reading, at: number, end: number): Node[] {
  const nodes: Node[] = []
  const position = opening(r, nodes, at, end, serverHelloVersion(r.view, at, end) !== Version.tls13)
  if (position < 0 || position + 3 > end) return nodes
  nodes.push(wordNode(r, field.suite, position), byteNode(r, field.method, position + 2))
  nodes.push(...extensionNodes(r, position + 3, end, false))
  return nodes
}

/** Version, random and session, which both hellos begin with. The position after them, or -1. */
function opening(r: Reading, nodes: Node[], at: number, end: number, isTimed: boolean): number {
  if (at + 2 > end) return -1
  nodes.push(wordNode(r, field.version, at))
  const random = at + 2
  const session = random + RANDOM_SIZE
  if (session + 1 > end) return -1
  nodes.push(randomNode(r, random, isTimed), byteNode(r, field.sessionLength, session))
  const length = r.view.getUint8(session)
  const after = session + 1 + length
  if (after > end) return -1
  if (length > 0) nodes.push(bytesNode(r, field.session, session + 1, after))
  return after
}
