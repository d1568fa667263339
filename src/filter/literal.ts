/** Words and strings of a filter as values of the kind that they are compared with. */
import { type Field, type FieldType, nameOf } from '../dissect/field.ts'
import type { Fail } from './filter-error.ts'
import { type FilterValue, type Kind, kindWords } from './kind.ts'
import { maskBytes, maskIpv4, parseBytes, parseIpv4, parseIpv6, parsePrefix } from './literal-addresses.ts'
import { parseDuration, parseTime } from './literal-times.ts'
import type { Term } from './syntax.ts'

export interface Literal {
  readonly value: FilterValue
  /** Of a CIDR prefix: how many bits of both sides count. */
  readonly bits?: number
}

/** What the literal stands against. */
export interface Counterpart {
  readonly kind: Kind
  /** What it is called in errors. */
  readonly name: string
  /** Where it is a field: its type and words for its numbers. */
  readonly field?: Pick<Field, 'type' | 'names' | 'size'> | undefined
}

/** A term that is a literal, `-5` included. */
export type LiteralTerm = Extract<Term, { kind: 'word' | 'string' | 'character' | 'negative' }>

/** @throws UsageError for what is no value of that kind. */
export function literalOf(term: LiteralTerm, against: Counterpart, fail: Fail): Literal {
  const { kind } = against
  if (term.kind === 'negative') return negative(term, against, fail)
  const { text } = term
  const refuse = (what = `${quoted(text)} is not ${kindWords(kind)}, as ${against.name} is`) => fail(what, term)
  if (term.kind === 'character' && kind === 'number') return { value: text.codePointAt(0) as number }
  if (kind === 'string') return { value: text }
  if (kind === 'number') return { value: numberOf(term, against, fail) }
  if (term.kind !== 'word' && (kind === 'bytes' || kind === 'ether')) return { value: new TextEncoder().encode(text) }
  switch (kind) {
    case 'bytes':
      return {
        value:
          parseBytes(text) ?? refuse(`${quoted(text)} is not a byte string such as 47:45:54 (a text stands in quotes)`),
      }
    case 'ether':
      return { value: etherOf(text) ?? refuse() }
    case 'ipv4':
    case 'ipv6':
      return addressOf(text, kind) ?? refuse()
    case 'time':
      return { value: parseTime(text) ?? refuse(`${quoted(text)} is not a time such as "2026-11-22 20:12:57.5"`) }
    case 'duration':
      return { value: parseDuration(text) ?? refuse() }
  }
}

const quoted = (text: string) => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)

function negative(term: Extract<LiteralTerm, { kind: 'negative' }>, against: Counterpart, fail: Fail): Literal {
  const { value } = literalOf(term.of as LiteralTerm, against, fail)
  if (against.kind === 'number' || against.kind === 'duration') return { value: -(value as number) }
  return fail(`a minus stands before numbers, and ${against.name} is ${kindWords(against.kind)}`, term)
}

function etherOf(text: string): Uint8Array | undefined {
  const bytes = parseBytes(text)
  return bytes?.length === 6 ? bytes : undefined
}

function addressOf(text: string, kind: 'ipv4' | 'ipv6'): Literal | undefined {
  const prefix = parsePrefix(text, kind === 'ipv4' ? 32 : 128)
  if (prefix === undefined) return undefined
  const value = kind === 'ipv4' ? parseIpv4(prefix.address) : parseIpv6(prefix.address)
  if (value === undefined || prefix.bits === undefined) return value === undefined ? undefined : { value }
  const { bits } = prefix
  return { value: typeof value === 'number' ? maskIpv4(value, bits) : maskBytes(value, bits), bits }
}

const MAXIMA: Partial<Record<FieldType, number>> = {
  uint8: 0xff,
  uint16: 0xffff,
  uint24: 0xff_ffff,
  uint32: 0xffff_ffff,
}

function numberOf(term: LiteralTerm, { field, name }: Counterpart, fail: Fail): number {
  const { text } = term as { text: string }
  const value = term.kind === 'string' ? undefined : parseNumber(text)
  if (value !== undefined) {
    const maximum = field === undefined ? undefined : MAXIMA[field.type]
    if (maximum !== undefined && value > maximum)
      return fail(`${text} is too big for ${name}: at most ${maximum}`, term)
    // Any number but 0 is true.
    return field?.type === 'boolean' && value !== 0 ? 1 : value
  }
  const named = field === undefined ? undefined : numberNamed(text, field)
  if (named !== undefined) return named
  return fail(
    `${quoted(text)} is not a number${field?.names === undefined ? '' : ' or one of the words'} that ${name} can have`,
    term,
  )
}

/** `80`, `0x50`, `0120`, `0b1010000`; undefined for anything else. */
export function parseNumber(text: string): number | undefined {
  if (/^0x[0-9a-f]{1,13}$/i.test(text)) return Number.parseInt(text.slice(2), 16)
  if (/^0b[01]{1,53}$/i.test(text)) return Number.parseInt(text.slice(2), 2)
  if (/^0[0-7]{1,17}$/.test(text)) return Number.parseInt(text, 8)
  return /^(?:0|[1-9]\d{0,14})$/.test(text) ? Number(text) : undefined
}

const FLAG_WORDS: Readonly<Record<string, number>> = { true: 1, false: 0, set: 1, 'not set': 0 }

/** The number that a word stands for, in any case. */
function numberNamed(text: string, { type, names, size }: Pick<Field, 'type' | 'names' | 'size'>): number | undefined {
  const wanted = text.toLowerCase()
  if (type === 'boolean') return FLAG_WORDS[wanted]
  if (names === undefined) return undefined
  if (typeof names !== 'function') {
    const found = Object.entries(names).find(([, word]) => word.toLowerCase() === wanted)
    return found === undefined ? undefined : Number(found[0])
  }
  // A function can only be asked number by number.
  const last = size <= 1 ? 0xff : 0xffff
  for (let value = 0; value <= last; value++) if (nameOf(names, value)?.toLowerCase() === wanted) return value
  return undefined
}
