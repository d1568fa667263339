/** Values that belong to the packet as a whole: the frame's own fields, columns, and what others register. */

import type { Dissector } from '../dissect/dissector.ts'
import type { Field, FieldType } from '../dissect/field.ts'
import type { Value } from '../dissect/node.ts'
import type { Dissection } from '../packet/dissection.ts'
import { type Extractor, extractor } from '../packet/extract.ts'
import { type FrameField, frameInstant } from '../packet/frame.ts'
import { type FilterValue, type Kind, kindOf } from './kind.ts'
import { Operand } from './operand.ts'
import type { Side } from './stretch.ts'
import { valueConverter } from './value.ts'
import type { VirtualField } from './virtual-field.ts'

const NOTHING: readonly FilterValue[] = []

/** A field of the frame. */
export class FrameFieldOperand extends Operand {
  readonly kind: Kind
  readonly name: string
  readonly isHeaderOnly: boolean
  override readonly field: FrameField
  private readonly convert
  private readonly instant

  constructor(field: FrameField) {
    super()
    this.field = field
    this.name = field.name
    this.kind = kindOf(field.type)
    this.convert = valueConverter(field.type)
    this.instant = frameInstant(field.name)
    // What follows TCP and UDP is named in frame.protocols; a copy has another packet.
    this.isHeaderOnly = field.name !== 'frame.protocols' && field.name !== 'ovl.copy_of'
  }

  values(packet: Dissection): readonly FilterValue[] {
    if (this.instant !== undefined) {
      if (!packet.record.hasTime) return NOTHING
      const { seconds, nanoseconds } = this.instant(packet)
      return [BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds)]
    }
    const value = this.convert(this.field.of(packet))
    return value === undefined ? NOTHING : [value]
  }
}

/** A column of tshark's list. */
export class ColumnOperand extends Operand {
  readonly kind = 'string'
  readonly name: string
  readonly isHeaderOnly = false
  private readonly extract: Extractor

  constructor(dissector: Dissector, name: string) {
    super()
    this.name = name
    this.extract = extractor(dissector, name)
  }

  values(packet: Dissection): readonly FilterValue[] {
    return this.extract(packet).map(({ value }) => String(value))
  }
}

/** A field that somebody else works out. */
export class VirtualOperand extends Operand {
  readonly kind: Kind
  readonly name: string
  readonly isHeaderOnly = false
  override readonly field: Pick<Field, 'type' | 'names' | 'size'>
  private readonly of: VirtualField
  private readonly side: Side
  private readonly convert: (value: Value) => FilterValue | undefined

  constructor(of: VirtualField, side: Side) {
    super()
    this.of = of
    this.side = side
    this.name = of.name
    this.kind = kindOf(of.type)
    this.field = { type: of.type as FieldType, names: undefined, size: 0 }
    this.convert = valueConverter(of.type)
  }

  values(packet: Dissection): readonly FilterValue[] {
    return this.of
      .values(packet, this.side)
      .map(this.convert)
      .filter((value) => value !== undefined)
  }
}
