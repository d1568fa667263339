/** What state and screen ask of the capture, answered. */
import { tunnelText } from '../../analysis/tunnel-ports.ts'
import { UsageError } from '../../errors.ts'
import { type Dissection, ownDepth } from '../../packet/dissection.ts'
import { addressText } from '../../render/address-cell.ts'
import { escapeText } from '../../render/escape.ts'
import type { ListRow } from '../../render/list.ts'
import type { NameStyle } from '../../render/name-style.ts'
import { widthOf } from '../../render/width.ts'
import { type Line, lineText } from '../line.ts'
import type { Facts } from '../state/facts.ts'
import type { PageName, ViewState } from '../state/view-state.ts'
import { Completions } from './completions.ts'
import { conversationFilter, fieldFilter, rowFilters } from './filters-for.ts'
import type { PacketDetail } from './packet-detail.ts'
import type { Pages } from './pages.ts'
import { type TreeRow, treeRows } from './tree-rows.ts'
import type { ViewedCapture } from './viewed-capture.ts'

export interface Page {
  readonly title: string
  readonly hint: string
  readonly lines: readonly Line[]
  readonly hasCursor: boolean
}

/** Frames that a copy may lie behind its original; none further away is looked for. */
const NEAR = 20_000

export class ViewedFacts implements Facts {
  recent: readonly string[] = []
  private readonly capture: ViewedCapture
  private readonly pages: Pages
  private readonly completer: Completions
  private known:
    | { readonly detail: PacketDetail; readonly open: ReadonlySet<string>; readonly rows: TreeRow[] }
    | undefined
  private hasPlace = false

  constructor(capture: ViewedCapture, pages: Pages) {
    this.capture = capture
    this.pages = pages
    const { dissector, names } = capture.input
    this.completer = new Completions(dissector, names, (text) => this.filterError(text) === undefined)
  }

  get shown(): number {
    return this.capture.shown
  }

  get isGrowing(): boolean {
    const { frames } = this.capture
    return !frames.isDone() && frames.progress() === undefined
  }

  get title(): string {
    return this.capture.input.files.map((file) => (file === '-' ? 'standard input' : escapeText(file))).join('  ')
  }

  get listOptions() {
    const { timeWidth, labelWidth, names, nameStyle } = this.capture.input
    return { timeWidth, labelWidth, hasPlace: this.hasPlace, nameStyle: names === undefined ? undefined : nameStyle }
  }

  indexOf(row: number): number {
    return row < this.shown ? this.capture.indexOf(row) : 0
  }

  rowOf(index: number): number {
    return this.capture.rowOf(index)
  }

  rows(top: number, count: number): ListRow[] {
    const rows: ListRow[] = []
    for (let row = top; row < Math.min(top + count, this.shown); row++) rows.push(this.capture.row(row))
    this.hasPlace ||= rows.some(({ place }) => place !== undefined)
    return rows
  }

  detail(state: ViewState): PacketDetail | undefined {
    return this.capture.packetDetail(state.list.selected)
  }

  tree(state: ViewState): readonly TreeRow[] {
    const detail = this.detail(state)
    if (detail === undefined) return []
    if (this.known?.detail !== detail || this.known.open !== state.open)
      this.known = { detail, open: state.open, rows: treeRows(detail, state.open) }
    return this.known.rows
  }

  filterError(text: string): string | undefined {
    if (text.trim() === '') return undefined
    try {
      this.capture.input.compile(text)
      return undefined
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      // The caret lines below are for terminals that print.
      return escapeText((error.message.split('\n')[0] ?? '').replace(/^filter: /, ''))
    }
  }

  completions(text: string, cursor: number): readonly string[] {
    return this.completer.of(text, cursor, () => this.seen())
  }

  page(state: ViewState, page: PageName): Page {
    return this.pages.page(state, page, this)
  }

  pageLength(state: ViewState, page: PageName): number {
    return this.page(state, page).lines.length
  }

  pageTexts(state: ViewState, page: PageName): readonly string[] {
    return this.page(state, page).lines.map(lineText)
  }

  pageHasCursor(state: ViewState, page: PageName): boolean {
    return this.page(state, page).hasCursor
  }

  pageFilter(_: ViewState, page: PageName, line: number): string | undefined {
    return this.pages.filterAt(page, line)
  }

  pageTarget(_: ViewState, page: PageName, line: number): number | undefined {
    return this.pages.targetAt(page, line)
  }

  streamFilter(state: ViewState): string | undefined {
    const { selected } = state.list
    if (selected >= this.shown) return undefined
    return conversationFilter(this.capture.dissect(this.indexOf(selected), selected, true))
  }

  rowFilters(state: ViewState) {
    const { selected } = state.list
    if (selected >= this.shown) return []
    const packet = this.capture.dissect(this.indexOf(selected), selected, true)
    return rowFilters(packet, this.capture.row(selected).protocol).filter(
      ({ text }) => this.filterError(text) === undefined,
    )
  }

  fieldFilter(state: ViewState): string | undefined {
    const row = this.tree(state)[state.tree.cursor]
    const { selected } = state.list
    if (row === undefined || selected >= this.shown) return undefined
    const { walk } = this.capture.dissect(this.indexOf(selected), selected, true)
    let protocol: string | undefined
    for (let depth = 0; depth < ownDepth(walk) && row.region !== 'whole'; depth++)
      if (walk.start[depth] === row.start) protocol = walk.tables.layers[walk.layer[depth] as number]?.name ?? protocol
    return fieldFilter(row, protocol, (text) => this.filterError(text) === undefined)
  }

  copyOf(state: ViewState): number | undefined {
    if (this.shown === 0) return undefined
    const { pages } = this.capture.frames.store
    const index = this.indexOf(state.list.selected)
    let other = pages.originalOf(index)
    for (let next = index + 1; other < 0 && next < Math.min(index + NEAR, pages.count); next++)
      if (pages.originalOf(next) === index) other = next
    if (other < 0) return undefined
    const row = this.rowOf(other)
    return row < this.shown && this.indexOf(row) === other ? row : undefined
  }

  /** Packets of which values are offered. */
  private seen(): Dissection[] {
    const count = Math.min(this.shown, SEEN_ROWS)
    return Array.from({ length: count }, (_, row) => this.capture.dissect(this.indexOf(row), row, true))
  }

  /** Said where there are no rows. */
  nothing(state: ViewState): string {
    if (state.filter.applied !== '')
      return this.capture.progress === 1 ? 'no packet matches' : 'no packet matches so far'
    return this.capture.frames.isDone() ? 'nothing was captured' : 'waiting for packets'
  }

  /** `Packet 15  outer k8s-ctr 192.168.10.100 → …  VNI 3258 curl-pod  inner …`, with fewer words where there is little room. */
  packetTitle(state: ViewState, columns: number): string {
    const { selected } = state.list
    if (selected >= this.shown) return ''
    const row = this.capture.row(selected)
    const { nameStyle } = this.capture.input
    const whole = titleOf(row, 'both')
    return widthOf(whole) <= columns || nameStyle === 'address' ? whole : titleOf(row, 'name')
  }

  status(state: ViewState) {
    const { capture } = this
    const { analysis, total, shown, frames } = capture
    const { progress } = capture
    const failure = frames.failure()
    const where = shown === 0 ? '0' : String(state.list.selected + 1)
    const tunnels = analysis.overview.ports.seen(capture.input.dissector.tables)
    const findings = this.pages.findingsWords
    const { packets, frames: counted } = analysis.overview.copies
    return {
      parts: [
        `${where}/${shown}${shown === total ? '' : ` of ${total}`} packets`,
        ...(failure === undefined ? [] : [escapeText(failure.message)]),
        ...(state.isFollowing ? ['at the end'] : []),
        ...(tunnels.length === 0 ? [] : [tunnels.map(tunnelText).join(', ')]),
        ...(state.isFolded ? ['copies folded'] : packets === counted ? [] : [`${packets} without copies`]),
        ...(findings === undefined || findings === 'nothing found' ? [] : [`E: ${findings}`]),
        ...(this.detail(state)?.isComplete === false ? ['reading what came before'] : []),
      ],
      progress,
      isBusy: progress !== 1,
    }
  }
}

/** Rows from the beginning whose values are offered. */
const SEEN_ROWS = 200

function titleOf({ number, outer, inner, vni, identity }: ListRow, style: NameStyle): string {
  const name = `Packet ${number}`
  const within = inner === undefined ? '' : addressText(inner, undefined, style)
  if (outer === undefined) return `${name}  ${within}`.trimEnd()
  const tunnel = vni === undefined ? '' : `  VNI ${vni}${identity === undefined ? '' : ` ${identity}`}`
  return `${name}  outer ${addressText(outer, undefined, style)}${tunnel}${within === '' ? '' : `  inner ${within}`}`
}
