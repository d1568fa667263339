/** What a filter says, before anybody knows what its words mean. */
import type { Span } from './filter-error.ts'
import type { Range } from './ranges.ts'

/** Comparisons by what they are called inside; `any` and `all` say which occurrences must agree. */
export type Relation = 'eq' | 'ne' | 'gt' | 'lt' | 'ge' | 'le' | 'contains' | 'matches'
export type Quantifier = 'any' | 'all'

export type Condition = Span &
  (
    | { readonly kind: 'and' | 'or' | 'xor'; readonly parts: readonly Condition[] }
    | { readonly kind: 'not'; readonly part: Condition }
    | {
        readonly kind: 'compare'
        readonly relation: Relation
        readonly quantifier: Quantifier
        readonly left: Term
        readonly right: Term
      }
    | {
        readonly kind: 'in'
        readonly quantifier: Quantifier
        readonly left: Term
        readonly members: readonly Member[]
      }
    /** A term alone: it occurs, or it is a number other than 0 where bits are taken out. */
    | { readonly kind: 'exists'; readonly term: Term }
  )

/** One element of a set: a value, or all from the first to the second. */
export interface Member {
  readonly from: Term
  readonly to: Term | undefined
}

export type Arithmetic = '+' | '-' | '*' | '/' | '%' | '&'

export type Term = Span &
  (
    | { readonly kind: 'word' | 'string' | 'character'; readonly text: string }
    | { readonly kind: 'slice'; readonly of: Term; readonly ranges: readonly Range[] }
    | { readonly kind: 'layer'; readonly of: Term; readonly ranges: readonly Range[] }
    | { readonly kind: 'call'; readonly name: string; readonly values: readonly Term[] }
    | { readonly kind: 'arithmetic'; readonly sign: Arithmetic; readonly left: Term; readonly right: Term }
    | { readonly kind: 'negative'; readonly of: Term }
  )
