/** The menus: of the whole, for copying, and for what the cursor stands on. */
import type { Facts } from './facts.ts'
import type { MenuItem, PageName, ViewState } from './view-state.ts'

const page = (key: string, text: string, name: PageName): MenuItem => ({
  key,
  text,
  action: { do: 'page', page: name },
})

export const MAIN_MENU: readonly MenuItem[] = [
  page('F', 'Conversations', 'flows'),
  page('T', 'Outer versus inner', 'topology'),
  page('f', 'Follow stream', 'stream'),
  page('p', 'Way of this packet', 'path'),
  page('E', 'Findings', 'findings'),
  { key: 'o', text: 'Copies away, and back', action: { do: 'command', name: 'fold' } },
  page('S', 'Packet statistics', 'statistics'),
  page('P', 'Capture properties', 'properties'),
  page('W', 'Names', 'names'),
  page('R', 'Recent files', 'recent'),
  { key: 'D', text: 'Next theme', action: { do: 'command', name: 'theme' } },
  { key: 'C', text: 'Packet colours on and off', action: { do: 'command', name: 'colors' } },
  { key: '|', text: 'Next layout', action: { do: 'command', name: 'layout' } },
  page('?', 'Help', 'help'),
  { key: 'q', text: 'Quit', action: { do: 'command', name: 'quit' } },
]

export const COPY_MENU: readonly MenuItem[] = [
  { key: 'f', text: 'this field', action: { do: 'copy', what: 'field' } },
  { key: 't', text: 'this packet as text', action: { do: 'copy', what: 'text' } },
  { key: 'x', text: 'this packet as hex', action: { do: 'copy', what: 'hex' } },
  { key: 'j', text: 'this packet as JSON', action: { do: 'copy', what: 'json' } },
  { key: 's', text: 'a filter for this field', action: { do: 'copy', what: 'filter' } },
]

/** What can be done with the field under the cursor. */
export function actionsFor(state: ViewState, facts: Facts): MenuItem[] {
  const items: MenuItem[] = []
  const filter = facts.fieldFilter(state)
  const { applied } = state.filter
  const joined = (word: string, said: string): string => (applied === '' ? said : `(${applied}) ${word} ${said}`)
  if (filter !== undefined) {
    items.push({ key: 'f', text: `filter on ${filter}`, action: { do: 'filter', text: filter } })
    const not = `!(${filter})`
    items.push({
      key: 'n',
      text: applied === '' ? `not ${filter}` : `and not ${filter}`,
      action: { do: 'filter', text: joined('and', not) },
    })
    if (applied !== '') {
      items.push({ key: 'a', text: `and ${filter}`, action: { do: 'filter', text: joined('and', filter) } })
      items.push({ key: 'o', text: `or ${filter}`, action: { do: 'filter', text: joined('or', filter) } })
    }
  }
  const stream = facts.streamFilter(state)
  if (stream !== undefined) items.push({ key: 'w', text: 'only this flow', action: { do: 'filter', text: stream } })
  items.push(page('s', 'follow the stream', 'stream'))
  items.push({ key: 'c', text: 'copy', action: { do: 'command', name: 'copy' } })
  if (applied !== '')
    items.push({ key: 'x', text: 'clear the filter', action: { do: 'command', name: 'clear-filter' } })
  return items
}
