/** The packet list: the rows that the command prints, coloured as Wireshark colours packets. */
import { ListRenderer, type ListRow } from '../../render/list.ts'
import { createStyle } from '../../render/style.ts'
import { widthOf } from '../../render/width.ts'
import { fitLine, type Line, span } from '../line.ts'
import type { Role } from '../theme.ts'

export interface ListPane {
  readonly columns: number
  readonly timeWidth: number
  readonly labelWidth: number
  readonly hasPlace: boolean
  readonly nameStyle: 'auto' | 'name' | 'both' | 'address' | undefined
  /** The visible rows, and which of them is selected. */
  readonly rows: readonly ListRow[]
  readonly selected: number
  readonly isFocused: boolean
  readonly hasColors: boolean
  /** Said instead of rows where there are none. */
  readonly nothing: string
}

const NO_STYLE = createStyle(false)
const WIDE = 150
const DIGITS = 3
const PLACE = 7
const MORE_PLACE = 3

/** A line of heads, and one a row. */
export function listPane(pane: ListPane): Line[] {
  const { columns, timeWidth, hasPlace, nameStyle } = pane
  // A narrow list has seven cells for the place; `eth2 Out` gets one more.
  const place = Math.max(0, ...pane.rows.map((row) => widthOf(row.place ?? '')))
  const labelWidth = Math.max(pane.labelWidth, columns < WIDE ? Math.min(place - PLACE, MORE_PLACE) : 0, 0)
  // The list has three digits for the number; where there are more, all rows and the heads make room.
  const digits = ({ number }: ListRow) => Math.max(String(number).length - DIGITS, 0)
  const extra = Math.max(0, ...pane.rows.map(digits))
  const renderer = new ListRenderer({
    width: columns - extra,
    isStrict: true,
    style: NO_STYLE,
    hasPlace,
    labelWidth,
    timeWidth,
    ...(nameStyle !== undefined && { nameStyle }),
  })
  const lines: Line[] = [fitLine([span(' '.repeat(extra) + renderer.header(), 'header')], columns)]
  pane.rows.forEach((row, at) => {
    const role =
      at === pane.selected ? selectedRole(pane) : pane.hasColors ? rowRole(row) : row.isCopy ? 'copy' : 'plain'
    lines.push(fitLine([span(' '.repeat(extra - digits(row)) + renderer.row(row), role)], columns))
  })
  if (pane.rows.length === 0) lines.push(fitLine([span(`  ${pane.nothing}`, 'hint')], columns))
  return lines
}

const selectedRole = ({ isFocused }: ListPane): Role => (isFocused ? 'selected' : 'selected-unfocused')

const BY_PROTOCOL: Readonly<Record<string, Role>> = {
  TCP: 'tcp',
  UDP: 'udp',
  DNS: 'udp',
  MDNS: 'udp',
  QUIC: 'udp',
  ICMP: 'icmp',
  ICMPv6: 'icmp',
  ARP: 'arp',
}

/** ICMP's types 3 to 5 and 11, and ICMPv6's 1 to 4. */
const ERRORS: Readonly<Record<string, RegExp>> = {
  ICMP: /^(Destination unreachable|Source quench|Redirect|Time-to-live exceeded)/i,
  ICMPv6: /^(Destination Unreachable|Packet Too Big|Time Exceeded|Parameter Problem)/i,
}

/** Wireshark gives HTTP's colour to all segments of its port. */
const HTTP = 80

/** As Wireshark's default colouring rules have it. */
export function rowRole({ protocol, info, isCopy, inner }: ListRow): Role {
  if (isCopy) return 'copy'
  if (protocol === 'UNKNOWN' || info.includes('[Malformed')) return 'malformed'
  if (ERRORS[protocol]?.test(info)) return 'icmp-error'
  if (protocol.startsWith('HTTP')) return 'http'
  if (protocol === 'TCP') {
    if (/\[[^\]]*RST/.test(info)) return 'reset'
    if (inner?.sourcePort === HTTP || inner?.destinationPort === HTTP) return 'http'
    return /\[[^\]]*(SYN|FIN)/.test(info) ? 'handshake' : 'tcp'
  }
  if (protocol.startsWith('TLS') || protocol.startsWith('SSL')) return 'tcp'
  return BY_PROTOCOL[protocol] ?? 'other'
}
