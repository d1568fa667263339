/** What a filter compares: something that has values in a packet. */
import type { Dissection } from '../packet/dissection.ts'
import type { FilterValue } from './kind.ts'
import type { Counterpart } from './literal.ts'

export type Predicate = (value: FilterValue) => boolean

export abstract class Operand implements Counterpart {
  abstract readonly kind: Counterpart['kind']
  abstract readonly name: string
  readonly field: Counterpart['field'] = undefined
  /** True: values come from the headers up to transport, without notes about other packets. */
  abstract readonly isHeaderOnly: boolean

  /** Numbers of the layers that its values come from, if all are those of applications. */
  readonly applications: ReadonlySet<number> | undefined = undefined

  /** Every value in this packet, outermost first. */
  abstract values(packet: Dissection): readonly FilterValue[]

  /** Whether it has a value. */
  exists(packet: Dissection): boolean {
    return this.values(packet).length > 0
  }

  /** Whether a value satisfies `predicate`. */
  some(packet: Dissection, predicate: Predicate): boolean {
    const values = this.values(packet)
    for (let i = 0; i < values.length; i++) if (predicate(values[i] as FilterValue)) return true
    return false
  }

  /** Whether there is a value, and all satisfy `predicate`. */
  every(packet: Dissection, predicate: Predicate): boolean {
    const values = this.values(packet)
    for (let i = 0; i < values.length; i++) if (!predicate(values[i] as FilterValue)) return false
    return values.length > 0
  }
}

/** A value that every packet has. */
export class ConstantOperand extends Operand {
  readonly isHeaderOnly = true
  readonly kind: Counterpart['kind']
  readonly name: string
  private readonly only: readonly FilterValue[]

  constructor(kind: Counterpart['kind'], name: string, value: FilterValue) {
    super()
    this.kind = kind
    this.name = name
    this.only = [value]
  }

  values(): readonly FilterValue[] {
    return this.only
  }
}

/** Values worked out from those of another operand; `undefined` leaves a value out. */
export class MappedOperand extends Operand {
  readonly isHeaderOnly: boolean
  override readonly applications: ReadonlySet<number> | undefined
  readonly kind: Counterpart['kind']
  readonly name: string
  private readonly of: Operand
  private readonly map: (value: FilterValue) => FilterValue | undefined

  constructor(
    kind: Counterpart['kind'],
    name: string,
    of: Operand,
    map: (value: FilterValue) => FilterValue | undefined,
  ) {
    super()
    this.kind = kind
    this.name = name
    this.of = of
    this.map = map
    this.isHeaderOnly = of.isHeaderOnly
    this.applications = of.applications
  }

  values(packet: Dissection): readonly FilterValue[] {
    const found: FilterValue[] = []
    for (const value of this.of.values(packet)) {
      const mapped = this.map(value)
      if (mapped !== undefined) found.push(mapped)
    }
    return found
  }
}

/** One list of values worked out from those of several operands. */
export class CombinedOperand extends Operand {
  readonly isHeaderOnly: boolean
  readonly kind: Counterpart['kind']
  readonly name: string
  private readonly of: readonly Operand[]
  private readonly combine: (values: readonly (readonly FilterValue[])[]) => readonly FilterValue[]

  constructor(
    kind: Counterpart['kind'],
    name: string,
    of: readonly Operand[],
    combine: (values: readonly (readonly FilterValue[])[]) => readonly FilterValue[],
  ) {
    super()
    this.kind = kind
    this.name = name
    this.of = of
    this.combine = combine
    this.isHeaderOnly = of.every((one) => one.isHeaderOnly)
  }

  values(packet: Dissection): readonly FilterValue[] {
    return this.combine(this.of.map((one) => one.values(packet)))
  }
}
