/** Keys on a page: moving, what enter does, searching. */
import { said } from './commands.ts'
import type { Change } from './events.ts'
import type { Facts } from './facts.ts'
import { applied } from './filter-bar.ts'
import { scrolled } from './geometry.ts'
import { selected, withJump } from './moves.ts'
import { typed } from './typing.ts'
import type { Dialog, ViewState } from './view-state.ts'

type Result = Change<ViewState>
type Page = Extract<Dialog, { kind: 'page' }>

const only = (state: ViewState): Result => ({ state, effects: [] })
const closed = (state: ViewState): ViewState => ({ ...state, dialog: undefined })
const withPage = (state: ViewState, dialog: Page): Result => only({ ...state, dialog })

/** Rows of a page: all but title, filter, its own title, and the status. */
export const pageRows = ({ size }: ViewState): number => Math.max(size.rows - 4, 1)

export function pageKey(state: ViewState, facts: Facts, dialog: Page, key: string): Result {
  if (dialog.input !== undefined) return searchKey(state, facts, dialog, key)
  const rows = pageRows(state)
  const total = facts.pageLength(state, dialog.page)
  const by = (steps: number) => withPage(state, moved(state, facts, dialog, steps))
  switch (key) {
    case 'q':
    case 'escape':
      return only(closed(state))
    case 'up':
    case 'k':
      return by(-1)
    case 'down':
    case 'j':
      return by(1)
    case 'pageup':
    case 'ctrl-b':
      return by(-rows)
    case 'pagedown':
    case 'space':
    case 'ctrl-d':
      return by(rows)
    case 'home':
    case 'g':
      return by(-total)
    case 'end':
    case 'G':
      return by(total)
    case '/':
    case 'ctrl-f':
      return withPage(state, { ...dialog, input: { text: '', cursor: 0 } })
    case 'n':
      return found(state, facts, dialog, 1)
    case 'N':
      return found(state, facts, dialog, -1)
    case 'enter':
      return chosenLine(state, facts, dialog)
    default:
      return dialog.page === 'stream' ? streamKey(state, dialog, key) : only(state)
  }
}

/** Where there is a cursor it moves, else the text does. */
function moved(state: ViewState, facts: Facts, dialog: Page, steps: number): Page {
  const total = facts.pageLength(state, dialog.page)
  const rows = pageRows(state)
  const within = (at: number, last: number) => Math.max(Math.min(at, last), 0)
  if (!facts.pageHasCursor(state, dialog.page)) return { ...dialog, top: within(dialog.top + steps, total - rows) }
  const cursor = within(dialog.cursor + steps, total - 1)
  return { ...dialog, cursor, top: scrolled(dialog.top, cursor, rows, total) }
}

function searchKey(state: ViewState, facts: Facts, dialog: Page, key: string): Result {
  const { input, ...page } = dialog
  if (key === 'escape' || input === undefined) return withPage(state, page)
  if (key !== 'enter') return withPage(state, { ...dialog, input: typed(input, key) ?? input })
  if (input.text === '') return withPage(state, page)
  return found(state, facts, { ...page, search: input.text }, 1)
}

/** Goes to the next line, or the one before, that has what was searched for; all the way round. */
function found(state: ViewState, facts: Facts, dialog: Page, step: 1 | -1): Result {
  const { page, search } = dialog
  if (search === undefined) return only(said(state, 'nothing has been searched for: /', true))
  const texts = facts.pageTexts(state, page).map((text) => text.toLowerCase())
  const wanted = search.toLowerCase()
  const from = facts.pageHasCursor(state, page) ? dialog.cursor : (dialog.found ?? dialog.top - step)
  for (let passed = 1; passed <= texts.length; passed++) {
    const at = (from + passed * step + texts.length * 2) % texts.length
    if (texts[at]?.includes(wanted))
      return withPage(state, {
        ...dialog,
        cursor: at,
        found: at,
        top: scrolled(dialog.top, at, pageRows(state), texts.length),
      })
  }
  const { found: _, ...rest } = dialog
  return only(said({ ...state, dialog: rest }, `${search} is not found`, true))
}

/** Enter on a conversation or a name shows its packets, on a packet goes there, on a file opens it. */
function chosenLine(state: ViewState, facts: Facts, { page, cursor }: Page): Result {
  if (page === 'recent') {
    const file = facts.recent[cursor]
    return file === undefined ? only(state) : { state: closed(state), effects: [{ type: 'open', file }] }
  }
  const target = facts.pageTarget(state, page, cursor)
  if (target !== undefined) return only(selected(withJump(closed(state), facts), facts, facts.rowOf(target)))
  const filter = facts.pageFilter(state, page, cursor)
  return filter === undefined ? only(state) : applied(closed(state), facts, filter)
}

function streamKey(state: ViewState, dialog: Page, key: string): Result {
  const { stream } = state
  const sides = ['both', 'client', 'server'] as const
  const next =
    key === 'tab' || key === 'd'
      ? { ...stream, side: sides[(sides.indexOf(stream.side) + 1) % sides.length] ?? 'both' }
      : key === 'x' || key === 'h'
        ? { ...stream, isHex: !stream.isHex }
        : stream
  if (next === stream) return only(state)
  const { found: _, ...rest } = dialog
  return only({ ...state, stream: next, dialog: { ...rest, top: 0, cursor: 0 } })
}
