/** The frame itself: the fields and the tree's first heading that come from the record, not from its bytes. */
import { arrivalText, decimalText, difference, type Instant } from '../bytes/time.ts'
import { encapsulation, linkTypeName } from '../capture/link-type.ts'
import { type Base, type Field, type FieldType, remark } from '../dissect/field.ts'
import type { Node, Value } from '../dissect/node.ts'
import { type Dissection, protocolsOf } from './dissection.ts'

const ZERO: Instant = { seconds: 0, nanoseconds: 0 }

/** A field of the frame: like other fields, but read from the dissection. */
export interface FrameField extends Field {
  of(packet: Dissection): Value
  /** The tree's line; undefined: the field has none. */
  line?(packet: Dissection): string | undefined
}

/** A field that lies in no layer's bytes. */
export function derivedField(name: string, label: string, type: FieldType, base: Base = 'dec'): Field {
  return {
    name,
    label,
    type,
    base,
    at: -1,
    size: 0,
    bits: undefined,
    names: undefined,
    children: [],
    members: [],
    generated: false,
    also: [],
    read: () => 0,
    nodes: () => [],
  }
}

function field(
  name: string,
  label: string,
  type: FieldType,
  of: (packet: Dissection) => Value,
  line?: (packet: Dissection) => string | undefined,
): FrameField {
  return { ...derivedField(name, label, type), of, ...(line === undefined ? {} : { line }) }
}

const captured = (packet: Dissection) => packet.record.end - packet.record.start
const arrival = (packet: Dissection): Instant => packet.record
const sinceFirst = (packet: Dissection) => difference(packet.record, packet.clock?.first ?? packet.record)
const sincePrevious = (packet: Dissection) => difference(packet.record, packet.clock?.previous ?? packet.record)
const sinceShown = (packet: Dissection) => difference(packet.record, packet.clock?.previousShown ?? packet.record)
const bytesAndBits = (length: number) => `${length} byte${length === 1 ? '' : 's'} (${length * 8} bits)`

/** Only pcapng numbers its interfaces. */
const interfaceId = field('frame.interface_id', 'Interface id', 'uint32', (packet) =>
  packet.record.section === 0 ? undefined : packet.record.interface.id,
)
const sectionNumber = field(
  'frame.section_number',
  'Section number',
  'uint32',
  (packet) => packet.record.section || undefined,
)
const interfaceName = field(
  'frame.interface_name',
  'Interface name',
  'string',
  (packet) => packet.record.interface.name,
)

const lines: readonly FrameField[] = [
  field(
    'frame.encap_type',
    'Encapsulation type',
    'int16',
    (packet) => encapsulation(packet.record.linkType)?.number,
    (packet) => {
      const known = encapsulation(packet.record.linkType)
      return `Encapsulation type: ${known === undefined ? linkTypeName(packet.record.linkType) : `${known.text} (${known.number})`}`
    },
  ),
  field(
    'frame.time',
    'Arrival Time',
    'absolute_time',
    (packet) => arrivalText(arrival(packet)),
    (packet) => `Arrival Time: ${arrivalText(arrival(packet))}`,
  ),
  field(
    'frame.offset_shift',
    'Time shift for this packet',
    'relative_time',
    () => decimalText(ZERO),
    () => `[Time shift for this packet: ${decimalText(ZERO)} seconds]`,
  ),
  field(
    'frame.time_epoch',
    'Epoch Time',
    'relative_time',
    (packet) => decimalText(arrival(packet)),
    (packet) => `Epoch Time: ${decimalText(arrival(packet))} seconds`,
  ),
  field(
    'frame.time_delta',
    'Time delta from previous captured frame',
    'relative_time',
    (packet) => decimalText(sincePrevious(packet)),
    (packet) => `[Time delta from previous captured frame: ${decimalText(sincePrevious(packet))} seconds]`,
  ),
  field(
    'frame.time_delta_displayed',
    'Time delta from previous displayed frame',
    'relative_time',
    (packet) => decimalText(sinceShown(packet)),
    (packet) => `[Time delta from previous displayed frame: ${decimalText(sinceShown(packet))} seconds]`,
  ),
  field(
    'frame.time_relative',
    'Time since reference or first frame',
    'relative_time',
    (packet) => decimalText(sinceFirst(packet)),
    (packet) => `[Time since reference or first frame: ${decimalText(sinceFirst(packet))} seconds]`,
  ),
  field(
    'frame.number',
    'Frame Number',
    'uint32',
    (packet) => packet.record.number,
    (packet) => `Frame Number: ${packet.record.number}`,
  ),
  field(
    'frame.len',
    'Frame length on the wire',
    'uint32',
    (packet) => packet.record.originalLength,
    (packet) => `Frame Length: ${bytesAndBits(packet.record.originalLength)}`,
  ),
  field(
    'frame.cap_len',
    'Frame length stored into the capture file',
    'uint32',
    captured,
    (packet) => `Capture Length: ${bytesAndBits(captured(packet))}`,
  ),
  field(
    'frame.marked',
    'Frame is marked',
    'boolean',
    () => 0,
    () => '[Frame is marked: False]',
  ),
  field(
    'frame.ignored',
    'Frame is ignored',
    'boolean',
    () => 0,
    () => '[Frame is ignored: False]',
  ),
  field(
    'frame.protocols',
    'Protocols in frame',
    'string',
    protocolsOf,
    (packet) => `[Protocols in frame: ${protocolsOf(packet)}]`,
  ),
]

/** The times among them as instants, for who compares. */
const INSTANTS: Readonly<Record<string, (packet: Dissection) => Instant>> = {
  'frame.time': arrival,
  'frame.offset_shift': () => ZERO,
  'frame.time_epoch': arrival,
  'frame.time_delta': sincePrevious,
  'frame.time_delta_displayed': sinceShown,
  'frame.time_relative': sinceFirst,
}

/** Simple packets of pcapng have no time stamp; nothing is said about their time then. */
const TIMES = Object.keys(INSTANTS)

/** The instant behind a time of the frame; undefined for other names. */
export function frameInstant(name: string): ((packet: Dissection) => Instant) | undefined {
  return INSTANTS[name]
}

const comment = field('frame.comment', 'Comment', 'string', (packet) => packet.record.comment)
const file = field('ovl.file', 'Capture file', 'string', (packet) => packet.file)

const copyOf = field('ovl.copy_of', 'Copy of frame', 'uint32', (packet) => packet.copyOf)

/** Every field of the frame. */
export const FRAME_FIELDS: readonly FrameField[] = [
  sectionNumber,
  interfaceId,
  interfaceName,
  ...lines,
  comment,
  copyOf,
  file,
].map((one) =>
  TIMES.includes(one.name) ? { ...one, of: (packet) => (packet.record.hasTime ? one.of(packet) : undefined) } : one,
)

/** The tree's first heading with its lines. */
export function frameNode(packet: Dissection): Node {
  const { record } = packet
  const { start, end } = record
  const children: Node[] = interfaceNodes(packet)
  for (const one of lines) {
    if (!record.hasTime && TIMES.includes(one.name)) continue
    const text = one.line?.(packet)
    if (text !== undefined) children.push({ field: one, text, start, end: start, value: one.of(packet), children: [] })
  }
  const on = interfaceWords(packet)
  const text = `Frame ${record.number}: ${record.originalLength} bytes on wire (${record.originalLength * 8} bits), ${captured(packet)} bytes captured (${captured(packet) * 8} bits)${on}`
  return remark(text, start, end, children)
}

function interfaceWords(packet: Dissection): string {
  const { name, id } = packet.record.interface
  if (interfaceId.of(packet) === undefined) return ''
  return name === undefined ? ` on interface id ${id}` : ` on interface ${name}, id ${id}`
}

function interfaceNodes(packet: Dissection): Node[] {
  const { record } = packet
  const { name, id } = record.interface
  if (interfaceId.of(packet) === undefined) return []
  const at = record.start
  const children =
    name === undefined
      ? []
      : [{ field: interfaceName, text: `Interface name: ${name}`, start: at, end: at, value: name, children: [] }]
  const words = name === undefined ? `Interface id: ${id}` : `Interface id: ${id} (${name})`
  const section = {
    field: sectionNumber,
    text: `Section number: ${record.section}`,
    start: at,
    end: at,
    value: record.section,
    children: [],
  }
  return [section, { field: interfaceId, text: words, start: at, end: at, value: id, children }]
}
