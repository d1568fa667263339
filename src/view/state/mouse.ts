/** The mouse: a click selects, the wheel scrolls, a splitter can be dragged, the right button shows what can be done. */
import { said, withMenu } from './commands.ts'
import { chosen } from './dialogs.ts'
import type { Change, ViewEvent } from './events.ts'
import type { Facts } from './facts.ts'
import { bytesPerLine, contentRows, type Geometry, geometryOf, HALF, isIn, type Rect } from './geometry.ts'
import { menuBox } from './menu-box.ts'
import { actionsFor, actionsTitle, MAIN_MENU } from './menus.ts'
import { atByte, atTreeRow, selected, toggled } from './moves.ts'
import { pageRows } from './page-keys.ts'
import type { PaneName, ViewState } from './view-state.ts'

type Mouse = Extract<ViewEvent, { type: 'mouse' }>
type Result = Change<ViewState>
const only = (state: ViewState): Result => ({ state, effects: [] })
const WHEEL = 3

export function moused(state: ViewState, event: Mouse, facts: Facts): Result {
  if (state.dialog !== undefined) return inDialog(state, event, facts)
  const geometry = geometryOf(state)
  if (event.action === 'release') return only({ ...state, dragging: undefined })
  if (event.action === 'drag') return only(dragged(state, event, geometry))
  const { row, column } = event
  const splitter = geometry.splitters.find((one) => isIn(one, row, column))
  if (splitter !== undefined && event.action === 'left') return only({ ...state, dragging: splitter.name })
  if (isIn(geometry.filter, row, column)) return only(event.action === 'left' ? { ...state, focus: 'filter' } : state)
  if (isIn(geometry.title, row, column))
    return event.action === 'left' ? withMenu(state, 'ovl-dissect', MAIN_MENU) : only(state)
  for (const pane of ['list', 'tree', 'bytes'] as const) {
    const rect = geometry[pane]
    if (rect !== undefined && isIn(rect, row, column))
      return inPane({ ...state, focus: pane }, event, facts, pane, rect)
  }
  return only(state)
}

function inPane(state: ViewState, event: Mouse, facts: Facts, pane: PaneName, rect: Rect): Result {
  if (event.action === 'wheel-up' || event.action === 'wheel-down')
    return only(wheeled(state, facts, pane, event.action === 'wheel-up' ? -WHEEL : WHEEL))
  const line = event.row - rect.top - (pane === 'list' ? 1 : 0)
  const there = clicked(state, facts, pane, line, event.column - rect.left)
  if (event.action !== 'right') return only(there)
  const items = actionsFor(there, facts)
  return items.length === 0
    ? only(said(there, 'nothing can be done with this', true))
    : withMenu(there, actionsTitle(there), items)
}

function clicked(state: ViewState, facts: Facts, pane: PaneName, line: number, column: number): ViewState {
  if (line < 0) return state
  if (pane === 'list') {
    const to = state.list.top + line
    return to < facts.shown ? { ...selected(state, facts, to), isFollowing: false } : state
  }
  if (pane === 'tree') {
    const to = state.tree.top + line
    const row = facts.tree(state)[to]
    if (row === undefined) return state
    const there = atTreeRow(state, facts, to)
    // On its [+], or once more on what is selected.
    const isOnSign = column >= row.depth * 2 + 1 && column <= row.depth * 2 + 4
    return isOnSign || state.tree.cursor === to ? toggled(there, facts, false) : there
  }
  const at = byteAt(state, line, column)
  const size = facts.detail(state)?.bytes.length ?? 0
  return at === undefined || at >= size ? state : atByte(state, facts, at)
}

/** The byte under a cell, in hex or in letters: `0000  08 00 …  ....`. */
function byteAt(state: ViewState, line: number, column: number): number | undefined {
  const width = bytesPerLine(state)
  const gap = width > HALF ? 1 : 0
  const first = (state.bytes.top + line) * width
  const letters = HEX_FROM + width * 3 + gap + 2
  const without = (at: number, half: number) => (gap > 0 && at >= half ? at - gap : at)
  if (column >= HEX_FROM && column < letters - 2) return first + Math.floor(without(column - HEX_FROM, HALF * 3) / 3)
  if (column >= letters && column < letters + width + gap) return first + without(column - letters, HALF)
  return undefined
}
const HEX_FROM = 7

function wheeled(state: ViewState, facts: Facts, pane: PaneName, by: number): ViewState {
  const within = (top: number, total: number) => Math.max(Math.min(top + by, total - contentRows(state, pane)), 0)
  if (pane === 'tree')
    return { ...state, tree: { ...state.tree, top: within(state.tree.top, facts.tree(state).length) } }
  if (pane === 'bytes') {
    const lines = Math.ceil((facts.detail(state)?.bytes.length ?? 0) / bytesPerLine(state))
    return { ...state, bytes: { ...state.bytes, top: within(state.bytes.top, lines) } }
  }
  // The selection goes with it, so that it stays on the screen.
  return { ...selected(state, facts, state.list.selected + by), isFollowing: false }
}

function dragged(state: ViewState, { row, column }: Mouse, geometry: Geometry): ViewState {
  const share = (at: number, from: number, size: number) =>
    Math.min(Math.max((at - from) / Math.max(size, 1), 0.1), 0.9)
  const { columns, rows } = state.size
  switch (state.dragging) {
    case 'list':
      return { ...state, listShare: share(row, 2, rows - 4) }
    case 'tree': {
      const top = geometry.tree?.top ?? 2
      return { ...state, treeShare: share(row, top, rows - 2 - top) }
    }
    case 'side':
      return { ...state, sideShare: share(column, 0, columns - 1) }
    default:
      return state
  }
}

function inDialog(state: ViewState, event: Mouse, facts: Facts): Result {
  const { dialog } = state
  if (dialog?.kind === 'page') {
    const total = facts.pageLength(state, dialog.page)
    const by = event.action === 'wheel-up' ? -WHEEL : event.action === 'wheel-down' ? WHEEL : 0
    const top = Math.max(Math.min(dialog.top + by, total - pageRows(state)), 0)
    const row = event.row - PAGE_TOP
    const cursor =
      event.action === 'left' && row >= 0 ? Math.min(dialog.top + row, Math.max(total - 1, 0)) : dialog.cursor
    return only({ ...state, dialog: { ...dialog, top, cursor } })
  }
  if (dialog?.kind !== 'menu' || event.action !== 'left') return only(state)
  const box = menuBox(state, dialog)
  const row = event.row - box.top - 1
  if (!isIn(box, event.row, event.column)) return only({ ...state, dialog: undefined })
  return row >= 0 && row < dialog.items.length
    ? chosen({ ...state, dialog: undefined }, facts, dialog.items[row]?.action)
    : only(state)
}
const PAGE_TOP = 3
