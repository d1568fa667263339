/** How two values compare, chosen once when a filter is compiled. */
import { compareBytes, containsBytes } from './bytes-text.ts'
import { type FilterValue, isBytes, type Kind } from './kind.ts'
import type { Literal } from './literal.ts'
import { maskBytes, maskIpv4 } from './literal-addresses.ts'
import type { Predicate } from './operand.ts'
import type { Relation } from './syntax.ts'

export type Comparison = (left: FilterValue, right: FilterValue) => boolean

type Ordering = Exclude<Relation, 'contains' | 'matches'>

/** For values of one kind on both sides. */
export function comparisonOf(relation: Exclude<Relation, 'matches'>, kind: Kind): Comparison {
  if (relation === 'contains') return contains
  if (isBytes(kind)) {
    const holds = SIGN[relation]
    return (left, right) => holds(compareBytes(left as Uint8Array, right as Uint8Array))
  }
  return DIRECT[relation]
}

/** The same with a value that is known. */
export function predicateOf(relation: Exclude<Relation, 'matches'>, kind: Kind, { value, bits }: Literal): Predicate {
  const compare = comparisonOf(relation, kind)
  if (bits !== undefined) return (left) => compare(masked(left, bits), value)
  if (typeof value === 'number') return numberPredicate(relation, value)
  return (left) => compare(left, value)
}

/** Bits beyond the prefix count on neither side. */
function masked(value: FilterValue, bits: number): FilterValue {
  return typeof value === 'number' ? maskIpv4(value, bits) : maskBytes(value as Uint8Array, bits)
}

function numberPredicate(relation: Exclude<Relation, 'matches'>, value: number): Predicate {
  switch (relation) {
    case 'eq':
      return (left) => left === value
    case 'ne':
      return (left) => left !== value
    case 'gt':
      return (left) => (left as number) > value
    case 'lt':
      return (left) => (left as number) < value
    case 'ge':
      return (left) => (left as number) >= value
    case 'le':
      return (left) => (left as number) <= value
    case 'contains':
      return () => false
  }
}

const contains: Comparison = (left, right) =>
  typeof left === 'string' ? left.includes(right as string) : containsBytes(left as Uint8Array, right as Uint8Array)

const SIGN: Readonly<Record<Ordering, (order: number) => boolean>> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  gt: (order) => order > 0,
  lt: (order) => order < 0,
  ge: (order) => order >= 0,
  le: (order) => order <= 0,
}

const DIRECT: Readonly<Record<Ordering, Comparison>> = {
  eq: (left, right) => left === right,
  ne: (left, right) => left !== right,
  gt: (left, right) => left > right,
  lt: (left, right) => left < right,
  ge: (left, right) => left >= right,
  le: (left, right) => left <= right,
}
