/** A display filter as conditions: its parts that are joined by `and` are asked one by one, so that a message can say which failed. */

import { UsageError } from '../errors.ts'
import { Filter } from '../filter/filter.ts'
import { NAME_VIRTUAL_FIELDS } from '../filter/name-virtual-fields.ts'
import { parseFilter } from '../filter/parser.ts'
import { type Condition, PatternError, type Place } from './condition.ts'
import type { LoadedCapture } from './loaded-capture.ts'

/** @throws UsageError that shows the place in the filter. */
export function filterConditions(text: string, { dissector, names }: LoadedCapture, place: Place): Condition[] {
  const context = names === undefined ? {} : { virtualFields: NAME_VIRTUAL_FIELDS }
  try {
    // The whole first: what is wrong with it is shown as the user wrote it.
    const whole = new Filter(text, dissector, context)
    const parsed = parseFilter(text)
    if (parsed.kind !== 'and') return [filterCondition(text, whole)]
    return parsed.parts.map(({ start, end }) => {
      const part = text.slice(start, end)
      return filterCondition(part, new Filter(part, dissector, context))
    })
  } catch (error) {
    if (error instanceof UsageError) throw new PatternError(place, error.message)
    throw error
  }
}

function filterCondition(text: string, filter: Filter): Condition {
  return {
    label: '',
    expected: text,
    isTold: !filter.isHeaderOnly,
    filter: () => (/\|\||\bor\b|\bxor\b|\^\^/.test(text) ? `(${text})` : text),
    test: (frame) => filter.matches(frame.dissection),
    actual: () => 'not so',
  }
}
