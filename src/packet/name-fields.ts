/** Fields of our own that names give: `ovl.outer.src_node` and the like. Without names no packet has them. */
import type { FieldType } from '../dissect/field.ts'
import type { Value } from '../dissect/node.ts'
import type { Dissection } from './dissection.ts'
import { derivedField } from './frame.ts'
import { namesOf, type PacketNames } from './packet-names.ts'

export interface NameField extends ReturnType<typeof derivedField> {
  /** Every value in a packet. */
  of(packet: Dissection): readonly Value[]
  /** The list that says so. */
  sourceOf(packet: Dissection): string | undefined
}

/** The names of a packet; undefined without lists. */
export function packetNames(packet: Dissection): PacketNames | undefined {
  const { names, record, walk } = packet
  return names && namesOf(names, record, walk)
}

function field(
  name: string,
  label: string,
  of: (names: PacketNames) => Value | readonly Value[],
  sourceOf: (names: PacketNames) => string | undefined,
  type: FieldType = 'string',
): NameField {
  return {
    ...derivedField(name, label, type),
    of: (packet) => {
      const names = packetNames(packet)
      const value = names && of(names)
      if (value === undefined) return []
      return Array.isArray(value) ? value : [value as Value]
    },
    sourceOf: (packet) => {
      const names = packetNames(packet)
      return names && sourceOf(names)
    },
  }
}

/** Whose the outer address is: a node, or what the user's hosts file calls it. */
const machine = (end: 'source' | 'destination') => (names: PacketNames) =>
  names.outer?.[end]?.node ?? names.outer?.[end]?.host
const pod = (end: 'source' | 'destination') => (names: PacketNames) => names.inner?.[end]?.pod
const namespace = (end: 'source' | 'destination') => (names: PacketNames) => names.inner?.[end]?.namespace
const identityOf = (end: 'source' | 'destination') => (names: PacketNames) => names.inner?.[end]?.identity
const node = (end: 'source' | 'destination') => (names: PacketNames) => names.inner?.[end]?.node
const from = (side: 'outer' | 'inner', end: 'source' | 'destination') => (names: PacketNames) =>
  names[side]?.[end]?.source
const identitySource = (names: PacketNames) => names.identity?.source

export const NAME_FIELDS: readonly NameField[] = [
  field('ovl.outer.src_node', 'Outer source node', machine('source'), from('outer', 'source')),
  field('ovl.outer.dst_node', 'Outer destination node', machine('destination'), from('outer', 'destination')),
  field('ovl.inner.src_pod', 'Inner source pod', pod('source'), from('inner', 'source')),
  field('ovl.inner.dst_pod', 'Inner destination pod', pod('destination'), from('inner', 'destination')),
  field('ovl.inner.src_namespace', 'Inner source namespace', namespace('source'), from('inner', 'source')),
  field(
    'ovl.inner.dst_namespace',
    'Inner destination namespace',
    namespace('destination'),
    from('inner', 'destination'),
  ),
  field('ovl.inner.src_node', 'Inner source is on node', node('source'), from('inner', 'source')),
  field('ovl.inner.dst_node', 'Inner destination is on node', node('destination'), from('inner', 'destination')),
  field(
    'ovl.inner.dst_service',
    'Inner destination service',
    ({ service }) =>
      service && (service.namespace === '' ? service.service : `${service.namespace}/${service.service}`),
    ({ service }) => service?.source,
  ),
  field(
    'ovl.inner.src_identity',
    'Inner source identity by the lists',
    identityOf('source'),
    from('inner', 'source'),
    'uint32',
  ),
  field(
    'ovl.inner.dst_identity',
    'Inner destination identity by the lists',
    identityOf('destination'),
    from('inner', 'destination'),
    'uint32',
  ),
  field('ovl.identity', 'Identity', ({ identity }) => identity?.id, identitySource, 'uint32'),
  field('ovl.identity.name', 'Identity name', ({ identity }) => identity?.name, identitySource),
  field('ovl.identity.labels', 'Identity labels', ({ identity }) => identity?.labels, identitySource),
  field(
    'ovl.note',
    'Does not fit',
    ({ notes }) => notes,
    () => undefined,
  ),
]
