/** Rules files: assertions as data, for jobs without JavaScript. What makes no sense is said with its place. */
import { answered } from './answered.ts'
import { carry } from './carry.ts'
import { carryInOrder } from './carry-in-order.ts'
import { carryOnly } from './carry-only.ts'
import { PatternError, type Place } from './condition.ts'
import type { LoadedCapture } from './loaded-capture.ts'
import { reach } from './reach.ts'
import { shown } from './value-pattern.ts'
import type { Verdict } from './verdict.ts'

export interface Rule {
  /** As the file calls it, or what it asks for. */
  readonly name: string
  readonly place: Place
  check(capture: LoadedCapture): Verdict
}

type Keys = Readonly<Record<string, unknown>>

interface Kind {
  /** Keys beside the assertion's own that are its options. */
  readonly options: readonly string[]
  check(capture: LoadedCapture, said: never, options: Keys, place: Place): Verdict
}

/** `{ from, to, … }`, of which all but the ends are options. */
function ends(said: Keys, place: Place, known: readonly string[]): { from: never; to: never; options: Keys } {
  const { from, to, ...options } = keysOf(said, place, ['from', 'to', ...known])
  for (const [key, value] of Object.entries({ from, to }))
    if (value === undefined) throw new PatternError(place, `"${key}" is missing`)
  return { from: from as never, to: to as never, options }
}

const KINDS: Readonly<Record<string, Kind>> = {
  carry: { options: ['times', 'atLeast', 'atMost', 'after', 'before'], check: carry },
  carryOnly: { options: ['among'], check: carryOnly },
  carryInOrder: { options: ['within'], check: carryInOrder },
  reach: {
    options: [],
    check(capture, said, _, place) {
      const { from, to, options } = ends(said, place, ['port', 'protocol', 'via', 'within'])
      return reach(capture, from, to, options, place)
    },
  },
  answered: {
    options: [],
    check(capture, said, _, place) {
      const { from, to, options } = ends(said, place, ['within'])
      return answered({ capture, from, to }, options, place)
    },
  },
}

/** The rules of a document that was read. @throws UsageError for what is no list of rules. */
export function rulesOf(document: unknown): Rule[] {
  const { rules } = keysOf(document, [], ['rules', '$schema'])
  if (!Array.isArray(rules) || rules.length === 0)
    throw new PatternError(rules === undefined ? [] : ['rules'], '"rules" must be a list with at least one rule')
  return rules.map((rule, index) => ruleOf(rule, ['rules', index]))
}

function ruleOf(said: unknown, place: Place): Rule {
  const keys = keysOf(said, place, undefined)
  const { name, not: isNot, ...rest } = keys
  if (name !== undefined && typeof name !== 'string')
    throw new PatternError([...place, 'name'], `${shown(name)} is not a text`)
  const isNegated = isNot !== undefined
  const assertion = isNegated ? keysOf(isNot, [...place, 'not'], undefined) : rest
  if (isNegated && Object.keys(rest).length > 0)
    throw new PatternError(
      [...place, Object.keys(rest)[0] as string],
      'beside "not" there is only "name": what must not be stands in it',
    )
  const at = isNegated ? [...place, 'not'] : place
  const found = Object.keys(assertion).filter((key) => Object.hasOwn(KINDS, key))
  const [kind, second] = found
  if (kind === undefined || second !== undefined)
    throw new PatternError(
      at,
      `a rule has one of ${Object.keys(KINDS).join(', ')}${second === undefined ? '' : `, not ${found.join(' and ')}`}`,
    )
  const { options: known, check } = KINDS[kind] as Kind
  const { [kind]: said_, ...options } = keysOf(assertion, at, [kind, ...known])
  return {
    name: name ?? `${isNegated ? 'not ' : ''}${kind} ${shown(said_)}`,
    place: at,
    check(capture) {
      const verdict = withPlaces(at, kind, known, () =>
        check(capture, withRegexes(said_) as never, withRegexes(options) as Keys, [...at, kind]),
      )
      return isNegated ? { pass: !verdict.pass, message: verdict.message } : verdict
    },
  }
}

/** Options stand beside the pattern in a file, and not in it as an assertion takes them to. */
function withPlaces(at: Place, kind: string, options: readonly string[], work: () => Verdict): Verdict {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    const key = error.place[at.length + 1]
    const isOption = error.place[at.length] === kind && typeof key === 'string' && options.includes(key)
    throw isOption ? new PatternError([...at, ...error.place.slice(at.length + 1)], error.reason) : error
  }
}

/** @throws UsageError for keys that are not known; `known` undefined: any. */
function keysOf(value: unknown, place: Place, known: readonly string[] | undefined): Keys {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new PatternError(place, `${shown(value)} is not a set of keys and values`)
  for (const key of Object.keys(value))
    if (known?.includes(key) === false)
      throw new PatternError([...place, key], `there is no such key here; known are ${known.join(', ')}`)
  return value as Keys
}

/** `/GET \/.+/i` → a regular expression, but not in filters, which have their own. */
function withRegexes(value: unknown): unknown {
  if (typeof value === 'string') {
    const [, text, flags] = /^\/(.+)\/([imsu]*)$/s.exec(value) ?? []
    return text === undefined ? value : new RegExp(text, flags)
  }
  if (Array.isArray(value)) return value.map(withRegexes)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, key === 'filter' ? one : withRegexes(one)]))
}
