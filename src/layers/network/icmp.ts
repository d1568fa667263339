/** ICMP for IPv4. RFC 792; fragmentation needed as RFC 1191 has it. */

import { isChecksumRight, onesComplementSum } from '../../bytes/checksum.ts'
import { hex } from '../../bytes/integers.ts'
import { ipv4 as address, bytes, nameOf, u8, u16, varying } from '../../dissect/field.ts'
import { defineLayer } from '../../dissect/layer.ts'
import { CHECKSUM_STATUS } from '../../dissect/numbers/checksum-status.ts'
import type { Reading } from '../../dissect/reading.ts'
import { beginQuote, nextIsData, truncated, type Walk } from '../../dissect/walk.ts'
import { writeEchoRow } from './icmp-row.ts'
import { TYPES } from './icmp-types.ts'

const HEADER_SIZE = 8
const Type = {
  echoReply: 0,
  unreachable: 3,
  sourceQuench: 4,
  redirect: 5,
  echo: 8,
  timeExceeded: 11,
  parameter: 12,
} as const
const FRAGMENTATION_NEEDED = 4
const CHECKSUM = { bad: 0, good: 1, unverified: 2 } as const

const UNREACHABLE: readonly string[] = [
  'Network unreachable',
  'Host unreachable',
  'Protocol unreachable',
  'Port unreachable',
  'Fragmentation needed',
  'Source route failed',
  'Destination network unknown',
  'Destination host unknown',
  'Source host isolated',
  'Network administratively prohibited',
  'Host administratively prohibited',
  'Network unreachable for TOS',
  'Host unreachable for TOS',
  'Communication administratively filtered',
  'Host precedence violation',
  'Precedence cutoff in effect',
]

const CODES: Readonly<Record<number, readonly string[]>> = {
  [Type.unreachable]: UNREACHABLE,
  [Type.redirect]: [
    'Redirect for network',
    'Redirect for host',
    'Redirect for TOS and network',
    'Redirect for TOS and host',
  ],
  [Type.timeExceeded]: ['Time to live exceeded in transit', 'Fragment reassembly time exceeded'],
  [Type.parameter]: ['Pointer indicates the error', 'Required option missing', 'Bad length'],
}

const typeOf = (r: Reading) => r.view.getUint8(r.start)
const codeOf = (r: Reading) => r.view.getUint8(r.start + 1)
const isEcho = (r: Reading) => typeOf(r) === Type.echo || typeOf(r) === Type.echoReply
const isError = (type: number) =>
  type === Type.unreachable ||
  type === Type.sourceQuench ||
  type === Type.redirect ||
  type === Type.timeExceeded ||
  type === Type.parameter
const isFragmentationNeeded = (r: Reading) => typeOf(r) === Type.unreachable && codeOf(r) === FRAGMENTATION_NEEDED

function codeName(type: number, code: number): string | undefined {
  return CODES[type]?.[code]
}

/** Over all of the message, what it quotes included. */
function checksumText(value: number, r: Reading): string {
  const text = `0x${hex(value, 4)}`
  const { end } = r
  if (r.claimed > end || r.walk.isFragment) return `${text} [unverified] [fragmented datagram]`
  if (r.depth >= r.walk.quote) return `${text} [unverified] [in ICMP error packet]`
  if (isChecksumRight(r.view, r.start, end - r.start)) return `${text} [correct]`
  const sum = onesComplementSum(r.view, r.start, end - r.start, 0xffff - value)
  return `${text} incorrect, should be 0x${hex(~sum & 0xffff, 4)}`
}

const little = (view: DataView, at: number) => view.getUint16(at, true)

/** A 16-bit number that tshark shows in the other byte order too, since senders disagree. */
function inLittleEndian(name: string, label: string, at: number) {
  return varying(
    'uint16',
    name,
    label,
    (r) => {
      const start = r.start + at
      if (start + 2 > r.body || !isEcho(r)) return []
      return [{ value: little(r.view, start), start, end: start + 2 }]
    },
    { base: 'dec_hex', size: 2 },
  )
}

const fields = {
  type: u8('icmp.type', 'Type', 0, { text: (value) => `${value} (${nameOf(TYPES, value) ?? 'Unknown'})` }),
  code: u8('icmp.code', 'Code', 1, {
    text: (value, r) => {
      const name = codeName(typeOf(r), value)
      return name === undefined ? String(value) : `${value} (${name})`
    },
  }),
  checksum: u16('icmp.checksum', 'Checksum', 2, { base: 'hex', text: checksumText }),
  checksumStatus: varying(
    'uint8',
    'icmp.checksum.status',
    'Checksum Status',
    (r) => {
      if (r.start + 4 > r.body) return []
      const text = checksumText(r.view.getUint16(r.start + 2), r)
      const [value, words] = text.endsWith('[correct]')
        ? [CHECKSUM.good, 'Good']
        : text.includes('incorrect')
          ? [CHECKSUM.bad, 'Bad']
          : [CHECKSUM.unverified, 'Unverified']
      return [{ value, start: r.start + 4, end: r.start + 4, text: `[Checksum Status: ${words}]` }]
    },
    { generated: true, names: CHECKSUM_STATUS },
  ),
  identifier: u16('icmp.ident', 'Identifier (BE)', 4, { base: 'dec_hex', when: isEcho }),
  identifierLittle: inLittleEndian('icmp.ident_le', 'Identifier (LE)', 4),
  sequence: u16('icmp.seq', 'Sequence Number (BE)', 6, { base: 'dec_hex', when: isEcho }),
  sequenceLittle: inLittleEndian('icmp.seq_le', 'Sequence Number (LE)', 6),
  gateway: address('icmp.redir_gw', 'Gateway Address', 4, { when: (r) => typeOf(r) === Type.redirect }),
  pointer: u8('icmp.pointer', 'Pointer', 4, { type: 'uint32', when: (r) => typeOf(r) === Type.parameter }),
  unusedBeforeMtu: bytes('icmp.unused', 'Unused', 4, 2, { when: isFragmentationNeeded }),
  unused: bytes('icmp.unused', 'Unused', 4, 4, {
    when: (r) =>
      (typeOf(r) === Type.unreachable && !isFragmentationNeeded(r)) ||
      typeOf(r) === Type.timeExceeded ||
      typeOf(r) === Type.sourceQuench,
  }),
  mtu: u16('icmp.mtu', 'MTU of next hop', 6, { when: isFragmentationNeeded }),
  requestFrame: varying(
    'uint32',
    'icmp.resp_to',
    'Request frame',
    (r) => {
      const frame = r.notes?.requestFrame
      return frame === undefined ? [] : [{ value: frame, start: r.body, end: r.body }]
    },
    { generated: true },
  ),
  responseTime: varying(
    'string',
    'icmp.resptime',
    'Response time',
    (r) => {
      const time = r.notes?.responseTime
      return time === undefined
        ? []
        : [{ value: time, start: r.body, end: r.body, text: `[Response time: ${time} ms]` }]
    },
    { generated: true },
  ),
}

export const icmp = defineLayer({
  name: 'icmp',
  title: 'Internet Control Message Protocol',
  role: 'transport',
  fields,
  attach: [['ip.proto', 1]],
  step(view: DataView, at: number, end: number, walk: Walk) {
    if (end - at < HEADER_SIZE) return truncated(walk, HEADER_SIZE)
    if (isError(fields.type.read(view, at))) beginQuote(walk, view, at + HEADER_SIZE)
    else nextIsData(walk)
    return at + HEADER_SIZE
  },
  row: writeEchoRow,
  info(r) {
    if (r.body - r.start < 2) return undefined
    const type = typeOf(r)
    const name = nameOf(TYPES, type) ?? 'Unknown ICMP'
    if (isEcho(r)) {
      const padded = name.padEnd(20)
      if (r.body - r.start < HEADER_SIZE) return padded
      const id = hex(fields.identifier.read(r.view, r.start), 4)
      const ttl = timeToLive(r)
      const request = r.notes?.requestFrame
      const answers = request === undefined ? '' : ` (request in ${request})`
      const sequence = fields.sequence.read(r.view, r.start)
      return `${padded} id=0x${id}, seq=${sequence}/${little(r.view, r.start + 6)}${ttl}${answers}`
    }
    const code = codeName(type, codeOf(r))
    return code === undefined ? name : `${name} (${code})`
  },
})

/** The TTL of the IPv4 header around, eight bytes into it; nothing where a header such as AH stands between. */
function timeToLive(r: Reading): string {
  if (r.depth === 0 || r.walk.layer[r.depth - 1] !== r.walk.tables.ipv4) return ''
  return `, ttl=${r.view.getUint8((r.walk.start[r.depth - 1] as number) + 8)}`
}
