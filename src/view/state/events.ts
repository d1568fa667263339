/** What happens to the viewer, and what it does besides showing something. */
import type { CopyKind, PageName, PaneName, Size } from './view-state.ts'

export type ViewEvent =
  /** `a`, `G`, `ctrl-f`, `up`, `enter`: a name of the key table. */
  | { readonly type: 'key'; readonly key: string }
  | { readonly type: 'paste'; readonly text: string }
  | { readonly type: 'mouse'; readonly action: MouseAction; readonly column: number; readonly row: number }
  | { readonly type: 'resize'; readonly size: Size }
  /** There are more packets, or a filter found some. */
  | { readonly type: 'progress' }
  /** A search that an effect began has found a row, a line of the tree, or a byte. */
  | { readonly type: 'found'; readonly pane: PaneName; readonly at: number; readonly open?: readonly string[] }
  | { readonly type: 'message'; readonly text: string; readonly isBad: boolean }

export type MouseAction = 'left' | 'right' | 'drag' | 'release' | 'wheel-up' | 'wheel-down'

export type Effect =
  | { readonly type: 'quit' }
  | { readonly type: 'filter'; readonly text: string }
  | { readonly type: 'page'; readonly page: PageName }
  /** Leaves copies out of the list, or shows them; `packet` (from 0) stays selected, or the one that it is a copy of. */
  | { readonly type: 'fold'; readonly isFolded: boolean; readonly packet: number }
  | { readonly type: 'copy'; readonly what: CopyKind }
  | { readonly type: 'search'; readonly pane: PaneName; readonly text: string; readonly isBackward: boolean }
  | { readonly type: 'open'; readonly file: string }
  | { readonly type: 'suspend' }

export interface Change<State> {
  readonly state: State
  readonly effects: readonly Effect[]
}
