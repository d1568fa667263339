/**
 * The occurrences of a field. Where it lies at a fixed place it is read straight from the packet's bytes, and nothing is
 * allocated for numbers; elsewhere the field's own `nodes` finds it.
 */
import type { Dissector } from '../dissect/dissector.ts'
import type { Field } from '../dissect/field.ts'
import { walkNodes } from '../dissect/node.ts'
import { type Dissection, reading } from '../packet/dissection.ts'
import { applicationsAmong } from './applications.ts'
import { type FilterValue, kindOf } from './kind.ts'
import { Operand, type Predicate } from './operand.ts'
import { isNumbered, type Stretch, sideEnd, sideStart } from './stretch.ts'
import { valueConverter } from './value.ts'

/** A field at a fixed place, with how much of the layer must be there for it to exist. */
interface FixedPlace {
  readonly field: Field
  readonly needs: number
  readonly conditions: readonly NonNullable<Field['when']>[]
}

interface LayerPlaces {
  readonly fixed: readonly FixedPlace[]
  /** Fields beneath which it must be looked for. */
  readonly roots: readonly Field[]
}

const NUMERIC = ['number', 'ipv4']

export class FieldOperand extends Operand {
  readonly kind
  readonly name: string
  readonly isHeaderOnly: boolean
  override readonly applications: ReadonlySet<number> | undefined
  override readonly field: Field
  private readonly names: readonly string[]
  private readonly stretch: Stretch
  private readonly isNumeric: boolean
  /** By layer number. */
  private readonly places: readonly (LayerPlaces | undefined)[]
  private readonly convert

  /** `names`: of one field, or of several that are read as one. They must exist. */
  constructor(dissector: Dissector, name: string, names: readonly string[], stretch: Stretch) {
    super()
    this.name = name
    this.names = names
    this.stretch = stretch
    const places = names.flatMap((one) => dissector.placesOf(one))
    this.field = (places[0] as (typeof places)[number]).field
    this.kind = kindOf(this.field.type)
    this.isNumeric = NUMERIC.includes(this.kind)
    this.convert = valueConverter(this.field.type)
    const byLayer: (LayerPlaces | undefined)[] = []
    let isHeaderOnly = true
    for (const number of new Set(places.map((place) => place.layer))) {
      const roots = [...new Set(places.filter((place) => place.layer === number).map((place) => place.root))]
      const found = this.placesIn(roots)
      byLayer[number] = found
      if (found.roots.length > 0 || dissector.tables.layers[number]?.role === 'application') isHeaderOnly = false
    }
    this.places = byLayer
    this.isHeaderOnly = isHeaderOnly
    const numbers = places.map((place) => place.layer)
    this.applications = applicationsAmong(dissector.tables, numbers)
  }

  override exists(packet: Dissection): boolean {
    return this.visit(packet, () => true, false)
  }

  override some(packet: Dissection, predicate: Predicate): boolean {
    return this.visit(packet, predicate, true)
  }

  override every(packet: Dissection, predicate: Predicate): boolean {
    let isAny = false
    const isViolated = this.visit(
      packet,
      (value) => {
        isAny = true
        return !predicate(value)
      },
      true,
    )
    return isAny && !isViolated
  }

  values(packet: Dissection): readonly FilterValue[] {
    const found: FilterValue[] = []
    this.visit(
      packet,
      (value) => {
        found.push(value)
        return false
      },
      true,
    )
    return found
  }

  /** Calls `predicate` for each value until it says true; without `needsValue` the value is 0. */
  private visit(packet: Dissection, predicate: Predicate, needsValue: boolean): boolean {
    const { walk } = packet
    const { side } = this.stretch
    const end = sideEnd(walk, side)
    for (let depth = sideStart(walk, side); depth < end; depth++) {
      const places = this.places[walk.layer[depth] as number]
      if (places === undefined) continue
      if (this.stretch.layers !== undefined && !isNumbered(walk, depth, this.stretch)) continue
      if (this.visitFixed(packet, depth, places.fixed, predicate, needsValue)) return true
      if (places.roots.length > 0 && this.visitNodes(packet, depth, places.roots, predicate, needsValue)) return true
    }
    return false
  }

  private visitFixed(
    packet: Dissection,
    depth: number,
    fixed: readonly FixedPlace[],
    predicate: Predicate,
    needsValue: boolean,
  ): boolean {
    const { walk, record } = packet
    const start = walk.start[depth] as number
    const size = (walk.body[depth] as number) - start
    for (let i = 0; i < fixed.length; i++) {
      const { field, needs, conditions } = fixed[i] as FixedPlace
      if (needs > size) continue
      if (conditions.length > 0 && !isThere(packet, depth, conditions)) continue
      let value: FilterValue = 0
      if (this.isNumeric) value = field.read(record.view, start)
      else if (needsValue) value = record.bytes.subarray(start + field.at, start + field.at + field.size)
      if (predicate(value)) return true
    }
    return false
  }

  private visitNodes(
    packet: Dissection,
    depth: number,
    roots: readonly Field[],
    predicate: Predicate,
    needsValue: boolean,
  ): boolean {
    const r = reading(packet, depth)
    for (const root of roots) {
      for (const { field, value } of walkNodes(root.nodes(r))) {
        if (field === undefined || !this.isNamed(field)) continue
        const converted = needsValue ? this.convert(value) : 0
        if (converted !== undefined && predicate(converted)) return true
      }
    }
    return false
  }

  private placesIn(roots: readonly Field[]): LayerPlaces {
    const fixed: FixedPlace[] = []
    const varying: Field[] = []
    for (const root of roots) {
      const found = fixedPlaces(root, (field) => this.isNamed(field))
      if (found === undefined) varying.push(root)
      else fixed.push(...found)
    }
    return { fixed, roots: varying }
  }

  private isNamed(field: Field): boolean {
    return this.names.includes(field.name) || field.also.some((name) => this.names.includes(name))
  }
}

function isThere(packet: Dissection, depth: number, conditions: FixedPlace['conditions']): boolean {
  const r = reading(packet, depth)
  return conditions.every((condition) => condition(r))
}

/** Where the fields that `isWanted` lie in and beneath `root`; undefined if one of them lies at no fixed place. */
function fixedPlaces(root: Field, isWanted: (field: Field) => boolean): FixedPlace[] | undefined {
  const found: FixedPlace[] = []
  const isEverywhereFixed = (field: Field, above: Omit<FixedPlace, 'field'> | undefined): boolean => {
    const own = above === undefined || field.at < 0 || field.size === 0 ? undefined : placed(field, above)
    if (isWanted(field)) {
      if (own === undefined || !isReadable(field)) return false
      found.push(own)
    }
    return (
      field.children.every((child) => isEverywhereFixed(child, own)) &&
      field.members.every((member) => isEverywhereFixed(member, undefined))
    )
  }
  return isEverywhereFixed(root, { needs: 0, conditions: [] }) ? found : undefined
}

function placed(field: Field, above: Omit<FixedPlace, 'field'>): FixedPlace {
  return {
    field,
    needs: Math.max(above.needs, field.at + field.size),
    conditions: field.when === undefined ? above.conditions : [...above.conditions, field.when],
  }
}

/** Texts of a fixed width are worded by their field alone. */
function isReadable({ type, size }: Field): boolean {
  const kind = kindOf(type)
  return NUMERIC.includes(kind) ? size <= 4 : kind === 'ether' || kind === 'ipv6' || kind === 'bytes'
}
