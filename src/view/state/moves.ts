/** Moving in the panes: what is selected, and what is scrolled to. */
import { allKeys, pathAt, type TreeRow } from '../model/tree-rows.ts'
import type { Facts } from './facts.ts'
import { bytesPerLine, contentRows, scrolled } from './geometry.ts'
import type { PaneName, ViewState } from './view-state.ts'

export type Move = 'up' | 'down' | 'page-up' | 'page-down' | 'first' | 'last' | 'left' | 'right'

/** `count`: a number that was typed before; undefined: none. */
export function moved(
  state: ViewState,
  facts: Facts,
  pane: PaneName,
  move: Move,
  count: number | undefined,
): ViewState {
  if (pane === 'list') return movedInList(state, facts, move, count)
  return pane === 'tree' ? movedInTree(state, facts, move, count) : movedInBytes(state, facts, move, count)
}

/** Steps from `at`, within `[0, total)`. */
function stepped(at: number, move: Move, count: number | undefined, page: number, total: number): number {
  const times = count ?? 1
  const to =
    move === 'up'
      ? at - times
      : move === 'down'
        ? at + times
        : move === 'page-up'
          ? at - page * times
          : move === 'page-down'
            ? at + page * times
            : move === 'first'
              ? 0
              : total - 1
  return Math.max(Math.min(to, total - 1), 0)
}

function movedInList(state: ViewState, facts: Facts, move: Move, count: number | undefined): ViewState {
  if (move === 'left' || move === 'right') return state
  const rows = contentRows(state, 'list')
  const isJump = move === 'first' || move === 'last'
  if (isJump && count !== undefined) return selected(state, facts, facts.rowOf(count - 1))
  const to = stepped(state.list.selected, move, count, Math.max(rows - 1, 1), facts.shown)
  const next = selected(isJump ? withJump(state, facts) : state, facts, to)
  // Who moves up wants to stay there; who goes to the end wants to see what comes.
  const isAtEnd = move === 'last' && facts.isGrowing
  return { ...next, isFollowing: isAtEnd || (state.isFollowing && (move === 'down' || move === 'last')) }
}

/** Selects a row of the list. */
export function selected(state: ViewState, facts: Facts, row: number): ViewState {
  const to = Math.max(Math.min(row, facts.shown - 1), 0)
  const top = scrolled(state.list.top, to, contentRows(state, 'list'), facts.shown)
  if (to === state.list.selected && top === state.list.top) return state
  const next = { ...state, list: { selected: to, top } }
  return to === state.list.selected ? next : withTreeInPlace(next, state, facts)
}

/** Remembers where a jump began, for ''. */
export function withJump(state: ViewState, facts: Facts): ViewState {
  if (facts.shown === 0) return state
  return { ...state, marks: new Map(state.marks).set("'", facts.indexOf(state.list.selected)) }
}

/** In the tree of another packet the cursor stands at the same part, if that has it. */
function withTreeInPlace(state: ViewState, before: ViewState, facts: Facts): ViewState {
  const key = facts.tree(before)[before.tree.cursor]?.key
  const rows = facts.tree(state)
  const found = rows.findIndex((row) => row.key === key)
  const cursor = found >= 0 ? found : 0
  const top = scrolled(state.tree.top, cursor, contentRows(state, 'tree'), rows.length)
  return { ...state, tree: { cursor, top }, bytes: { cursor: -1, top: topFor(state, rows[cursor], 0) } }
}

function movedInTree(state: ViewState, facts: Facts, move: Move, count: number | undefined): ViewState {
  const rows = facts.tree(state)
  if (rows.length === 0) return state
  const row = rows[state.tree.cursor]
  if (move === 'right' && row !== undefined) {
    if (row.hasChildren && !row.isOpen) return withOpen(state, facts, [row.key], true)
    return row.hasChildren ? atTreeRow(state, facts, state.tree.cursor + 1) : state
  }
  if (move === 'left' && row !== undefined) {
    if (row.isOpen) return withOpen(state, facts, [row.key], false)
    const parent = rows.findLastIndex((one, at) => at < state.tree.cursor && one.depth < row.depth)
    return parent < 0 ? state : atTreeRow(state, facts, parent)
  }
  const page = Math.max(contentRows(state, 'tree') - 1, 1)
  return atTreeRow(state, facts, stepped(state.tree.cursor, move, count, page, rows.length))
}

/** Puts the tree's cursor on a row; its bytes are scrolled to. */
export function atTreeRow(state: ViewState, facts: Facts, to: number): ViewState {
  const rows = facts.tree(state)
  const cursor = Math.max(Math.min(to, rows.length - 1), 0)
  const top = scrolled(state.tree.top, cursor, contentRows(state, 'tree'), rows.length)
  return { ...state, tree: { cursor, top }, bytes: { cursor: -1, top: topFor(state, rows[cursor], state.bytes.top) } }
}

/** The first line of bytes, so that a row's bytes are seen. */
function topFor(state: ViewState, row: TreeRow | undefined, top: number): number {
  if (row === undefined || row.end <= row.start) return top
  const width = bytesPerLine(state)
  const rows = contentRows(state, 'bytes')
  const first = Math.floor(row.start / width)
  const last = Math.floor((row.end - 1) / width)
  if (row.depth === 0 && row.region === 'whole' && row.start === 0) return 0
  if (first < top) return first
  return last >= top + rows ? Math.max(Math.min(first, last - rows + 1), 0) : top
}

/** Opens or closes parts of the tree; the cursor stays where it is. */
export function withOpen(state: ViewState, facts: Facts, keys: readonly string[], isOpen: boolean): ViewState {
  const open = new Set(state.open)
  for (const key of keys) {
    if (isOpen) open.add(key)
    else open.delete(key)
  }
  const at = facts.tree(state)[state.tree.cursor]?.key
  const next = { ...state, open }
  const found = facts.tree(next).findIndex(({ key }) => key === at)
  return atTreeRow(next, facts, Math.max(found, 0))
}

/** Opens what is closed, and all beneath if it is asked for. */
export function toggled(state: ViewState, facts: Facts, isDeep: boolean): ViewState {
  const row = facts.tree(state)[state.tree.cursor]
  const detail = facts.detail(state)
  if (row === undefined || detail === undefined || !row.hasChildren) return state
  const keys = isDeep ? allKeys(detail, row.key) : [row.key]
  return withOpen(state, facts, keys, isDeep || !row.isOpen)
}

function movedInBytes(state: ViewState, facts: Facts, move: Move, count: number | undefined): ViewState {
  const size = facts.detail(state)?.bytes.length ?? 0
  if (size === 0) return state
  const width = bytesPerLine(state)
  const from = state.bytes.cursor < 0 ? (facts.tree(state)[state.tree.cursor]?.start ?? 0) : state.bytes.cursor
  const times = count ?? 1
  const page = Math.max(contentRows(state, 'bytes') - 1, 1) * width
  const steps: Record<Move, number> = {
    left: from - times,
    right: from + times,
    up: from - width * times,
    down: from + width * times,
    'page-up': from - page * times,
    'page-down': from + page * times,
    first: 0,
    last: size - 1,
  }
  const to = steps[move]
  // Up from the first line and down from the last stay.
  const isOut = (move === 'up' && to < 0) || (move === 'down' && to >= size)
  return isOut ? atByte(state, facts, from) : atByte(state, facts, Math.max(Math.min(to, size - 1), 0))
}

/** Puts the cursor on a byte: the deepest field that holds it is opened up to, and selected. */
export function atByte(state: ViewState, facts: Facts, at: number): ViewState {
  const detail = facts.detail(state)
  if (detail === undefined) return state
  const path = pathAt(detail, at)
  const open = new Set(state.open)
  for (const key of path.slice(0, -1)) open.add(key)
  const opened = { ...state, open }
  const rows = facts.tree(opened)
  const found = rows.findIndex(({ key }) => key === path.at(-1))
  const cursor = found >= 0 ? found : opened.tree.cursor
  const width = bytesPerLine(state)
  return {
    ...opened,
    tree: { cursor, top: scrolled(state.tree.top, cursor, contentRows(state, 'tree'), rows.length) },
    bytes: {
      cursor: at,
      top: scrolled(
        state.bytes.top,
        Math.floor(at / width),
        contentRows(state, 'bytes'),
        Math.ceil(detail.bytes.length / width),
      ),
    },
  }
}
