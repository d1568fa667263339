/** What the user said, checked and turned into what the commands need. */
import { type FileType, fileTypeOf } from '../capture/file-type.ts'
import type { Dissector } from '../dissect/dissector.ts'
import { UsageError } from '../errors.ts'
import { Filter } from '../filter/filter.ts'
import { flowFilter } from '../filter/flow-options.ts'
import { NAME_VIRTUAL_FIELDS } from '../filter/name-virtual-fields.ts'
import { isHeaderOnly } from '../filter/names.ts'
import { createDissector } from '../layers/create-dissector.ts'
import type { Names } from '../names/names.ts'
import type { Route } from '../names/routes.ts'
import type { NameStyle } from '../render/name-style.ts'
import { createStyle, type Style } from '../render/style.ts'
import type { TimeFormat } from '../render/time-column.ts'
import type { ReassemblyOptions } from '../streams/conversations.ts'
import { captureHost } from './capture-host.ts'
import type { CopiesChoice } from './copies-option.ts'
import { wholeNumber } from './count.ts'
import { dissectorOptions, namedPorts } from './decode-as.ts'
import { type FieldOptions, parseFieldOptions } from './field-options.ts'
import { fileLabels } from './file-labels.ts'
import { isTerminal } from './is-terminal.ts'
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
  /** Copies are shown, put into the row of the packet's first frame, or left out of all that is shown and written. */
  readonly copies: CopiesChoice
  /** Whether the innermost packets are written, without their outer headers. */
  readonly isDecapsulated: boolean
  /** Whether all files are read as one, by time. */
  readonly isMerged: boolean
  /** Short names of the files, by path, where rows say which they are from; else empty. */
  readonly labels: ReadonlyMap<string, string>
  readonly time: TimeFormat
  readonly links: ReadonlyMap<number, string>
  /** Of the machine that captured, if the user gave them. */
  readonly routes: readonly Route[]
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
  /** From the lists that the user named; undefined: none, or `-n`. */
  readonly names: Names | undefined
  readonly nameStyle: NameStyle
}

/** @throws UsageError where options do not make sense. */
export function settingsOf(files: readonly string[], options: RawOptions, names?: Names): Settings {
  const all = [...options.read, ...files]
  if (all.length === 0)
    throw new UsageError('which capture? Name a file, or - for standard input (ovl-dissect --help shows the options)')
  const decode = dissectorOptions(options)
  if (options.format === 'fields' && options.field.length === 0)
    throw new UsageError('-T fields needs at least one -e NAME (-G fields lists the names)')
  if (options.format !== 'fields' && options.field.length > 0)
    throw new UsageError('-e names fields for -T fields: add it')
  const dissector = createDissector(decode)
  const toTerminal = isTerminal('stdout')
  return {
    files: all,
    dissector,
    namedPorts: namedPorts(decode),
    filter: filterOf(options, dissector, names),
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
    copies: options.copies === 'fold' && !isList(options) ? 'hide' : options.copies,
    isDecapsulated: options.decap === true,
    isMerged: options.merge === true,
    labels: options.merge === true && all.length > 1 ? fileLabels(all) : new Map(),
    time: options.time,
    ...captureHost(options),
    ...preferencesOf(options.preference),
    needsNotes: options.format !== 'fields' || !options.field.every((name) => isHeaderOnly(dissector, name)),
    width: options.width === undefined ? terminalWidth() : wholeNumber('--width', options.width, 20),
    isStrictWidth: options.width !== undefined || toTerminal,
    isTerminal: toTerminal,
    style: createStyle(wantsColor(options.color, toTerminal, process.env)),
    names,
    nameStyle: options.nameStyle ?? 'auto',
  }
}

/** `-Y` and Hubble's selections together. */
function filterOf({ filter, flows }: RawOptions, dissector: Dissector, names: Names | undefined): Filter | undefined {
  const context = names === undefined ? {} : { virtualFields: NAME_VIRTUAL_FIELDS }
  if (flows.length === 0) return filter === undefined ? undefined : new Filter(filter, dissector, context)
  const selection = flowFilter(flows)
  if (filter === undefined) return new Filter(selection, dissector, context)
  // By itself first: what is wrong with it is shown as the user wrote it, and its brackets are its own.
  new Filter(filter, dissector, context)
  return new Filter(`(${filter}) and ${selection}`, dissector, context)
}

/** Only rows have room for what is folded into them. */
function isList({ format, tree, hex, sides, summary }: RawOptions): boolean {
  return format === 'text' && ![tree, hex, sides, summary].includes(true)
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
  if (path === '-' && isTerminal('stdout'))
    throw new UsageError('-w - writes bytes, and standard output is a terminal: name a file, or pipe it on')
  return { path, format: fileType ?? fileTypeOf(path) }
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
