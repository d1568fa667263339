/** The filter bar, and what it offers while somebody types. */

import { escapeText } from '../../render/escape.ts'
import { cut, fitTo, widthOf } from '../../render/width.ts'
import { fitLine, type Line, type Span, span } from '../line.ts'
import type { FilterState } from '../state/view-state.ts'

export function filterPane(filter: FilterState, isFocused: boolean, columns: number): Line {
  const label = span(' Filter: ', isFocused ? 'bar-name' : 'bar')
  const isApplied = filter.text === filter.applied
  const role = filter.error !== undefined ? 'bad' : filter.text !== '' && (isFocused || !isApplied) ? 'good' : 'bar'
  const room = columns - widthOf(label.text) - 1
  if (!isFocused) {
    const hint = filter.text === '' ? [span('/ to filter, tab to complete', 'bar-dim')] : []
    return fitLine([label, span(cut(escapeText(filter.text), room), role), ...hint], columns, 'bar')
  }
  return fitLine([label, ...inputSpans(filter.text, filter.cursor, room, role)], columns, role === 'bar' ? 'bar' : role)
}

/** A line that is typed, with its cursor; of one that is too long the part around the cursor. */
export function inputSpans(text: string, cursor: number, room: number, role: Span['role']): Span[] {
  const before = escapeText(text.slice(0, cursor))
  const [under = ' '] = [...text.slice(cursor)]
  const after = escapeText(text.slice(cursor + (cursor < text.length ? under.length : 0)))
  let start = before
  while (widthOf(start) > room - 2) start = start.slice([...start][0]?.length ?? 1)
  return [span(start, role), span(escapeText(under), 'cursor'), span(after, role)]
}

/** Rows offered at most. */
const OFFERED = 10

/** The box under the bar; empty if there is nothing to offer. */
export function completionBox(filter: FilterState): Line[] {
  const { completions, completion } = filter
  if (completions.length === 0) return []
  const first = Math.max(Math.min(completion - OFFERED + 1, completions.length - OFFERED), 0)
  const shown = completions.slice(first, first + OFFERED)
  const width = Math.max(...shown.map((one) => widthOf(one))) + 2
  const lines = shown.map((one, at): Line => {
    const role = first + at === completion ? 'box-selected' : 'box'
    return [span(fitTo(` ${one}`, width), role)]
  })
  const hidden = completions.length - shown.length
  return hidden > 0 ? [...lines, [span(fitTo(` ${hidden} more`, width), 'hint')]] : lines
}
