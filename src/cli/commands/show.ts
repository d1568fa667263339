/** The main command: reads captures and prints them as asked. */
import { Overview } from '../../analysis/overview.ts'
import { CaptureError } from '../../errors.ts'
import { packetToJson } from '../../packet/json.ts'
import { Packet } from '../../packet/packet.ts'
import { escapeText } from '../../render/escape.ts'
import type { Output } from '../output.ts'
import type { Settings } from '../settings.ts'
import { printDetail } from './detail.ts'
import { FieldPrinter } from './fields.ts'
import { ListPrinter } from './list.ts'
import { readCapture, type Shown } from './session.ts'
import { SidesPrinter } from './sides.ts'
import { wordingOf } from './wording.ts'

/** Lines for a person beside the output: hints, errors, the overview when rows are piped. */
export type Say = (text: string) => void

/** Pod pairs in the table at most. */
const TABLE_ROWS = 20

/** Prints every capture; returns the exit status. */
export async function show(settings: Settings, output: Output, say: Say): Promise<number> {
  const printer = printerFor(settings, output, say)
  let status = 0
  printer.begin?.()
  for (const file of settings.files) {
    const overview = new Overview()
    if (settings.files.length > 1 && printer.isForPeople) output.line(`==> ${escapeText(file)} <==`)
    const shower = printer.start()
    try {
      await readCapture(file, settings, overview, shower?.show, settings.hasSides)
      shower?.end?.()
    } catch (error) {
      shower?.end?.()
      if (!(error instanceof CaptureError)) throw error
      status = 2
      output.flush()
      say(`ovl-dissect: ${escapeText(error.path ?? file)}: ${escapeText(error.message)}`)
      if (overview.copies.frames === 0) continue
    }
    await afterwards(file, overview, settings, output, say, printer.isForPeople)
  }
  printer.finish?.()
  output.flush()
  return status
}

interface Shower {
  readonly show: (shown: Shown) => void
  readonly end?: () => void
}

interface Printer {
  /** Whether the overview belongs to the output. */
  readonly isForPeople: boolean
  begin?(): void
  /** Called for each capture; undefined: packets are not shown. */
  start(): Shower | undefined
  finish?(): void
}

function printerFor(settings: Settings, output: Output, say: Say): Printer {
  if (settings.format === 'fields') {
    const fields = new FieldPrinter(settings, output)
    return { isForPeople: false, begin: () => fields.header(), start: () => ({ show: (shown) => fields.show(shown) }) }
  }
  if (settings.format === 'json' || settings.format === 'ndjson') return jsonPrinter(settings, output)
  if (settings.isSummary) return { isForPeople: true, start: () => undefined }
  if (settings.hasSides) {
    return {
      isForPeople: false,
      start: () => {
        const sides = new SidesPrinter(settings, output)
        return { show: (shown) => sides.show(shown, isSelected(shown, settings)), end: () => sides.release() }
      },
    }
  }
  if (settings.hasTree || settings.hasHex)
    return { isForPeople: false, start: () => ({ show: (shown) => printDetail(shown, settings, output) }) }
  const header = (line: string) => {
    if (settings.isTerminal) output.line(line)
    else if (process.stderr.isTTY && !settings.isQuiet) say(line)
  }
  return {
    isForPeople: true,
    start: () => {
      const list = new ListPrinter(settings, output, header)
      return { show: (shown) => list.show(shown) }
    },
  }
}

function isSelected({ packet }: Shown, { packets }: Settings): boolean {
  return packets === undefined || packets.has(packet.record.number)
}

function jsonPrinter(settings: Settings, output: Output): Printer {
  const isArray = settings.format === 'json'
  let isFirst = true
  const show = ({ packet }: Shown) => {
    const { dissector, record, walk, notes, clock, names } = packet
    const context = { ...(notes && { notes }), ...(clock && { clock }), ...(names && { names }) }
    const json = JSON.stringify(packetToJson(new Packet(dissector, record, context, walk)))
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
  file: string,
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
  // The table library is only loaded when a table is printed.
  const { overviewText } = await import('../../render/overview.ts')
  const name = file === '-' ? 'standard input' : file
  const { width, style } = settings
  const text = overviewText(overview, tables, {
    name,
    width,
    style,
    rows: TABLE_ROWS,
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
    const others = seen.map((one) => `${one.type} on udp/${one.port}`).join(', ')
    say(
      `no tunnel on udp/${port} in this capture; ${others === '' ? 'no other tunnel occurs either' : `there is ${others}`}`,
    )
  }
}
