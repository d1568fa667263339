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

/** What can be done with the packet that is selected, or with the field under the cursor of tree and bytes. */
export function actionsFor(state: ViewState, facts: Facts): MenuItem[] {
  const { applied } = state.filter
  const isOnPacket = state.focus === 'list' || state.focus === 'filter'
  const items = isOnPacket
    ? packetItems(applied, facts.rowFilters(state))
    : fieldItems(applied, facts.fieldFilter(state))
  const stream = facts.streamFilter(state)
  if (stream !== undefined) items.push({ key: 'w', text: 'only this flow', action: { do: 'filter', text: stream } })
  items.push(page('s', 'follow the stream', 'stream'))
  if (isOnPacket) items.push(page('p', 'its way', 'path'))
  items.push({ key: 'c', text: 'copy', action: { do: 'command', name: 'copy' } })
  if (applied !== '')
    items.push({ key: 'x', text: 'clear the filter', action: { do: 'command', name: 'clear-filter' } })
  return items
}

export const actionsTitle = ({ focus }: ViewState): string =>
  focus === 'list' || focus === 'filter' ? 'On this packet' : 'On this field'

const joined = (applied: string, word: string, said: string): string =>
  applied === '' ? said : `(${applied}) ${word} ${said}`

/** Within what the list shows already. */
function packetItems(applied: string, filters: ReturnType<Facts['rowFilters']>): MenuItem[] {
  return filters.map(({ key, text }) => ({
    key,
    text: `${applied === '' ? 'filter on' : 'and'} ${text}`,
    action: { do: 'filter', text: joined(applied, 'and', text) },
  }))
}

function fieldItems(applied: string, filter: string | undefined): MenuItem[] {
  if (filter === undefined) return []
  const item = (key: string, text: string, then: string): MenuItem => ({
    key,
    text,
    action: { do: 'filter', text: then },
  })
  const not = item('n', `${applied === '' ? '' : 'and '}not ${filter}`, joined(applied, 'and', `!(${filter})`))
  const first = [item('f', `filter on ${filter}`, filter), not]
  if (applied === '') return first
  return [
    ...first,
    item('a', `and ${filter}`, joined(applied, 'and', filter)),
    item('o', `or ${filter}`, joined(applied, 'or', filter)),
  ]
}
