/** Transmission Control Protocol. RFC 9293; windows and timestamps RFC 7323, selective acknowledgment RFC 2018. */

import { bytesText } from '../../bytes/address.ts'
import { hex } from '../../bytes/integers.ts'
import { assemblyField } from '../../dissect/assembly-nodes.ts'
import { expert, type Severity } from '../../dissect/expert.ts'
import { bits, type Field, flag, type Occurrence, u16, u32, varying } from '../../dissect/field.ts'
import { defineLayer } from '../../dissect/layer.ts'
import { CHECKSUM_STATUS } from '../../dissect/numbers/checksum-status.ts'
import type { Reading } from '../../dissect/reading.ts'
import { malformed, nextByTcpPorts, truncated } from '../../dissect/walk.ts'
import { analysisNodes, TCP_ANALYSIS_FIELDS, timeNodes } from './tcp-analysis.ts'
import { completenessText } from './tcp-completeness.ts'
import { Flag, flagNames } from './tcp-flags.ts'
import { optionsInfo, optionsOf, TCP_OPTION_FIELDS } from './tcp-options.ts'
import { writeTcpRow } from './tcp-row.ts'

const FIXED_SIZE = 20
const UNVERIFIED = 2
const NO_SCALING = -2
const UNKNOWN_SCALING = -1

/** `·······AP···`: a letter a flag, a dot for what is not set. */
function flagLetters(value: number): string {
  return [...'RRRACEUAPRSF'].map((letter, index) => ((value >> (11 - index)) & 1 ? letter : '·')).join('')
}

const flagsOf = (r: Reading): number => r.view.getUint16(r.start + 12) & 0xfff
const has = (r: Reading, mask: number): boolean => (flagsOf(r) & mask) !== 0
const isWhole = (r: Reading) => r.body - r.start >= FIXED_SIZE

/** Bytes of payload by the lengths around, whether captured or not. */
const segmentLength = (r: Reading) => Math.max(r.claimed - r.body, 0)

/** The head of a segment that an ICMP error quotes: how long it was is not known, and tshark does not say. */
const isQuoted = (r: Reading): boolean => r.depth >= r.walk.quote

/** A sequence number as it is shown: from the connection's start where that is known. */
function relative(raw: number, base: number | undefined): number {
  return base === undefined ? raw : (raw - base) >>> 0
}

const sequenceOf = (r: Reading): number => relative(r.view.getUint32(r.start + 4), r.notes?.tcp?.base)
const acknowledgmentOf = (r: Reading): number => {
  const raw = r.view.getUint32(r.start + 8)
  return has(r, Flag.ack) ? relative(raw, r.notes?.tcp?.peerBase) : raw
}

/** SYN and FIN count one each. */
const nextSequence = (r: Reading): number =>
  (sequenceOf(r) + segmentLength(r) + (has(r, Flag.syn) ? 1 : 0) + (has(r, Flag.fin) ? 1 : 0)) >>> 0

function windowOf(r: Reading): number {
  const raw = r.view.getUint16(r.start + 14)
  const shift = r.notes?.tcp?.windowShift ?? UNKNOWN_SCALING
  return has(r, Flag.syn) || shift < 0 ? raw : raw * 2 ** shift
}

/** An occurrence of something derived, which has no bytes. */
const derived = (value: number | string, at: number, text: string): Occurrence[] => [
  { value, start: at, end: at, text },
]

const REMARK = '    (relative sequence number)'

const headerLength = bits(1, 'tcp.hdr_len', 'Header Length', 12, 0, 4, {
  scale: 4,
  text: (value) => `${value} bytes (${value / 4})`,
})

const fields = {
  source: u16('tcp.srcport', 'Source Port', 0, { also: ['tcp.port'] }),
  destination: u16('tcp.dstport', 'Destination Port', 2, { also: ['tcp.port'] }),
  stream: varying('uint32', 'tcp.stream', 'Stream index', (r) => {
    const stream = r.notes?.stream
    return stream === undefined ? [] : derived(stream, r.start, `[Stream index: ${stream}]`)
  }),
  completeness: varying('uint8', 'tcp.completeness', 'Conversation completeness', (r) => {
    const value = r.notes?.tcp?.completeness
    return value === undefined ? [] : derived(value, r.start, `[Conversation completeness: ${completenessText(value)}]`)
  }),
  length: varying('uint32', 'tcp.len', 'TCP Segment Len', (r) => {
    return isWhole(r) && !isQuoted(r)
      ? derived(segmentLength(r), r.start + 12, `[TCP Segment Len: ${segmentLength(r)}]`)
      : []
  }),
  sequence: varying('uint32', 'tcp.seq', 'Sequence Number', (r) => {
    if (!isWhole(r)) return []
    const isRelative = r.notes?.tcp?.base !== undefined
    const text = `Sequence Number: ${sequenceOf(r)}${isRelative ? REMARK : ''}`
    return [{ value: sequenceOf(r), start: r.start + 4, end: r.start + 8, text }]
  }),
  sequenceRaw: u32('tcp.seq_raw', 'Sequence Number (raw)', 4),
  nextSequence: varying('uint32', 'tcp.nxtseq', 'Next Sequence Number', (r) => {
    if (!isWhole(r) || r.notes?.tcp?.base === undefined) return []
    return derived(nextSequence(r), r.start + 8, `[Next Sequence Number: ${nextSequence(r)}${REMARK}]`)
  }),
  acknowledgment: varying('uint32', 'tcp.ack', 'Acknowledgment Number', (r) => {
    if (!isWhole(r)) return []
    const isRelative = has(r, Flag.ack) && r.notes?.tcp?.peerBase !== undefined
    const text = `Acknowledgment Number: ${acknowledgmentOf(r)}${isRelative ? '    (relative ack number)' : ''}`
    return [{ value: acknowledgmentOf(r), start: r.start + 8, end: r.start + 12, text }]
  }),
  acknowledgmentRaw: u32('tcp.ack_raw', 'Acknowledgment number (raw)', 8),
  headerLength,
  flags: bits(2, 'tcp.flags', 'Flags', 12, 4, 12, {
    base: 'hex',
    line: (value) => `Flags: 0x${hex(value, 3)} (${flagNames(value).join(', ') || '<None>'})`,
    children: [
      bits(2, 'tcp.flags.res', 'Reserved', 12, 4, 3, {
        type: 'boolean',
        line: (value, r) => flagLine(r, 0xe00, 'Reserved', value),
      }),
      flagField('tcp.flags.ae', 'Accurate ECN', 7),
      flagField('tcp.flags.cwr', 'Congestion Window Reduced', 8),
      flagField('tcp.flags.ece', 'ECN-Echo', 9),
      flagField('tcp.flags.urg', 'Urgent', 10),
      flagField('tcp.flags.ack', 'Acknowledgment', 11),
      flagField('tcp.flags.push', 'Push', 12),
      flagField('tcp.flags.reset', 'Reset', 13, () => ['Warning', 'Connection reset (RST)']),
      flagField('tcp.flags.syn', 'Syn', 14, synRemark),
      flagField('tcp.flags.fin', 'Fin', 15, () => ['Chat', 'Connection finish (FIN)']),
      varying('string', 'tcp.flags.str', 'TCP Flags', (r) => {
        const letters = flagLetters(flagsOf(r))
        return [{ value: letters, start: r.start + 12, end: r.start + 14, text: `[TCP Flags: ${letters}]` }]
      }),
    ],
  }),
  window: u16('tcp.window_size_value', 'Window', 14),
  windowScaled: varying('uint32', 'tcp.window_size', 'Calculated window size', (r) => {
    return isWhole(r) ? derived(windowOf(r), r.start + 14, `[Calculated window size: ${windowOf(r)}]`) : []
  }),
  windowScale: varying('int32', 'tcp.window_size_scalefactor', 'Window size scaling factor', (r) => {
    if (!isWhole(r) || has(r, Flag.syn)) return []
    const shift = r.notes?.tcp?.windowShift ?? UNKNOWN_SCALING
    const factor = shift < 0 ? shift : 2 ** shift
    const words = shift === UNKNOWN_SCALING ? ' (unknown)' : shift === NO_SCALING ? ' (no window scaling used)' : ''
    return derived(factor, r.start + 14, `[Window size scaling factor: ${factor}${words}]`)
  }),
  checksum: u16('tcp.checksum', 'Checksum', 16, { base: 'hex', text: (value) => `0x${hex(value, 4)} [unverified]` }),
  checksumStatus: varying(
    'uint8',
    'tcp.checksum.status',
    'Checksum Status',
    (r) => (r.start + 18 > r.body ? [] : derived(UNVERIFIED, r.start + 16, '[Checksum Status: Unverified]')),
    { names: CHECKSUM_STATUS },
  ),
  urgent: u16('tcp.urgent_pointer', 'Urgent Pointer', 18),
  options: varying(
    'bytes',
    'tcp.options',
    'TCP Options',
    (r) => {
      const start = r.start + FIXED_SIZE
      if (r.body <= start) return []
      const end = Math.min(r.body, r.start + headerLength.read(r.view, r.start))
      if (end <= start) return []
      const { names, nodes } = optionsOf(r, start, end)
      const text = [`Options: (${end - start} bytes)`, ...names].join(', ')
      return [{ value: bytesText(r.view, start, end - start), start, end, text, children: nodes }]
    },
    { members: TCP_OPTION_FIELDS },
  ),
  times: varying('none', '', 'Timestamps', timeNodes, { members: TCP_ANALYSIS_FIELDS.times }),
  analysis: varying('none', 'tcp.analysis', 'SEQ/ACK analysis', analysisNodes, {
    members: TCP_ANALYSIS_FIELDS.analysis,
  }),
  payload: varying('bytes', 'tcp.payload', 'TCP payload', (r) => {
    const length = r.end - r.body
    if (!isWhole(r) || length <= 0) return []
    const text = `TCP payload (${length} byte${length === 1 ? '' : 's'})`
    return [{ value: bytesText(r.view, r.body, length), start: r.body, end: r.end, text }]
  }),
  segmentData: varying('bytes', 'tcp.segment_data', 'TCP segment data', (r) =>
    (r.notes?.tcp?.parts ?? []).map(([from, to]) => {
      const start = r.body + from
      const words = r.notes?.tcp?.isRepeated === true ? 'Retransmitted TCP segment data' : 'TCP segment data'
      const text = `${words} (${to - from} byte${to - from === 1 ? '' : 's'})`
      return { value: bytesText(r.view, start, to - from), start, end: r.body + to, text }
    }),
  ),
  segments: assemblyField({
    part: 'tcp.segment',
    parts: 'tcp.segments',
    hasBytes: false,
    whole: 'tcp.reassembled',
    wholeIn: 'tcp.reassembled_in',
    heading: 'Reassembled TCP Segments',
    partLabel: 'TCP Segment',
    errorLabel: 'Reassembling error',
    unit: 'Segment',
    title: 'Reassembled TCP',
    dataLabel: 'Reassembled TCP Data',
    inLabel: 'Reassembled PDU in frame',
  }),
}

/** What Info says of a segment whose payload waits for others, behind what the application says so far. */
const UNFINISHED = '[TCP segment of a reassembled PDU]'

/** tshark draws the flags in twelve bits, without the header length before them. */
function flagLine(r: Reading, mask: number, label: string, value: number): string {
  const raw = r.view.getUint16(r.start + 12)
  let picture = ''
  for (let bit = 11; bit >= 0; bit--) {
    picture += (mask >> bit) & 1 ? String((raw >> bit) & 1) : '.'
    if (bit > 0 && bit % 4 === 0) picture += ' '
  }
  return `${picture} = ${label}: ${value === 0 ? 'Not set' : 'Set'}`
}

type FlagRemark = (r: Reading) => readonly [Severity, string]

/** A flag; `say` has tshark's remark for when it is set. */
function flagField(name: string, label: string, bit: number, say?: FlagRemark): Field {
  return flag(2, name, label, 12, bit, {
    line: (value, r) => flagLine(r, 1 << (15 - bit), label, value),
    beneath: (value, r) => {
      if (value === 0 || say === undefined) return []
      const [severity, text] = say(r)
      return [expert(severity, 'Sequence', text, r.start + 12, r.start + 14)]
    },
  })
}

/** The server is who answers a SYN: the sender of a SYN-ACK. */
function synRemark(r: Reading): readonly [Severity, string] {
  if (!has(r, Flag.ack))
    return ['Chat', `Connection establish request (SYN): server port ${r.view.getUint16(r.start + 2)}`]
  return ['Chat', `Connection establish acknowledge (SYN+ACK): server port ${r.view.getUint16(r.start)}`]
}

export const tcp = defineLayer({
  name: 'tcp',
  title: 'Transmission Control Protocol',
  role: 'transport',
  fields,
  beside: [fields.segments],
  ends: [fields.source, fields.destination],
  attach: [['ip.proto', 6]],
  step(view, at, end, walk) {
    if (end - at < FIXED_SIZE) return truncated(walk, FIXED_SIZE)
    const length = headerLength.read(view, at)
    if (length < FIXED_SIZE) return malformed(walk)
    if (end - at < length) return truncated(walk, length)
    nextByTcpPorts(walk, fields.source.read(view, at), fields.destination.read(view, at), view, at + length)
    return at + length
  },
  row: writeTcpRow,
  heading(r) {
    if (r.body - r.start < 4) return 'Transmission Control Protocol'
    const ports = `Transmission Control Protocol, Src Port: ${fields.source.read(r.view, r.start)}, Dst Port: ${fields.destination.read(r.view, r.start)}`
    if (!isWhole(r)) return ports
    const acknowledged = has(r, Flag.ack) ? `, Ack: ${acknowledgmentOf(r)}` : ''
    const length = isQuoted(r) ? '' : `, Len: ${segmentLength(r)}`
    return `${ports}, Seq: ${sequenceOf(r)}${acknowledged}${length}`
  },
  info(r) {
    const there = r.body - r.start
    if (there < 4) return undefined
    const notes = r.notes?.tcp
    const unfinished = notes?.isUnfinished === true ? ` ${UNFINISHED}` : ''
    if (unfinished !== '' && notes?.words !== undefined) return `${notes.words}${unfinished}`.trimStart()
    const ends = `${fields.source.read(r.view, r.start)} → ${fields.destination.read(r.view, r.start)}`
    if (!isWhole(r)) return ends
    const names = flagNames(flagsOf(r))
    const acknowledged = has(r, Flag.ack) ? ` Ack=${acknowledgmentOf(r)}` : ''
    const urgent = has(r, Flag.urg) ? ` Urg=${fields.urgent.read(r.view, r.start)}` : ''
    const numbers = `Seq=${sequenceOf(r)}${acknowledged} Win=${windowOf(r)}${urgent} Len=${segmentLength(r)}`
    return `${ends} [${names.join(', ') || '<None>'}] ${numbers}${optionsInfo(r, r.start + FIXED_SIZE, r.body)}${unfinished}`
  },
})
