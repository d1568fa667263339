/** TCP options. RFC 9293 section 3.1 and IANA's list; each is a kind, and but for two a length and data. */
import { bytesText } from '../../bytes/address.ts'
import { type Field, nameOf, nodeOf, remark, varying } from '../../dissect/field.ts'
import type { Node } from '../../dissect/node.ts'
import type { Reading } from '../../dissect/reading.ts'

export const Kind = {
  end: 0,
  noOperation: 1,
  maximumSegment: 2,
  windowScale: 3,
  sackPermitted: 4,
  sack: 5,
  timestamps: 8,
} as const

/** The line `Kind: …`. */
const KINDS: Readonly<Record<number, string>> = {
  0: 'End of Option List',
  1: 'No-Operation',
  2: 'Maximum Segment Size',
  3: 'Window Scale',
  4: 'SACK Permitted',
  5: 'SACK',
  6: 'Echo',
  7: 'Echo Reply',
  8: 'Time Stamp Option',
  19: 'MD5 Signature Option',
  28: 'User Timeout Option',
  29: 'The TCP Authentication Option',
  30: 'Multipath TCP',
  34: 'TCP Fast Open Cookie',
  253: 'RFC3692-style Experiment 1',
  254: 'RFC3692-style Experiment 2',
}

/** The option's own heading. */
const TITLES: Readonly<Record<number, string>> = {
  0: 'End of Option List (EOL)',
  1: 'No-Operation (NOP)',
  2: 'Maximum segment size',
  3: 'Window scale',
  4: 'SACK permitted',
  5: 'SACK',
  6: 'Echo',
  7: 'Echo reply',
  8: 'Timestamps',
  19: 'TCP MD5 signature',
  28: 'User Timeout',
  29: 'TCP Authentication Option',
  30: 'Multipath TCP',
  34: 'TCP Fast Open',
}

const none = () => []
const kind = varying('uint8', 'tcp.option_kind', 'Kind', none, { names: KINDS, size: 1 })
const length = varying('uint8', 'tcp.option_len', 'Length', none)
const segmentSize = varying('uint16', 'tcp.options.mss_val', 'MSS Value', none)
const shift = varying('uint8', 'tcp.options.wscale.shift', 'Shift count', none)
const multiplier = varying('uint16', 'tcp.options.wscale.multiplier', 'Multiplier', none, { generated: true })
const leftEdge = varying('uint32', 'tcp.options.sack_le', 'TCP SACK Left Edge', none)
const rightEdge = varying('uint32', 'tcp.options.sack_re', 'TCP SACK Right Edge', none)
const sackCount = varying('uint8', 'tcp.options.sack.count', 'TCP SACK Count', none, { generated: true })
const timestampValue = varying('uint32', 'tcp.options.timestamp.tsval', 'Timestamp value', none)
const timestampEcho = varying('uint32', 'tcp.options.timestamp.tsecr', 'Timestamp echo reply', none)

/** Fields beneath `tcp.options`, so that they have names. */
export const TCP_OPTION_FIELDS: readonly Field[] = [
  kind,
  length,
  segmentSize,
  shift,
  multiplier,
  leftEdge,
  rightEdge,
  sackCount,
  timestampValue,
  timestampEcho,
]

interface Option {
  readonly kind: number
  readonly start: number
  readonly end: number
}

/** Options that lie wholly in `[start, end)`; the first one with a senseless length ends the list. */
function* eachOption(view: DataView, start: number, end: number): Generator<Option> {
  let at = start
  while (at < end) {
    const number = view.getUint8(at)
    const size = number <= Kind.noOperation ? 1 : at + 1 < end ? view.getUint8(at + 1) : 0
    if (size === 0 || (number > Kind.noOperation && size < 2) || at + size > end) return
    yield { kind: number, start: at, end: at + size }
    if (number === Kind.end) return
    at += size
  }
}

/** The headings of all options, and their nodes. */
export function optionsOf(r: Reading, start: number, end: number): { names: string[]; nodes: Node[] } {
  const names: string[] = []
  const nodes: Node[] = []
  for (const option of eachOption(r.view, start, end)) {
    const title = TITLES[option.kind] ?? 'Unknown'
    const { words, details } = detailsOf(r, option)
    const children = [
      nodeOf(kind, {
        value: option.kind,
        start: option.start,
        end: option.start + 1,
        text: `Kind: ${nameOf(KINDS, option.kind) ?? 'Unknown'} (${option.kind})`,
      }),
    ]
    if (option.end - option.start > 1) {
      children.push(
        nodeOf(length, { value: option.end - option.start, start: option.start + 1, end: option.start + 2 }),
      )
    }
    names.push(title)
    nodes.push(remark(`TCP Option - ${title}${words}`, option.start, option.end, [...children, ...details]))
  }
  return { names, nodes }
}

/** What is said behind the option's heading, and beneath it. */
function detailsOf(r: Reading, option: Option): { words: string; details: Node[] } {
  const { view } = r
  const { start, end } = option
  const size = end - start
  const number = (field: Field, value: number, from: number, to: number, text?: string) =>
    nodeOf(field, { value, start: from, end: to, ...(text === undefined ? {} : { text }) })
  if (option.kind === Kind.maximumSegment && size === 4) {
    const value = view.getUint16(start + 2)
    return { words: `: ${value} bytes`, details: [number(segmentSize, value, start + 2, end)] }
  }
  if (option.kind === Kind.windowScale && size === 3) {
    const value = view.getUint8(start + 2)
    const factor = 2 ** Math.min(value, 14)
    return {
      words: `: ${value} (multiply by ${factor})`,
      details: [number(shift, value, start + 2, end), number(multiplier, factor, end, end)],
    }
  }
  if (option.kind === Kind.timestamps && size === 10) {
    const value = view.getUint32(start + 2)
    const echo = view.getUint32(start + 6)
    const details = [number(timestampValue, value, start + 2, start + 6), number(timestampEcho, echo, start + 6, end)]
    return { words: `: TSval ${value}, TSecr ${echo}`, details }
  }
  if (option.kind === Kind.sack) return sackDetails(r, option)
  const data =
    size > 2 && TITLES[option.kind] === undefined
      ? [remark(`Payload: ${bytesText(view, start + 2, size - 2)}`, start + 2, end)]
      : []
  return { words: '', details: data }
}

/** Edges count from the other side's start, like acknowledgments. */
function edgesOf(r: Reading, option: Option): number[] {
  const base = r.notes?.tcp?.peerBase
  const edges: number[] = []
  for (let at = option.start + 2; at + 8 <= option.end; at += 8) {
    for (const raw of [r.view.getUint32(at), r.view.getUint32(at + 4)])
      edges.push(base === undefined ? raw : (raw - base) >>> 0)
  }
  return edges
}

function sackDetails(r: Reading, option: Option): { words: string; details: Node[] } {
  const edges = edgesOf(r, option)
  const suffix = r.notes?.tcp?.peerBase === undefined ? '' : ' (relative)'
  let words = ''
  const details: Node[] = []
  edges.forEach((edge, index) => {
    const start = option.start + 2 + index * 4
    const isLeft = index % 2 === 0
    words += isLeft ? ` ${edge}` : `-${edge}`
    const text = `${isLeft ? 'left' : 'right'} edge = ${edge}${suffix}`
    details.push(nodeOf(isLeft ? leftEdge : rightEdge, { value: edge, start, end: start + 4, text }))
  })
  details.push(nodeOf(sackCount, { value: edges.length / 2, start: option.end, end: option.end }))
  return { words, details }
}

/** What the Info column says of the options, in their order: ` MSS=1410 SACK_PERM TSval=… TSecr=… WS=1024`. */
export function optionsInfo(r: Reading, start: number, end: number): string {
  let text = ''
  for (const option of eachOption(r.view, start, end)) {
    const size = option.end - option.start
    if (option.kind === Kind.maximumSegment && size === 4) text += ` MSS=${r.view.getUint16(option.start + 2)}`
    else if (option.kind === Kind.sackPermitted) text += ' SACK_PERM'
    else if (option.kind === Kind.windowScale && size === 3)
      text += ` WS=${2 ** Math.min(r.view.getUint8(option.start + 2), 14)}`
    else if (option.kind === Kind.timestamps && size === 10)
      text += ` TSval=${r.view.getUint32(option.start + 2)} TSecr=${r.view.getUint32(option.start + 6)}`
    else if (option.kind === Kind.sack) {
      edgesOf(r, option).forEach((edge, index) => {
        text += index % 2 === 0 ? ` SLE=${edge}` : ` SRE=${edge}`
      })
    }
  }
  return text
}

/** The window scale that a SYN offers; undefined: none. */
export function offeredWindowShift(view: DataView, start: number, end: number): number | undefined {
  for (const option of eachOption(view, start, end)) {
    if (option.kind === Kind.windowScale && option.end - option.start === 3)
      return Math.min(view.getUint8(option.start + 2), 14)
  }
  return undefined
}
