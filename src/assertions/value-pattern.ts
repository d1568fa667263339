/** Numbers and texts of patterns → questions, each with its words. */
import { PatternError, type Place } from './condition.ts'
import type { AsymmetricMatcher } from './pattern.ts'

/** A question to a value. */
export interface ValueTest<Value> {
  readonly words: string
  test(actual: Value): boolean
  /** As a comparison of a display filter, such as `== 80` or `in {80, 443}`. */
  readonly filter: string | undefined
}

export function isAsymmetric(value: unknown): value is AsymmetricMatcher {
  return (
    typeof value === 'object' &&
    value !== null &&
    'asymmetricMatch' in value &&
    typeof value.asymmetricMatch === 'function'
  )
}

/** What has no words of its own: regular expressions, functions, asymmetric matchers; undefined for anything else. */
export function opaqueTest<Value>(pattern: unknown): ValueTest<Value> | undefined {
  if (pattern instanceof RegExp)
    return { words: String(pattern), filter: undefined, test: (actual) => String(actual).search(pattern) >= 0 }
  if (typeof pattern === 'function')
    return {
      words: `function ${pattern.name || '(anonymous)'}`,
      filter: undefined,
      test: (actual) => pattern(actual) === true,
    }
  if (isAsymmetric(pattern))
    return { words: asymmetricWords(pattern), filter: undefined, test: (actual) => pattern.asymmetricMatch(actual) }
  return undefined
}

function asymmetricWords(matcher: AsymmetricMatcher): string {
  const { toAsymmetricMatcher: words } = matcher as { toAsymmetricMatcher?: () => string }
  return typeof words === 'function' ? words.call(matcher) : String(matcher)
}

/** One of several is enough. */
export function anyOf<Value>(
  pattern: unknown,
  place: Place,
  one: (pattern: unknown, place: Place) => ValueTest<Value>,
): ValueTest<Value> {
  if (!Array.isArray(pattern)) return one(pattern, place)
  if (pattern.length === 0) throw new PatternError(place, 'an empty list matches nothing')
  const tests = pattern.map((each, index) => one(each, [...place, index]))
  const filters = tests.map(({ filter }) => (filter?.startsWith('== ') === true ? filter.slice(3) : undefined))
  return {
    words: tests.map(({ words }) => words).join(' or '),
    test: (actual) => tests.some((each) => each.test(actual)),
    filter: filters.includes(undefined) ? undefined : `in {${filters.join(', ')}}`,
  }
}

/** `max`: the largest number that makes sense. */
export function numberTest(pattern: unknown, place: Place, max: number): ValueTest<number> {
  return anyOf(pattern, place, (one, at) => {
    if (typeof one === 'number') {
      if (!Number.isInteger(one) || one < 0 || one > max)
        throw new PatternError(at, `${one} is not a number from 0 to ${max}`)
      return { words: String(one), filter: `== ${one}`, test: (actual) => actual === one }
    }
    const opaque = opaqueTest<number>(one)
    if (opaque !== undefined) return opaque
    throw new PatternError(at, `${shown(one)} is not a number`)
  })
}

/** How a plain text is compared. */
export type TextRelation = 'is' | 'begins' | 'contains'

export function textTest(pattern: unknown, place: Place, relation: TextRelation): ValueTest<string> {
  return anyOf(pattern, place, (one, at) => {
    if (typeof one === 'string') {
      if (one === '') throw new PatternError(at, 'an empty text matches everything')
      const text = regexText(one, relation)
      const regex = new RegExp(text, 's')
      const filter = relation === 'is' && !one.includes('*') ? `== ${quoted(one)}` : `matches ${quoted(text)}`
      return { words: JSON.stringify(one), filter, test: (actual) => regex.test(actual) }
    }
    const opaque = opaqueTest<string>(one)
    if (opaque !== undefined) return opaque
    throw new PatternError(at, `${shown(one)} is not a text`)
  })
}

/** A text that begins with another ends its last word there: `GET /` begins `GET / HTTP/1.1`, but not `GET /admin`. */
function regexText(text: string, relation: TextRelation): string {
  const body = globText(text)
  if (relation === 'contains') return body
  return relation === 'is' ? `^${body}$` : `^${body}(\\s|$)`
}

/** `webpod-*` as the text of a regular expression. */
export function globText(text: string): string {
  return text.replace(/[\\^$.+?()[\]{}|]/g, '\\$&').replaceAll('*', '.*')
}

export const quoted = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`

/** A value as an error shows it. */
export function shown(value: unknown): string {
  if (value === undefined || typeof value === 'bigint') return String(value)
  if (typeof value === 'function') return 'a function'
  return JSON.stringify(value) ?? String(value)
}
