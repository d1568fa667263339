/** All that the screen depends on besides the capture. It is never changed, only replaced: see update.ts. */
import type { ThemeName } from '../theme.ts'

export type PaneName = 'list' | 'tree' | 'bytes'
export type Focus = PaneName | 'filter'
/** As termshark goes through them: one below the other; tree and bytes side by side; the bytes on the right of both. */
export const LAYOUTS = 3

export interface Size {
  readonly columns: number
  readonly rows: number
}

/** A line that is being typed. */
export interface Input {
  readonly text: string
  /** In UTF-16 units, 0 to the length. */
  readonly cursor: number
}

export interface FilterState extends Input {
  /** The filter that the list is of. */
  readonly applied: string
  /** Why the text is no filter; undefined: it is one. */
  readonly error: string | undefined
  /** What the word at the cursor may become, and which of it is chosen; -1: none. */
  readonly completions: readonly string[]
  readonly completion: number
  /** Filters that were used, the latest first, and the one that is shown; -1: none. */
  readonly history: readonly string[]
  readonly historyAt: number
}

/** Where a search looks, and for what. */
export interface SearchState {
  readonly pane: PaneName
  readonly text: string
}

/** Something over the panes that keys go to first. */
export type Dialog =
  /** A page of text that can be scrolled: help and the views. */
  | {
      readonly kind: 'page'
      readonly page: PageName
      readonly top: number
      readonly cursor: number
      /** What is being typed to search for, what was searched for last, and the line that has it. */
      readonly input?: Input
      readonly search?: string
      readonly found?: number
    }
  | { readonly kind: 'menu'; readonly title: string; readonly items: readonly MenuItem[]; readonly cursor: number }
  /** A line to type on, at the bottom. */
  | { readonly kind: 'line'; readonly of: 'command' | 'search'; readonly input: Input }

export const PAGES = [
  ...(['help', 'flows', 'topology', 'stream', 'path', 'findings'] as const),
  ...(['statistics', 'properties', 'names', 'recent'] as const),
] as const
export type PageName = (typeof PAGES)[number]

export interface MenuItem {
  readonly key: string
  readonly text: string
  readonly action: Action
}

/** What a menu's item or a key leads to. */
export type Action =
  | { readonly do: 'page'; readonly page: PageName }
  | { readonly do: 'copy'; readonly what: CopyKind }
  | { readonly do: 'filter'; readonly text: string }
  | { readonly do: 'command'; readonly name: string }
  | { readonly do: 'open'; readonly file: string }

export type CopyKind = 'field' | 'text' | 'hex' | 'json' | 'filter'

export interface ViewState {
  readonly size: Size
  readonly theme: ThemeName
  /** Whether packets have the colours of their protocols. */
  readonly hasPacketColors: boolean
  readonly layout: number
  readonly zoom: PaneName | undefined
  readonly focus: Focus
  /** What of the height the list has, and what of the rest the tree has; 0 to 1. */
  readonly listShare: number
  readonly treeShare: number
  /** What of the width the left side has where two panes stand side by side; undefined: what the bytes leave. */
  readonly sideShare: number | undefined
  readonly list: { readonly selected: number; readonly top: number }
  /** Whether copies are left out of the list. */
  readonly isFolded: boolean
  /** Whether the last packet stays selected as packets come. */
  readonly isFollowing: boolean
  readonly tree: { readonly cursor: number; readonly top: number }
  readonly open: ReadonlySet<string>
  readonly bytes: { readonly cursor: number; readonly top: number }
  readonly filter: FilterState
  readonly search: SearchState | undefined
  readonly dialog: Dialog | undefined
  /** A number typed before a command, as text. */
  readonly count: string
  /** A key that waits for the next one: g, m, '. */
  readonly pending: string | undefined
  /** Packets (from 0) by letter; `'` is where the last jump began. */
  readonly marks: ReadonlyMap<string, number>
  readonly message: { readonly text: string; readonly isBad: boolean } | undefined
  /** A splitter that the mouse holds. */
  readonly dragging: 'list' | 'tree' | 'side' | undefined
  /** How the stream is shown: both directions or one of them, as text or bytes. */
  readonly stream: { readonly side: 'both' | 'client' | 'server'; readonly isHex: boolean }
}

export function initialState(size: Size, theme: ThemeName, history: readonly string[] = []): ViewState {
  return {
    size,
    theme,
    hasPacketColors: true,
    layout: 0,
    zoom: undefined,
    focus: 'list',
    listShare: 0.42,
    treeShare: 0.6,
    sideShare: undefined,
    list: { selected: 0, top: 0 },
    isFolded: false,
    isFollowing: false,
    tree: { cursor: 0, top: 0 },
    open: new Set(),
    bytes: { cursor: -1, top: 0 },
    filter: {
      text: '',
      cursor: 0,
      applied: '',
      error: undefined,
      completions: [],
      completion: -1,
      history,
      historyAt: -1,
    },
    search: undefined,
    dialog: undefined,
    count: '',
    pending: undefined,
    marks: new Map(),
    message: undefined,
    dragging: undefined,
    stream: { side: 'both', isHex: false },
  }
}
