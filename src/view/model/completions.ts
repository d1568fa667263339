/** What a word of a filter may become: names of fields and protocols, and behind a comparison what is known to occur. */

import type { Dissector } from '../../dissect/dissector.ts'
import type { Value } from '../../dissect/node.ts'
import { NAME_VIRTUAL_FIELDS } from '../../filter/name-virtual-fields.ts'
import { needsNames } from '../../filter/virtual-field.ts'
import type { AddressOwner, Names } from '../../names/names.ts'
import type { Dissection } from '../../packet/dissection.ts'
import { extractor, knownNames } from '../../packet/extract.ts'
import { wordStart } from '../state/filter-bar.ts'
import { literals } from './filters-for.ts'

/** Offered at most. */
const MOST = 200
/** Different values of a field that are looked at, and owners in lists of names. */
const LOOKED_AT = 2000
const OWNERS = 20_000
/** So much of a name is needed for those that have it in their middle. */
const MIDDLE = 3
/** Values that nobody would choose from a list. */
const LONGEST = 80

export class Completions {
  private readonly words: readonly string[]
  private readonly dissector: Dissector
  private readonly names: Names | undefined
  private readonly isFilter: (text: string) => boolean
  /** Of the field that was last compared. */
  private offered: { readonly field: string; readonly values: readonly string[] } | undefined

  constructor(dissector: Dissector, names: Names | undefined, isFilter: (text: string) => boolean) {
    this.dissector = dissector
    this.names = names
    this.isFilter = isFilter
    const own = names === undefined ? [] : NAME_VIRTUAL_FIELDS.flatMap(({ name, also }) => [name, ...(also ?? [])])
    const protocols = dissector.layers.map(({ name }) => name)
    this.words = [...new Set([...knownNames(dissector), ...protocols, ...own, 'vni', 'frame'])]
      .filter((one) => names !== undefined || !needsNames(one))
      .sort((a, b) => a.length - b.length || (a < b ? -1 : 1))
  }

  /** `packets`: those whose values are offered. */
  of(text: string, cursor: number, packets: () => readonly Dissection[]): string[] {
    const start = wordStart(text, cursor)
    const word = text.slice(start, cursor)
    const before = text.slice(0, start)
    const compared = /([\w.-]+)\s*(?:==|!=|<=|>=|<|>|\beq|\bne|\bcontains|\bin\s*\{(?:[^}]*[\s,])?)\s*("?)$/.exec(
      before,
    )
    if (compared === null) return this.fields(word)
    const [, field = '', quote = ''] = compared
    if (this.offered?.field !== field) this.offered = { field, values: this.valuesOf(field, packets()) }
    return this.offered.values
      .filter((value) => value.startsWith(quote) && bare(value).startsWith(word) && bare(value) !== word)
      .map((value) => value.slice(quote.length))
      .slice(0, MOST)
  }

  private fields(word: string): string[] {
    if (word === '') return []
    const [, side = '', name = ''] = /^(outer\.|inner\.)?(.*)$/.exec(word) ?? []
    const begins = this.words.filter((one) => one.startsWith(name) && one !== name)
    const holds = name.length < MIDDLE ? [] : this.words.filter((one) => one.indexOf(name) > 0)
    const sides = ['outer.', 'inner.'].filter((one) => side === '' && one.startsWith(word))
    return [...sides, ...[...begins, ...holds].map((one) => side + one)].slice(0, MOST)
  }

  /** As they are written in a filter: those of packets first, then those that lists of names know. */
  private valuesOf(field: string, packets: readonly Dissection[]): string[] {
    const found: string[] = []
    // What takes any text has its values in quotes, as they stand in documentation.
    const isText = this.isFilter(`${field} == "a text"`)
    const isLiteral = (one: string) =>
      one.length <= LONGEST && one.startsWith('"') === isText && this.isFilter(`${field} == ${one}`)
    const looked = new Set<Value>()
    for (const values of [this.seen(field, packets), this.known(field)])
      for (const value of values) {
        if (looked.has(value)) continue
        if (looked.size >= LOOKED_AT) return found
        looked.add(value)
        const literal = literals(value).find(isLiteral)
        if (literal !== undefined) found.push(literal)
      }
    return found
  }

  private *seen(field: string, packets: readonly Dissection[]): Generator<Value> {
    const [, side, name = ''] = /^(?:(outer|inner)\.)?(.*)$/.exec(field) ?? []
    const virtual = NAME_VIRTUAL_FIELDS.filter((one) => one.name === name || one.also?.includes(name))
    const values = (packet: Dissection): readonly Value[] => {
      if (virtual.length > 0)
        return virtual.flatMap((one) => one.values(packet, side === 'outer' || side === 'inner' ? side : 'any'))
      return extractor(this.dissector, name)(packet).map(({ value }) => value)
    }
    if (virtual.length === 0 && !knownNames(this.dissector).includes(name)) return
    for (const packet of packets) yield* values(packet)
  }

  private *known(field: string): Generator<Value> {
    const { names } = this
    if (names === undefined) return
    const of = ownerValue(field)
    if (of === undefined) return
    let owners = 0
    for (const { address } of names.all()) {
      if (++owners > OWNERS) return
      const value = of(address, names.address(address))
      if (value !== undefined) yield value
    }
  }
}

/** What lists of names know for a field: addresses, or a part of the name; undefined: nothing. */
function ownerValue(field: string): ((address: string, owner: AddressOwner | undefined) => Value) | undefined {
  if (/(^|\.)ip\.(addr|src|dst|host)/.test(field)) return (address) => (address.includes(':') ? undefined : address)
  if (/(^|\.)ipv6\.(addr|src|dst|host)/.test(field)) return (address) => (address.includes(':') ? address : undefined)
  if (!needsNames(field.replace(/^(outer|inner)\./, ''))) return undefined
  switch (/[a-z]+$/.exec(field)?.[0]) {
    case 'node':
      return (_, owner) => owner?.node
    case 'pod':
      return (_, owner) => owner?.pod
    case 'namespace':
      return (_, owner) => owner?.namespace
    case 'service':
      return (_, owner) => (owner?.service === undefined ? undefined : `${owner.namespace}/${owner.service}`)
    default:
      return undefined
  }
}

const bare = (literal: string): string => (literal.startsWith('"') ? literal.slice(1) : literal)
