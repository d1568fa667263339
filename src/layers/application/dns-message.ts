/** A DNS message taken apart: where its questions and records lie. RFC 1035 section 4; names by dns-packet's codec. */
import dnsPacket from 'dns-packet'
import type { Reading } from '../../dissect/reading.ts'

export const DNS_HEADER = 12
const QUESTION_FIXED = 4
const RECORD_FIXED = 10
/** Most entries that are looked at: each may cost a chain of pointers, and a message may claim 262,140 of them. */
const MAX_ENTRIES = 512

/** The codec, which dns-packet exports and its types leave out. */
interface NameCodec {
  readonly decode: { (bytes: Buffer, offset: number): string; readonly bytes: number }
}
const { name: nameCodec } = dnsPacket as unknown as { readonly name: NameCodec }

/** A name and the position after it. */
export interface Name {
  readonly text: string
  readonly end: number
}

/** Positions in it count as in the record, like those of a reading. */
export interface Message {
  readonly r: Reading
  /** The message's own bytes, in which its pointers count. */
  readonly bytes: Buffer
  readonly start: number
  readonly end: number
}

export interface Question {
  readonly start: number
  readonly name: Name
  readonly type: number
  readonly class: number
  readonly end: number
}

export interface ResourceRecord extends Question {
  readonly ttl: number
  /** Its data, as its length field says. */
  readonly dataStart: number
  /** False: the data passes the message's end. */
  readonly isWhole: boolean
}

export interface Entries {
  readonly questions: readonly Question[]
  /** Answers, authoritative nameservers, additional records. */
  readonly sections: readonly [readonly ResourceRecord[], readonly ResourceRecord[], readonly ResourceRecord[]]
  /** What came after the last entry that could be read: `start` is where. */
  readonly rest: { readonly kind: 'end' | 'undecodable' | 'too-many'; readonly start: number }
}

/** The message that starts at `start` and ends at `end`, without copying it. */
export function messageAt(r: Reading, start: number, end: number): Message {
  const bytes = Buffer.from(r.bytes.buffer, r.bytes.byteOffset + start, Math.max(end - start, 0))
  return { r, bytes, start, end: Math.max(end, start) }
}

/** The name at `at`; undefined if it is none, or its pointers do not lead backwards. */
export function nameAt(message: Message, at: number): Name | undefined {
  try {
    const text = nameCodec.decode(message.bytes, at - message.start)
    return { text: text === '.' ? '<Root>' : text, end: at + nameCodec.decode.bytes }
  } catch {
    return undefined
  }
}

function questionAt(message: Message, at: number): Question | undefined {
  const name = nameAt(message, at)
  if (name === undefined || name.end + QUESTION_FIXED > message.end) return undefined
  const { view } = message.r
  return {
    start: at,
    name,
    type: view.getUint16(name.end),
    class: view.getUint16(name.end + 2),
    end: name.end + QUESTION_FIXED,
  }
}

function recordAt(message: Message, at: number): ResourceRecord | undefined {
  const name = nameAt(message, at)
  if (name === undefined || name.end + RECORD_FIXED > message.end) return undefined
  const { view } = message.r
  const dataStart = name.end + RECORD_FIXED
  const dataEnd = dataStart + view.getUint16(name.end + 8)
  return {
    start: at,
    name,
    type: view.getUint16(name.end),
    class: view.getUint16(name.end + 2),
    ttl: view.getUint32(name.end + 4),
    dataStart,
    end: Math.min(dataEnd, message.end),
    isWhole: dataEnd <= message.end,
  }
}

/** Every entry that the counts promise and the bytes hold; the first one that makes no sense ends them. */
export function entriesOf(message: Message): Entries {
  const questions: Question[] = []
  const sections: [ResourceRecord[], ResourceRecord[], ResourceRecord[]] = [[], [], []]
  let at = message.start + DNS_HEADER
  const done = (kind: Entries['rest']['kind']): Entries => ({
    questions,
    sections,
    rest: { kind, start: Math.min(at, message.end) },
  })
  if (at > message.end) return done('end')
  const count = (index: number) => message.r.view.getUint16(message.start + 4 + index * 2)
  let left = MAX_ENTRIES
  for (let i = 0; i < count(0); i++) {
    if (left-- === 0) return done('too-many')
    const question = questionAt(message, at)
    if (question === undefined) return done('undecodable')
    questions.push(question)
    at = question.end
  }
  for (const [index, section] of sections.entries()) {
    for (let i = 0; i < count(index + 1); i++) {
      if (left-- === 0) return done('too-many')
      const record = recordAt(message, at)
      if (record === undefined) return done('undecodable')
      section.push(record)
      if (!record.isWhole) return done('undecodable')
      at = record.end
    }
  }
  return done('end')
}
