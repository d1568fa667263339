/** What each command of the key table does. */

import { THEMES } from '../theme.ts'
import type { Change, Effect } from './events.ts'
import type { Facts } from './facts.ts'
import { applied } from './filter-bar.ts'
import { sideShareOf } from './geometry.ts'
import type { CommandName } from './keys.ts'
import { actionsFor, actionsTitle, COPY_MENU, MAIN_MENU } from './menus.ts'
import { atTreeRow, type Move, moved, selected, toggled, withJump } from './moves.ts'
import { type Focus, LAYOUTS, type MenuItem, type PageName, type PaneName, type ViewState } from './view-state.ts'

type Result = Change<ViewState>
const only = (state: ViewState): Result => ({ state, effects: [] })
const doing = (state: ViewState, ...effects: Effect[]): Result => ({ state, effects })

const MOVES: Partial<Record<CommandName, Move>> = {
  up: 'up',
  down: 'down',
  'page-up': 'page-up',
  'page-down': 'page-down',
  first: 'first',
  last: 'last',
  left: 'left',
  right: 'right',
}

const PAGES_BY_COMMAND: Partial<Record<CommandName, PageName>> = {
  help: 'help',
  flows: 'flows',
  topology: 'topology',
  stream: 'stream',
  path: 'path',
  findings: 'findings',
  statistics: 'statistics',
  properties: 'properties',
  names: 'names',
  recent: 'recent',
}

/** `count`: a number that was typed before. */
export function carriedOut(state: ViewState, facts: Facts, command: CommandName, count?: number): Result {
  const pane = paneOf(state)
  const move = MOVES[command]
  if (move !== undefined) return only(moved(state, facts, pane, move, count))
  const page = PAGES_BY_COMMAND[command]
  if (page !== undefined) return withPage(state, page)
  switch (command) {
    case 'quit':
      return doing(state, { type: 'quit' })
    case 'filter':
      return only({ ...state, focus: 'filter', zoom: undefined })
    case 'clear-filter':
      return applied(state, facts, '')
    case 'next-pane':
      return only(focused(state, 1))
    case 'previous-pane':
      return only(focused(state, -1))
    case 'zoom':
      return only({ ...state, zoom: state.zoom === undefined ? pane : undefined })
    case 'layout':
      return only({ ...state, zoom: undefined, layout: (state.layout + 1) % LAYOUTS })
    case 'taller':
    case 'shorter':
      return only(resized(state, pane, command === 'taller' ? STEP : -STEP))
    case 'wider':
    case 'narrower':
      return only({ ...state, sideShare: between(sideShareOf(state) + (command === 'wider' ? STEP : -STEP)) })
    case 'open':
      return only(
        pane === 'list' ? { ...state, focus: 'tree' } : pane === 'tree' ? toggled(state, facts, false) : state,
      )
    case 'open-all':
      return only(toggled(state, facts, true))
    case 'close-all':
      return only(atTreeRow({ ...state, open: new Set() }, facts, 0))
    case 'search':
      return only({ ...state, dialog: { kind: 'line', of: 'search', input: { text: '', cursor: 0 } } })
    case 'search-next':
    case 'search-previous':
      if (state.search === undefined) return only(said(state, 'nothing has been searched for: ctrl-f', true))
      return doing(state, { type: 'search', ...state.search, isBackward: command === 'search-previous' })
    case 'copy':
      return withMenu(state, 'Copy', COPY_MENU)
    case 'actions':
      return withMenu(state, actionsTitle(state), actionsFor(state, facts))
    case 'menu':
      return withMenu(state, 'ovl-dissect', MAIN_MENU)
    case 'command':
      return only({ ...state, dialog: { kind: 'line', of: 'command', input: { text: '', cursor: 0 } } })
    case 'theme':
      return only({ ...state, theme: THEMES[(THEMES.indexOf(state.theme) + 1) % THEMES.length] ?? 'dark' })
    case 'colors':
      return only({ ...state, hasPacketColors: !state.hasPacketColors })
    case 'follow': {
      const isFollowing = !state.isFollowing
      const next = said({ ...state, isFollowing }, isFollowing ? 'stays at the last packet' : 'stays here', false)
      return only(isFollowing ? selected(next, facts, facts.shown - 1) : next)
    }
    case 'fold': {
      const isFolded = !state.isFolded
      const next = said({ ...state, isFolded }, isFolded ? 'copies are folded' : 'copies are shown', false)
      return doing(next, { type: 'fold', isFolded, packet: facts.indexOf(state.list.selected) })
    }
    case 'go-to-copy': {
      const other = facts.copyOf(state)
      if (other === undefined) return only(said(state, 'this frame has no copy in the list', true))
      return only(selected(withJump(state, facts), facts, other))
    }
    default:
      return only(state)
  }
}

const STEP = 0.05
const between = (share: number) => Math.min(Math.max(share, 0.1), 0.9)

export const paneOf = ({ focus }: ViewState): PaneName => (focus === 'filter' ? 'list' : focus)

export function said(state: ViewState, text: string, isBad: boolean): ViewState {
  return { ...state, message: { text, isBad } }
}

function focused(state: ViewState, by: 1 | -1): ViewState {
  const order: readonly Focus[] = ['list', 'tree', 'bytes']
  const focus = order[(order.indexOf(paneOf(state)) + by + order.length) % order.length] ?? 'list'
  return { ...state, focus, ...(state.zoom !== undefined && { zoom: focus as PaneName }) }
}

function resized(state: ViewState, pane: PaneName, by: number): ViewState {
  if (pane === 'list') return { ...state, listShare: between(state.listShare + by) }
  if (pane === 'tree') return { ...state, treeShare: between(state.treeShare + by) }
  return { ...state, treeShare: between(state.treeShare - by) }
}

export function withPage(state: ViewState, page: PageName): Result {
  // The first line of a table is its head.
  const cursor = page === 'flows' ? 1 : 0
  return doing({ ...state, dialog: { kind: 'page', page, top: 0, cursor } }, { type: 'page', page })
}

export function withMenu(state: ViewState, title: string, items: readonly MenuItem[]): Result {
  return only({ ...state, dialog: { kind: 'menu', title, items, cursor: 0 } })
}
