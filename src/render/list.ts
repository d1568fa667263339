/** The packet list: one row a packet, written as it comes, in columns that fit the width. */
import { type AddressCell, addressText, aroundPorts } from './address-cell.ts'
import { escapeText } from './escape.ts'
import type { NameStyle } from './name-style.ts'
import type { Style } from './style.ts'
import { cut, fitTo, widthOf } from './width.ts'

/** A row's texts. Whatever comes from a packet may be unescaped. */
export interface ListRow {
  readonly number: number
  readonly time: string
  /** `eth1 In`, `if3 Out`; undefined: the capture does not say. */
  readonly place: string | undefined
  readonly outer: AddressCell | undefined
  /** VNI of the innermost tunnel. */
  readonly vni: number | undefined
  readonly inner: AddressCell | undefined
  /** What the VNI stands for, escaped. */
  readonly identity?: string | undefined
  readonly protocol: string
  readonly length: number
  readonly info: string
  /** What a narrow list says instead, if there is a shorter way to say it. */
  readonly shortInfo?: string
  readonly isCopy: boolean
}

export interface ListOptions {
  /** Cells of a line. */
  readonly width: number
  /** Whether lines must not be longer: on a terminal, or when the user named the width. Else the info goes on. */
  readonly isStrict: boolean
  readonly style: Style
  /** Whether any row has a place. */
  readonly hasPlace: boolean
  /** Cells that the name of a file takes before the place; default none. */
  readonly labelWidth?: number
  /** Cells for the time column. */
  readonly timeWidth: number
  /** How names are shown; undefined: there are none. */
  readonly nameStyle?: NameStyle
}

export interface Columns {
  readonly number: number
  readonly time: number
  readonly place: number
  readonly outer: number
  readonly vni: number
  readonly inner: number
  readonly protocol: number
  readonly length: number
}

/** What a row says of a packet's ends, in the pieces around its ports. */
export interface EndCells {
  /** The outer and VNI columns, and the inner one up to its first port, if there are ports. */
  readonly before: string
  /** From behind the first port up to the second. */
  readonly between: string
  readonly after: string
  /** Cells of the inner column without its ports. */
  readonly innerCells: number
}

/** From this width on addresses are whole and VNIs stand in both bases. */
const WIDE = 150
const MIDDLE = 112
const NARROW = 96

/** From this width on a node's name and its address stand beside each other. */
const ROOMY = 190

/** Names of pods are longer than addresses, names of nodes shorter. */
function namedColumns(options: ListOptions): Columns {
  const columns = columnsFor({ ...options, nameStyle: 'address' })
  const { width, nameStyle } = options
  const isBoth = nameStyle === 'both'
  if (width >= ROOMY) return { ...columns, outer: nameStyle === 'name' ? 24 : 46, vni: 20, inner: isBoth ? 76 : 58 }
  if (width >= WIDE) return { ...columns, outer: isBoth ? 40 : 24, vni: 18, inner: isBoth ? 60 : 44 }
  if (width >= MIDDLE) return { ...columns, outer: 20, inner: 34 }
  return columns
}

function columnsFor(options: ListOptions): Columns {
  if (options.nameStyle !== undefined && options.nameStyle !== 'address') return namedColumns(options)
  const { width, hasPlace, timeWidth, labelWidth = 0 } = options
  const place = hasPlace ? 7 + labelWidth : 0
  const number = 3
  if (width >= WIDE)
    return {
      number,
      time: timeWidth,
      place: hasPlace ? 8 + labelWidth : 0,
      outer: 31,
      vni: 14,
      inner: 39,
      protocol: 5,
      length: 4,
    }
  if (width >= MIDDLE) return { number, time: timeWidth, place, outer: 22, vni: 5, inner: 29, protocol: 5, length: 4 }
  if (width >= NARROW) return { number, time: timeWidth, place, outer: 15, vni: 5, inner: 28, protocol: 5, length: 0 }
  return { number, time: 0, place, outer: 15, vni: 5, inner: 28, protocol: 4, length: 0 }
}

export class ListRenderer {
  /** Cells of each column; 0: it is not shown. */
  readonly columns: Columns
  private readonly options: ListOptions

  constructor(options: ListOptions) {
    this.options = options
    this.columns = columnsFor(options)
  }

  /** The line over the rows. */
  header(): string {
    const { columns, options } = this
    const cells = [
      fitTo('#', columns.number, 'right'),
      columns.time === 0 ? '' : fitTo('time', columns.time, 'right'),
      columns.place === 0 ? '' : fitTo('iface', columns.place),
      fitTo(options.width >= MIDDLE ? 'OUTER node → node' : 'OUTER', columns.outer),
      fitTo('VNI', columns.vni),
      fitTo('INNER pod → pod', columns.inner),
      fitTo('prot', columns.protocol),
      columns.length === 0 ? '' : fitTo('len', columns.length, 'right'),
      'info',
    ]
    return options.style.bold(cells.filter((cell) => cell !== '').join(' '))
  }

  /** One line, without its end. */
  row(row: ListRow): string {
    const { columns } = this
    const { style, isStrict, nameStyle } = this.options
    const limit = (width: number) => (isStrict ? width : undefined)
    const cell = (text: string, width: number, paint: (text: string) => string) => paint(this.cell(text, width))
    const outer = row.outer === undefined ? '' : addressText(row.outer, limit(columns.outer), nameStyle)
    const inner = row.inner === undefined ? '' : addressText(row.inner, limit(columns.inner), nameStyle)
    const protocol = escapeText(row.protocol)
    const parts = [
      String(row.number).padStart(columns.number),
      ...(columns.time === 0 ? [] : [row.time.padStart(columns.time)]),
      ...(columns.place === 0 ? [] : [this.placeCell(row.place)]),
      cell(outer, columns.outer, style.outer),
      cell(this.vniText(row), columns.vni, style.tunnel),
      cell(inner, columns.inner, style.inner),
      (row.isCopy ? (text: string) => text : style.protocol(protocol))(protocol.padEnd(columns.protocol)),
      ...(columns.length === 0 ? [] : [String(row.length).padStart(columns.length)]),
    ]
    const head = parts.join(' ')
    const line = `${head} ${this.infoText(row, isStrict ? visibleWidth(parts) : 0)}`.trimEnd()
    return row.isCopy ? style.dim(line) : line
  }

  placeCell(place: string | undefined): string {
    return this.cell(escapeText(place ?? ''), this.columns.place)
  }

  /** Whether rows may be put together of kept pieces: nothing is painted, cut, or left out because the list is narrow. */
  get hasPieces(): boolean {
    const { isStrict, style, width } = this.options
    return !isStrict && !style.enabled && width >= WIDE
  }

  /** Undefined: the row has to be made as a whole. Only where `hasPieces`. */
  endCells(row: Pick<ListRow, 'outer' | 'vni' | 'inner' | 'identity'>, hasPorts: boolean): EndCells | undefined {
    const { nameStyle } = this.options
    if (row.inner === undefined) return undefined
    const whole = hasPorts ? aroundPorts(row.inner, nameStyle) : [addressText(row.inner, undefined, nameStyle), '', '']
    if (whole === undefined) return undefined
    const [before, between, after] = whole as [string, string, string]
    const outer = row.outer === undefined ? '' : addressText(row.outer, undefined, nameStyle)
    const columns = `${this.cell(outer, this.columns.outer)} ${this.cell(this.vniText(row), this.columns.vni)} `
    return { before: columns + before, between, after, innerCells: before.length + between.length + after.length }
  }

  private cell(text: string, width: number): string {
    return this.options.isStrict ? fitTo(text, width) : text.padEnd(width)
  }

  private vniText({ vni, identity }: Pick<ListRow, 'vni' | 'identity'>): string {
    if (vni === undefined) return ''
    if (this.options.width >= WIDE && identity !== undefined) return `${vni} ${identity}`
    if (this.options.width < WIDE) return String(vni)
    return `${String(vni).padEnd(4)} 0x${vni.toString(16).padStart(6, '0')}`
  }

  /** Narrow lists do not repeat the ports that stand in the inner column, nor say that an echo is a ping. */
  private infoText(row: ListRow, used: number): string {
    const { width } = this.options
    let info = escapeText(width < MIDDLE ? (row.shortInfo ?? row.info) : row.info)
    if (width < WIDE && row.inner?.sourcePort !== undefined) info = info.replace(/^\d+ → \d+ ?/, '')
    if (width < MIDDLE) info = info.replace(/^Echo \(ping\) (request|reply) +/, 'Echo $1 ')
    return this.options.isStrict ? cut(info, Math.max(this.options.width - used - 1, 0)) : info
  }
}

const SGR = /\x1b\[[0-9;]*m/g

function visibleWidth(parts: readonly string[]): number {
  return parts.reduce((sum, part) => sum + widthOf(part.replace(SGR, '')) + 1, -1)
}
