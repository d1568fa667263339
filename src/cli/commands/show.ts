/** The main command: reads captures and prints them as asked. */

import { Overview } from '../../analysis/overview.ts'
import { CaptureError } from '../../errors.ts'
import { packetJsonText } from '../../packet/json.ts'
import { Packet } from '../../packet/packet.ts'
import { escapeText } from '../../render/escape.ts'
import { plainJson } from '../../render/json-text.ts'
import { overviewText } from '../../render/overview.ts'
import { loadTables } from '../../render/table.ts'
import { legend } from '../file-labels.ts'
import { inputsOf } from '../input.ts'
import { Interrupt, isPipe } from '../interrupts.ts'
import { isTerminal } from '../is-terminal.ts'
import type { Output } from '../output.ts'
import type { Settings } from '../settings.ts'
import { keepHeapSmall } from '../small-heap.ts'
import { printDetail } from './detail.ts'
import { FieldPrinter } from './fields.ts'
import { HubblePrinter } from './hubble.ts'
import { hubbleNames } from './hubble-names.ts'
import { ListPrinter } from './list.ts'
import { PacketRows } from './packet-rows.ts'
import { isQuick, readRows } from './read-rows.ts'
import { Saver } from './save.ts'
import { readCapture, type Shown } from './session.ts'
import { SidesPrinter } from './sides.ts'
import { wordingOf } from './wording.ts'

/** Lines for a person beside the output: hints, errors, the overview when rows are piped. */
export type Say = (text: string) => void

/** Pod pairs in the table at most. */
const TABLE_ROWS = 20

/** Prints every capture; returns the exit status. */
export async function show(settings: Settings, output: Output, say: Say): Promise<number> {
  if (settings.hasSides) await loadTables()
  keepHeapSmall(settings.files)
  const printer = settings.isPrinted ? printerFor(settings, output, say) : NO_PRINTER
  const saver = settings.write && new Saver(settings, settings.write)
  const interrupt = settings.files.some(isPipe) ? new Interrupt() : undefined
  try {
    const status = await showAll(settings, output, say, printer, saver)
    const saved = saver?.finish()
    if (saved !== undefined && !settings.isQuiet) say(saved)
    return status
  } finally {
    interrupt?.release()
    saver?.abandon()
  }
}

async function showAll(
  settings: Settings,
  output: Output,
  say: Say,
  printer: Printer,
  saver: Saver | undefined,
): Promise<number> {
  let status = 0
  const fail = (error: CaptureError, file: string) => {
    if (error.code === 'unwritable') throw error
    status = 2
    output.flush()
    say(`ovl-dissect: ${escapeText(error.path ?? file)}: ${escapeText(error.message)}`)
  }
  const inputs = inputsOf(settings)
  printer.begin?.()
  for (const input of inputs) {
    const overview = new Overview()
    const title = inputs.length > 1 ? input.name : legend(settings.labels)
    if (title !== '' && printer.isForPeople) output.line(`==> ${escapeText(title)} <==`)
    const shower = printer.start()
    const save = saver && ((shown: Shown) => shown.isSelected && saver.take(shown))
    let isWhole = true
    try {
      const list = shower?.list
      if (list !== undefined && save === undefined && isQuick(settings))
        await readRows(input, settings, overview, list, fail)
      else {
        const visit = both(save, shower?.show)
        await readCapture(input, settings, overview, visit, needsAll(settings), list !== undefined, fail)
      }
      shower?.end?.()
    } catch (error) {
      shower?.end?.()
      if (!(error instanceof CaptureError)) throw error
      fail(error, input.name)
      isWhole = false
    }
    // Of a capture that could not even be opened there is nothing to sum up.
    if (isWhole || overview.copies.frames > 0)
      await afterwards(input.name, overview, settings, output, say, printer.isForPeople)
  }
  printer.finish?.()
  output.flush()
  return status
}

interface Shower {
  readonly show: (shown: Shown) => void
  readonly end?: () => void
  /** Where rows of the list are all that is shown. */
  readonly list?: ListPrinter
}

interface Printer {
  /** Whether the overview belongs to the output. */
  readonly isForPeople: boolean
  begin?(): void
  /** Called for each capture; undefined: packets are not shown. */
  start(): Shower | undefined
  finish?(): void
}

/** For a capture that is only written. */
const NO_PRINTER: Printer = { isForPeople: false, start: () => undefined }

/** Both of them, one after the other; undefined if there is neither. */
function both(first: Shower['show'] | undefined, second: Shower['show'] | undefined): Shower['show'] | undefined {
  if (first === undefined || second === undefined) return first ?? second
  return (shown) => {
    first(shown)
    second(shown)
  }
}

function printerFor(settings: Settings, output: Output, say: Say): Printer {
  if (settings.format === 'fields') {
    const fields = new FieldPrinter(settings, output)
    return { isForPeople: false, begin: () => fields.header(), start: () => ({ show: (shown) => fields.show(shown) }) }
  }
  if (settings.format === 'hubble' || settings.format === 'hubble-compact') {
    return {
      isForPeople: false,
      start: () => {
        const flows = new HubblePrinter(settings, output, hubbleNames(settings.names))
        return { show: (shown) => flows.show(shown, shown.isSelected) }
      },
    }
  }
  if (settings.format === 'csv' || settings.format === 'tsv') {
    const rows = new PacketRows(settings, output, settings.format)
    return { isForPeople: false, begin: () => rows.header(), start: () => ({ show: (shown) => rows.show(shown) }) }
  }
  if (settings.format === 'json' || settings.format === 'ndjson') return jsonPrinter(settings, output)
  if (settings.isSummary) return { isForPeople: true, start: () => undefined }
  if (settings.hasSides) {
    return {
      isForPeople: false,
      start: () => {
        const sides = new SidesPrinter(settings, output)
        return { show: (shown) => sides.show(shown), end: () => sides.release() }
      },
    }
  }
  if (settings.hasTree || settings.hasHex)
    return { isForPeople: false, start: () => ({ show: (shown) => printDetail(shown, settings, output) }) }
  const header = (line: string) => {
    if (settings.isTerminal) output.line(line)
    else if (isTerminal('stderr') && !settings.isQuiet) say(line)
  }
  return {
    isForPeople: true,
    start: () => {
      const list = new ListPrinter(settings, output, header)
      return { show: (shown) => list.show(shown), end: () => list.end(), list }
    },
  }
}

/** Whether packets that are not shown tell something about those that are. */
function needsAll({ hasSides, format }: Settings): boolean {
  return hasSides || format === 'hubble' || format === 'hubble-compact'
}

function jsonPrinter(settings: Settings, output: Output): Printer {
  const isArray = settings.format === 'json'
  let isFirst = true
  const show = ({ packet }: Shown) => {
    const { dissector, record, walk, sources, notes, clock, file, names } = packet
    const isNamed = file !== undefined && settings.files.length > 1
    const context = {
      sources,
      ...(notes && { notes }),
      ...(clock && { clock }),
      ...(isNamed && { file }),
      ...(names && { names }),
    }
    const json = plainJson(packetJsonText(new Packet(dissector, record, context, walk)))
    if (!isArray) output.line(json)
    else output.text(`${isFirst ? '' : ',\n'}${json}`)
    isFirst = false
  }
  if (!isArray) return { isForPeople: false, start: () => ({ show }) }
  return {
    isForPeople: false,
    begin: () => output.line('['),
    start: () => ({ show }),
    finish: () => output.line(`${isFirst ? '' : '\n'}]`),
  }
}

/** The overview, and hints that only the whole capture can give. */
async function afterwards(
  name: string,
  overview: Overview,
  settings: Settings,
  output: Output,
  say: Say,
  isForPeople: boolean,
): Promise<void> {
  output.flush()
  const { tables } = settings.dissector
  for (const { type, port } of overview.ports.guesses())
    say(`udp/${port} looks like ${type.toUpperCase()}: try --port ${port} --proto ${type}`)
  sayMissingPorts(overview, settings, say)
  if (!isForPeople || (settings.isQuiet && !settings.isSummary)) return
  await loadTables()
  const isEmpty = settings.filter !== undefined && overview.copies.frames === 0
  const text = isEmpty
    ? `${escapeText(name)}: no packet matches ${escapeText(settings.filter?.text ?? '')}`
    : overviewText(overview, tables, {
        name,
        width: settings.width,
        style: settings.style,
        rows: TABLE_ROWS,
        hasCensus: settings.isSummary,
        wording: wordingOf(settings, overview),
      })
  if (settings.isSummary) output.line(text)
  else if (settings.isTerminal) output.line(`\n${text}`)
  else say(text)
  output.flush()
}

function sayMissingPorts(overview: Overview, settings: Settings, say: Say): void {
  const seen = overview.ports.seen(settings.dissector.tables)
  if (overview.copies.frames === 0) return
  for (const port of settings.namedPorts) {
    if (seen.some((one) => one.port === port)) continue
    const others = seen.map(({ type, port: on }) => (on === undefined ? type : `${type} on udp/${on}`)).join(', ')
    say(
      `no tunnel on udp/${port} in this capture; ${others === '' ? 'no other tunnel occurs either' : `there is ${others}`}`,
    )
  }
}
