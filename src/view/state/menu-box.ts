/** Where a menu lies, and how wide it is. */
import { widthOf } from '../../render/width.ts'
import type { Rect } from './geometry.ts'
import type { Dialog, ViewState } from './view-state.ts'

export function menuBox({ size }: ViewState, { title, items }: Extract<Dialog, { kind: 'menu' }>): Rect {
  const longest = Math.max(widthOf(title) + 2, ...items.map(({ text }) => widthOf(text) + 6))
  const columns = Math.min(longest + 4, size.columns - 4)
  const rows = Math.min(items.length + 2, size.rows - 4)
  return {
    top: Math.max(Math.floor((size.rows - rows) / 3), 2),
    left: Math.floor((size.columns - columns) / 2),
    rows,
    columns,
  }
}
