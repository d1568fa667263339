/** Domain Name System. RFC 1035, EDNS RFC 6891; over TCP RFC 7766; multicast RFC 6762. */
import { bytesText } from '../../bytes/address.ts'
import { hex } from '../../bytes/integers.ts'
import { bitPicture, bits, type Field, flag, nodeOf, type Occurrence, u16, varying } from '../../dissect/field.ts'
import { type Framing, Measure } from '../../dissect/framing.ts'
import { defineLayer, type Layer, type LayerDefinition } from '../../dissect/layer.ts'
import type { Node } from '../../dissect/node.ts'
import type { Reading } from '../../dissect/reading.ts'
import { truncated } from '../../dissect/walk.ts'
import { DNS_HEADER, type Entries, entriesOf, type Message, messageAt } from './dns-message.ts'
import { OPCODES, RCODES, UPDATE } from './dns-numbers.ts'
import { questionInfo, questionNode, RECORD_FIELDS, recordInfo, recordNode } from './dns-records.ts'

const RESPONSE = 0x8000
const AUTHENTIC = 0x20
/** Over TCP each message has its length before it. */
const LENGTH_SIZE = 2

/** How one transport carries DNS. */
interface Carrier {
  /** Bytes before the message. */
  readonly prefix: number
  /** RFC 6762: the top bit of a class has a meaning of its own. */
  readonly isMulticast: boolean
}

const SECTIONS = ['Queries', 'Answers', 'Authoritative nameservers', 'Additional records'] as const
/** RFC 2136 section 2: an update uses the same sections for other things. */
const UPDATE_SECTIONS = ['Zone', 'Prerequisites', 'Updates', 'Additional records'] as const

const extraneousData = varying('bytes', 'dns.extraneous.data', 'Extraneous Data Bytes', () => [])
const extraneousLength = varying('int32', 'dns.extraneous.length', 'Extraneous Data Length', () => [], {
  generated: true,
})

function dnsFields({ prefix, isMulticast }: Carrier) {
  const flagsAt = (r: Reading) => r.view.getUint16(r.start + prefix + 2)
  const isResponse = (r: Reading) => (flagsAt(r) & RESPONSE) !== 0
  const isUpdate = (r: Reading) => opcodeOf(flagsAt(r)) === UPDATE
  const isNoUpdate = (r: Reading) => !isUpdate(r)
  const at = prefix + 2
  return {
    ...(prefix === 0 ? {} : { length: u16('dns.length', 'Length', 0) }),
    id: u16('dns.id', 'Transaction ID', prefix, { base: 'hex' }),
    flags: u16('dns.flags', 'Flags', at, {
      base: 'hex',
      line: (value) => `Flags: 0x${hex(value, 4)} ${flagsWords(value)}`,
      children: [
        flag(2, 'dns.flags.response', 'Response', at, 0, { words: ['Message is a response', 'Message is a query'] }),
        bits(2, 'dns.flags.opcode', 'Opcode', at, 1, 4, { names: OPCODES }),
        flag(2, 'dns.flags.authoritative', 'Authoritative', at, 5, {
          words: ['Server is an authority for domain', 'Server is not an authority for domain'],
          when: isResponse,
        }),
        flag(2, 'dns.flags.truncated', 'Truncated', at, 6, {
          words: ['Message is truncated', 'Message is not truncated'],
        }),
        flag(2, 'dns.flags.recdesired', 'Recursion desired', at, 7, {
          words: ['Do query recursively', "Don't do query recursively"],
        }),
        flag(2, 'dns.flags.recavail', 'Recursion available', at, 8, {
          words: ['Server can do recursive queries', "Server can't do recursive queries"],
          when: isResponse,
        }),
        flag(2, 'dns.flags.z', 'Z', at, 9, { words: ['reserved - incorrect!', 'reserved (0)'] }),
        // RFC 6840 section 5.7: in a query it asks for the bit in the answer, and is shown where it does.
        flag(2, 'dns.flags.authenticated', 'Answer authenticated', at, 10, {
          line: (value, r) => `${bitPicture(flagsAt(r), 16, AUTHENTIC)} = ${authenticWords(value, isResponse(r))}`,
          when: (r) => isResponse(r) || (flagsAt(r) & AUTHENTIC) !== 0,
        }),
        flag(2, 'dns.flags.checkdisable', 'Non-authenticated data', at, 11, { words: ['Acceptable', 'Unacceptable'] }),
        bits(2, 'dns.flags.rcode', 'Reply code', at, 12, 4, { names: RCODES, when: isResponse }),
      ],
    }),
    queries: u16('dns.count.queries', 'Questions', prefix + 4, { when: isNoUpdate }),
    zones: u16('dns.count.zones', 'Zones', prefix + 4, { when: isUpdate }),
    answers: u16('dns.count.answers', 'Answer RRs', prefix + 6, { when: isNoUpdate }),
    prerequisites: u16('dns.count.prerequisites', 'Prerequisites', prefix + 6, { when: isUpdate }),
    authorities: u16('dns.count.auth_rr', 'Authority RRs', prefix + 8, { when: isNoUpdate }),
    updates: u16('dns.count.updates', 'Updates', prefix + 8, { when: isUpdate }),
    additionals: u16('dns.count.add_rr', 'Additional RRs', prefix + 10),
    sections: sectionsField(prefix, isMulticast, isUpdate),
  }
}

function authenticWords(value: number, isResponse: boolean): string {
  if (!isResponse) return 'AD bit: Set'
  return `Answer authenticated: Answer/authority portion was ${value === 0 ? 'not ' : ''}authenticated by the server`
}

const opcodeOf = (flags: number) => (flags >> 11) & 0xf

/** `Standard query response, No error`. */
function flagsWords(flags: number): string {
  const words = OPCODES[opcodeOf(flags)] ?? 'Unknown operation'
  return flags & RESPONSE ? `${words} response, ${RCODES[flags & 0xf] ?? 'Unknown error'}` : words
}

/** The message of a layer: over TCP its length says where it ends. */
function messageOf(r: Reading, prefix: number): Message {
  const start = Math.min(r.start + prefix, r.body)
  const isCounted = prefix === LENGTH_SIZE && r.start + LENGTH_SIZE <= r.body
  const end = isCounted ? Math.min(r.body, start + r.view.getUint16(r.start)) : r.body
  return messageAt(r, start, end)
}

function sectionsField(prefix: number, isMulticast: boolean, isUpdate: (r: Reading) => boolean): Field {
  const find = (r: Reading): Occurrence[] => {
    const message = messageOf(r, prefix)
    if (message.end - message.start < DNS_HEADER) return []
    const entries = entriesOf(message)
    const titles = isUpdate(r) ? UPDATE_SECTIONS : SECTIONS
    const lists: Node[][] = [
      entries.questions.map((question) => questionNode(message, question, isMulticast)),
      ...entries.sections.map((section) => section.map((record) => recordNode(message, record, isMulticast))),
    ]
    const found = lists.flatMap((children, index) => sectionOccurrence(titles[index] as string, children))
    return [...found, ...restOccurrences(message, entries)]
  }
  return varying('none', '', 'Sections', find, { members: [...RECORD_FIELDS, extraneousData, extraneousLength] })
}

function sectionOccurrence(text: string, children: readonly Node[]): Occurrence[] {
  const [first] = children
  const last = children.at(-1)
  return first === undefined || last === undefined
    ? []
    : [{ value: undefined, text, start: first.start, end: last.end, children }]
}

/** What follows the last entry: nothing, bytes nobody asked for, or an entry that makes no sense. */
function restOccurrences(message: Message, { rest }: Entries): Occurrence[] {
  const { start, kind } = rest
  const { end } = message
  if (kind === 'too-many') return [{ value: undefined, text: '[More records than are shown]', start, end }]
  if (kind === 'undecodable') {
    return [
      {
        value: undefined,
        text: `[The record at byte ${start - message.start} of the message cannot be decoded]`,
        start,
        end,
      },
    ]
  }
  if (start >= end) return []
  const length = end - start
  const children = [
    nodeOf(extraneousData, { value: bytesText(message.r.view, start, length), start, end }),
    nodeOf(extraneousLength, { value: length, start, end: start }),
  ]
  return [
    { value: undefined, text: `Extraneous Data (${length} byte${length === 1 ? '' : 's'})`, start, end, children },
  ]
}

function dnsInfo(r: Reading, { prefix, isMulticast }: Carrier): string | undefined {
  if (r.body - r.start < prefix + 4) return undefined
  const at = r.start + prefix
  const flags = r.view.getUint16(at + 2)
  const opcode = opcodeOf(flags)
  let info = OPCODES[opcode] ?? `Unknown operation (${opcode})`
  if (flags & RESPONSE) info += ' response'
  info += ` 0x${hex(r.view.getUint16(at), 4)}`
  const rcode = flags & 0xf
  if (flags & RESPONSE && rcode !== 0) info += ` ${RCODES[rcode] ?? `Unknown error (${rcode})`}`
  const message = messageOf(r, prefix)
  if (message.end - message.start < DNS_HEADER) return info
  const entries = entriesOf(message)
  for (const question of entries.questions) info += questionInfo(question, isMulticast)
  for (const record of entries.sections.flat()) info += recordInfo(message, record, isMulticast)
  return info
}

/** A name that goes on in the message's header would be worded by its number. RFC 1035 section 4.1.4. */
function wordedUntil(view: DataView, at: number, end: number): number {
  for (let position = at + DNS_HEADER; position + 1 < end; position++)
    if (view.getUint8(position) === 0xc0 && view.getUint8(position + 1) < DNS_HEADER) return -1
  return end - at < DNS_HEADER ? -1 : end
}

function dnsLayer(
  definition: Pick<LayerDefinition, 'name' | 'id' | 'title' | 'attach' | 'framing'>,
  carrier: Carrier,
): Layer {
  const needed = carrier.prefix + DNS_HEADER
  return defineLayer({
    ...definition,
    role: 'application',
    fields: dnsFields(carrier),
    step(_view, at, end, walk) {
      if (end - at < needed) return truncated(walk, needed)
      return walk.claim > end ? truncated(walk, walk.claim - at) : end
    },
    heading(r) {
      const flagsAt = r.start + carrier.prefix + 2
      if (flagsAt + 2 > r.body) return definition.title
      return `${definition.title} (${r.view.getUint16(flagsAt) & RESPONSE ? 'response' : 'query'})`
    },
    topic: {
      skip: carrier.prefix + 2,
      of: (r) => entriesOf(messageOf(r, carrier.prefix)).questions[0]?.name.text,
    },
    ...(carrier.prefix === 0 && { repeats: { until: wordedUntil, isStateless: true, hasNumber: true } }),
    info: (r) => dnsInfo(r, carrier),
  })
}

/** RFC 7766 section 8: two bytes of length before each message. */
const dnsFraming: Framing = {
  measure(view, start, end) {
    if (end - start < LENGTH_SIZE) return Measure.more
    const length = view.getUint16(start)
    return length < DNS_HEADER ? Measure.none : start + LENGTH_SIZE + length
  },
  starts: (view, start, end) => end - start > DNS_HEADER && start + LENGTH_SIZE + view.getUint16(start) === end,
  separator: '',
  onlyLastOfRun: true,
}

const title = 'Domain Name System'

export const dns = dnsLayer(
  { name: 'dns', id: 'dns', title, attach: [['udp.port', 53]] },
  { prefix: 0, isMulticast: false },
)

/** Answers too long for a datagram, and whoever wants a connection. */
export const dnsOverTcp = dnsLayer(
  { name: 'dns', id: 'dns.tcp', title, attach: [['tcp.port', 53]], framing: dnsFraming },
  { prefix: LENGTH_SIZE, isMulticast: false },
)

export const mdns = dnsLayer(
  { name: 'mdns', id: 'mdns', title: 'Multicast Domain Name System', attach: [['udp.port', 5353]] },
  { prefix: 0, isMulticast: true },
)

export const DNS_LAYERS: readonly Layer[] = [dns, dnsOverTcp, mdns]
