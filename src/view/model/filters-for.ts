/** Filters that say what is under the cursor: a field with its value, a conversation by its ends. */
import type { Value } from '../../dissect/node.ts'
import { type Dissection, ownDepth } from '../../packet/dissection.ts'
import { type Ends, listEnds } from '../../packet/list-ends.ts'
import type { TreeRow } from './tree-rows.ts'

/**
 * The shortest filter that selects packets with this field's value, on its side of the tunnel where that can be said;
 * a heading stands for its protocol. `isFilter` says what can be compiled.
 */
export function fieldFilter(
  row: TreeRow,
  protocol: string | undefined,
  isFilter: (text: string) => boolean,
): string | undefined {
  const name = row.field ?? (row.depth === 0 ? protocol : undefined)
  if (name === undefined) return undefined
  const sides = row.region === 'outer' || row.region === 'inner' ? [`${row.region}.${name}`, name] : [name]
  const candidates = sides.flatMap((one) => (row.field === undefined ? [one] : [...valueFilters(one, row), one]))
  return candidates.find(isFilter)
}

function valueFilters(name: string, { value }: TreeRow): string[] {
  return literals(value)
    .map((literal) => `${name} == ${literal}`)
    .filter((text) => text.length < LONGEST)
}

/** How a value may be written in a filter; what the field's type takes of it, only the compiler knows. */
export function literals(value: Value): string[] {
  if (value === undefined) return []
  if (typeof value !== 'string') return [String(Number(value))]
  const bytes = /^([0-9a-f]{2})+$/.test(value) ? [value.replace(/..(?=.)/g, '$&:')] : []
  return [value, ...bytes, quoted(value)]
}

/** A filter that nobody can read is of no use. */
const LONGEST = 400

const quoted = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&').replace(/[^\x20-\x7e]/g, escaped)}"`

/** As in C, for what is no printable ASCII. */
const escaped = (character: string): string =>
  [...new TextEncoder().encode(character)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')

/** All packets between the innermost ends of this one, both ways, by headers alone. */
export function conversationFilter({ record, walk }: Pick<Dissection, 'record' | 'walk'>): string | undefined {
  const { inner, outer } = listEnds(record, walk)
  if (inner === undefined) return undefined
  const side = outer === undefined ? '' : 'inner.'
  const addresses = endsFilter(inner, side, ipOf(inner))
  const transport = transportOf(walk)
  if (transport === undefined) {
    const protocol = messageOf(walk)
    return protocol === undefined ? addresses : `${addresses} && ${side}${protocol}`
  }
  if (inner.sourcePort === undefined) return addresses
  const port = `${side}${transport}.port`
  return `${addresses} && ${port} == ${inner.sourcePort} && ${port} == ${inner.destinationPort}`
}

/** TCP or UDP, what can be followed. */
export function transportOf({ marks, tables }: Dissection['walk']): 'tcp' | 'udp' | undefined {
  const { transportLayer } = marks
  return transportLayer === tables.tcp ? 'tcp' : transportLayer === tables.udp ? 'udp' : undefined
}

/** ICMP of either version, if that is what was sent; its errors quote other packets, whose layers are none of its own. */
function messageOf(walk: Dissection['walk']): string | undefined {
  for (let depth = ownDepth(walk) - 1; depth >= 0; depth--) {
    const name = walk.tables.layers[walk.layer[depth] as number]?.name
    if (name === 'icmp' || name === 'icmpv6') return name
  }
  return undefined
}

/** Filters for what a packet's row says, each with its key in the menu. */
export function rowFilters({ record, walk }: Pick<Dissection, 'record' | 'walk'>, protocol: string) {
  const { inner, outer, vni } = listEnds(record, walk)
  const side = outer === undefined ? '' : 'inner.'
  return [
    { key: 'f', text: protocol.toLowerCase() },
    ...(inner === undefined ? [] : [{ key: 'i', text: endsFilter(inner, side, ipOf(inner)) }]),
    ...(outer === undefined ? [] : [{ key: 't', text: endsFilter(outer, 'outer.', ipOf(outer)) }]),
    ...(vni === undefined ? [] : [{ key: 'v', text: `vni == ${vni}` }]),
  ]
}

const ipOf = ({ source }: Ends): 'ip' | 'ipv6' => (source.includes(':') ? 'ipv6' : 'ip')

const endsFilter = ({ source, destination }: Pick<Ends, 'source' | 'destination'>, side: string, ip: string): string =>
  `${side}${ip}.addr == ${source} && ${side}${ip}.addr == ${destination}`

/** The packets of a row of the table of conversations. */
export function flowFilter(flow: {
  readonly outer: unknown
  readonly source: string
  readonly destination: string
  readonly sourcePort: number | undefined
  readonly destinationPort: number | undefined
  readonly protocol: string | undefined
}): string {
  const side = flow.outer === undefined ? '' : 'inner.'
  const addresses = endsFilter(flow, side, flow.source.includes(':') ? 'ipv6' : 'ip')
  const protocol = flow.protocol?.toLowerCase()
  if (protocol !== 'tcp' && protocol !== 'udp')
    return protocol === 'icmp' || protocol === 'icmpv6' ? `${addresses} && ${side}${protocol}` : addresses
  if (flow.sourcePort === undefined) return addresses
  const port = `${side}${protocol}.port`
  return `${addresses} && ${port} == ${flow.sourcePort} && ${port} == ${flow.destinationPort}`
}
