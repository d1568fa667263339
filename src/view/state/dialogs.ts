/** Keys while something lies over the panes: pages, menus, a line to type on. */
import { carriedOut, said, withPage } from './commands.ts'
import type { Change } from './events.ts'
import type { Facts } from './facts.ts'
import { applied } from './filter-bar.ts'
import { COMMANDS, type CommandName } from './keys.ts'
import { selected, withJump } from './moves.ts'
import { pageKey } from './page-keys.ts'
import { pasted, typed } from './typing.ts'
import { type Action, type Dialog, PAGES, type PaneName, type ViewState } from './view-state.ts'

type Result = Change<ViewState>
type Menu = Extract<Dialog, { kind: 'menu' }>
type LineDialog = Extract<Dialog, { kind: 'line' }>

const only = (state: ViewState): Result => ({ state, effects: [] })
const closed = (state: ViewState): ViewState => ({ ...state, dialog: undefined })

export function dialogKey(state: ViewState, facts: Facts, key: string): Result {
  const { dialog } = state
  if (key === 'ctrl-c') return { state, effects: [{ type: 'quit' }] }
  if (dialog === undefined) return only(state)
  if (dialog.kind === 'menu') return menuKey(state, facts, dialog, key)
  return dialog.kind === 'page' ? pageKey(state, facts, dialog, key) : lineKey(state, facts, dialog, key)
}

export function dialogPaste(state: ViewState, text: string): Result {
  const { dialog } = state
  if (dialog?.kind === 'menu' || dialog?.input === undefined) return only(state)
  return only({ ...state, dialog: { ...dialog, input: pasted(dialog.input, text) } })
}

function menuKey(state: ViewState, facts: Facts, dialog: Menu, key: string): Result {
  const { items, cursor } = dialog
  const at = (to: number): Result =>
    only({ ...state, dialog: { ...dialog, cursor: (to + items.length) % Math.max(items.length, 1) } })
  const byKey = items.findIndex((item) => item.key === key)
  if (byKey >= 0) return chosen(closed(state), facts, items[byKey]?.action)
  switch (key) {
    case 'escape':
    case 'q':
      return only(closed(state))
    case 'up':
    case 'k':
      return at(cursor - 1)
    case 'down':
    case 'j':
    case 'tab':
      return at(cursor + 1)
    case 'enter':
    case 'space':
      return chosen(closed(state), facts, items[cursor]?.action)
    default:
      return only(state)
  }
}

/** What a menu's item does; the menu is closed already. */
export function chosen(state: ViewState, facts: Facts, action: Action | undefined): Result {
  switch (action?.do) {
    case undefined:
      return only(state)
    case 'page':
      return withPage(state, action.page)
    case 'copy':
      return { state, effects: [{ type: 'copy', what: action.what }] }
    case 'filter':
      return applied(state, facts, action.text)
    case 'open':
      return { state, effects: [{ type: 'open', file: action.file }] }
    case 'command':
      return carriedOut(state, facts, action.name as CommandName)
  }
}

function lineKey(state: ViewState, facts: Facts, dialog: LineDialog, key: string): Result {
  if (key === 'escape') return only(closed(state))
  if (key !== 'enter') {
    const input = typed(dialog.input, key)
    return only(input === undefined ? state : { ...state, dialog: { ...dialog, input } })
  }
  const text = dialog.input.text.trim()
  if (text === '') return only(closed(state))
  if (dialog.of === 'command') return commandLine(closed(state), facts, text)
  const pane = (state.focus === 'filter' ? 'list' : state.focus) as PaneName
  const search = { pane, text }
  return { state: { ...closed(state), search }, effects: [{ type: 'search', ...search, isBackward: false }] }
}

/** `15`, `filter http`, `theme light`, `flows`, `q`. */
function commandLine(state: ViewState, facts: Facts, text: string): Result {
  if (/^\d+$/.test(text)) return only(selected(withJump(state, facts), facts, facts.rowOf(Number(text) - 1)))
  const [word = '', ...rest] = text.split(/\s+/)
  const said1 = rest.join(' ')
  if (word === 'q' || word === 'quit' || word === 'q!') return { state, effects: [{ type: 'quit' }] }
  if (word === 'filter') return applied(state, facts, said1)
  if (word === 'open' && said1 !== '') return { state, effects: [{ type: 'open', file: said1 }] }
  if (word === 'theme' && (said1 === 'dark' || said1 === 'light' || said1 === 'none'))
    return only({ ...state, theme: said1 })
  const page = PAGES.find((one) => one === word)
  if (page !== undefined) return withPage(state, page)
  const command = COMMANDS.find((one) => one === word)
  if (command !== undefined) return carriedOut(state, facts, command)
  return only(said(state, `there is no command ${word}: ? lists them`, true))
}
