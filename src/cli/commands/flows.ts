/** `ovl-dissect flows`: who talked to whom over which tunnel. */

import { FlowCapture } from '../../analysis/flow-capture.ts'
import { FLOW_COLUMNS, flowCells, GROUP_COLUMNS, groupCells } from '../../analysis/flow-cells.ts'
import { type FlowGroup, type Grouping, type GroupNames, groupFlows } from '../../analysis/flow-groups.ts'
import { FLOW_ORDERS, type Flow, FlowList, type FlowOrder } from '../../analysis/flows.ts'
import { mergeTunnels } from '../../analysis/merged-tunnels.ts'
import { decimalText, difference } from '../../bytes/time.ts'
import { CaptureError, UsageError } from '../../errors.ts'
import { Filter } from '../../filter/filter.ts'
import { NAME_VIRTUAL_FIELDS } from '../../filter/name-virtual-fields.ts'
import { createDissector } from '../../layers/create-dissector.ts'
import type { Names } from '../../names/names.ts'
import { escapeText } from '../../render/escape.ts'
import { type FlowNames, flowsText, groupsText } from '../../render/flows.ts'
import { fullTableText } from '../../render/full-table.ts'
import { jsonText } from '../../render/json-text.ts'
import type { NameStyle } from '../../render/name-style.ts'
import { RowWriter } from '../../render/rows.ts'
import { createStyle, type Style } from '../../render/style.ts'
import { loadTables } from '../../render/table.ts'
import { wholeNumber } from '../count.ts'
import { dissectorOptions } from '../decode-as.ts'
import { isTerminal } from '../is-terminal.ts'
import { namesFor } from '../names-for.ts'
import type { Output } from '../output.ts'
import { terminalWidth, wantsColor } from '../terminal.ts'
import type { FlowsOptions } from './flows-options.ts'
import { cellName } from './row-names.ts'
import { scanFlows } from './scan-flows.ts'

type Say = (text: string) => void

const ROWS = 20

interface Settings {
  readonly options: FlowsOptions
  readonly order: FlowOrder
  /** Rows that are shown at most. */
  readonly top: number
  readonly width: number
  readonly style: Style
  readonly names: FlowNames | undefined
}

/** What is printed: flows, or groups of them. */
interface Rows {
  readonly total: number
  readonly what: string
  take(count: number): Iterable<Flow | FlowGroup>
}

/** Prints the flows of the captures; returns the exit status. */
export async function flows(
  files: readonly string[],
  options: FlowsOptions,
  output: Output,
  say: Say,
): Promise<number> {
  if (files.length === 0)
    throw new UsageError('which capture? Name a file, or - for standard input (ovl-dissect flows --help)')
  const names = await namesFor(options, say, files.includes('-') ? 'the capture' : undefined)
  const settings = { ...settingsOf(options), names: names && namesOfFlows(names, options.nameStyle ?? 'auto') }
  const dissector = createDissector(dissectorOptions(options))
  const detail = isByPairs(options) ? 'pairs' : 'conversations'
  const filter =
    options.filter === undefined
      ? undefined
      : new Filter(options.filter, dissector, names && { virtualFields: NAME_VIRTUAL_FIELDS })
  const isMerged = options.mergeTunnels === true
  const capture = new FlowCapture(detail, undefined, isMerged)
  const threads = options.threads === undefined ? undefined : wholeNumber('--threads', options.threads, 1)
  const split = { threads, options: dissectorOptions(options), detail, isMerged } as const
  let status = 0
  for (const file of files) {
    try {
      await scanFlows(file, dissector, capture, { filter, names, split })
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error
      status = 2
      say(`ovl-dissect: ${escapeText(error.path ?? file)}: ${escapeText(error.message)}`)
      if (capture.frames === 0) continue
    }
  }
  const rows = rowsOf(new FlowList(capture, dissector.tables, detail, settings.order), settings, names)
  await print(rows, capture, files, settings, output, say)
  output.flush()
  return status
}

/** Ports play no part in these tables. */
function isByPairs({ by, mergeTunnels: isMerged }: FlowsOptions): boolean {
  return !isMerged && (by === 'pod' || by === 'node' || by === 'vni')
}

function settingsOf(options: FlowsOptions): Omit<Settings, 'names'> {
  const order = FLOW_ORDERS.find((one) => one === options.sort)
  if (order === undefined) throw new UsageError(`--sort ${options.sort}: known are ${FLOW_ORDERS.join(', ')}`)
  const isTable = options.format === 'table'
  const usual = isTable ? ROWS : Number.POSITIVE_INFINITY
  return {
    options,
    order,
    top: options.top === undefined ? usual : wholeNumber('--top', options.top, 0) || Number.POSITIVE_INFINITY,
    width: options.width === undefined ? terminalWidth() : wholeNumber('--width', options.width, 20),
    style: createStyle(wantsColor(options.color, isTerminal('stdout'), process.env)),
  }
}

/** Names for rows. The port of a tunnel is the one its kind has by default: flows do not keep it. */
export function namesOfFlows(names: Names, style: NameStyle): FlowNames {
  return {
    style,
    address(address) {
      const found = names.address(address)
      return found && cellName(found)
    },
    vni(vni, tunnel) {
      const name = names.identity(vni, TUNNEL_PORTS[tunnel] ?? 0)?.shortName
      return name === undefined ? String(vni) : `${vni} ${escapeText(name)}`
    },
  }
}

const TUNNEL_PORTS: Readonly<Record<string, number>> = { vxlan: 8472, geneve: 6081 }

function namesOfGroups(names: Names, flowNames: FlowNames): GroupNames {
  return {
    node: (address) => names.address(address)?.name ?? address,
    vni: (vni, tunnel) => flowNames.vni(vni, tunnel),
    service(address, port, protocol) {
      const found = names.service(address, port, protocol.toLowerCase())
      return found && `${found.namespace}/${found.service}:${port}`
    },
  }
}

function rowsOf(list: FlowList, { options, order, names: flowNames }: Settings, names: Names | undefined): Rows {
  const { by, mergeTunnels: isMerged } = options
  if (by === 'node' || by === 'vni' || by === 'service') {
    const groups = groupFlows(list, by, order, names && flowNames && namesOfGroups(names, flowNames))
    return { total: groups.length, what: WHAT[by], take: (count) => groups.slice(0, count) }
  }
  const what = by === 'pod' ? 'pod pairs' : 'conversations'
  if (isMerged === true) {
    const merged = mergeTunnels(list, order, by === 'pod')
    return { total: merged.length, what, take: (count) => merged.slice(0, count) }
  }
  return { total: list.length, what, take: (count) => list.first(count) }
}

const WHAT: Readonly<Record<Grouping, string>> = { node: 'node pairs', vni: 'VNIs', service: 'services' }
const HEADS: Readonly<Record<Grouping, string>> = { node: 'OUTER node ↔ node', vni: 'VNI', service: 'service' }

async function print(
  rows: Rows,
  capture: FlowCapture,
  files: readonly string[],
  settings: Settings,
  output: Output,
  say: Say,
): Promise<void> {
  const { format } = settings.options
  if (format === 'table') {
    output.line(await tableText(rows, capture, files, settings))
    return
  }
  const { began } = capture
  const isGrouped = isGroupTable(settings)
  if (format === 'csv' || format === 'tsv') {
    const print = (line: string) => output.line(line)
    if (isGrouped) {
      const writer = new RowWriter(GROUP_COLUMNS, format, print)
      writer.header()
      for (const row of rows.take(settings.top)) writer.row(groupCells(row as FlowGroup))
    } else {
      const writer = new RowWriter(FLOW_COLUMNS, format, print)
      writer.header()
      for (const row of rows.take(settings.top)) writer.row(flowCells(row as Flow))
    }
  } else {
    if (format === 'json') output.line('[')
    let isFirst = true
    for (const row of rows.take(settings.top)) {
      const text = jsonText(row)
      if (format === 'ndjson') output.line(text)
      else output.text(`${isFirst ? '' : ',\n'}${text}`)
      isFirst = false
    }
    if (format === 'json') output.line(isFirst ? ']' : '\n]')
  }
  if (began !== undefined && capture.overflow > 0) say(overflowText(capture))
}

const isGroupTable = ({ options: { by } }: Settings) => by === 'node' || by === 'vni' || by === 'service'

async function tableText(
  rows: Rows,
  capture: FlowCapture,
  files: readonly string[],
  settings: Settings,
): Promise<string> {
  const lines = [headLine(rows, capture, files, settings)]
  if (rows.total > 0) {
    await loadTables()
    const shown = [...rows.take(settings.top)]
    const { options } = settings
    const { by } = options
    lines.push(
      isGroupTable(settings)
        ? groupsText(shown as FlowGroup[], HEADS[by as Grouping], settings)
        : flowsText(shown as Flow[], { ...settings, hasFrames: options.copies === 'show' }),
    )
    if (rows.total > shown.length) lines.push(`(${rows.total - shown.length} more rows: --top 0 shows all)`)
  }
  if (capture.overflow > 0) lines.push(overflowText(capture))
  return lines.join('\n')
}

/** `multi-node.pcap: 327 frames = 182 packets, 71 conversations, 61.2 s`. */
function headLine(
  { total, what }: Rows,
  capture: FlowCapture,
  files: readonly string[],
  { options }: Settings,
): string {
  const { frames, packets } = capture
  const names = files.map((file) => (file === '-' ? 'standard input' : escapeText(file))).join(', ')
  const seen =
    frames === packets || options.copies === 'hide' ? `${packets} packets` : `${packets} packets, ${frames} seen`
  const times = capture.times()
  const span = times === undefined ? '' : `, ${decimalText(difference(times.last, times.first), 3)} s`
  const other = capture.withoutIp === 0 ? '' : `, ${capture.withoutIp} frames without IP`
  return `${names}: ${total} ${total === 1 ? what.replace(/s$/, '') : what} of ${seen}${other}${span}`
}

function overflowText({ overflow }: FlowCapture): string {
  return fullTableText(overflow, 'frames of further conversations')
}
