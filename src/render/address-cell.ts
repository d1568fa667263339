/** `source → destination` in as many cells as there are: whole, then without what both share, then the ends alone. */
import { cut, widthOf } from './width.ts'

export interface AddressCell {
  readonly source: string
  readonly destination: string
  readonly sourcePort?: number | undefined
  readonly destinationPort?: number | undefined
}

/** The text, cut only if even its shortest form does not fit; `width` undefined: whole. */
export function addressText(cell: AddressCell, width: number | undefined): string {
  const whole = joined(cell.source, cell.destination, cell, ' → ')
  if (width === undefined || widthOf(whole) <= width) return whole
  const tight = joined(cell.source, cell.destination, cell, '→')
  if (widthOf(tight) <= width) return tight
  const shared = joined(cell.source, withoutShared(cell.source, cell.destination), cell, '→')
  if (widthOf(shared) <= width) return shared
  const short = joined(tail(cell.source), tail(cell.destination), cell, '→')
  return widthOf(short) <= width ? short : cut(short, width)
}

function joined(source: string, destination: string, cell: AddressCell, arrow: string): string {
  return `${withPort(source, cell.sourcePort)}${arrow}${withPort(destination, cell.destinationPort)}`
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
