/** One packet and its way as a row: who to whom, what, and node → [hops] → node. */
import type { PacketPath, PathHop, PathPlace } from '../analysis/paths.ts'
import { durationText } from '../bytes/time.ts'
import { type AddressCell, addressText, type CellName } from './address-cell.ts'
import { escapeText } from './escape.ts'
import type { NameStyle } from './name-style.ts'
import type { Style } from './style.ts'
import { cut, fitTo, widthOf } from './width.ts'

/** Names for paths, escaped. */
export interface PathNames {
  readonly style: NameStyle
  /** Undefined where nothing is known. */
  address(address: string): CellName | undefined
}

export interface PathRowOptions {
  readonly width: number
  /** Whether rows may not be longer than `width`. */
  readonly isStrict: boolean
  readonly style: Style
  readonly names: PathNames | undefined
}

/** Cells of the columns before the way, from this width on. */
const LAYOUTS = [
  { from: 150, number: 5, time: 9, ends: 44, what: 20 },
  { from: 110, number: 4, time: 9, ends: 34, what: 12 },
  { from: 0, number: 4, time: 0, ends: 24, what: 7 },
] as const
const GAP = 1

/** The row of a packet; `time`: since the first one, as text. */
export function pathRow(packet: PacketPath, time: string, options: PathRowOptions): string {
  const { width, isStrict, style, names } = options
  const layout = LAYOUTS.find(({ from }) => width >= from) ?? LAYOUTS[2]
  const cells = [
    style.dim(fitTo(String(packet.hops[0]?.frame ?? ''), layout.number, 'right')),
    ...(layout.time === 0 ? [] : [style.dim(fitTo(time, layout.time, 'right'))]),
    fitTo(addressText(endsOf(packet, names), layout.ends, names?.style), layout.ends),
    style.protocol(packet.protocol)(fitTo(whatText(packet, layout.what), layout.what)),
  ]
  const used = layout.number + (layout.time === 0 ? 0 : layout.time + GAP) + layout.ends + layout.what + 3 * GAP
  const room = isStrict ? width - used : Number.POSITIVE_INFINITY
  return `${cells.join(' ')} ${wayText(packet, room, options)}`.trimEnd()
}

/** Ends as a cell of addresses and names. */
export function endsOf(
  ends: Pick<PacketPath, 'source' | 'destination' | 'sourcePort' | 'destinationPort'>,
  names: PathNames | undefined,
): AddressCell {
  const { source, destination, sourcePort, destinationPort } = ends
  return {
    source,
    destination,
    sourcePort,
    destinationPort,
    sourceName: names?.address(source),
    destinationName: names?.address(destination),
  }
}

const SEGMENT = /^\d+ → \d+ \[([A-Z, ]+)\].* Len=(\d+)/

const PING = /^Echo \(ping\) (request|reply) .*seq=(\d+)/
const LOOK_UP = /^Standard query (response )?0x[0-9a-f]+ (.*)$/

/** `SYN`, `PSH ACK 517 B`, `GET / HTTP/1.1`, `ping request 2`: what the Info column says, shortly. */
function whatText({ protocol, info }: PacketPath, width: number): string {
  const segment = SEGMENT.exec(info)
  if (segment === null) {
    const ping = PING.exec(info)
    const lookUp = LOOK_UP.exec(info)
    if (ping !== null) {
      const whole = `ping ${ping[1]} ${ping[2]}`
      return widthOf(whole) <= width ? whole : cut(`${ping[1] === 'request' ? 'ping' : 'reply'} ${ping[2]}`, width)
    }
    const said = lookUp === null ? info : `${lookUp[1] === undefined ? 'query' : 'answer'} ${lookUp[2]}`
    return cut(escapeText(protocol === 'UDP' ? protocol : said), width)
  }
  const flags = (segment[1] as string).replaceAll(',', '')
  const length = segment[2] === '0' ? '' : ` ${segment[2]} B`
  return widthOf(flags + length) <= width ? flags + length : flags.replace(/ACK$/, 'A').replace(/^PSH/, 'P')
}

/** The way in as many cells as there are: without nodes, without times of each hop, without TTLs, where it is too long. */
function wayText(packet: PacketPath, room: number, options: PathRowOptions): string {
  const { style } = options
  const label = labelText(packet)
  const lost = packet.lostBefore === undefined ? '' : ` lost before ${placeText(packet.lostBefore, packet.hops.at(-1))}`
  const [from, to] = nodesOf(packet, options.names)
  const [whole, short, least] = DETAILS.map((detail) => `[${hopsText(packet.hops, detail)}]${lost}`) as [
    string,
    string,
    string,
  ]
  const forms = [
    `${from}${whole}${lost === '' ? to : ''}${label}`,
    `${whole}${label}`,
    `${short}${label}`,
    `${least}${label}`,
  ]
  const fitting = forms.find((form) => widthOf(form) <= room) ?? cut(least, room)
  return lost === '' ? fitting : style.bold(fitting)
}

/** How much is said of each hop; times of all hops together where not of each. */
const DETAILS = ['times', 'TTLs', 'interfaces'] as const

function labelText({ kind, of }: PacketPath): string {
  return kind === 'packet' || of === undefined ? '' : `, ${kind} of ${of.frame}`
}

/** `k8s-ctr → ` and ` → k8s-w0`, where there is a tunnel. */
function nodesOf({ hops }: PacketPath, names: PathNames | undefined): [string, string] {
  const tunnel = hops.find((hop) => hop.tunnel !== undefined)?.tunnel
  if (tunnel === undefined) return ['', '']
  const word = (address: string) => {
    const name = names?.style === 'address' ? undefined : names?.address(address)
    return name === undefined || name.isRemark ? address : name.name
  }
  return [`${word(tunnel.source)} → `, ` → ${word(tunnel.destination)}`]
}

/** `eth1 In 64 → eth2 Out 63, 21 µs`. */
function hopsText(hops: readonly PathHop[], detail: (typeof DETAILS)[number]): string {
  const isMixed = hops.some(({ tunnel }) => tunnel === undefined) && hops.some(({ tunnel }) => tunnel !== undefined)
  const words = hops.map((hop, at) => {
    const { direction: _, ...undirected } = hop
    const place = placeText(detail === 'interfaces' ? undirected : hop, detail === 'times' ? undefined : hops[at - 1])
    const ttl = detail === 'interfaces' ? '' : ` ${hop.ttl}`
    const tunnel = isMixed && hop.tunnel !== undefined ? ` ${hop.tunnel.type}` : ''
    const since = detail === 'times' && hop.sincePrevious !== undefined ? `, ${secondsText(hop.sincePrevious)}` : ''
    return `${place === '' ? 'TTL' : place}${place === '' ? ` ${hop.ttl}` : ttl}${tunnel}${since}`
  })
  const total = hops.slice(1).reduce((sum, hop) => sum + (hop.sincePrevious ?? Number.NaN), 0)
  const after = detail === 'times' || hops.length < 2 || Number.isNaN(total) ? '' : `, ${secondsText(total)}`
  return words.join(' → ') + after
}

/** `router eth1 In`; after `before` of the same capture without its name. Escaped. */
export function placeText({ point, interface: name, direction }: PathPlace, before?: PathPlace): string {
  const isSame = before !== undefined && before.point === point
  return escapeText([isSame ? undefined : point, name, direction].filter((word) => word !== undefined).join(' '))
}

/** `21 µs`. */
export function secondsText(seconds: number): string {
  return durationText({ seconds: 0, nanoseconds: Math.round(seconds * 1e9) })
}
