/** Fields that are in no header: whoever knows their values registers them here, and filters take them like any other. */
import type { FieldType } from '../dissect/field.ts'
import type { Value } from '../dissect/node.ts'
import type { Dissection } from '../packet/dissection.ts'
import type { Side } from './stretch.ts'

/**
 * A field that is in no packet, for filters. `values` is called for each packet that is asked about, and should be quick.
 * @example
 * ```js
 * import { compileFilter, read } from 'ovl-dissect'
 *
 * const filter = compileFilter('my.half == 1', {
 *   virtualFields: [{ name: 'my.half', type: 'uint32', values: ({ record }) => [record.number % 2] }],
 * })
 * for await (const packet of read('vxlan.pcap', { filter })) {
 *   console.log(packet.number) // 1
 * }
 * ```
 */
export interface VirtualField {
  /** `ovl.inner.src_pod`. */
  readonly name: string
  /** Short forms: `pod`. Several fields may share one; then it stands for all of them. */
  readonly also?: readonly string[]
  readonly type: FieldType
  /**
   * Its values in a packet, none being an empty list: numbers, or text as a field of that type has it. `side` is 'outer'
   * or 'inner' where the filter says `outer.name` or `inner.name`, else 'any'.
   */
  values(packet: Dissection, side: Side): readonly Value[]
}

/**
 * What a filter may know beyond the packet's bytes.
 * @example
 * ```js
 * import { compileFilter, read } from 'ovl-dissect'
 *
 * const filter = compileFilter('my.even == 1', {
 *   virtualFields: [{ name: 'my.even', type: 'uint32', values: ({ record }) => [record.number % 2 === 0 ? 1 : 0] }],
 * })
 * for await (const packet of read('vxlan.pcap', { filter })) {
 *   console.log(packet.number) // 2
 * }
 * ```
 */
export interface FilterContext {
  readonly virtualFields?: readonly VirtualField[]
}

/** Short forms of fields that only lists of names can fill. */
const NAME_FIELDS = ['node', 'pod', 'namespace', 'service', 'identity']

/** Whether a name stands for something that is only known with lists of names. */
export function needsNames(name: string): boolean {
  return (
    NAME_FIELDS.includes(name) ||
    /^ovl\.((inner|outer)\.)?((src|dst)_)?(node|pod|namespace|service|identity)\b/.test(name)
  )
}
