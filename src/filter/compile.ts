/** Conditions → one function over a packet. Types are checked here, before any packet is seen. */
import type { Dissector } from '../dissect/dissector.ts'
import { latin1Text } from './bytes-text.ts'
import { comparisonOf, predicateOf } from './comparison.ts'
import { type Fail, filterError, type Span } from './filter-error.ts'
import { callOf } from './functions.ts'
import { all, any, either, type Judgement, known, type Matcher, not, odd, unknown } from './judgement.ts'
import { type FilterValue, isBytes, type Kind, kindWords } from './kind.ts'
import type { TextTest } from './linear-regex.ts'
import { type Literal, type LiteralTerm, literalOf, parseNumber } from './literal.ts'
import { Names } from './names.ts'
import { CombinedOperand, ConstantOperand, MappedOperand, type Operand, type Predicate } from './operand.ts'
import { ProtocolOperand } from './protocol-operand.ts'
import { type Range, within } from './ranges.ts'
import { regexOf } from './regex.ts'
import type { Arithmetic, Condition, Quantifier, Relation, Term } from './syntax.ts'
import type { FilterContext } from './virtual-field.ts'

export interface Compiled extends Judgement {
  readonly isHeaderOnly: boolean
  /** Whether no packet decides but the one at hand and those of its conversation, the innermost one. */
  readonly isOfConversation: boolean
  /** Names of the fields and protocols that it reads. */
  readonly names: readonly string[]
}

/** @throws UsageError where names, types or values do not fit, with the place. */
export function compile(condition: Condition, text: string, dissector: Dissector, context: FilterContext): Compiled {
  return new Compiler(text, dissector, context).whole(condition)
}

type CompareCondition = Extract<Condition, { kind: 'compare' }>
type InCondition = Extract<Condition, { kind: 'in' }>

class Compiler {
  private readonly text: string
  private readonly dissector: Dissector
  private readonly names: Names
  private readonly used: Operand[] = []
  private readonly fail: Fail

  constructor(text: string, dissector: Dissector, context: FilterContext) {
    this.text = text
    this.dissector = dissector
    this.names = new Names(dissector, context)
    this.fail = (message, place) => {
      throw filterError(message, text, place)
    }
  }

  whole(condition: Condition): Compiled {
    const judgement = this.condition(condition)
    return {
      ...judgement,
      isHeaderOnly: this.used.every((operand) => operand.isHeaderOnly),
      isOfConversation: this.used.every(isOfConversation),
      names: this.used.map((operand) => operand.name),
    }
  }

  private condition(condition: Condition): Judgement {
    switch (condition.kind) {
      case 'and':
        return all(condition.parts.map((part) => this.condition(part)))
      case 'or':
        return any(condition.parts.map((part) => this.condition(part)))
      case 'xor':
        return odd(condition.parts.map((part) => this.condition(part)))
      case 'not':
        return not(this.condition(condition.part))
      case 'exists':
        return this.single(() => this.existence(condition.term))
      case 'compare':
        return this.single(() => this.compare(condition))
      case 'in':
        return this.single(() => this.membership(condition))
    }
  }

  /** A condition that has no others in it. */
  private single(build: () => Matcher): Judgement {
    const before = this.used.length
    const matches = build()
    const used = this.used.slice(before)
    if (used.every((operand) => operand.isHeaderOnly)) return known(matches)
    // Without a value on the left nothing holds; what is worked out of several values may be there without any.
    return unknown(matches, used.every(isOfConversation) ? used[0]?.applications : undefined)
  }

  /** Bits taken out of a number must not all be 0; anything else must be there. */
  private existence(term: Term): Matcher {
    const operand = this.operand(term)
    if (operand === undefined) return this.fail(this.names.missing(this.written(term)), term)
    if (term.kind === 'arithmetic' && term.sign === '&') return (packet) => operand.some(packet, hasBits)
    return (packet) => operand.exists(packet)
  }

  private compare(condition: CompareCondition): Matcher {
    const { relation, quantifier, left: leftTerm, right: rightTerm } = condition
    const left = this.operand(leftTerm)
    const right = relation === 'matches' ? undefined : this.operand(rightTerm)
    if (left === undefined) {
      // 80 == tcp.port: the same from the other side, where there is one.
      if (right === undefined) return this.fail(this.noField(leftTerm), leftTerm)
      if (relation === 'contains') return this.fail(`contains searches in a field: it stands on the left`, leftTerm)
      return this.against(right, MIRRORED[relation as Ordering], quantifier, leftTerm)
    }
    if (relation === 'matches') return this.matching(left, leftTerm, quantifier, rightTerm)
    if (relation === 'contains' && left.kind !== 'string' && !isBytes(left.kind))
      return this.fail(`contains searches in texts and bytes; ${left.name} is ${kindWords(left.kind)}`, leftTerm)
    if (right === undefined) return this.against(left, relation, quantifier, rightTerm)
    return this.between(left, right, relation, quantifier, rightTerm)
  }

  /** With a literal. */
  private against(left: Operand, relation: Exclude<Relation, 'matches'>, quantifier: Quantifier, term: Term): Matcher {
    const predicate = predicateOf(relation, left.kind, this.literal(term, left, relation === 'contains'))
    return quantified(left, predicate, quantifier)
  }

  /** Field with field: one pair of values must agree, or all. */
  private between(
    left: Operand,
    right: Operand,
    relation: Exclude<Relation, 'matches'>,
    quantifier: Quantifier,
    place: Span,
  ): Matcher {
    const areBytes = isBytes(left.kind) && isBytes(right.kind)
    if (left.kind !== right.kind && !areBytes)
      return this.fail(
        `${left.name} is ${kindWords(left.kind)}, ${right.name} ${kindWords(right.kind)}: they do not compare`,
        place,
      )
    const compare = comparisonOf(relation, left.kind)
    return (packet) => {
      const others = right.values(packet)
      if (others.length === 0) return false
      const isEvery = quantifier === 'all'
      const predicate: Predicate = isEvery
        ? (value) => others.every((other) => compare(value, other))
        : (value) => others.some((other) => compare(value, other))
      return isEvery ? left.every(packet, predicate) : left.some(packet, predicate)
    }
  }

  private matching(left: Operand, leftTerm: Term, quantifier: Quantifier, term: Term): Matcher {
    if (left.kind !== 'string' && left.kind !== 'bytes')
      return this.fail(
        `matches looks at texts and bytes; ${left.name} is ${kindWords(left.kind)} (string(${left.name}) makes a text of it)`,
        leftTerm,
      )
    if (term.kind !== 'string') return this.fail('matches needs a regular expression in double quotes', term)
    let regex: TextTest
    try {
      regex = regexOf(term.text)
    } catch (error) {
      return this.fail(`this is no regular expression: ${(error as Error).message}`, term)
    }
    const predicate: Predicate =
      left.kind === 'string'
        ? (value) => regex.test(value as string)
        : (value) => regex.test(latin1Text(value as Uint8Array))
    return quantified(left, predicate, quantifier)
  }

  /** One of the members must be met; with `all` one and the same by every value. */
  private membership({ left: leftTerm, members, quantifier }: InCondition): Matcher {
    const left = this.operand(leftTerm)
    if (left === undefined) return this.fail(this.noField(leftTerm), leftTerm)
    const numbers = new Set<FilterValue>()
    const matchers: Matcher[] = []
    for (const { from, to } of members) {
      if (to !== undefined) matchers.push(this.range(left, from, to, quantifier))
      else {
        const operand = this.operand(from)
        const literal = operand === undefined ? this.literal(from, left) : undefined
        if (operand !== undefined) matchers.push(this.between(left, operand, 'eq', quantifier, from))
        else if (
          typeof (literal as Literal).value === 'number' &&
          (literal as Literal).bits === undefined &&
          quantifier === 'any'
        )
          numbers.add((literal as Literal).value)
        else matchers.push(quantified(left, predicateOf('eq', left.kind, literal as Literal), quantifier))
      }
    }
    if (numbers.size > 0) matchers.unshift(quantified(left, (value) => numbers.has(value), 'any'))
    return either(matchers)
  }

  /** From one value to another, of which either may be a field. */
  private range(left: Operand, from: Term, to: Term, quantifier: Quantifier): Matcher {
    const [least, most] = [this.operand(from), this.operand(to)]
    if (least === undefined && most === undefined) {
      const isAbove = predicateOf('ge', left.kind, this.literal(from, left))
      const isBelow = predicateOf('le', left.kind, this.literal(to, left))
      return quantified(left, (value) => isAbove(value) && isBelow(value), quantifier)
    }
    const ends = [least, most].map((end, index) => {
      const term = index === 0 ? from : to
      return end ?? new ConstantOperand(left.kind, this.written(term), this.literal(term, left).value)
    }) as [Operand, Operand]
    const other = ends.find(({ kind }) => kind !== left.kind)
    if (other !== undefined)
      return this.fail(`${left.name} is ${kindWords(left.kind)}, ${other.name} ${kindWords(other.kind)}`, from)
    const [isAbove, isBelow] = [comparisonOf('ge', left.kind), comparisonOf('le', left.kind)]
    return (packet) => {
      const [lows, highs] = ends.map((end) => end.values(packet)) as [readonly FilterValue[], readonly FilterValue[]]
      const isWithin: Predicate = (value) =>
        lows.some((low) => isAbove(value, low)) && highs.some((high) => isBelow(value, high))
      return quantifier === 'all' ? left.every(packet, isWithin) : left.some(packet, isWithin)
    }
  }

  private literal(term: Term, against: Operand, isSearch = false): Literal {
    const isLiteral = isLiteralTerm(term)
    if (!isLiteral) return this.fail(this.noField(term), term)
    // A part of an address is searched for as bytes, a number as a byte.
    const kind = isSearch && isBytes(against.kind) ? 'bytes' : against.kind
    return literalOf(term, { kind, name: against.name, field: against.field }, this.fail)
  }

  /** Undefined for a literal. */
  private operand(term: Term): Operand | undefined {
    const operand = this.build(term)
    if (operand !== undefined && term.kind !== 'arithmetic') this.used.push(operand)
    return operand
  }

  private build(term: Term): Operand | undefined {
    switch (term.kind) {
      case 'word':
        return this.word(term)
      case 'layer':
        return this.names.find((term.of as { text: string }).text, term.ranges) ?? this.fail(this.noLayers(term), term)
      case 'slice':
        return this.slice(term.of, term.ranges, term)
      case 'call': {
        const values = term.values.map((value) => this.argument(value, term.values))
        const built = callOf(term.name, values, this.dissector)
        return typeof built === 'string' ? this.fail(built, term) : built
      }
      case 'arithmetic':
        return this.arithmetic(term.sign, term.left, term.right, term)
      case 'negative':
        return this.negative(term.of, term)
      default:
        return undefined
    }
  }

  /** Of a word that only looks like a field's name nothing is known here: it may be a value. */
  private word(term: Extract<Term, { kind: 'word' | 'string' | 'character' }>): Operand | undefined {
    return this.names.find(term.text)
  }

  /** A number beside fields is a number. */
  private argument(term: Term, all: readonly Term[]): Operand {
    const operand = this.operand(term)
    if (operand !== undefined) return operand
    const field = all.map((one) => (one === term ? undefined : this.build(one))).find((one) => one !== undefined)
    if (field === undefined || !isLiteralTerm(term)) return this.fail(this.names.missing(this.written(term)), term)
    return new ConstantOperand(field.kind, this.written(term), this.literal(term, field).value)
  }

  private slice(of: Term, ranges: readonly Range[], term: Term): Operand {
    const found = this.operand(of)
    if (found === undefined) return this.fail(this.noField(of), of)
    const operand = found instanceof ProtocolOperand ? found.header(this.dissector) : found
    if (operand.kind !== 'string' && operand.kind !== 'ipv4' && !isBytes(operand.kind))
      return this.fail(
        `${operand.name} is ${kindWords(operand.kind)}: only texts, bytes and addresses have slices`,
        term,
      )
    return new MappedOperand('bytes', operand.name, operand, (value) => sliced(bytesOf(value), ranges))
  }

  private arithmetic(sign: Arithmetic, leftTerm: Term, rightTerm: Term, term: Term): Operand | undefined {
    const [left, right] = [this.operand(leftTerm), this.operand(rightTerm)]
    const known = left ?? right
    if (known === undefined) return this.constant(sign, leftTerm, rightTerm, term)
    if (!canCalculate(sign, known.kind))
      return this.fail(`${known.name} is ${kindWords(known.kind)}: ${sign} cannot work with it`, term)
    const operands = [left ?? this.number(leftTerm, known), right ?? this.number(rightTerm, known)]
    const other = operands.find(({ kind }) => kind !== known.kind)
    if (other !== undefined)
      return this.fail(`${known.name} is ${kindWords(known.kind)}, ${other.name} ${kindWords(other.kind)}`, term)
    return new CombinedOperand(known.kind, known.name, operands, ([first = [], second = []]) => {
      const results: FilterValue[] = []
      for (const a of first) {
        for (const b of second) {
          const result = calculated(sign, a, b)
          if (result !== undefined) results.push(result)
        }
      }
      return results
    })
  }

  /** Two numbers without a field. */
  private constant(sign: Arithmetic, leftTerm: Term, rightTerm: Term, term: Term): Operand {
    const values = [leftTerm, rightTerm].map((one) => (one.kind === 'word' ? parseNumber(one.text) : undefined))
    const [a, b] = values
    if (a === undefined || b === undefined)
      return this.fail(this.noField(a === undefined ? leftTerm : rightTerm), a === undefined ? leftTerm : rightTerm)
    const result = calculated(sign, a, b)
    return result === undefined
      ? this.fail('this divides by 0', term)
      : new ConstantOperand('number', this.written(term), result)
  }

  private number(term: Term, beside: Operand): Operand {
    const plain = { kind: beside.kind, name: beside.name }
    if (!isLiteralTerm(term)) return this.fail(this.noField(term), term)
    return new ConstantOperand(beside.kind, this.written(term), literalOf(term, plain, this.fail).value)
  }

  private negative(of: Term, term: Term): Operand | undefined {
    const operand = this.operand(of)
    if (operand === undefined) return undefined
    if (operand.kind !== 'number' && operand.kind !== 'duration')
      return this.fail(`a minus stands before numbers; ${operand.name} is ${kindWords(operand.kind)}`, term)
    return new MappedOperand(operand.kind, operand.name, operand, (value) => -(value as number))
  }

  private noField(term: Term): string {
    if (term.kind === 'word') return this.names.missing(term.text)
    return `${this.written(term)} is no field; a comparison needs one`
  }

  private noLayers(term: Extract<Term, { kind: 'layer' }>): string {
    const { text } = term.of as { text: string }
    return this.names.find(text) === undefined ? this.names.missing(text) : `"${text}" is not in layers: it has no #`
  }

  private written({ start, end }: Span): string {
    return this.text.slice(start, end)
  }
}

/** Bits are taken out of bytes too, durations are added and taken away. */
function canCalculate(sign: Arithmetic, kind: Kind): boolean {
  if (kind === 'number') return true
  return sign === '&' ? kind === 'bytes' : kind === 'duration' && (sign === '+' || sign === '-')
}

type Ordering = Exclude<Relation, 'contains' | 'matches'>

const MIRRORED: Readonly<Record<Ordering, Ordering>> = { eq: 'eq', ne: 'ne', gt: 'lt', lt: 'gt', ge: 'le', le: 'ge' }

function isLiteralTerm(term: Term): term is LiteralTerm {
  if (term.kind === 'negative') return isLiteralTerm(term.of)
  return term.kind === 'word' || term.kind === 'string' || term.kind === 'character'
}

const isOfConversation = (operand: Operand) => operand.isHeaderOnly || operand.applications !== undefined

function quantified(operand: Operand, predicate: Predicate, quantifier: Quantifier): Matcher {
  return quantifier === 'all'
    ? (packet) => operand.every(packet, predicate)
    : (packet) => operand.some(packet, predicate)
}

function bytesOf(value: FilterValue): Uint8Array {
  if (value instanceof Uint8Array) return value
  if (typeof value === 'string') return new TextEncoder().encode(value)
  const number = Number(value)
  return Uint8Array.of(number >>> 24, number >>> 16, number >>> 8, number)
}

/** The ranges one after another; undefined where one does not lie inside. */
function sliced(bytes: Uint8Array, ranges: readonly Range[]): Uint8Array | undefined {
  const parts: Uint8Array[] = []
  for (const range of ranges) {
    const place = within(range, bytes.length)
    if (place === undefined) return undefined
    parts.push(bytes.subarray(place.from, place.to))
  }
  return parts.length === 1 ? parts[0] : Buffer.concat(parts)
}

function hasBits(value: FilterValue): boolean {
  return value instanceof Uint8Array ? value.some((byte) => byte !== 0) : value !== 0
}

/** Undefined for a division by 0. */
function calculated(sign: Arithmetic, left: FilterValue, right: FilterValue): FilterValue | undefined {
  if (left instanceof Uint8Array) return left.map((byte, index) => byte & ((right as Uint8Array)[index] ?? 0))
  if (typeof left === 'bigint' || typeof right === 'bigint')
    return calculatedTime(sign, BigInt(left as bigint), BigInt(right as bigint))
  const [a, b] = [left as number, right as number]
  switch (sign) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '/':
      return b === 0 ? undefined : Math.trunc(a / b)
    case '%':
      return b === 0 ? undefined : a % b
    case '&':
      return (a & b) >>> 0
  }
}

function calculatedTime(sign: Arithmetic, a: bigint, b: bigint): bigint {
  return sign === '+' ? a + b : a - b
}
