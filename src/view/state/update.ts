/** What comes of an event: the next state, and what is to be done besides. Nothing here reads or writes anything. */
import { carriedOut } from './commands.ts'
import { dialogKey, dialogPaste } from './dialogs.ts'
import type { Change, ViewEvent } from './events.ts'
import type { Facts } from './facts.ts'
import { filterKey, filterPaste } from './filter-bar.ts'
import { contentRows, isTooSmall, scrolled } from './geometry.ts'
import { type CommandName, KEYS } from './keys.ts'
import { moused } from './mouse.ts'
import { atByte, atTreeRow, selected, withJump, withOpen } from './moves.ts'
import type { ViewState } from './view-state.ts'

const only = (state: ViewState): Change<ViewState> => ({ state, effects: [] })

export function update(state: ViewState, event: ViewEvent, facts: Facts): Change<ViewState> {
  switch (event.type) {
    case 'key':
      return keyed({ ...state, message: undefined }, event.key, facts)
    case 'paste':
      if (state.dialog !== undefined) return dialogPaste(state, event.text)
      return state.focus === 'filter' ? filterPaste(state, facts, event.text) : only(state)
    case 'mouse':
      return isTooSmall(state) ? only(state) : moused(state, event, facts)
    case 'resize':
      return only(inPlace({ ...state, size: event.size }, facts))
    case 'progress':
      return only(state.isFollowing ? selected(state, facts, facts.shown - 1) : inPlace(state, facts))
    case 'message':
      return only({ ...state, message: { text: event.text, isBad: event.isBad } })
    case 'found': {
      const before = withJump(state, facts)
      if (event.pane === 'list') return only(selected(before, facts, event.at))
      if (event.pane === 'bytes') return only(atByte(before, facts, event.at))
      return only(atTreeRow(withOpen(before, facts, event.open ?? [], true), facts, event.at))
    }
  }
}

/** What is selected is still there, and on the screen. */
function inPlace(state: ViewState, facts: Facts): ViewState {
  const last = Math.max(facts.shown - 1, 0)
  const to = Math.min(state.list.selected, last)
  const top = scrolled(state.list.top, to, contentRows(state, 'list'), facts.shown)
  if (to === state.list.selected && top === state.list.top) return state
  return { ...state, list: { selected: to, top } }
}

/** Keys that wait for the next one. */
const WAITING = ['m', "'"]

function keyed(state: ViewState, key: string, facts: Facts): Change<ViewState> {
  if (isTooSmall(state)) return key === 'q' || key === 'ctrl-c' ? { state, effects: [{ type: 'quit' }] } : only(state)
  if (key === 'ctrl-z') return { state, effects: [{ type: 'suspend' }] }
  if (state.dialog !== undefined) return dialogKey(state, facts, key)
  if (state.focus === 'filter') return filterKey(state, facts, key)
  const { pending } = state
  if (pending !== undefined) return completedKey({ ...state, pending: undefined }, pending, key, facts)
  if (/^[1-9]$/.test(key) || (key === '0' && state.count !== '')) return only(counted(state, key))
  if (key === 'g' || WAITING.includes(key)) return only({ ...state, pending: key })
  return commanded(state, key, facts)
}

/** A number of more digits than packets can have is none. */
const counted = (state: ViewState, digit: string): ViewState =>
  state.count.length >= 10 ? state : { ...state, count: state.count + digit }

function commanded(state: ViewState, key: string, facts: Facts): Change<ViewState> {
  const command = commandOf(key)
  const count = state.count === '' ? undefined : Number(state.count)
  if (command === undefined) return only({ ...state, count: '' })
  return carriedOut({ ...state, count: '' }, facts, command, count)
}

export function commandOf(key: string): CommandName | undefined {
  return KEYS.find(({ keys }) => keys.includes(key))?.command
}

function completedKey(state: ViewState, first: string, key: string, facts: Facts): Change<ViewState> {
  if (first === 'g') return key === 'g' ? commanded(state, 'gg', facts) : only({ ...state, count: '' })
  if (key.length !== 1 || facts.shown === 0) return only(state)
  const here = facts.indexOf(state.list.selected)
  if (first === 'm') {
    const message = { text: `packet ${here + 1} is marked ${key}`, isBad: false }
    return only({ ...state, marks: new Map(state.marks).set(key, here), message })
  }
  const packet = state.marks.get(key)
  if (packet === undefined) return only({ ...state, message: { text: `there is no mark ${key}`, isBad: true } })
  return only(selected(withJump(state, facts), facts, facts.rowOf(packet)))
}
