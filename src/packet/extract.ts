/** Fields by name: what `get`, `-T fields` and filters read. A name is looked up once and then asked of many packets. */

import type { Dissector } from '../dissect/dissector.ts'
import { type Field, valueText } from '../dissect/field.ts'
import { type Node, type Value, walkNodes } from '../dissect/node.ts'
import { UsageError } from '../errors.ts'
import { type Dissection, layerAt, reading } from './dissection.ts'
import { FRAME_FIELDS, type FrameField } from './frame.ts'
import { NAME_FIELDS, type NameField } from './name-fields.ts'
import { nearest } from './nearest.ts'
import { summaryOf } from './summary.ts'
import { layerNode } from './tree.ts'

/** One occurrence of a field. */
export interface Occurrence {
  readonly field: Field
  readonly value: Value
  /** Byte range in the record's positions; empty for what is derived. */
  readonly start: number
  readonly end: number
}

/** Finds every occurrence in a packet, outermost first. */
export type Extractor = (packet: Dissection) => readonly Occurrence[]

const NOTHING: readonly Occurrence[] = []

/** The columns that tshark has fields for. */
const COLUMNS: ReadonlyMap<string, (packet: Dissection) => string> = new Map([
  ['_ws.col.Protocol', (packet) => summaryOf(packet).protocol],
  ['_ws.col.Info', (packet) => summaryOf(packet).info],
])

/** The names of the columns. */
export const COLUMN_NAMES: readonly string[] = [...COLUMNS.keys()]

/**
 * Looks a name up: a field (`vxlan.vni`), a protocol (`vxlan`: one occurrence a header), a column (`_ws.col.Info`).
 * @throws UsageError for an unknown name, with the nearest ones.
 */
export function extractor(dissector: Dissector, name: string): Extractor {
  const column = COLUMNS.get(name)
  if (column !== undefined) return columnExtractor(name, column)
  const given = NAME_FIELDS.find((field) => field.name === name)
  if (given !== undefined) return nameExtractor(given)
  const frame = FRAME_FIELDS.find((field) => field.name === name)
  if (frame !== undefined) return frameExtractor(frame)
  const places = dissector.placesOf(name)
  if (places.length > 0) {
    const byLayer = new Map<number, Field[]>()
    for (const place of places) byLayer.set(place.layer, [...(byLayer.get(place.layer) ?? []), place.root])
    return (packet) => fieldOccurrences(packet, byLayer, name)
  }
  if (dissector.layers.some((layer) => layer.name === name)) return (packet) => protocolOccurrences(packet, name)
  const known = knownNames(dissector)
  const hints = nearest(name, known)
  const hint = hints.length === 0 ? '' : ` Did you mean ${hints.join(', ')}?`
  throw new UsageError(`there is no field "${name}".${hint} ovl-dissect -G fields lists them all.`)
}

/** Every name that `extractor` takes. */
export function knownNames(dissector: Dissector): string[] {
  const names = new Set<string>(COLUMN_NAMES)
  for (const field of [...FRAME_FIELDS, ...NAME_FIELDS]) names.add(field.name)
  for (const layer of dissector.layers) names.add(layer.name)
  for (const name of dissector.fieldNames()) names.add(name)
  return [...names]
}

function fieldOccurrences(
  packet: Dissection,
  byLayer: ReadonlyMap<number, readonly Field[]>,
  name: string,
): readonly Occurrence[] {
  const { walk } = packet
  let found: Occurrence[] | undefined
  for (let depth = 0; depth < walk.depth; depth++) {
    const roots = byLayer.get(walk.layer[depth] as number)
    if (roots === undefined) continue
    const r = reading(packet, depth)
    for (const root of roots) {
      for (const node of walkNodes(root.nodes(r))) {
        if (node.field === undefined || !isNamed(node.field, name)) continue
        found ??= []
        found.push({ field: node.field, value: node.value, start: node.start, end: node.end })
      }
    }
  }
  return found ?? NOTHING
}

const isNamed = (field: Field, name: string) => field.name === name || field.also.includes(name)

function protocolOccurrences(packet: Dissection, name: string): Occurrence[] {
  const found: Occurrence[] = []
  for (let depth = 0; depth < packet.walk.depth; depth++) {
    if (layerAt(packet.walk, depth).name !== name) continue
    const node: Node = layerNode(packet, depth)
    found.push({ field: PROTOCOL, value: node.text, start: node.start, end: node.end })
  }
  return found
}

const PROTOCOL = { ...(FRAME_FIELDS[0] as FrameField), name: '', type: 'protocol' as const }

function frameExtractor(field: FrameField): Extractor {
  return (packet) => {
    const value = field.of(packet)
    const { start } = packet.record
    return value === undefined ? NOTHING : [{ field, value, start, end: start }]
  }
}

function nameExtractor(field: NameField): Extractor {
  return (packet) => {
    const { start } = packet.record
    return field.of(packet).map((value) => ({ field, value, start, end: start }))
  }
}

function columnExtractor(name: string, column: (packet: Dissection) => string): Extractor {
  const field: Field = { ...PROTOCOL, name, type: 'string' }
  return (packet) => [{ field, value: column(packet), start: packet.record.start, end: packet.record.start }]
}

/** An occurrence as `-T fields` prints it. */
export function occurrenceText({ field, value }: Occurrence): string {
  return valueText(field, value)
}
