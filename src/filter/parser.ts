/**
 * Tokens → conditions, by Wireshark's precedence: `or`, `xor`, `and`, `not`, comparisons, `&`, `+ -`, `* / %`. Comparisons
 * can be chained: `1 < a < 5` is `1 < a and a < 5`.
 */
import { filterError, type Span } from './filter-error.ts'
import { type Token, tokensOf } from './lexer.ts'
import { parseRanges } from './ranges.ts'
import type { Arithmetic, Condition, Member, Quantifier, Relation, Term } from './syntax.ts'

const RELATIONS: Readonly<Record<string, readonly [Relation, Quantifier]>> = {
  '==': ['eq', 'any'],
  eq: ['eq', 'any'],
  any_eq: ['eq', 'any'],
  '===': ['eq', 'all'],
  all_eq: ['eq', 'all'],
  '!=': ['ne', 'all'],
  ne: ['ne', 'all'],
  all_ne: ['ne', 'all'],
  '!==': ['ne', 'any'],
  '~=': ['ne', 'any'],
  any_ne: ['ne', 'any'],
  '>': ['gt', 'any'],
  gt: ['gt', 'any'],
  '<': ['lt', 'any'],
  lt: ['lt', 'any'],
  '>=': ['ge', 'any'],
  ge: ['ge', 'any'],
  '<=': ['le', 'any'],
  le: ['le', 'any'],
  contains: ['contains', 'any'],
  matches: ['matches', 'any'],
  '~': ['matches', 'any'],
}
const OR = ['||', 'or']
const XOR = ['^^', 'xor']
const AND = ['&&', 'and']
const NOT = ['!', 'not']
/** Words that are never a value. */
const RESERVED = [...Object.keys(RELATIONS), ...OR, ...XOR, ...AND, 'not', 'in', 'any', 'all']

/** Brackets within brackets, and operators in a row that lean on each other. */
const MAX_DEPTH = 200

/** @throws UsageError where the text is no filter, with the place. */
export function parseFilter(text: string): Condition {
  return new Parser(text).whole()
}

class Parser {
  private readonly text: string
  private readonly tokens: readonly Token[]
  private at = 0
  private depth = 0

  constructor(text: string) {
    this.text = text
    this.tokens = tokensOf(text)
  }

  whole(): Condition {
    if (this.next.kind === 'end') throw this.error('it is empty', this.next)
    const condition = this.condition()
    if (this.at < this.tokens.length - 1) throw this.unexpected()
    return condition
  }

  private condition(): Condition {
    return this.deeper(() =>
      this.joined('or', OR, () => this.joined('xor', XOR, () => this.joined('and', AND, () => this.negated()))),
    )
  }

  private joined(kind: 'or' | 'xor' | 'and', signs: readonly string[], part: () => Condition): Condition {
    const first = part()
    if (!this.isNext(signs)) return first
    const parts = [first]
    while (this.accept(signs)) parts.push(part())
    return { kind, parts, start: first.start, end: this.last.end }
  }

  private negated(): Condition {
    const { start } = this.next
    // `not in` belongs to a comparison, but nothing stands before it here.
    if (!this.accept(NOT)) return this.relation()
    const part = this.deeper(() => this.negated())
    return { kind: 'not', part, start, end: part.end }
  }

  private relation(): Condition {
    const { start } = this.next
    if (this.accept(['('])) {
      const inside = this.condition()
      this.expect(')')
      return { ...inside, start, end: this.last.end }
    }
    const quantifier = this.accept(['any']) ? 'any' : this.accept(['all']) ? 'all' : undefined
    const left = this.term()
    const first = this.comparison(left, quantifier)
    if (first === undefined) {
      if (quantifier !== undefined) throw this.error(`"${quantifier}" stands before a comparison`, this.next)
      return { kind: 'exists', term: left, start, end: left.end }
    }
    const chain = [first]
    for (let last: Condition | undefined = first; last?.kind === 'compare'; ) {
      last = this.comparison(last.right, quantifier)
      if (last !== undefined) chain.push(last)
    }
    return chain.length === 1 ? { ...first, start } : { kind: 'and', parts: chain, start, end: this.last.end }
  }

  private comparison(left: Term, quantifier: Quantifier | undefined): Condition | undefined {
    const { start } = left
    const isNot = this.next.text === 'not' && this.tokens[this.at + 1]?.text === 'in'
    if (isNot) this.at++
    if (this.accept(['in'])) {
      const members = this.members()
      const inside = { kind: 'in', quantifier: quantifier ?? 'any', left, members, start, end: this.last.end } as const
      return isNot ? { kind: 'not', part: inside, start, end: inside.end } : inside
    }
    const known = this.isNext(Object.keys(RELATIONS)) ? RELATIONS[this.next.text] : undefined
    if (known === undefined) return undefined
    this.at++
    const right = this.term()
    return {
      kind: 'compare',
      relation: known[0],
      quantifier: quantifier ?? known[1],
      left,
      right,
      start,
      end: right.end,
    }
  }

  private members(): Member[] {
    this.expect('{')
    const members: Member[] = []
    do {
      const from = this.term()
      members.push({ from, to: this.accept(['..']) ? this.term() : undefined })
    } while (this.accept([',']))
    this.expect('}')
    return members
  }

  private term(): Term {
    return this.deeper(() =>
      this.series(['&'], () => this.series(['+', '-'], () => this.series(['*', '/', '%'], () => this.unary()))),
    )
  }

  private series(signs: readonly string[], part: () => Term): Term {
    let left = part()
    const before = this.depth
    while (this.isNext(signs)) {
      const sign = this.next.text as Arithmetic
      this.at++
      // A long row is a deep tree too.
      this.sink()
      const right = part()
      left = { kind: 'arithmetic', sign, left, right, start: left.start, end: right.end }
    }
    this.depth = before
    return left
  }

  private unary(): Term {
    const { start } = this.next
    if (this.accept(['+'])) return this.deeper(() => this.unary())
    if (!this.accept(['-'])) return this.suffixed()
    const of = this.deeper(() => this.unary())
    return { kind: 'negative', of, start, end: of.end }
  }

  private suffixed(): Term {
    let term = this.value()
    if (term.kind === 'word' && this.accept(['#'])) term = this.layer(term)
    while (this.next.kind === 'ranges') {
      const ranges = parseRanges(this.next.text, this.text, this.next)
      term = { kind: 'slice', of: term, ranges, start: term.start, end: this.next.end }
      this.at++
      this.sink()
    }
    return term
  }

  private layer(of: Term): Term {
    const { kind, text, end } = this.next
    const isNumber = kind === 'word' && /^\d+$/.test(text)
    if (!isNumber && kind !== 'ranges') throw this.error('# needs a layer: #2, #[1-2] or #[-1]', this.next)
    const ranges = parseRanges(text, this.text, this.next)
    this.at++
    return { kind: 'layer', of, ranges, start: of.start, end }
  }

  private value(): Term {
    const token = this.next
    const { kind, text, start, end } = token
    if (this.accept(['{'])) {
      const inside = this.term()
      this.expect('}')
      return inside
    }
    if (kind !== 'word' && kind !== 'string' && kind !== 'character') throw this.unexpected()
    if (kind === 'word' && RESERVED.includes(text)) throw this.unexpected()
    this.at++
    if (kind === 'word' && this.next.kind === 'sign' && this.next.text === '(' && this.next.start === end)
      return this.call(token)
    return { kind, text, start, end }
  }

  private call({ text: name, start }: Token): Term {
    this.expect('(')
    const values: Term[] = []
    if (!this.isNext([')']))
      do values.push(this.term())
      while (this.accept([',']))
    this.expect(')')
    return { kind: 'call', name, values, start, end: this.last.end }
  }

  private get next(): Token {
    return this.tokens[this.at] as Token
  }

  private get last(): Token {
    return this.tokens[this.at - 1] as Token
  }

  private isNext(texts: readonly string[]): boolean {
    const { kind, text } = this.next
    return (kind === 'sign' || kind === 'word') && texts.includes(text)
  }

  private accept(texts: readonly string[]): boolean {
    if (!this.isNext(texts)) return false
    this.at++
    return true
  }

  private expect(sign: string): void {
    if (this.accept([sign])) return
    if (this.next.kind === 'end') throw this.error(`it ends where "${sign}" is needed`, this.next)
    throw this.error(`"${sign}" is needed here`, this.next)
  }

  private sink(): void {
    if (++this.depth > MAX_DEPTH) throw this.error(`more than ${MAX_DEPTH} levels deep`, this.next)
  }

  private deeper<T>(inside: () => T): T {
    const before = this.depth
    this.sink()
    const result = inside()
    this.depth = before
    return result
  }

  private unexpected(): Error {
    const { kind, text } = this.next
    if (kind === 'end') return this.error('it ends too early', this.next)
    const lower = text.toLowerCase()
    const isOther = kind === 'word' && lower !== text && RESERVED.includes(lower)
    return this.error(
      `${JSON.stringify(text)} is not expected here${isOther ? `: it is written ${lower}` : ''}`,
      this.next,
    )
  }

  private error(message: string, place: Span): Error {
    return filterError(message, this.text, place)
  }
}
