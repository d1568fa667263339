/** Patterns → conditions. Whatever makes no sense is said here, before any frame is looked at. */
import { Filter } from '../filter/filter.ts'
import { type Condition, labelOf, PatternError, type Place } from './condition.ts'
import { endTest } from './end-pattern.ts'
import { fieldConditions } from './field-conditions.ts'
import { filterConditions } from './filter-conditions.ts'
import type { Frame } from './frame.ts'
import type { LoadedCapture } from './loaded-capture.ts'
import { messageConditions } from './message-conditions.ts'
import type { Pattern } from './pattern.ts'
import { type Side, sideConditions } from './side-conditions.ts'
import { numberTest, shown } from './value-pattern.ts'

export interface CompiledPattern {
  readonly conditions: readonly Condition[]
  readonly isTold: boolean
  /** In words: `tunnel vxlan, vni 3258, inner.from 172.20.0.158`. */
  readonly words: string
  test(frame: Frame): boolean
  /** A display filter for what it selects, as far as there is one. */
  filter(): string | undefined
}

const SIDE_KEYS = ['from', 'to', 'between', 'port', 'sourcePort', 'destinationPort', 'protocol']
const MESSAGE_KEYS = ['http', 'dns', 'info']
const PACKET_KEYS = [
  ...SIDE_KEYS,
  ...MESSAGE_KEYS,
  'tunnel',
  'vni',
  'outer',
  'inner',
  'layers',
  'fields',
  'filter',
  'where',
]

type Keys = Readonly<Record<string, unknown>>

/** @throws UsageError for what is no pattern, with the place in it. */
export function compilePattern(pattern: Pattern, capture: LoadedCapture, place: Place = []): CompiledPattern {
  const conditions =
    typeof pattern === 'string' ? filterConditions(pattern, capture, place) : conditionsOf(pattern, capture, place)
  if (conditions.length === 0)
    throw new PatternError(place, 'an empty pattern matches everything: say what a packet must have')
  return {
    conditions,
    isTold: conditions.some(({ isTold }) => isTold),
    words: typeof pattern === 'string' ? pattern : conditions.map(conditionWords).join(', '),
    test(frame) {
      for (const condition of conditions) if (!condition.test(frame)) return false
      return true
    },
    filter: () => (typeof pattern === 'string' ? pattern : joinedFilter(conditions)),
  }
}

const conditionWords = ({ label, expected }: Condition) => (label === '' ? expected : `${label} ${expected}`)

/** Conditions as one filter; those that have none are left out. */
export function joinedFilter(conditions: readonly Condition[]): string | undefined {
  const parts = conditions.flatMap((condition) => condition.filter() ?? [])
  return parts.length === 0 ? undefined : parts.join(' && ')
}

/** Cheap conditions come first: the rest is not asked where one fails. */
function conditionsOf(pattern: unknown, capture: LoadedCapture, place: Place): Condition[] {
  const keys = keysOf(pattern, place, PACKET_KEYS)
  const { names } = capture
  const conditions: Condition[] = []
  if (keys.tunnel !== undefined) conditions.push(tunnelCondition(keys.tunnel, capture, [...place, 'tunnel']))
  if (keys.vni !== undefined) conditions.push(vniCondition(keys.vni, [...place, 'vni']))
  const end = (one: unknown, at: Place) => endTest(one, at, names)
  const side = (which: Side, said: Keys, at: Place) => sideConditions(which, said, at, end, capture.dissector)
  if (keys.outer !== undefined) {
    const at = [...place, 'outer']
    conditions.push(...side('outer', keysOf(keys.outer, at, SIDE_KEYS), at))
  }
  conditions.push(...side('any', keys, place))
  if (keys.inner !== undefined) {
    const at = [...place, 'inner']
    const inner = keysOf(keys.inner, at, [...SIDE_KEYS, ...MESSAGE_KEYS])
    conditions.push(...side('inner', inner, at), ...messageConditions(inner, at, true))
  }
  conditions.push(...messageConditions(keys, place, false))
  conditions.push(...fieldConditions(keys, capture, place))
  if (keys.filter !== undefined) {
    if (typeof keys.filter !== 'string')
      throw new PatternError([...place, 'filter'], `${shown(keys.filter)} is not a filter`)
    conditions.push(...filterConditions(keys.filter, capture, [...place, 'filter']))
  }
  return conditions
}

/** @throws UsageError for keys that no pattern has. */
function keysOf(value: unknown, place: Place, known: readonly string[]): Keys {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new PatternError(
      place,
      `${shown(value)} is not a pattern: it has keys such as ${known.slice(0, 3).join(', ')}`,
    )
  for (const key of Object.keys(value))
    if (!known.includes(key))
      throw new PatternError([...place, key], `there is no such key; known are ${known.join(', ')}`)
  return value as Keys
}

function tunnelCondition(value: unknown, { dissector }: LoadedCapture, place: Place): Condition {
  const tunnels = dissector.layers.filter(({ role }) => role === 'tunnel').map(({ name }) => name)
  if (typeof value !== 'boolean' && !tunnels.includes(value as string))
    throw new PatternError(place, `${shown(value)} is no tunnel: ${tunnels.join(', ')}, true for any, false for none`)
  const any = tunnels.join(' || ')
  const filter = typeof value === 'string' ? value : value ? `(${any})` : `!(${any})`
  const compiled = new Filter(filter, dissector)
  return {
    label: labelOf(place),
    expected: typeof value === 'string' ? value : value ? 'of any kind' : 'none',
    isTold: false,
    filter: () => filter,
    test: (frame) => compiled.matches(frame.dissection),
    actual: (frame) => frame.tunnel ?? 'none',
  }
}

function vniCondition(value: unknown, place: Place): Condition {
  const number = numberTest(value, place, 0xffffff)
  return {
    label: labelOf(place),
    expected: number.words,
    isTold: false,
    filter: () => number.filter && `vni ${number.filter}`,
    test: ({ ends: { vni } }) => vni !== undefined && number.test(vni),
    actual: ({ ends: { vni } }) => (vni === undefined ? 'no VNI' : String(vni)),
  }
}
