/** Flows as a table for people. */
import type { FlowGroup } from '../analysis/flow-groups.ts'
import type { Flow } from '../analysis/flows.ts'
import { durationText } from '../bytes/time.ts'
import { type AddressCell, addressText, type CellName } from './address-cell.ts'
import { BORDERLESS } from './borderless.ts'
import { escapeText } from './escape.ts'
import type { NameStyle } from './name-style.ts'
import type { Style } from './style.ts'
import { newTable } from './table.ts'
import { cut, widthOf } from './width.ts'

export interface FlowTableOptions {
  readonly width: number
  readonly style: Style
  readonly names?: FlowNames | undefined
  /** Whether there is a column with frames: packets and their copies. */
  readonly hasFrames?: boolean
}

/** Names for a table of flows. */
export interface FlowNames {
  readonly style: NameStyle
  /** Undefined where nothing is known. */
  address(address: string): CellName | undefined
  /** `3258 curl-pod`; the number alone where nothing is known. */
  vni(vni: number, tunnel: string): string
}

interface Column<Row> {
  readonly head: string
  readonly isRight?: boolean
  /** Columns with the highest number go first where there is no room. */
  readonly dropped: number
  readonly text: (row: Row, names: FlowNames | undefined) => string
  /** The same in fewer cells, for narrow tables. */
  readonly short?: (row: Row, names: FlowNames | undefined, extra: number) => string
}

const there = (forward: number, back: number) => `${forward} / ${back}`

/** `1.2 kB / 3.4 MB`, in powers of ten as networks count. */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  const units = ['kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = ''
  for (const next of units) {
    if (value < 1000) break
    value /= 1000
    unit = next
  }
  return `${value >= 100 ? Math.round(value) : value.toFixed(1)} ${unit}`
}

const seconds = (value: number) => {
  if (value === 0) return '0 s'
  const whole = Math.floor(value)
  return durationText({ seconds: whole, nanoseconds: Math.round((value - whole) * 1e9) })
}

/** Cells for ends in narrow tables: `192.168.10.100↔.20.100`, `172.20.0.158:34586↔.2.115:80`. */
const SHORT_OUTER = 22
const SHORT_INNER = 31

function endsText(ends: AddressCell, names: FlowNames | undefined, width?: number): string {
  const sourceName = names?.address(ends.source)
  const destinationName = names?.address(ends.destination)
  return addressText({ ...ends, sourceName, destinationName }, width, names?.style).replace('→', '↔')
}

/** Of a flow without one pair of nodes. */
const pathText = ({ paths }: Flow) => (paths === 1 ? '(no tunnel)' : `(${paths} paths)`)

function vniText({ forward, back, tunnel }: Flow, names: FlowNames | undefined): string {
  if (forward.vni === undefined && back.vni === undefined) return ''
  const word = (vni: number | undefined) => (vni === undefined ? '–' : (names?.vni(vni, tunnel ?? '') ?? String(vni)))
  return forward.vni === back.vni ? word(forward.vni) : `${word(forward.vni)}/${word(back.vni)}`
}

function aboutText({ identifier, topic }: Flow): string {
  if (topic !== undefined) return cut(escapeText(topic), LONGEST_ABOUT)
  return identifier === undefined ? '' : `id=0x${identifier.toString(16).padStart(4, '0')}`
}

/** `handshake`: of the connection, in words; nothing where it was not seen. */
function stateText({ state, handshake }: Flow): string {
  if (state === undefined) return ''
  return handshake === undefined ? state : `${state}, ${seconds(handshake)}`
}

/** With the copies that further interfaces saw. */
const FRAMES: Column<Flow> = {
  head: 'seen →/←',
  isRight: true,
  dropped: 3,
  text: ({ forward, back }) => there(forward.frames, back.frames),
}

const FLOW_COLUMNS: readonly Column<Flow>[] = [
  {
    head: 'OUTER node ↔ node',
    dropped: 4,
    text: (flow, names) => (flow.outer === undefined ? pathText(flow) : endsText(flow.outer, names)),
    short: (flow, names) => (flow.outer === undefined ? pathText(flow) : endsText(flow.outer, names, SHORT_OUTER)),
  },
  { head: 'tunnel', dropped: 10, text: ({ tunnel }) => tunnel ?? '' },
  { head: 'VNI →/←', dropped: 5, text: vniText, short: (flow) => vniText(flow, undefined) },
  {
    head: 'INNER source ↔ destination',
    dropped: 0,
    text: (flow, names) => endsText(flow, names),
    short: (flow, names, extra) => endsText(flow, names, SHORT_INNER + extra),
  },
  { head: 'prot', dropped: 2, text: ({ application, protocol }) => application ?? protocol ?? '' },
  { head: 'packets →/←', isRight: true, dropped: 0, text: ({ forward, back }) => there(forward.packets, back.packets) },
  FRAMES,
  {
    head: 'bytes →/←',
    isRight: true,
    dropped: 6,
    text: ({ forward, back }) => `${bytesText(forward.bytes)} / ${bytesText(back.bytes)}`,
  },
  {
    head: 'inner bytes',
    isRight: true,
    dropped: 9,
    text: ({ forward, back }) => `${bytesText(forward.innerBytes)} / ${bytesText(back.innerBytes)}`,
  },
  { head: 'duration', isRight: true, dropped: 8, text: ({ duration }) => seconds(duration) },
  { head: 'state, handshake', dropped: 1, text: stateText, short: ({ state }) => state ?? '' },
  { head: 'about', dropped: 7, text: aboutText },
]

const GROUP_COLUMNS = (head: string): readonly Column<FlowGroup>[] => [
  { head, dropped: 0, text: ({ name }) => escapeText(name) },
  { head: '', dropped: 2, text: ({ kind }) => kind },
  { head: 'flows', isRight: true, dropped: 1, text: ({ flows }) => String(flows) },
  { head: 'packets →/←', isRight: true, dropped: 0, text: ({ forward, back }) => there(forward.packets, back.packets) },
  {
    head: 'bytes →/←',
    isRight: true,
    dropped: 0,
    text: ({ forward, back }) => `${bytesText(forward.bytes)} / ${bytesText(back.bytes)}`,
  },
  {
    head: 'duration',
    isRight: true,
    dropped: 3,
    text: ({ duration }) => (Number.isNaN(duration) ? '' : seconds(duration)),
  },
]

/** A table of flows, in as many columns as fit; columns in which no row says anything are left out. */
export function flowsText(flows: readonly Flow[], options: FlowTableOptions): string {
  const columns = options.hasFrames === true ? FLOW_COLUMNS : FLOW_COLUMNS.filter((column) => column !== FRAMES)
  return tableText(flows, columns, options)
}

/** A table of groups of flows; `head` names what they have in common. */
export function groupsText(groups: readonly FlowGroup[], head: string, options: FlowTableOptions): string {
  return tableText(groups, GROUP_COLUMNS(head), options)
}

interface LaidOut<Row> {
  readonly column: Column<Row>
  readonly cells: readonly string[]
}

/** Columns from this number on go before any is shortened. */
const LUXURY = 8

function withoutLevels<Row>(columns: readonly Column<Row>[], from: number): Column<Row>[] {
  return columns.filter(({ dropped }) => dropped < from)
}

/** The columns in which some row says something. */
function laidOut<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  isShort: boolean,
  names: FlowNames | undefined,
  extra = 0,
): LaidOut<Row>[] {
  const all = columns.map((column) => {
    const text = isShort ? (column.short ?? column.text) : column.text
    return { column, cells: rows.map((row) => text(row, names, extra)) }
  })
  return all.filter(({ cells }) => cells.some((cell) => cell !== ''))
}

function widthOfAll<Row>(columns: readonly LaidOut<Row>[]): number {
  const sizes = columns.map(({ column, cells }) => Math.max(widthOf(column.head), ...cells.map(widthOf)))
  return sizes.reduce((sum, size) => sum + size + GAP, -GAP)
}

const GAP = 2
const LONGEST_ABOUT = 30

function tableText<Row>(rows: readonly Row[], all: readonly Column<Row>[], options: FlowTableOptions): string {
  let kept = laidOut(rows, all, false, options.names)
  if (widthOfAll(kept) > options.width) kept = laidOut(rows, withoutLevels(all, LUXURY), false, options.names)
  const isShort = widthOfAll(kept) > options.width
  if (isShort) kept = laidOut(rows, withoutLevels(all, LUXURY), true, options.names)
  while (widthOfAll(kept) > options.width) {
    const least = Math.max(...kept.map(({ column }) => column.dropped))
    if (least === 0) break
    kept = kept.filter(({ column }) => column.dropped !== least)
  }
  if (isShort) {
    // What is left over goes to the ends.
    const extra = options.width - widthOfAll(kept)
    const columns = kept.map(({ column }) => column)
    kept = extra > 0 ? laidOut(rows, columns, true, options.names, extra) : kept
  }
  const table = newTable({
    head: kept.map(({ column }) => options.style.bold(column.head)),
    ...BORDERLESS,
    colAligns: kept.map(({ column }) => (column.isRight === true ? 'right' : 'left')),
  })
  rows.forEach((_, index) => {
    table.push(kept.map(({ cells }) => cells[index] as string))
  })
  return table
    .toString()
    .split('\n')
    .map((line) => (options.style.enabled ? line.trimEnd() : cut(line.trimEnd(), options.width)))
    .join('\n')
}
