/** A menu: a box with a line an item, and the key for it. */

import { escapeText } from '../../render/escape.ts'
import { fitTo } from '../../render/width.ts'
import { fitLine, type Line, span } from '../line.ts'
import type { MenuItem } from '../state/view-state.ts'

export function menuPane(
  title: string,
  items: readonly MenuItem[],
  cursor: number,
  columns: number,
  rows: number,
): Line[] {
  const inside = columns - 2
  const first = Math.max(cursor - (rows - 3), 0)
  const lines = items.slice(first, first + rows - 2).map((item, at): Line => {
    const isSelected = first + at === cursor
    const text = fitLine(
      [
        span(` ${fitTo(item.key, 2)} `, isSelected ? 'box-selected' : 'key'),
        span(escapeText(item.text), isSelected ? 'box-selected' : 'box'),
      ],
      inside,
    )
    return [span('│', 'box'), ...text, span('│', 'box')]
  })
  const head = fitTo(`┌ ${title} ${'─'.repeat(columns)}`, columns).slice(0, -1)
  return [[span(`${head}┐`, 'box-title')], ...lines, [span(`└${'─'.repeat(inside)}┘`, 'box')]]
}
