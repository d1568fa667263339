/**
 * `source → destination` in as many cells as there are: whole, then without what both share, then the ends alone. With
 * names they stand beside or instead of the addresses, and are shortened in the middle.
 */
import type { NameStyle } from './name-style.ts'
import { cut, cutMiddle, widthOf } from './width.ts'

export interface AddressCell {
  readonly source: string
  readonly destination: string
  readonly sourcePort?: number | undefined
  readonly destinationPort?: number | undefined
  /** What is known of the ends, escaped; absent without lists of names. */
  readonly sourceName?: CellName | undefined
  readonly destinationName?: CellName | undefined
}

/** A name as a cell needs it. */
export interface CellName {
  readonly name: string
  /** Without its namespace. */
  readonly short: string
  /** It does not tell this address from others: it stands beside, never instead. */
  readonly isRemark: boolean
}

/** The text, cut only if even its shortest form does not fit; `width` undefined: whole. */
export function addressText(cell: AddressCell, width: number | undefined, style: NameStyle = 'auto'): string {
  const isNamed = cell.sourceName !== undefined || cell.destinationName !== undefined
  if (isNamed && style !== 'address') return namedText(cell, width, style)
  const whole = joined(cell.source, cell.destination, cell, ' → ')
  if (width === undefined || widthOf(whole) <= width) return whole
  const tight = joined(cell.source, cell.destination, cell, '→')
  if (widthOf(tight) <= width) return tight
  const shared = joined(cell.source, withoutShared(cell.source, cell.destination), cell, '→')
  if (widthOf(shared) <= width) return shared
  const short = joined(tail(cell.source), tail(cell.destination), cell, '→')
  return widthOf(short) <= width ? short : cut(short, width)
}

/** No port; what stands for both when the text around them is asked for. */
const MARK = -1

/** The whole text in pieces: up to the first port, up to the second, and the rest; undefined: they cannot be told apart. */
export function aroundPorts(cell: AddressCell, style?: NameStyle): readonly [string, string, string] | undefined {
  const marked = { ...cell, sourcePort: MARK, destinationPort: MARK }
  const [before, between, after, more] = addressText(marked, undefined, style).split(`:${MARK}`)
  if (before === undefined || between === undefined || after === undefined || more !== undefined) return undefined
  return [`${before}:`, `${between}:`, after]
}

function joined(source: string, destination: string, cell: AddressCell, arrow: string): string {
  return `${withPort(source, cell.sourcePort)}${arrow}${withPort(destination, cell.destinationPort)}`
}

function namedText(cell: AddressCell, width: number | undefined, style: NameStyle): string {
  const whole = ends(cell, style === 'both' ? beside : instead).join(' → ')
  if (width === undefined) return whole
  if (style === 'auto') {
    const both = ends(cell, beside).join(' → ')
    if (widthOf(both) <= width) return both
  }
  if (widthOf(whole) <= width) return whole
  const names = ends(cell, instead).join(' → ')
  if (widthOf(names) <= width) return names
  const [source, destination] = ends(cell, shortly)
  const short = `${source} → ${destination}`
  return widthOf(short) <= width ? short : squeezed(cell, source, destination, width)
}

type Wording = (address: string, port: number | undefined, name: CellName | undefined) => string

function ends(cell: AddressCell, wording: Wording): [string, string] {
  return [
    wording(cell.source, cell.sourcePort, cell.sourceName),
    wording(cell.destination, cell.destinationPort, cell.destinationName),
  ]
}

const beside: Wording = (address, port, name) => {
  if (name === undefined) return withPort(address, port)
  return name.isRemark ? `${withPort(address, port)} (${name.name})` : `${name.name} ${withPort(address, port)}`
}

const instead: Wording = (address, port, name) =>
  name === undefined || name.isRemark ? beside(address, port, name) : withPort(name.name, port)

const shortly: Wording = (address, port, name) =>
  withPort(name === undefined || name.isRemark ? address : name.short, port)

/** What the shorter of two ends may have of the room before it is shortened as well. */
const FAIR_SHARE = 0.6

/** Both ends in what room there is: what one does not need the other has. Ports stay. */
function squeezed(cell: AddressCell, source: string, destination: string, width: number): string {
  const room = width - 1
  const share = Math.floor(room * FAIR_SHARE)
  const isSourceShorter = widthOf(source) <= widthOf(destination)
  const shorter = Math.min(isSourceShorter ? widthOf(source) : widthOf(destination), share)
  const left = isSourceShorter ? shorter : room - shorter
  const fitted = (text: string, port: number | undefined, cells: number) => {
    const suffix = port === undefined ? '' : `:${port}`
    if (widthOf(text) <= cells) return text
    return cells - suffix.length < 4
      ? cut(text, cells)
      : `${cutMiddle(text.slice(0, text.length - suffix.length), cells - suffix.length)}${suffix}`
  }
  const first = fitted(source, cell.sourcePort, left)
  return `${first}→${fitted(destination, cell.destinationPort, room - widthOf(first))}`
}

/** RFC 5952 section 6 wants brackets around an IPv6 address with a port. */
function withPort(address: string, port: number | undefined): string {
  if (port === undefined) return address
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

/** `172.20.0.158`, `172.20.2.115` → `.2.115`: the leading groups that both have are left out, whole ones only. */
function withoutShared(source: string, destination: string): string {
  const separator = destination.includes(':') ? ':' : '.'
  const from = source.split(separator)
  const to = destination.split(separator)
  let shared = 0
  while (shared < to.length - 1 && from[shared] === to[shared]) shared++
  if (shared === 0) return destination
  return `${separator === ':' ? '…:' : '.'}${to.slice(shared).join(separator)}`
}

/** The last two groups. */
function tail(address: string): string {
  const separator = address.includes(':') ? ':' : '.'
  const groups = address.split(separator)
  return groups.length <= 2 ? address : `…${groups.slice(-2).join(separator)}`
}
