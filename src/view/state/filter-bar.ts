/** The filter bar: typing, completing, going back to what was used before. */
import type { Change } from './events.ts'
import type { Facts } from './facts.ts'
import { pasted, typed } from './typing.ts'
import type { FilterState, ViewState } from './view-state.ts'

/** Filters remembered. */
export const HISTORY = 50

export function filterKey(state: ViewState, facts: Facts, key: string): Change<ViewState> {
  const { filter } = state
  switch (key) {
    case 'enter':
      return filter.completion >= 0 ? changed(state, facts, completed(filter)) : applied(state, facts, filter.text)
    case 'escape':
      if (filter.completions.length > 0)
        return only({ ...state, filter: { ...filter, completions: [], completion: -1 } })
      return only({ ...state, focus: 'list', filter: { ...filter, ...atEnd(filter.applied), error: undefined } })
    case 'ctrl-c':
      return { state, effects: [{ type: 'quit' }] }
    case 'tab':
      if (filter.completions.length === 0) return only({ ...state, focus: 'list' })
      return changed(state, facts, completed({ ...filter, completion: Math.max(filter.completion, 0) }))
    case 'shift-tab':
      return only({ ...state, focus: 'bytes', filter: { ...filter, completions: [], completion: -1 } })
    case 'down':
      if (filter.completions.length > 0 && filter.historyAt < 0)
        return only({
          ...state,
          filter: { ...filter, completion: (filter.completion + 1) % filter.completions.length },
        })
      return only({ ...state, filter: fromHistory(filter, facts, filter.historyAt - 1) })
    case 'up':
      if (filter.completion >= 0) return only({ ...state, filter: { ...filter, completion: filter.completion - 1 } })
      return only({ ...state, filter: fromHistory(filter, facts, filter.historyAt + 1) })
    default: {
      const next = typed(filter, key)
      return next === undefined ? only(state) : changed(state, facts, next)
    }
  }
}

export function filterPaste(state: ViewState, facts: Facts, text: string): Change<ViewState> {
  return changed(state, facts, pasted(state.filter, text))
}

const only = (state: ViewState): Change<ViewState> => ({ state, effects: [] })
const atEnd = (text: string) => ({ text, cursor: text.length, completions: [], completion: -1, historyAt: -1 })

/** What the text now is. */
function changed(
  state: ViewState,
  facts: Facts,
  { text, cursor }: { text: string; cursor: number },
): Change<ViewState> {
  const filter: FilterState = {
    ...state.filter,
    text,
    cursor,
    error: facts.filterError(text),
    completions: facts.completions(text, cursor),
    completion: -1,
    historyAt: -1,
  }
  return only({ ...state, filter })
}

/** The word before the cursor replaced by the one that was chosen. */
function completed(filter: FilterState): { text: string; cursor: number } {
  const { text, cursor, completions, completion } = filter
  const word = completions[completion] ?? ''
  const start = wordStart(text, cursor)
  return { text: text.slice(0, start) + word + text.slice(cursor), cursor: start + word.length }
}

/** Where the word begins that ends at the cursor. */
export function wordStart(text: string, cursor: number): number {
  return cursor - (/[\w.:/-]*$/.exec(text.slice(0, cursor))?.[0].length ?? 0)
}

function fromHistory(filter: FilterState, facts: Facts, to: number): FilterState {
  if (to >= filter.history.length || to < -1) return filter
  const text = to < 0 ? filter.applied : (filter.history[to] as string)
  return { ...filter, ...atEnd(text), historyAt: to, error: facts.filterError(text) }
}

/** Applies a filter; what is none stays in the bar, with what is wrong with it. */
export function applied(state: ViewState, facts: Facts, said: string): Change<ViewState> {
  const text = said.trim()
  const error = facts.filterError(text)
  if (error !== undefined)
    return only({ ...state, focus: 'filter', filter: { ...state.filter, ...atEnd(said), error } })
  const history = text === '' ? state.filter.history : [text, ...state.filter.history.filter((one) => one !== text)]
  const filter = {
    ...state.filter,
    ...atEnd(text),
    applied: text,
    error: undefined,
    history: history.slice(0, HISTORY),
  }
  // Who takes the filter away stays at the packet he looks at; what a new one shows is not known yet.
  const packet = text === '' && facts.shown > 0 ? facts.indexOf(state.list.selected) : 0
  const list = text === filter.applied && text === state.filter.applied ? state.list : { selected: packet, top: packet }
  return {
    state: { ...state, focus: 'list', filter, list, dialog: undefined, message: undefined },
    effects: [{ type: 'filter', text }],
  }
}
