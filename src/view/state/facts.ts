/** What the state asks of the capture: an interface, so that it can be tested without one. */
import type { PacketDetail } from '../model/packet-detail.ts'
import type { TreeRow } from '../model/tree-rows.ts'
import type { PageName, ViewState } from './view-state.ts'

export interface Facts {
  /** Rows of the list. */
  readonly shown: number
  /** Whether packets still come from a pipe. */
  readonly isGrowing: boolean
  /** The packet (from 0) in a row, and the row with a packet. */
  indexOf(row: number): number
  rowOf(index: number): number
  detail(state: ViewState): PacketDetail | undefined
  /** Rows of the selected packet's tree. */
  tree(state: ViewState): readonly TreeRow[]
  /** What is wrong with a filter; undefined: nothing. */
  filterError(text: string): string | undefined
  /** What the word before the cursor may become. */
  completions(text: string, cursor: number): readonly string[]
  /** How many lines a page has. */
  pageLength(state: ViewState, page: PageName): number
  /** Its lines as text. */
  pageTexts(state: ViewState, page: PageName): readonly string[]
  /** Whether one of its lines is selected. */
  pageHasCursor(state: ViewState, page: PageName): boolean
  /** The filter that a line of a page stands for; undefined: none. */
  pageFilter(state: ViewState, page: PageName, line: number): string | undefined
  /** The packet (from 0) that a line of a page leads to; undefined: none. */
  pageTarget(state: ViewState, page: PageName, line: number): number | undefined
  /** Files that were open lately. */
  readonly recent: readonly string[]
  /** A filter for the conversation of the selected packet; undefined: it has none. */
  streamFilter(state: ViewState): string | undefined
  /** Filters for what the selected packet's row says: its protocol, who talks to whom, the VNI. */
  rowFilters(state: ViewState): readonly { readonly key: string; readonly text: string }[]
  /** The filter that the field under the cursor stands for; undefined: none. */
  fieldFilter(state: ViewState): string | undefined
  /** The row with the selected frame's original, or with its copy. */
  copyOf(state: ViewState): number | undefined
}
