/** What the user said, checked and turned into what the commands need. */
import { readFileSync } from 'node:fs'
import { type FileType, fileTypeOf } from '../capture/file-type.ts'
import type { Dissector } from '../dissect/dissector.ts'
import { UsageError } from '../errors.ts'
import { Filter } from '../filter/filter.ts'
import { flowFilter } from '../filter/flow-options.ts'
import { isHeaderOnly } from '../filter/names.ts'
import { createDissector } from '../layers/create-dissector.ts'
import { parseLinks } from '../names/links.ts'
import { createStyle, type Style } from '../render/style.ts'
import type { TimeFormat } from '../render/time-column.ts'
import type { ReassemblyOptions } from '../streams/conversations.ts'
import { wholeNumber } from './count.ts'
import { dissectorOptions, namedPorts } from './decode-as.ts'
import { type FieldOptions, parseFieldOptions } from './field-options.ts'
import { fileLabels } from './file-labels.ts'
import { type PacketRanges, parsePacketRanges } from './packet-ranges.ts'
import type { OutputFormat, RawOptions } from './program.ts'
import { terminalWidth, wantsColor } from './terminal.ts'

export interface Settings {
  readonly files: readonly string[]
  readonly dissector: Dissector
  /** Ports that the user named, for a hint when they do not occur. */
  readonly namedPorts: readonly number[]
  readonly packets: PacketRanges | undefined
  readonly filter: Filter | undefined
  readonly count: number
  readonly format: OutputFormat
  readonly fields: readonly string[]
  readonly fieldOptions: FieldOptions
  readonly hasTree: boolean
  readonly hasHex: boolean
  readonly hasSides: boolean
  readonly isSummary: boolean
  readonly isQuiet: boolean
  /** Whether rows, or whatever `format` says, are printed: not where a capture is written instead. */
  readonly isPrinted: boolean
  /** Where the packets go, and in which format of captures. */
  readonly write: { readonly path: string; readonly format: FileType } | undefined
  /** Whether the innermost packets are written, without their outer headers. */
  readonly isDecapsulated: boolean
  /** Whether all files are read as one, by time. */
  readonly isMerged: boolean
  /** Short names of the files, by path, where rows say which they are from; else empty. */
  readonly labels: ReadonlyMap<string, string>
  readonly time: TimeFormat
  readonly links: ReadonlyMap<number, string>
  /** Whether sequence numbers count from the start of their connection. */
  readonly relativeSequence: boolean
  readonly reassembly: ReassemblyOptions
  /** Whether the output shows what other packets tell. */
  readonly needsNotes: boolean
  readonly width: number
  /** Whether lines may not be longer than `width`. */
  readonly isStrictWidth: boolean
  readonly isTerminal: boolean
  readonly style: Style
}

/** @throws UsageError where options do not make sense. */
export function settingsOf(files: readonly string[], options: RawOptions): Settings {
  const all = [...options.read, ...files]
  if (all.length === 0)
    throw new UsageError('which capture? Name a file, or - for standard input (ovl-dissect --help shows the options)')
  const decode = dissectorOptions(options)
  if (options.format === 'fields' && options.field.length === 0)
    throw new UsageError('-T fields needs at least one -e NAME (-G fields lists the names)')
  if (options.format !== 'fields' && options.field.length > 0)
    throw new UsageError('-e names fields for -T fields: add it')
  const dissector = createDissector(decode)
  const isTerminal = process.stdout.isTTY === true
  const named = options.width === undefined ? undefined : wholeNumber('--width', options.width, 20)
  return {
    files: all,
    dissector,
    namedPorts: namedPorts(decode),
    filter: filterOf(options, dissector),
    packets: options.packet === undefined ? undefined : parsePacketRanges(options.packet),
    count: options.count === undefined ? Number.POSITIVE_INFINITY : wholeNumber('-c', options.count, 1),
    format: options.format,
    fields: options.field,
    fieldOptions: parseFieldOptions(options.fieldOption),
    hasTree: options.tree === true,
    hasHex: options.hex === true,
    hasSides: options.sides === true,
    isSummary: options.summary === true,
    isQuiet: options.quiet === true,
    isPrinted: isPrinted(options),
    write: writeOf(options),
    isDecapsulated: options.decap === true,
    isMerged: options.merge === true,
    labels: options.merge === true && all.length > 1 ? fileLabels(all) : new Map(),
    time: options.time,
    links: linksOf(options),
    ...preferencesOf(options.preference),
    needsNotes: options.format !== 'fields' || !options.field.every((name) => isHeaderOnly(dissector, name)),
    width: named ?? terminalWidth(),
    isStrictWidth: named !== undefined || isTerminal,
    isTerminal,
    style: createStyle(wantsColor(options.color, isTerminal, process.env)),
  }
}

/** `-Y` and Hubble's selections together. */
function filterOf({ filter, flows }: RawOptions, dissector: Dissector): Filter | undefined {
  if (flows.length === 0) return filter === undefined ? undefined : new Filter(filter, dissector)
  const selection = flowFilter(flows)
  if (filter === undefined) return new Filter(selection, dissector)
  // By itself first: what is wrong with it is shown as the user wrote it, and its brackets are its own.
  new Filter(filter, dissector)
  return new Filter(`(${filter}) and ${selection}`, dissector)
}

/** With -w only who asks for it gets rows too, as in tshark. */
function isPrinted({ write, print, format, tree, hex, sides, summary }: RawOptions): boolean {
  return write === undefined || [print, tree, hex, sides, summary].includes(true) || format !== 'text'
}

function writeOf(options: RawOptions): Settings['write'] {
  const { write: path, fileType, decap } = options
  if (path === undefined) {
    if (decap === true) throw new UsageError('--decap is for packets that are written: add -w FILE')
    if (fileType !== undefined) throw new UsageError(`-F ${fileType} is the format of -w FILE: add it`)
    return undefined
  }
  if (path === '-' && isPrinted(options))
    throw new UsageError('-w - needs standard output for itself: leave the option out that prints, or name a file')
  if (path === '-' && process.stdout.isTTY === true)
    throw new UsageError('-w - writes bytes, and standard output is a terminal: name a file, or pipe it on')
  return { path, format: fileType ?? fileTypeOf(path) }
}

function linksOf(options: RawOptions): Map<number, string> {
  const links = new Map<number, string>()
  for (const file of options.links) {
    let text: string
    try {
      text = readFileSync(file === '-' ? 0 : file, 'utf8')
    } catch (cause) {
      throw new UsageError(`--links ${file}: ${(cause as Error).message}`, { cause })
    }
    for (const [index, name] of parseLinks(text, file)) links.set(index, name)
  }
  for (const text of options.ifname) {
    const found = /^(\d+)=(\S+)$/.exec(text)
    if (found === null) throw new UsageError(`--ifname ${text}: should look like 3=eth1`)
    links.set(Number(found[1]), found[2] as string)
  }
  return links
}

interface Preferences {
  readonly relativeSequence: boolean
  readonly reassembly: Required<ReassemblyOptions>
}

const PREFERENCES = ['ip.defragment', 'ipv6.defragment', 'tcp.desegment_tcp_streams', 'tcp.analyze_sequence_numbers']

/** tshark's preferences: all of them are on until one is turned off. */
function preferencesOf(texts: readonly string[]): Preferences {
  const values = new Map(PREFERENCES.map((name) => [name, true]))
  for (const text of texts) {
    const [, name = '', value = ''] = /^([\w.]+):(TRUE|FALSE)$/i.exec(text.trim()) ?? []
    if (!values.has(name))
      throw new UsageError(`-o ${text}: known are ${PREFERENCES.map((one) => `${one}:TRUE|FALSE`).join(', ')}`)
    values.set(name, value.toUpperCase() === 'TRUE')
  }
  const [ipv4, ipv6, tcp, relativeSequence] = PREFERENCES.map((name) => values.get(name) === true) as [
    boolean,
    boolean,
    boolean,
    boolean,
  ]
  return { relativeSequence, reassembly: { ipv4, ipv6, tcp } }
}
