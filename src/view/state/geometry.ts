/** Where the panes are: from sizes and shares to rectangles, and back from a cell to what lies there. */
import type { PaneName, ViewState } from './view-state.ts'

export interface Rect {
  readonly top: number
  readonly left: number
  readonly rows: number
  readonly columns: number
}

export interface Geometry {
  readonly title: Rect
  readonly filter: Rect
  readonly status: Rect
  /** Undefined where another pane has all the room. */
  readonly list: Rect | undefined
  readonly tree: Rect | undefined
  readonly bytes: Rect | undefined
  /** Lines between panes; the mouse can drag them. */
  readonly splitters: readonly (Rect & { readonly name: 'list' | 'tree' | 'side' })[]
}

/** Below this nothing is shown but a sentence. */
export const LEAST = { columns: 60, rows: 16 }

export const isTooSmall = ({ size }: ViewState): boolean => size.columns < LEAST.columns || size.rows < LEAST.rows

/** Title, filter and status take a row each. */
export function geometryOf(state: ViewState): Geometry {
  const { columns, rows } = state.size
  const body = { top: 2, left: 0, rows: Math.max(rows - 3, 1), columns }
  const base = {
    title: { top: 0, left: 0, rows: 1, columns },
    filter: { top: 1, left: 0, rows: 1, columns },
    status: { top: rows - 1, left: 0, rows: 1, columns },
  }
  const none = { list: undefined, tree: undefined, bytes: undefined, splitters: [] }
  if (state.zoom !== undefined) return { ...base, ...none, [state.zoom]: body }
  const [upper, lower] = stacked(body, state.listShare)
  const listSplitter = { name: 'list' as const, top: lower.top - 1, left: 0, rows: 1, columns }
  if (state.layout === 0) {
    const [tree, bytes] = stacked(lower, state.treeShare)
    const splitters = [listSplitter, { name: 'tree' as const, top: bytes.top - 1, left: 0, rows: 1, columns }]
    return { ...base, list: upper, tree, bytes, splitters }
  }
  if (state.layout === 1) {
    const [tree, bytes] = beside(lower, sideShareOf(state))
    return { ...base, list: upper, tree, bytes, splitters: [listSplitter, sideSplitter(lower, bytes)] }
  }
  const [left, bytes] = beside(body, sideShareOf(state))
  const [list, tree] = stacked(left, state.listShare)
  const splitter = { ...listSplitter, top: tree.top - 1, columns: left.columns }
  return { ...base, list, tree, bytes, splitters: [splitter, sideSplitter(body, bytes)] }
}

const sideSplitter = (around: Rect, right: Rect) => ({
  name: 'side' as const,
  top: around.top,
  left: right.left - 1,
  rows: around.rows,
  columns: 1,
})

/** Two rectangles with a row between them; each has three at least. */
function stacked(room: Rect, share: number): [Rect, Rect] {
  const both = room.rows - 1
  const first = Math.min(Math.max(Math.round(both * share), 3), both - 3)
  return [
    { ...room, rows: first },
    { ...room, top: room.top + first + 1, rows: both - first },
  ]
}

/** Behind so many bytes of a line there is a gap, as termshark has it. */
export const HALF = 8
/** Cells of eight and of sixteen bytes in a line: offset, hexadecimal, letters. */
const LEAST_BYTES = 42
const ALL_BYTES = 75
/** So wide a list has room for what matters beside the bytes. */
const LIST_BESIDE = 100

/** The bytes get no more than they need, and the half of it where the rest would be too narrow. */
export function sideShareOf({ sideShare, size }: ViewState): number {
  if (sideShare !== undefined) return sideShare
  const both = size.columns - 1
  const bytes = both - ALL_BYTES >= LIST_BESIDE ? ALL_BYTES : LEAST_BYTES
  return (both - bytes) / both
}

function beside(room: Rect, share: number): [Rect, Rect] {
  const both = room.columns - 1
  const first = Math.min(Math.max(Math.round(both * share), 20), both - LEAST_BYTES)
  return [
    { ...room, columns: first },
    { ...room, left: room.left + first + 1, columns: both - first },
  ]
}

/** Rows of a pane's content: the list has a line of heads. */
export function contentRows(state: ViewState, pane: PaneName): number {
  const rect = geometryOf(state)[pane]
  return Math.max((rect?.rows ?? 1) - (pane === 'list' ? 1 : 0), 1)
}

/** Bytes in a line of the bytes pane: sixteen, or eight where it is narrow. */
export function bytesPerLine(state: ViewState): number {
  return (geometryOf(state).bytes?.columns ?? 80) >= ALL_BYTES ? 16 : 8
}

export function isIn(rect: Rect | undefined, row: number, column: number): boolean {
  return (
    rect !== undefined &&
    row >= rect.top &&
    row < rect.top + rect.rows &&
    column >= rect.left &&
    column < rect.left + rect.columns
  )
}

/** The first of `rows` visible rows, moved as little as needed so that `at` is among them. */
export function scrolled(top: number, at: number, rows: number, total: number): number {
  const most = Math.max(total - rows, 0)
  if (at < top) return Math.max(Math.min(at, most), 0)
  if (at >= top + rows) return Math.min(at - rows + 1, most)
  return Math.min(top, most)
}
