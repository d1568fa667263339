/** Fields that names give, for filters: `ovl.inner.src_pod`, and `pod` for either end. Only where there are names. */
import { NAME_FIELDS, type NameField } from '../packet/name-fields.ts'
import type { VirtualField } from './virtual-field.ts'

/** What the end of a field's name is called for short. */
const SHORT = /(?:^ovl\.|_)(node|pod|namespace|service|identity)$/

export const NAME_VIRTUAL_FIELDS: readonly VirtualField[] = NAME_FIELDS.map((field) => {
  const short = SHORT.exec(field.name)?.[1]
  return {
    name: field.name,
    ...(short !== undefined && { also: [short] }),
    type: field.type,
    values: (packet, side) => (side === 'any' || sideOf(field) === side ? field.of(packet) : []),
  }
})

function sideOf({ name }: NameField): 'outer' | 'inner' {
  return name.startsWith('ovl.outer.') ? 'outer' : 'inner'
}
