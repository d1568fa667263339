/** Layers, fields by Wireshark's names, and functions of the user. */
import { UsageError } from '../errors.ts'
import { layerAt } from '../packet/dissection.ts'
import { extractor } from '../packet/extract.ts'
import { type Condition, labelOf, PatternError, type Place } from './condition.ts'
import type { Frame } from './frame.ts'
import type { LoadedCapture } from './loaded-capture.ts'
import { opaqueTest, quoted, shown } from './value-pattern.ts'

export function fieldConditions(
  said: Readonly<Record<string, unknown>>,
  capture: LoadedCapture,
  place: Place,
): Condition[] {
  const conditions: Condition[] = []
  if (said.layers !== undefined) conditions.push(layersCondition(said.layers, [...place, 'layers']))
  if (said.fields !== undefined) {
    if (typeof said.fields !== 'object' || said.fields === null)
      throw new PatternError([...place, 'fields'], `${shown(said.fields)} does not name fields: { 'ip.ttl': 64 }`)
    for (const [name, value] of Object.entries(said.fields))
      conditions.push(fieldCondition(name, value, capture, [...place, 'fields', name]))
  }
  if (said.where !== undefined) conditions.push(whereCondition(said.where, [...place, 'where']))
  return conditions
}

/**
 * Names of layers as somebody may expect them: both cooked captures are `sll` in Wireshark's names, and the second version
 * may be called by its own, `sll2`, too. `own` is that of the first layer.
 */
export function layersAsExpected(
  names: readonly string[],
  own: string | undefined,
  expected: readonly string[],
): readonly string[] {
  return own !== undefined && own === expected[0] ? [own, ...names.slice(1)] : names
}

function layersOf({ walk }: Frame, expected: readonly string[]): string {
  const names = Array.from({ length: walk.depth }, (_, depth) => layerAt(walk, depth).name)
  return layersAsExpected(names, walk.depth === 0 ? undefined : layerAt(walk, 0).id, expected).join(' ')
}

function layersCondition(said: unknown, place: Place): Condition {
  if (!Array.isArray(said) || said.some((one) => typeof one !== 'string'))
    throw new PatternError(place, `${shown(said)} is not a list of layers' names`)
  const expected = said.join(' ')
  return {
    label: labelOf(place),
    expected,
    isTold: true,
    filter: () => undefined,
    test: (frame) => layersOf(frame, said) === expected,
    actual: (frame) => layersOf(frame, said),
  }
}

/** Whether the values of a field fit: one of them must; true asks for any, false for none. */
export function fieldTest(pattern: unknown, place: Place): (values: readonly unknown[]) => boolean {
  if (typeof pattern === 'boolean') return (values) => values.length > 0 === pattern
  if (typeof pattern === 'number' || typeof pattern === 'string')
    // A flag is 0 or 1 in a packet, a VNI a number: their digits may be given as text too.
    return (values) => values.some((value) => value === pattern || String(value) === String(pattern))
  const opaque = opaqueTest<unknown>(pattern)
  if (opaque === undefined) throw new PatternError(place, `${shown(pattern)} is no value of a field`)
  return (values) => values.some((value) => opaque.test(value))
}

/** How the expected value of a field is worded. */
export const fieldWords = (pattern: unknown) =>
  typeof pattern === 'boolean' ? (pattern ? 'any value' : 'none') : (opaqueTest(pattern)?.words ?? shown(pattern))

function fieldCondition(name: string, pattern: unknown, { dissector }: LoadedCapture, place: Place): Condition {
  const test = fieldTest(pattern, place)
  let extract: ReturnType<typeof extractor>
  try {
    extract = extractor(dissector, name)
  } catch (error) {
    if (error instanceof UsageError) throw new PatternError(place, error.message)
    throw error
  }
  const valuesOf = (frame: Frame) => extract(frame.dissection).map(({ value }) => value)
  return {
    label: name,
    expected: fieldWords(pattern),
    isTold: true,
    filter() {
      if (typeof pattern === 'boolean') return pattern ? name : `!${name}`
      if (typeof pattern === 'number') return `${name} == ${pattern}`
      return typeof pattern === 'string' && /^[0-9a-fA-F.:]+$/.test(pattern)
        ? `${name} == ${pattern}`
        : typeof pattern === 'string'
          ? `${name} == ${quoted(pattern)}`
          : undefined
    },
    test: (frame) => test(valuesOf(frame)),
    actual: (frame) => valuesOf(frame).map(shown).join(', ') || 'no such field',
  }
}

function whereCondition(said: unknown, place: Place): Condition {
  if (typeof said !== 'function') throw new PatternError(place, `${shown(said)} is not a function`)
  return {
    label: labelOf(place),
    expected: `function ${said.name || '(anonymous)'}`,
    isTold: true,
    filter: () => undefined,
    test: (frame) => said(frame.packet()) === true,
    actual: () => 'returned false',
  }
}
