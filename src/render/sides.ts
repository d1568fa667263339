/** Outer and inner of one packet beside each other, with the tunnel between. */
import type { Ip, Side, Transport, Tunnel } from '../packet/sides.ts'
import { escapeText } from './escape.ts'
import type { Style } from './style.ts'
import { newTable } from './table.ts'
import { widthOf } from './width.ts'

export interface SidesModel {
  /** `#15  0.441234  if3 In  HTTP  GET / HTTP/1.1`. */
  readonly title: string
  readonly outer: Side | undefined
  readonly inner: Side | undefined
  readonly tunnels: readonly Tunnel[]
  /** A packet without a tunnel has one side only. */
  readonly only: Side | undefined
  /** Length on the wire in bytes. */
  readonly length: number
  /** Other frames of the same packet: `#16 eth2 Out TTL 63`. */
  readonly copies: readonly string[]
  /** What the options of the tunnel say, a line each: `Cilium DSR`, `Service address: 192.168.10.100` … */
  readonly optionWords: readonly string[]
  /** Of the innermost tunnel's VNI: `default/curl-pod`; undefined: nothing is known. */
  readonly identity?: string | undefined
  /** Sentences about what does not fit together. */
  readonly notes?: readonly string[]
}

/** The tunnel has a column between the sides if the terminal is wide enough, else it stands over them. */
export function sidesText(model: SidesModel, style: Style, width: number): string {
  const lines = [style.bold(escapeText(model.title))]
  if (model.outer === undefined) lines.push(...plain(model))
  else {
    const wide = three(model)
    lines.push(...(wide.every((line) => widthOf(line) <= width) ? wide : two(model)))
  }
  for (const note of model.notes ?? []) lines.push(`does not fit: ${escapeText(note)}`)
  if (model.copies.length > 0) lines.push(`also seen: ${escapeText(model.copies.join('; '))}`)
  return `${lines.join('\n')}\n`
}

const OUTER = 'OUTER: all that routers read'
const INNER = 'INNER: what the pods sent'

function three(model: SidesModel): string[] {
  const tunnel = [...tunnelWords(model), '', '', '']
  const rows = rowsOf([model.outer, model.inner]).map(([label, outer, inner], index) => [
    label,
    outer,
    tunnel[index] ?? '',
    inner,
  ])
  const rest = tunnel.slice(rows.length).filter((text) => text !== '')
  return table(['', OUTER, 'TUNNEL', INNER], [...rows, ...rest.map((text) => ['', '', text, ''])])
}

function two(model: SidesModel): string[] {
  const tunnel = tunnelWords(model).map((text, index) => `${index === 0 ? 'TUNNEL' : '      '}  ${escapeText(text)}`)
  return [...tunnel, ...table(['', OUTER, INNER], rowsOf([model.outer, model.inner]))]
}

function plain(model: SidesModel): string[] {
  return table(['', 'no tunnel'], rowsOf([model.only]))
}

function table(heads: readonly string[], rows: readonly (readonly (string | undefined)[])[]): string[] {
  const one = newTable({
    head: [...heads],
    style: { head: [], border: [] },
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  })
  for (const row of rows) one.push(row.map((text) => escapeText(text ?? '')))
  return one.toString().split('\n')
}

/** Label and a cell a side; rows that no side has a word for are left out. */
function rowsOf(sides: readonly (Side | undefined)[]): string[][] {
  const row = (label: string, of: (side: Side) => string | undefined) => [
    label,
    ...sides.map((side) => (side === undefined ? '' : (of(side) ?? ''))),
  ]
  return [
    row('from', (side) => side.ip?.source),
    row('', (side) => side.source?.name),
    row('to', (side) => side.ip?.destination),
    row('', (side) => side.destination?.name),
    row('ports', (side) => portsText(side.transport)),
    row('TTL', (side) => side.ip && String(side.ip.ttl)),
    row('length', (side) => side.ip && lengthText(side.ip)),
    row('MAC from', ({ link }) => link?.source),
    row('MAC to', ({ link }) => link?.destination),
  ].filter(([, ...cells]) => cells.some((cell) => cell !== ''))
}

function portsText(transport: Transport | undefined): string | undefined {
  if (transport === undefined) return undefined
  if ('sourcePort' in transport)
    return `${transport.sourcePort} → ${transport.destinationPort} ${transport.protocol.toUpperCase()}`
  const echo = transport.id === undefined ? '' : `, id ${transport.id}, seq ${transport.sequence}`
  return `${transport.protocol.toUpperCase()} type ${transport.type} code ${transport.code}${echo}`
}

const lengthText = (ip: Ip) => (ip.length === 0 ? 'not said (offload)' : `${ip.length} bytes`)

function tunnelWords(model: SidesModel): string[] {
  const words: string[] = []
  for (const { type, vni, port, groupPolicy, key } of model.tunnels) {
    words.push(port === undefined ? type.toUpperCase() : `${type.toUpperCase()} udp/${port}`)
    if (vni !== undefined) words.push(`VNI ${vni} (0x${vni.toString(16).padStart(6, '0')})`)
    if (key !== undefined) words.push(`key ${key} (0x${key.toString(16).padStart(8, '0')})`)
    if (groupPolicy !== undefined) words.push(`group policy ${groupPolicy}`)
  }
  if (model.identity !== undefined) words.push(`identity ${model.identity}`)
  return [...words, ...model.optionWords]
}
