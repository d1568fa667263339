/** Every key once: what it does, and the words for it in the help. */

/** Where a key means this; 'panes': in list, tree and bytes. */
export type KeyPlace = 'panes' | 'list' | 'tree' | 'bytes' | 'filter' | 'page' | 'mouse'

export const COMMANDS = [
  'quit',
  'filter',
  'clear-filter',
  'next-pane',
  'previous-pane',
  'zoom',
  'layout',
  'taller',
  'shorter',
  'wider',
  'narrower',
  'up',
  'down',
  'page-up',
  'page-down',
  'first',
  'last',
  'left',
  'right',
  'open',
  'open-all',
  'close-all',
  'search',
  'search-next',
  'search-previous',
  'mark',
  'jump',
  'copy',
  'actions',
  'menu',
  'command',
  'help',
  'flows',
  'topology',
  'stream',
  'statistics',
  'properties',
  'names',
  'recent',
  'theme',
  'colors',
  'follow',
  'go-to-copy',
] as const
export type CommandName = (typeof COMMANDS)[number]

export interface KeyEntry {
  /** Names of keys; each does the same. */
  readonly keys: readonly string[]
  readonly place: KeyPlace
  readonly command: CommandName
  readonly help: string
}

const panes = (keys: string, command: CommandName, help: string): KeyEntry => ({
  keys: keys.split(' '),
  place: 'panes',
  command,
  help,
})

export const KEYS: readonly KeyEntry[] = [
  panes('/', 'filter', 'display filter: type, tab completes, enter applies'),
  panes('tab', 'next-pane', 'next pane'),
  panes('shift-tab', 'previous-pane', 'pane before'),
  panes('up k', 'up', 'up; a number before it repeats it'),
  panes('down j', 'down', 'down'),
  panes('left h', 'left', 'close a part of the tree, go to what it is in; a byte back'),
  panes('right l', 'right', 'open a part of the tree; a byte on'),
  panes('pageup ctrl-b', 'page-up', 'a page up'),
  panes('pagedown ctrl-d', 'page-down', 'a page down'),
  panes('home gg', 'first', 'first row; 15gg: packet 15'),
  panes('end G', 'last', 'last row; 15G: packet 15'),
  panes('enter space', 'open', 'open or close a part of the tree; in the list: go to the tree'),
  panes('*', 'open-all', 'open all that is beneath'),
  panes('X', 'close-all', 'close the whole tree'),
  panes('-', 'shorter', 'list or tree lower'),
  panes('+ =', 'taller', 'list or tree higher'),
  panes('<', 'narrower', 'left side narrower'),
  panes('>', 'wider', 'left side wider'),
  panes('\\', 'zoom', 'this pane alone, and back'),
  panes('|', 'layout', 'next layout of the panes'),
  panes('ctrl-f', 'search', 'search in this pane: text, /regex/, or bytes as 0xdead'),
  panes('n', 'search-next', 'next that is found'),
  panes('N', 'search-previous', 'one before that is found'),
  panes('m', 'mark', 'mark: m and a letter'),
  panes("'", 'jump', "go to a mark: ' and its letter; '' back"),
  panes('c', 'copy', 'copy a field, a packet as text, hex, JSON, a filter for it'),
  panes('a', 'actions', 'filter on this field, and not, follow, only this flow'),
  panes('O', 'go-to-copy', 'go to the frame of which this one is a copy, and back'),
  panes('f', 'stream', 'follow the stream'),
  panes('F', 'flows', 'conversations'),
  panes('T', 'topology', 'outer versus inner: who talked to whom inside what'),
  panes('S', 'statistics', 'what the capture is made of'),
  panes('P', 'properties', 'the file, its sections and interfaces'),
  panes('W', 'names', 'who is who: the names known'),
  panes('R', 'recent', 'recent files'),
  panes('A', 'follow', 'stay at the last packet as packets come'),
  panes('C', 'colors', 'colours of packets on and off'),
  panes('D', 'theme', 'next theme: dark, light, none'),
  panes(':', 'command', 'command line: any of these by name, a number, filter, w'),
  panes('escape', 'menu', 'menu'),
  panes('?', 'help', 'this help'),
  panes('q ctrl-c', 'quit', 'quit'),
]
