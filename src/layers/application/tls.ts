/** Transport Layer Security. RFC 8446, RFC 5246; nothing is decrypted. */
import { expert } from '../../dissect/expert.ts'
import { nodeOf, type Occurrence, u8, u16, u24, varying } from '../../dissect/field.ts'
import { bytesNode } from '../../dissect/field-nodes.ts'
import { defineLayer, type Layer } from '../../dissect/layer.ts'
import { type Node, walkNodes } from '../../dissect/node.ts'
import type { Reading } from '../../dissect/reading.ts'
import { truncated } from '../../dissect/walk.ts'
import { tlsFraming } from './tls-framing.ts'
import { clientHelloNodes, HELLO_FIELDS, serverHelloNodes } from './tls-hello.ts'
import {
  ALERT_LEVELS,
  ALERTS,
  CONTENT_TYPES,
  ContentType,
  HANDSHAKE_TYPES,
  HandshakeType,
  protocolName,
  Version,
  versionName,
} from './tls-numbers.ts'
import {
  type HandshakeMessage,
  handshakeMessages,
  isContentType,
  isNoRecord,
  isRetryRandom,
  isTlsRecord,
  RECORD_HEADER,
  readRecords,
  type TlsRecord,
  type TlsRecords,
} from './tls-records.ts'

export { tlsVersionOf } from './tls-records.ts'

/** HTTPS, LDAPS, DNS, IMAPS, POP3S, submission, SIP, RADIUS and MQTT over TLS. */
const PORTS = [443, 636, 853, 993, 995, 465, 5061, 2083, 8883] as const
const HTTPS = 443
const HTTP_NAME = 'Hypertext Transfer Protocol'
const ENCRYPTED = 'Encrypted Handshake Message'
const ALERT_SIZE = 2
const HEARTBEAT = { 1: 'Heartbeat Request', 2: 'Heartbeat Response' } as Readonly<Record<number, string>>

const field = {
  contentType: u8('tls.record.content_type', 'Content Type', -1, { names: CONTENT_TYPES }),
  opaqueType: u8('tls.record.opaque_type', 'Opaque Type', -1, { names: CONTENT_TYPES }),
  version: u16('tls.record.version', 'Version', -1, { base: 'hex', names: versionName }),
  length: u16('tls.record.length', 'Length', -1),
  applicationData: varying('bytes', 'tls.app_data', 'Encrypted Application Data', () => []),
  applicationProtocol: varying('string', 'tls.app_data_proto', 'Application Data Protocol', () => [], {
    generated: true,
  }),
  changeCipherSpec: varying('none', 'tls.change_cipher_spec', 'Change Cipher Spec Message', () => []),
  alert: varying('none', 'tls.alert_message', 'Alert Message', () => []),
  alertLevel: u8('tls.alert_message.level', 'Level', -1, { names: ALERT_LEVELS }),
  alertDescription: u8('tls.alert_message.desc', 'Description', -1, { names: ALERTS }),
  heartbeat: varying('none', 'tls.heartbeat_message', 'Heartbeat Message', () => []),
  handshake: varying('none', 'tls.handshake', 'Handshake Protocol', () => []),
  handshakeType: u8('tls.handshake.type', 'Handshake Type', -1, { names: HANDSHAKE_TYPES }),
  handshakeLength: u24('tls.handshake.length', 'Length', -1),
} as const

const recordsOf = (r: Reading): TlsRecords =>
  readRecords(r.view, r.start, r.end, Math.max(r.claimed, r.end), r.notes?.tls?.version ?? 0)

function messageName(r: Reading, message: HandshakeMessage): string {
  const isRetry =
    message.type === HandshakeType.serverHello &&
    message.body + 34 <= message.end &&
    isRetryRandom(r.view, message.body + 2)
  return isRetry ? 'Hello Retry Request' : (HANDSHAKE_TYPES[message.type] ?? ENCRYPTED)
}

function alertWords(r: Reading, record: TlsRecord): string {
  if (record.end - record.fragment !== ALERT_SIZE) return 'Encrypted Alert'
  const level = ALERT_LEVELS[r.view.getUint8(record.fragment)] ?? 'Unknown'
  const description = ALERTS[r.view.getUint8(record.fragment + 1)] ?? 'Unknown'
  return `Alert (Level: ${level}, Description: ${description})`
}

/** TLS 1.3 has no heartbeats of its own type. */
function heartbeatWords(r: Reading, record: TlsRecord): string {
  if (record.version === Version.tls13 || record.end === record.fragment) return ''
  return HEARTBEAT[r.view.getUint8(record.fragment)] ?? 'Encrypted Heartbeat'
}

/** What the Info column says of one record. */
function infoWords(r: Reading, record: TlsRecord): string[] {
  if (!record.isWhole) return []
  switch (record.type) {
    case ContentType.changeCipherSpec:
      return ['Change Cipher Spec']
    case ContentType.alert:
      return [alertWords(r, record)]
    case ContentType.applicationData:
      return ['Application Data']
    case ContentType.heartbeat:
      return [heartbeatWords(r, record)].filter((words) => words !== '')
    case ContentType.handshake: {
      const messages = handshakeMessages(r.view, record)
      if (messages === undefined) return [ENCRYPTED]
      // What is cut is named only where nothing else is.
      return messages
        .filter((message, index) => message.isWhole || index === 0)
        .map((message) => (message.isWhole ? messageName(r, message) : `[${messageName(r, message)} Fragment]`))
    }
    default:
      return []
  }
}

/** What is said to be inside application data: what the port is for. */
function applicationName(r: Reading): string | undefined {
  const { walk } = r
  // Several messages of one segment follow each other in the walk.
  let depth = r.depth - 1
  while (depth >= 0 && walk.layer[depth] !== walk.tables.tcp) depth--
  if (depth < 0) return undefined
  const transport = walk.start[depth] as number
  return r.view.getUint16(transport) === HTTPS || r.view.getUint16(transport + 2) === HTTPS ? HTTP_NAME : undefined
}

/** The record's line without its version. */
function recordTitle(r: Reading, record: TlsRecord): string | undefined {
  if (!record.isWhole) return undefined
  switch (record.type) {
    case ContentType.changeCipherSpec:
      return 'Change Cipher Spec Protocol: Change Cipher Spec'
    case ContentType.alert:
      return alertWords(r, record)
    case ContentType.applicationData:
      return `Application Data Protocol: ${applicationName(r) ?? 'Application Data'}`
    case ContentType.heartbeat:
      return heartbeatWords(r, record) || undefined
    case ContentType.handshake: {
      const messages = handshakeMessages(r.view, record)
      if (messages === undefined) return `Handshake Protocol: ${ENCRYPTED}`
      const first = messages[0]
      if (first === undefined) return undefined
      return `Handshake Protocol: ${messages.length > 1 ? 'Multiple Handshake Messages' : messageTitle(r, first)}`
    }
    default:
      return undefined
  }
}

const messageTitle = (r: Reading, message: HandshakeMessage) =>
  `${messageName(r, message)}${message.isWhole ? '' : ' (fragment)'}`

function recordOccurrence(r: Reading, record: TlsRecord): Occurrence {
  const { start, fragment, end } = record
  const isOpaque = record.version === Version.tls13 && record.type === ContentType.applicationData
  const isForbidden = record.version === Version.tls13 && record.type === ContentType.heartbeat
  const remarks = isForbidden
    ? [expert('Error', 'Protocol', 'Record type is not allowed in TLS 1.3', start, start)]
    : []
  const typeField = isOpaque ? field.opaqueType : field.contentType
  const children = [
    nodeOf(typeField, { value: record.type, start, end: start + 1, children: remarks }),
    nodeOf(field.version, { value: record.recordVersion, start: start + 1, end: start + 3 }),
    nodeOf(field.length, { value: r.view.getUint16(start + 3), start: start + 3, end: fragment }),
    ...(record.isWhole ? fragmentNodes(r, record) : []),
  ]
  const title = recordTitle(r, record)
  const text = title === undefined ? 'Record Layer' : `${protocolName(record.version)} Record Layer: ${title}`
  return { value: undefined, start, end, text, children }
}

function fragmentNodes(r: Reading, record: TlsRecord): Node[] {
  const { fragment, end } = record
  switch (record.type) {
    case ContentType.changeCipherSpec:
      return [
        nodeOf(field.changeCipherSpec, { value: undefined, start: fragment, end, text: 'Change Cipher Spec Message' }),
      ]
    case ContentType.alert:
      return [alertNode(r, record)]
    case ContentType.handshake:
      return handshakeNodes(r, record)
    case ContentType.applicationData:
      return applicationNodes(r, record)
    case ContentType.heartbeat:
      if (record.version === Version.tls13) return []
      return [nodeOf(field.heartbeat, { value: undefined, start: fragment, end, text: 'Heartbeat Message' })]
    default:
      return []
  }
}

function alertNode(r: Reading, { fragment, end }: TlsRecord): Node {
  if (end - fragment !== ALERT_SIZE) {
    return nodeOf(field.alert, { value: undefined, start: fragment, end, text: 'Alert Message: Encrypted Alert' })
  }
  const children = [
    nodeOf(field.alertLevel, { value: r.view.getUint8(fragment), start: fragment, end: fragment + 1 }),
    nodeOf(field.alertDescription, { value: r.view.getUint8(fragment + 1), start: fragment + 1, end }),
  ]
  return nodeOf(field.alert, { value: undefined, start: fragment, end, text: 'Alert Message', children })
}

function applicationNodes(r: Reading, { start, fragment, end }: TlsRecord): Node[] {
  const nodes = end > fragment ? [bytesNode(r, field.applicationData, fragment, end)] : []
  const name = applicationName(r)
  if (name !== undefined) nodes.push(nodeOf(field.applicationProtocol, { value: name, start, end: start }))
  return nodes
}

function handshakeNodes(r: Reading, record: TlsRecord): Node[] {
  const messages = handshakeMessages(r.view, record)
  if (messages === undefined) {
    const text = `Handshake Protocol: ${ENCRYPTED}`
    return [nodeOf(field.handshake, { value: undefined, start: record.fragment, end: record.end, text })]
  }
  return messages.map((message) => {
    const { start, body, end, isWhole } = message
    const text = `Handshake Protocol: ${messageTitle(r, message)}`
    if (!isWhole) return nodeOf(field.handshake, { value: undefined, start, end, text })
    const children = [
      nodeOf(field.handshakeType, { value: message.type, start, end: start + 1 }),
      nodeOf(field.handshakeLength, { value: end - body, start: start + 1, end: body }),
      ...messageBody(r, message, record.version),
    ]
    return nodeOf(field.handshake, { value: undefined, start, end, text, children })
  })
}

function messageBody(r: Reading, { type, body, end }: HandshakeMessage, version: number): Node[] {
  if (type === HandshakeType.clientHello) return clientHelloNodes(r, body, end, version)
  return type === HandshakeType.serverHello ? serverHelloNodes(r, body, end) : []
}

function restOccurrences(r: Reading): Occurrence[] {
  const { rest, restAt } = recordsOf(r)
  if (rest !== 'Ignored Unknown Record') return []
  const children = [expert('Warning', 'Protocol', rest, restAt, restAt)]
  return [{ value: undefined, start: restAt, end: r.end, text: rest, children }]
}

/** The name that a client asks for. */
function serverNameOf(r: Reading): string | undefined {
  for (const node of walkNodes(tls.fields.flatMap((field) => field.nodes(r))))
    if (node.field?.name === 'tls.handshake.extensions_server_name') return String(node.value)
  return undefined
}

export const tls: Layer = defineLayer({
  name: 'tls',
  title: 'Transport Layer Security',
  role: 'application',
  fields: {
    record: varying(
      'none',
      'tls.record',
      'Record Layer',
      (r) => recordsOf(r).records.map((record) => recordOccurrence(r, record)),
      {
        members: [...Object.values(field), ...HELLO_FIELDS],
      },
    ),
    rest: varying('none', '', 'Ignored Unknown Record', restOccurrences),
  },
  attach: PORTS.map((port) => ['tcp.port', port] as const),
  recognise: isTlsRecord,
  framing: tlsFraming,
  topic: { skip: 0, of: serverNameOf },
  step(view, at, end, walk) {
    // All of the payload belongs to it; records are only counted, to notice one that the capture cuts.
    let position = at
    while (walk.claim - position >= RECORD_HEADER) {
      if (end - position < RECORD_HEADER) return truncated(walk, position + RECORD_HEADER - at)
      if (!isContentType(view.getUint8(position)) || view.getUint8(position + 1) !== 3) break
      const next = position + RECORD_HEADER + view.getUint16(position + 3)
      if (next > walk.claim) break
      if (next > end) return truncated(walk, next - at)
      position = next
    }
    return end
  },
  converse(r, memory) {
    const before = typeof memory.version === 'number' ? memory.version : 0
    memory.version = readRecords(r.view, r.start, r.end, Math.max(r.claimed, r.end), before).settled
    return before === 0 ? undefined : { tls: { version: before } }
  },
  repeats: {
    // What looks like no record, while it is open which version is spoken.
    until: (view, at, end, memory) => ((memory?.version ?? 0) === 0 && isNoRecord(view, at, end) ? at : -1),
    isStateless: false,
    hasNumber: false,
  },
  protocol: (r) => protocolName(recordsOf(r).shown),
  info(r) {
    const { records, rest } = recordsOf(r)
    const words = records.flatMap((record) => infoWords(r, record))
    if (rest !== '') words.push(rest)
    return words.join(', ')
  },
})
