/** `ovl-dissect path`: the way of each packet over interfaces and captures, and what became of flows on it. */

import { FLOW_HOP_COLUMNS, flowHopCells, HOP_COLUMNS, hopCells } from '../../analysis/path-cells.ts'
import { fastFinder, isReadableAgain, type Preparation, prepare, readPaths } from '../../analysis/path-reading.ts'
import { flowReport, pathSummary } from '../../analysis/path-report.ts'
import { PathTable } from '../../analysis/path-table.ts'
import {
  type CapturePoint,
  describer,
  learn,
  type PacketPath,
  type PathAbout,
  type PathFlow,
  packetPath,
  pathClocks,
  pathFlow,
  tableOptions,
} from '../../analysis/paths.ts'
import { SameFiles } from '../../bytes/same-files.ts'
import { decimalText, difference, type Instant } from '../../bytes/time.ts'
import type { Dissector } from '../../dissect/dissector.ts'
import type { CaptureError } from '../../errors.ts'
import { Filter } from '../../filter/filter.ts'
import { NAME_VIRTUAL_FIELDS } from '../../filter/name-virtual-fields.ts'
import { createDissector } from '../../layers/create-dissector.ts'
import type { Names } from '../../names/names.ts'
import { escapeText } from '../../render/escape.ts'
import { fullTableText } from '../../render/full-table.ts'
import { jsonText } from '../../render/json-text.ts'
import { clocksText, pathFlowsText } from '../../render/path-flows.ts'
import { type PathNames, pathRow } from '../../render/path-row.ts'
import { RowWriter } from '../../render/rows.ts'
import { createStyle, type Style } from '../../render/style.ts'
import { loadTables } from '../../render/table.ts'
import { capturePointsOf } from '../capture-points.ts'
import { wholeNumber } from '../count.ts'
import { dissectorOptions } from '../decode-as.ts'
import { FrameFilter } from '../frame-filter.ts'
import { Interrupt } from '../interrupts.ts'
import { isTerminal } from '../is-terminal.ts'
import { namesFor } from '../names-for.ts'
import type { Output } from '../output.ts'
import { keepHeapSmall } from '../small-heap.ts'
import { terminalWidth, wantsColor } from '../terminal.ts'
import type { PathCommandOptions } from './path-options.ts'
import { cellName } from './row-names.ts'
import type { Say } from './show.ts'

/** Flows in the table. */
const ROWS = 20
/** Milliseconds between two looks whether a pipe has fallen silent, and looks without a packet until it has. */
const LOOK = 500
const SILENT = 3

interface Setting {
  readonly options: PathCommandOptions
  readonly points: readonly CapturePoint[]
  readonly dissector: Dissector
  readonly names: Names | undefined
  readonly pathNames: PathNames | undefined
  readonly filter: Filter | undefined
  readonly width: number
  readonly isStrict: boolean
  readonly style: Style
  readonly top: number
}

/** Prints the ways of packets, or of flows; the exit status. @throws UsageError for options that make no sense. */
export async function path(
  files: readonly string[],
  options: PathCommandOptions,
  output: Output,
  say: Say,
): Promise<number> {
  const points = capturePointsOf(files, options)
  const isPiped = points.some(({ source }) => source === '-')
  const names = await namesFor(options, say, isPiped ? 'the capture' : undefined)
  const setting = settingOf(options, points, names)
  const { dissector } = setting
  const sources = points.map(({ source }) => source)
  keepHeapSmall(sources)
  const same = new SameFiles(sources)
  const prepared = await prepare(sources, dissector)
  same.check()
  if (prepared === undefined && points.length > 1)
    say('clocks of the captures are taken as they are: standard input cannot be read twice')
  // Losses are told from the ways that flows take; of a pipe those that they have taken so far.
  const isLearned = options.flow !== true && sources.every(isReadableAgain)
  const learned = isLearned ? await learn(points, dissector, prepared) : undefined
  same.check()
  let status = 0
  const onError = (error: CaptureError, file: number) => {
    status = 2
    output.flush()
    say(`ovl-dissect: ${escapeText(error.path ?? String(sources[file]))}: ${escapeText(error.message)}`)
  }
  const table = await readAll(setting, prepared, learned, output, onError, isPiped)
  if (status !== 0 && table.seenFrames === 0) return status
  await afterwards(table, setting, prepared, output, say)
  output.flush()
  return status
}

function settingOf(options: PathCommandOptions, points: readonly CapturePoint[], names: Names | undefined): Setting {
  const dissector = createDissector(dissectorOptions(options))
  const toTerminal = isTerminal('stdout')
  const context = names === undefined ? {} : { virtualFields: NAME_VIRTUAL_FIELDS }
  return {
    options,
    points,
    dissector,
    names,
    pathNames: names && pathNamesOf(names, options),
    filter: options.filter === undefined ? undefined : new Filter(options.filter, dissector, context),
    width: options.width === undefined ? terminalWidth() : wholeNumber('--width', options.width, 20),
    isStrict: options.width !== undefined || toTerminal,
    style: createStyle(wantsColor(options.color, toTerminal, process.env)),
    top: options.top === undefined ? ROWS : wholeNumber('--top', options.top, 0) || Number.POSITIVE_INFINITY,
  }
}

function pathNamesOf(names: Names, { nameStyle }: PathCommandOptions): PathNames {
  const style = nameStyle ?? 'auto'
  return {
    style,
    address(address) {
      const found = names.address(address)
      return found && cellName(found)
    },
  }
}

/** Reads all captures; packets are printed as they are known, unless flows are wanted. */
async function readAll(
  setting: Setting,
  prepared: Preparation | undefined,
  learned: PathTable | undefined,
  output: Output,
  onError: (error: CaptureError, file: number) => void,
  isPiped: boolean,
): Promise<PathTable<PathAbout>> {
  const { options, points, dissector, names, filter } = setting
  const printer = options.flow === true ? undefined : packetPrinter(setting, output)
  const sources = points.map(({ source }) => source)
  const isPlain = printer === undefined && filter === undefined
  const table: PathTable<PathAbout> = new PathTable<PathAbout>({
    ...tableOptions(points, prepared),
    ...(isPlain && { finder: fastFinder(sources, prepared) }),
    ...(printer !== undefined && {
      describe: describer(dissector),
      onPacket: (seen) => printer.show(packetPath(seen, table, points, dissector.tables, learned)),
    }),
  })
  const selected = filter && new FrameFilter(filter, dissector.tables, names)
  const interrupt = new Interrupt()
  const silence = isPiped ? tellInSilence(table) : undefined
  try {
    await readPaths(sources, table, {
      dissector,
      prepared,
      onError,
      select: selected && ((record, walk) => selected.takes(record, walk)),
      isEnough: () => interrupt.isStopped,
    })
  } finally {
    interrupt.release()
    clearInterval(silence)
  }
  printer?.end()
  return table
}

/** A pipe that has nothing to say for a while: what is waited for then does not come. */
function tellInSilence(table: PathTable<unknown>): NodeJS.Timeout {
  let [frames, looks] = [0, 0]
  return setInterval(() => {
    looks = table.seenFrames === frames ? looks + 1 : 0
    frames = table.seenFrames
    if (looks >= SILENT) table.finish(looks * LOOK * 1e6)
  }, LOOK)
}

interface PacketPrinter {
  show(packet: PacketPath): void
  end(): void
}

function packetPrinter(setting: Setting, output: Output): PacketPrinter {
  const { format } = setting.options
  if (format === 'json' || format === 'ndjson') {
    const list = new JsonList(format, output)
    return { show: (packet) => list.add(timed(packet)), end: () => list.end() }
  }
  if (format === 'csv' || format === 'tsv') {
    const rows = new RowWriter(HOP_COLUMNS, format, (line) => output.line(line))
    rows.header()
    let number = 0
    return {
      show(packet) {
        number++
        for (const cells of hopCells(packet, number)) rows.row(cells)
      },
      end() {},
    }
  }
  const { width, isStrict, style, pathNames: names } = setting
  let first: Instant | undefined
  return {
    show(packet) {
      const time = packet.hops[0]?.time
      first ??= time
      const since = time === undefined || first === undefined ? '' : decimalText(difference(time, first), 6)
      output.line(pathRow(packet, since, { width, isStrict, style, names }))
    },
    end() {},
  }
}

/** Times as text, since a double cannot hold them. */
function timed({ hops, ...packet }: PacketPath) {
  return { ...packet, hops: hops.map(({ time, ...hop }) => ({ ...hop, ...(time && { time: decimalText(time) }) })) }
}

/** A JSON array, or a line for each item. */
class JsonList {
  private readonly format: 'json' | 'ndjson'
  private readonly output: Output
  private isFirst = true

  constructor(format: 'json' | 'ndjson', output: Output) {
    this.format = format
    this.output = output
    if (format === 'json') output.line('[')
  }

  add(item: unknown): void {
    const text = jsonText(item)
    if (this.format === 'ndjson') this.output.line(text)
    else this.output.text(`${this.isFirst ? '' : ',\n'}${text}`)
    this.isFirst = false
  }

  end(): void {
    if (this.format === 'json') this.output.line(this.isFirst ? ']' : '\n]')
  }
}

/** Flows, where they are wanted or packets were shown to a person; clocks, and what was not told. */
async function afterwards(
  table: PathTable<PathAbout>,
  setting: Setting,
  prepared: Preparation | undefined,
  output: Output,
  say: Say,
): Promise<void> {
  const { options, points } = setting
  output.flush()
  const clocks = clocksText(pathClocks(prepared, points))
  const isTable = options.format === 'text' && (options.flow === true || options.quiet !== true)
  if (!isTable) {
    if (options.flow === true) printFlows(table, setting, output)
    if (clocks !== undefined) say(clocks)
  } else {
    await loadTables()
    const text = flowsText(table, setting, clocks)
    if (options.flow === true) output.line(text)
    else if (isTerminal('stdout')) output.line(`\n${text}`)
    else say(text)
  }
  if (table.overflow > 0) say(fullTableText(table.overflow, 'packets of further flows'))
}

function printFlows(table: PathTable<PathAbout>, setting: Setting, output: Output): void {
  const { format } = setting.options
  let number = 0
  if (format === 'csv' || format === 'tsv') {
    const rows = new RowWriter(FLOW_HOP_COLUMNS, format, (line) => output.line(line))
    rows.header()
    for (const flow of reported(table, setting)) for (const cells of flowHopCells(flow, ++number)) rows.row(cells)
    return
  }
  const list = new JsonList(format === 'json' ? 'json' : 'ndjson', output)
  for (const flow of reported(table, setting)) list.add(flow)
  list.end()
}

/** Flows of which packets were selected. */
function* reported(table: PathTable<PathAbout>, { points, dissector }: Setting): Generator<PathFlow> {
  for (const flow of table.flows()) yield pathFlow(flowReport(flow, table), points, dissector.tables)
}

function flowsText(table: PathTable<PathAbout>, setting: Setting, clocks: string | undefined): string {
  const { points, dissector, width, style, pathNames: names, top, filter } = setting
  const { flows, lost, reports } = pathSummary(table, top)
  const title = points.map(({ source }) => (source === '-' ? 'standard input' : escapeText(String(source)))).join(', ')
  const packets = `${table.packets} packets of ${flows} flows`
  const lines = [
    filter === undefined
      ? `${title}: ${table.seenFrames} frames = ${packets}, ${lost} lost on their way`
      : `${title}: ${packets} match, ${lost} of them lost on their way`,
  ]
  if (clocks !== undefined) lines.push(clocks)
  if (flows === 0) return lines.join('\n')
  const shown = reports.map((report) => pathFlow(report, points, dissector.tables))
  lines.push(pathFlowsText(shown, { width, style, names }))
  if (flows > shown.length) lines.push(`(${flows - shown.length} more flows: --top 0 shows all)`)
  return lines.join('\n')
}
