/** Flows as a table for people. */
import type { FlowGroup } from '../analysis/flow-groups.ts'
import type { Flow } from '../analysis/flows.ts'
import { durationText } from '../bytes/time.ts'
import { BORDERLESS } from './borderless.ts'
import { escapeText } from './escape.ts'
import type { Style } from './style.ts'
import { newTable } from './table.ts'
import { cut, widthOf } from './width.ts'

export interface FlowTableOptions {
  readonly width: number
  readonly style: Style
}

interface Column<Row> {
  readonly head: string
  readonly isRight?: boolean
  /** Columns with the highest number go first where there is no room. */
  readonly dropped: number
  readonly text: (row: Row) => string
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
  const whole = Math.floor(value)
  return durationText({ seconds: whole, nanoseconds: Math.round((value - whole) * 1e9) })
}

const withPort = (address: string, port: number | undefined) =>
  port === undefined ? address : address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`

function vniText({ forward, back }: Flow): string {
  if (forward.vni === undefined && back.vni === undefined) return ''
  const word = (vni: number | undefined) => (vni === undefined ? '–' : String(vni))
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

const FLOW_COLUMNS: readonly Column<Flow>[] = [
  {
    head: 'OUTER node ↔ node',
    dropped: 5,
    text: ({ outer }) => (outer === undefined ? '(no tunnel)' : `${outer.source} ↔ ${outer.destination}`),
  },
  { head: 'tunnel', dropped: 8, text: ({ tunnel }) => tunnel ?? '' },
  { head: 'VNI →/←', dropped: 3, text: vniText },
  {
    head: 'INNER source ↔ destination',
    dropped: 0,
    text: (flow) => `${withPort(flow.source, flow.sourcePort)} ↔ ${withPort(flow.destination, flow.destinationPort)}`,
  },
  { head: 'prot', dropped: 2, text: ({ application, protocol }) => application ?? protocol ?? '' },
  { head: 'packets →/←', isRight: true, dropped: 0, text: ({ forward, back }) => there(forward.packets, back.packets) },
  {
    head: 'bytes →/←',
    isRight: true,
    dropped: 4,
    text: ({ forward, back }) => `${bytesText(forward.bytes)} / ${bytesText(back.bytes)}`,
  },
  {
    head: 'inner bytes',
    isRight: true,
    dropped: 9,
    text: ({ forward, back }) => `${bytesText(forward.innerBytes)} / ${bytesText(back.innerBytes)}`,
  },
  { head: 'duration', isRight: true, dropped: 7, text: ({ duration }) => seconds(duration) },
  { head: 'state, handshake', dropped: 1, text: stateText },
  { head: 'about', dropped: 6, text: aboutText },
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
  return tableText(flows, FLOW_COLUMNS, options)
}

/** A table of groups of flows; `head` names what they have in common. */
export function groupsText(groups: readonly FlowGroup[], head: string, options: FlowTableOptions): string {
  return tableText(groups, GROUP_COLUMNS(head), options)
}

const GAP = 2
const LONGEST_ABOUT = 30

function tableText<Row>(rows: readonly Row[], all: readonly Column<Row>[], options: FlowTableOptions): string {
  const columns = all.map((column) => ({ column, cells: rows.map((row) => column.text(row)) }))
  let kept = columns.filter(({ cells }) => cells.some((cell) => cell !== ''))
  const sizes = () => kept.map(({ column, cells }) => Math.max(widthOf(column.head), ...cells.map(widthOf)))
  const total = () => sizes().reduce((sum, size) => sum + size + GAP, -GAP)
  while (total() > options.width) {
    const least = Math.max(...kept.map(({ column }) => column.dropped))
    if (least === 0) break
    kept = kept.filter(({ column }) => column.dropped !== least || column.dropped === 0)
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
