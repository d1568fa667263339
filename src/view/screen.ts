/** The whole screen: state and capture → lines, as many as the terminal has rows. */
import { cut, fitTo } from '../render/width.ts'
import { fitLine, type Line, laidOver, sliceLine, span } from './line.ts'
import type { ViewedFacts } from './model/viewed-facts.ts'
import { bytesPane } from './panes/bytes-pane.ts'
import { completionBox, filterPane, inputSpans } from './panes/filter-pane.ts'
import { listPane } from './panes/list-pane.ts'
import { menuPane } from './panes/menu-pane.ts'
import { pagePane } from './panes/page-pane.ts'
import { rule } from './panes/rule-pane.ts'
import { statusPane } from './panes/status-pane.ts'
import { treePane } from './panes/tree-pane.ts'
import { bytesPerLine, contentRows, type Geometry, geometryOf, isTooSmall, LEAST, type Rect } from './state/geometry.ts'
import { menuBox } from './state/menu-box.ts'
import { pageRows } from './state/page-keys.ts'
import type { PaneName, ViewState } from './state/view-state.ts'

/** Blank cells that rectangles are laid over. */
const blank = (columns: number): Line => [span(' '.repeat(columns))]

export function screen(state: ViewState, facts: ViewedFacts): Line[] {
  const { columns, rows } = state.size
  if (isTooSmall(state)) return tooSmall(columns, rows)
  const geometry = geometryOf(state)
  let lines: Line[] = Array.from({ length: rows }, () => blank(columns))
  const place = (rect: Rect | undefined, content: readonly Line[]) => {
    if (rect === undefined) return
    for (let at = 0; at < rect.rows; at++) {
      const line = content[at]
      if (line !== undefined) lines[rect.top + at] = beside(lines[rect.top + at] as Line, line, rect, columns)
    }
  }
  place(geometry.title, [titleLine(facts.title, columns)])
  place(geometry.filter, [filterPane(state.filter, state.focus === 'filter', columns)])
  if (state.dialog?.kind === 'page') {
    const { page, top, cursor, found } = state.dialog
    const { title, hint, lines: all, hasCursor } = facts.page(state, page)
    const content = pagePane({
      columns,
      rows: pageRows(state) + 1,
      title,
      hint,
      lines: all,
      top,
      cursor: hasCursor ? cursor : (found ?? -1),
    })
    place({ top: 2, left: 0, rows: rows - 3, columns }, content)
  } else panes(state, facts, geometry, place)
  place(geometry.status, [statusLine(state, facts)])
  if (state.focus === 'filter' && state.dialog === undefined) lines = laidOver(lines, completionBox(state.filter), 2, 9)
  if (state.dialog?.kind === 'menu') {
    const { title, items, cursor } = state.dialog
    const box = menuBox(state, state.dialog)
    lines = laidOver(lines, menuPane(title, items, cursor, box.columns, box.rows), box.top, box.left)
  }
  return lines
}

/** `line` in the columns of `rect`. */
function beside(under: Line, line: Line, rect: Rect, columns: number): Line {
  if (rect.left === 0 && rect.columns === columns) return line
  return [...sliceLine(under, 0, rect.left), ...line, ...sliceLine(under, rect.left + rect.columns, columns)]
}

type Place = (rect: Rect | undefined, content: readonly Line[]) => void

function panes(state: ViewState, facts: ViewedFacts, geometry: Geometry, place: Place): void {
  place(geometry.list, listLines(state, facts, geometry))
  place(geometry.tree, treeLines(state, facts, geometry))
  place(geometry.bytes, bytesLines(state, facts, geometry))
  for (const splitter of geometry.splitters) {
    const { name, rows, columns } = splitter
    if (name === 'side')
      place(
        splitter,
        Array.from({ length: rows }, () => [span('│', 'rule')]),
      )
    else
      place(splitter, [
        rule(ruleTitle(state, facts, name), columns, state.focus === (name === 'list' ? 'tree' : 'bytes')),
      ])
  }
}

function ruleTitle(state: ViewState, facts: ViewedFacts, name: PaneName): string {
  if (name === 'list') return facts.packetTitle(state, state.size.columns - 6)
  const row = facts.tree(state)[state.tree.cursor]
  if (row === undefined) return ''
  const at = row.end > row.start ? `bytes ${row.start} to ${row.end - 1}` : 'no bytes of its own'
  return row.field === undefined ? at : `${row.field}: ${at}`
}

function listLines(state: ViewState, facts: ViewedFacts, { list }: Geometry): Line[] {
  if (list === undefined) return []
  const { top, selected } = state.list
  const rows = facts.rows(top, contentRows(state, 'list'))
  return listPane({
    columns: list.columns,
    ...facts.listOptions,
    rows,
    selected: selected - top,
    isFocused: state.focus === 'list',
    hasColors: state.hasPacketColors,
    nothing: facts.nothing(state),
  })
}

function treeLines(state: ViewState, facts: ViewedFacts, { tree }: Geometry): Line[] {
  if (tree === undefined) return []
  const all = facts.tree(state)
  const { top, cursor } = state.tree
  return treePane({
    columns: tree.columns,
    rows: all.slice(top, top + tree.rows),
    selected: cursor - top,
    before: all[top - 1]?.region,
    isFocused: state.focus === 'tree',
  })
}

function bytesLines(state: ViewState, facts: ViewedFacts, { bytes }: Geometry): Line[] {
  const detail = facts.detail(state)
  if (bytes === undefined || detail === undefined) return []
  const row = facts.tree(state)[state.tree.cursor]
  return bytesPane({
    columns: bytes.columns,
    rows: bytes.rows,
    detail,
    top: state.bytes.top,
    width: bytesPerLine(state),
    start: row?.start ?? 0,
    end: row?.end ?? 0,
    cursor: state.bytes.cursor,
  })
}

const MENU_HINT = 'Esc menu  ? help '

function titleLine(title: string, columns: number): Line {
  const name = ' ovl-dissect '
  return [
    span(name, 'bar-name'),
    span(
      fitTo(cut(`| ${title}`, columns - name.length - MENU_HINT.length - 1), columns - name.length - MENU_HINT.length),
      'bar',
    ),
    span(MENU_HINT, 'bar-dim'),
  ]
}

function statusLine(state: ViewState, facts: ViewedFacts): Line {
  const { columns } = state.size
  const { dialog, filter, pending, count } = state
  if (dialog !== undefined && dialog.kind !== 'menu' && dialog.input !== undefined) {
    const label = dialog.kind === 'line' && dialog.of === 'command' ? ' :' : ' search: '
    return fitLine(
      [span(label, 'bar-name'), ...inputSpans(dialog.input.text, dialog.input.cursor, columns - label.length, 'bar')],
      columns,
      'bar',
    )
  }
  const error = state.focus === 'filter' && filter.error !== undefined ? { text: filter.error, isBad: true } : undefined
  const typedSoFar = `${count}${pending ?? ''}`
  return statusPane({
    columns,
    ...facts.status(state),
    ...(typedSoFar !== '' && { parts: [typedSoFar, ...facts.status(state).parts] }),
    message: error ?? state.message,
  })
}

function tooSmall(columns: number, rows: number): Line[] {
  const words = [`${columns}×${rows} is too small:`, `${LEAST.columns}×${LEAST.rows} at least`, 'q quits']
  return Array.from({ length: rows }, (_, at) => fitLine([span(words[at] ?? '')], columns))
}
