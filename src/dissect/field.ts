/**
 * Fields: the data half of a layer. A field knows its Wireshark name, where it lies from the start of its layer, how
 * its value is read and how it is worded. An offset exists here and nowhere else: `step` reads through the same
 * fields that the tree, `-T fields`, JSON and filters list.
 */
import { bytesText, ipv4Text, ipv6Text, macText } from '../bytes/address.ts'
import { hex, readUint24 } from '../bytes/integers.ts'
import type { Node, Value } from './node.ts'
import type { Reading } from './reading.ts'

/** Wireshark's types, without their FT_ and in lower case. */
export type FieldType =
  | 'none'
  | 'protocol'
  | 'boolean'
  | 'uint8'
  | 'uint16'
  | 'uint24'
  | 'uint32'
  | 'uint64'
  | 'int16'
  | 'int32'
  | 'ether'
  | 'ipv4'
  | 'ipv6'
  | 'bytes'
  | 'string'
  | 'relative_time'
  | 'absolute_time'

/** How a number is written. Where there are two, the second one follows in parentheses. */
export type Base = 'dec' | 'hex' | 'dec_hex' | 'hex_dec'

/** Words for numbers: a table, or a function that may not know. */
export type Names = Readonly<Record<number, string>> | ((value: number) => string | undefined)

/** A run of bits, numbered as RFCs draw them: bit 0 is the most significant one. `mask` is what follows from that. */
export interface Bits {
  readonly first: number
  readonly count: number
  readonly mask: number
}

/**
 * A field of a layer: where it lies, and how it is read and worded. Immutable.
 * @example
 * ```js
 * import { createDissector, scan } from 'ovl-dissect'
 *
 * const dissector = createDissector()
 * const vxlan = dissector.layers.find(({ name }) => name === 'vxlan')
 * const vni = vxlan.fields.find(({ name }) => name === 'vxlan.vni')
 * await scan('vxlan.pcap', (record, walk) => {
 *   console.log(vni.read(record.view, walk.marks.tunnel)) // 3258
 * }, { dissector })
 * ```
 */
export interface Field {
  /** Name in filters and `-e`, exactly as Wireshark spells it; ours start with `ovl.`. */
  readonly name: string
  /** What the tree calls it. */
  readonly label: string
  readonly type: FieldType
  readonly base: Base
  /** Offset in bytes from the start of the layer; -1: it varies, `nodes` finds it. */
  readonly at: number
  /** Width in bytes; 0: it varies. */
  readonly size: number
  readonly bits: Bits | undefined
  readonly names: Names | undefined
  /** Fields that the tree shows beneath this one. */
  readonly children: readonly Field[]
  /** Fields that may occur beneath without being listed as children, so that they have names. */
  readonly members: readonly Field[]
  /** True for what is derived and not in the bytes: the tree puts it in [brackets]. */
  readonly generated: boolean
  /** Further names under which it is found: `ip.addr` for either end. */
  readonly also: readonly string[]
  /** Where it exists in some packets only: whether in this one. */
  readonly when?: ((reading: Reading) => boolean) | undefined
  /**
   * The value of a field at a fixed place, as an unsigned integer of up to 32 bits. Unchecked: call it only where
   * `at + size` lies inside the layer. 0 for fields that are wider or vary.
   */
  read(view: DataView, layerStart: number): number
  /** Every occurrence in one layer, with what lies beneath it; nothing when it is not wholly captured. */
  nodes(reading: Reading): readonly Node[]
  /**
   * The values of `nodes` and of what lies beneath, in the same order, unworded; undefined: they are only known with words.
   * @internal
   */
  readonly values?: ((reading: Reading, visit: ValueVisitor) => void) | undefined
}

/** Gets a field and its value in one layer. */
export type ValueVisitor = (field: Field, value: Exclude<Value, undefined>) => void

/** What all builders take beyond name, label and place. */
export interface FieldOptions {
  /** Wireshark's type, where it is not the one of the field's own width. */
  readonly type?: FieldType
  readonly members?: readonly Field[]
  readonly base?: Base
  readonly names?: Names
  readonly children?: readonly Field[]
  readonly generated?: boolean
  readonly also?: readonly string[]
  /** True: it has a value, but tshark's tree does not show it. */
  readonly hidden?: boolean
  /** False: the field does not exist in this packet (an IPv6-only option, say). */
  readonly when?: (reading: Reading) => boolean
  /** The words after `Label: `, where neither base nor names say them. */
  readonly text?: (value: number, reading: Reading) => string
  /** The whole line. */
  readonly line?: (value: number, reading: Reading) => string
  /** Lines beneath that are no fields of their own. */
  readonly beneath?: (value: number, reading: Reading) => readonly Node[]
  /** Turns the raw number into the field's value: a header length in words into bytes. */
  readonly scale?: number
}

const NO_NODES: readonly Node[] = []
const readNothing = () => 0

/** 8 bits. */
export const u8 = (name: string, label: string, at: number, options: FieldOptions = {}) =>
  integer('uint8', 1, name, label, at, undefined, options)
/** 16 bits. */
export const u16 = (name: string, label: string, at: number, options: FieldOptions = {}) =>
  integer('uint16', 2, name, label, at, undefined, options)
/** 24 bits. */
export const u24 = (name: string, label: string, at: number, options: FieldOptions = {}) =>
  integer('uint24', 3, name, label, at, undefined, options)
/** 32 bits. */
export const u32 = (name: string, label: string, at: number, options: FieldOptions = {}) =>
  integer('uint32', 4, name, label, at, undefined, options)

/** A number of `count` bits from bit `first` of a container of `size` bytes. */
export function bits(
  size: 1 | 2 | 4,
  name: string,
  label: string,
  at: number,
  first: number,
  count: number,
  options: FieldOptions = {},
): Field {
  const type = options.type ?? (size === 1 ? 'uint8' : size === 2 ? 'uint16' : 'uint32')
  return integer(type, size, name, label, at, bitRun(size, first, count), options)
}

/** Bits that do not lie together, such as what a header reserves between its flags; the value keeps their places. */
export function scattered(
  size: 1 | 2,
  name: string,
  label: string,
  at: number,
  mask: number,
  options: FieldOptions = {},
): Field {
  const run = { first: 0, count: size * 8, mask }
  return integer(size === 1 ? 'uint8' : 'uint16', size, name, label, at, run, options)
}

function bitRun(size: number, first: number, count: number): Bits {
  const mask = count === 32 ? 0xffff_ffff : (2 ** count - 1) * 2 ** (size * 8 - first - count)
  return { first, count, mask }
}

type FlagOptions = FieldOptions & {
  /** Words for set and not set. */
  readonly words?: readonly [string, string]
}

export const SET: readonly [string, string] = ['Set', 'Not set']
export const TRUE: readonly [string, string] = ['True', 'False']

/** One bit. */
export function flag(
  size: 1 | 2 | 3 | 4,
  name: string,
  label: string,
  at: number,
  bit: number,
  options: FlagOptions = {},
): Field {
  const [set, notSet] = options.words ?? SET
  return integer('boolean', size, name, label, at, bitRun(size, bit, 1), {
    text: (value) => (value === 0 ? notSet : set),
    ...options,
  })
}

function integer(
  type: FieldType,
  size: 1 | 2 | 3 | 4,
  name: string,
  label: string,
  at: number,
  run: Bits | undefined,
  options: FieldOptions,
): Field {
  const readRaw = rawReader(size, at)
  const scale = options.scale ?? 1
  let read = scale === 1 ? readRaw : (view: DataView, start: number) => readRaw(view, start) * scale
  if (run !== undefined) {
    const shift = size * 8 - run.first - run.count
    const mask = run.mask >>> shift
    read = (view, start) => ((readRaw(view, start) >>> shift) & mask) * scale
  }
  const field: Field = {
    name,
    label,
    type: options.type ?? type,
    base: options.base ?? 'dec',
    at,
    size,
    bits: run,
    names: options.names,
    children: options.children ?? [],
    members: options.members ?? [],
    generated: options.generated ?? false,
    also: options.also ?? [],
    when: options.when,
    read,
    values(reading, visit) {
      if (!isThere(reading, at, size, options.when)) return
      const value = read(reading.view, reading.start)
      visit(field, value)
      visitValues(field.children, reading, visit)
      if (options.beneath !== undefined) visitNodes(options.beneath(value, reading), visit)
    },
    nodes(reading) {
      const start = reading.start + at
      if (!isThere(reading, at, size, options.when)) return NO_NODES
      const value = read(reading.view, reading.start)
      const text =
        options.line?.(value, reading) ?? lineOf(field, value, readRaw(reading.view, reading.start), reading, options)
      const beneath = childNodes(field.children, reading)
      if (options.beneath !== undefined) beneath.push(...options.beneath(value, reading))
      return [{ field, text, start, end: start + size, value, children: beneath, hidden: options.hidden === true }]
    },
  }
  return field
}

/** Whether a field at a fixed place is wholly captured, and exists in this packet. */
function isThere(reading: Reading, at: number, size: number, when: FieldOptions['when']): boolean {
  return reading.start + at + size <= reading.body && (when === undefined || when(reading))
}

function rawReader(size: 1 | 2 | 3 | 4, at: number): (view: DataView, start: number) => number {
  switch (size) {
    case 1:
      return (view, start) => view.getUint8(start + at)
    case 2:
      return (view, start) => view.getUint16(start + at)
    case 3:
      return (view, start) => readUint24(view, start + at)
    case 4:
      return (view, start) => view.getUint32(start + at)
  }
}

function lineOf(field: Field, value: number, raw: number, reading: Reading, options: FieldOptions): string {
  const words = options.text?.(value, reading) ?? numberText(field, value)
  const line = `${field.label}: ${words}`
  if (field.bits !== undefined) return `${bitPicture(raw, field.size * 8, field.bits.mask)} = ${line}`
  return field.generated ? `[${line}]` : line
}

/** A number as the tree words it: `UDP (17)`, `0x0826 (2086)`, `64`. */
export function numberText(field: Pick<Field, 'base' | 'names' | 'size' | 'bits' | 'type'>, value: number): string {
  const written = baseText(field.base, value, hexDigits(field))
  if (field.names === undefined) return written
  const known = nameOf(field.names, value)
  return known === undefined ? `Unknown (${written})` : `${known} (${written})`
}

/** The word for a number, if there is one. */
export function nameOf(names: Names, value: number): string | undefined {
  return typeof names === 'function' ? names(value) : names[value]
}

function hexDigits(field: Pick<Field, 'size' | 'bits'>): number {
  return field.bits === undefined ? field.size * 2 : Math.ceil(field.bits.count / 4)
}

function baseText(base: Base, value: number, digits: number): string {
  switch (base) {
    case 'dec':
      return String(value)
    case 'hex':
      return `0x${hex(value, digits)}`
    case 'dec_hex':
      return `${value} (0x${hex(value, digits)})`
    case 'hex_dec':
      return `0x${hex(value, digits)} (${value})`
  }
}

/** `.... ..1.` style picture of where bits lie: the masked digits, dots elsewhere, a space every four. */
export function bitPicture(raw: number, width: number, mask: number): string {
  let text = ''
  for (let bit = width - 1; bit >= 0; bit--) {
    text += (mask >>> bit) & 1 ? String((raw >>> bit) & 1) : '.'
    if (bit > 0 && bit % 4 === 0) text += ' '
  }
  return text
}

/** A heading over flags: `Flags: 0x2, Don't fragment`, with the set ones named. */
export function flagsText(
  digits: number,
  value: number,
  names: readonly (readonly [mask: number, name: string])[],
): string {
  const set = names.filter(([mask]) => (value & mask) !== 0).map(([, name]) => name)
  return [`0x${hex(value, digits)}`, ...set].join(', ')
}

/** An IPv4 address. */
export const ipv4 = (name: string, label: string, at: number, options: FieldOptions = {}) =>
  span('ipv4', 4, name, label, at, ipv4Text, options)
/** An IPv6 address. */
export const ipv6 = (name: string, label: string, at: number, options: FieldOptions = {}) =>
  span('ipv6', 16, name, label, at, ipv6Text, options)
/** A hardware address of six bytes. */
export const ether = (name: string, label: string, at: number, options: FieldOptions = {}) =>
  span('ether', 6, name, label, at, macText, options)
/** Bytes of a fixed count. */
export const bytes = (name: string, label: string, at: number, size: number, options: FieldOptions = {}) =>
  span('bytes', size, name, label, at, (view, start) => bytesText(view, start, size), options)

function span(
  type: FieldType,
  size: number,
  name: string,
  label: string,
  at: number,
  textOf: (view: DataView, at: number) => string,
  options: FieldOptions,
): Field {
  const field: Field = {
    name,
    label,
    type,
    base: 'dec',
    at,
    size,
    bits: undefined,
    names: undefined,
    children: options.children ?? [],
    members: options.members ?? [],
    generated: options.generated ?? false,
    also: options.also ?? [],
    when: options.when,
    read: size === 4 ? (view, start) => view.getUint32(start + at) : readNothing,
    values(reading, visit) {
      if (!isThere(reading, at, size, options.when)) return
      visit(field, textOf(reading.view, reading.start + at))
      visitValues(field.children, reading, visit)
    },
    nodes(reading) {
      const start = reading.start + at
      if (!isThere(reading, at, size, options.when)) return NO_NODES
      const value = textOf(reading.view, start)
      const text = `${label}: ${value}`
      return [{ field, text, start, end: start + size, value, children: childNodes(field.children, reading) }]
    },
  }
  return field
}

/** What a `varying` field returns for one occurrence: its value, its place, and its line if it is not `Label: value`. */
export interface Occurrence {
  readonly value: Value
  readonly start: number
  readonly end: number
  readonly text?: string
  readonly children?: readonly Node[]
}

interface VaryingOptions {
  readonly base?: Base
  readonly names?: Names
  readonly generated?: boolean
  /** Width in bytes of the number, for its hexadecimal digits. */
  readonly size?: number
  readonly also?: readonly string[]
  /** Fields that may occur beneath, so that they have names. */
  readonly members?: readonly Field[]
}

/**
 * A field whose place, number or value must be worked out: options, records, header lines, anything derived.
 * `find` runs on the rich path only, over bytes that are known to be inside the layer.
 */
export function varying(
  type: FieldType,
  name: string,
  label: string,
  find: (reading: Reading) => readonly Occurrence[],
  options: VaryingOptions = {},
): Field {
  const field: Field = {
    name,
    label,
    type,
    base: options.base ?? 'dec',
    at: -1,
    size: options.size ?? 0,
    bits: undefined,
    names: options.names,
    children: options.members ?? [],
    members: [],
    generated: options.generated ?? false,
    also: options.also ?? [],
    read: readNothing,
    values(reading, visit) {
      for (const { value, children } of find(reading)) {
        if (value !== undefined) visit(field, value)
        if (children !== undefined) visitNodes(children, visit)
      }
    },
    nodes: (reading) => find(reading).map((occurrence) => nodeOf(field, occurrence)),
  }
  return field
}

/** A field that stands for nodes which somebody else makes. */
export function standingFor(field: Field, nodes: (reading: Reading) => readonly Node[]): Field {
  return { ...field, nodes, values: undefined }
}

/** A node for one occurrence of a varying field; for generators that build their own children. */
export function nodeOf(field: Field, occurrence: Occurrence): Node {
  const { value, start, end, children } = occurrence
  let text = occurrence.text
  if (text === undefined) {
    const words = typeof value === 'number' && field.type !== 'boolean' ? numberText(field, value) : String(value)
    text = field.generated ? `[${field.label}: ${words}]` : `${field.label}: ${words}`
  }
  return { field, text, start, end, value, children: children ?? [] }
}

/** A line of the tree that is no field: a heading over fields, a remark. */
export function remark(text: string, start: number, end: number, children: readonly Node[] = []): Node {
  return { field: undefined, text, start, end, value: undefined, children }
}

/** The nodes of several fields, in their order. */
export function childNodes(fields: readonly Field[], reading: Reading): Node[] {
  const nodes: Node[] = []
  for (const field of fields) nodes.push(...field.nodes(reading))
  return nodes
}

/** The values of several fields and of what lies beneath them, in the order of `childNodes`. */
export function visitValues(fields: readonly Field[], reading: Reading, visit: ValueVisitor): void {
  for (const field of fields) {
    if (field.values === undefined) visitNodes(field.nodes(reading), visit)
    else field.values(reading, visit)
  }
}

function visitNodes(nodes: readonly Node[], visit: ValueVisitor): void {
  for (const { field, value, children } of nodes) {
    if (field !== undefined && value !== undefined) visit(field, value)
    if (children.length > 0) visitNodes(children, visit)
  }
}

const TYPE_DIGITS: Partial<Record<FieldType, number>> = { uint8: 2, uint16: 4, uint24: 6, uint32: 8 }

/** A value as `-T fields` prints it: numbers in the field's first base, truth as 1 and 0. */
export function valueText(field: Field, value: Value): string {
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (typeof value !== 'number' || field.type === 'boolean') return value === undefined ? '' : String(value)
  if (field.base !== 'hex' && field.base !== 'hex_dec') return String(value)
  return `0x${hex(value, TYPE_DIGITS[field.type] ?? 1)}`
}
