/** What a word of a filter may become: names of fields and protocols, and behind a comparison what is known to occur. */
import type { Dissector } from '../../dissect/dissector.ts'
import { NAME_VIRTUAL_FIELDS } from '../../filter/name-virtual-fields.ts'
import type { Names } from '../../names/names.ts'
import { knownNames } from '../../packet/extract.ts'
import { wordStart } from '../state/filter-bar.ts'

/** Offered at most. */
const MOST = 200

export class Completions {
  private readonly words: readonly string[]
  private readonly names: Names | undefined

  constructor(dissector: Dissector, names: Names | undefined) {
    this.names = names
    const own = names === undefined ? [] : NAME_VIRTUAL_FIELDS.flatMap(({ name, also }) => [name, ...(also ?? [])])
    const protocols = dissector.layers.map(({ name }) => name)
    this.words = [...new Set([...knownNames(dissector), ...protocols, ...own, 'vni', 'frame'])].sort(
      (a, b) => a.length - b.length || (a < b ? -1 : 1),
    )
  }

  /** `seen`: addresses on the screen. */
  of(text: string, cursor: number, seen: readonly string[]): string[] {
    const start = wordStart(text, cursor)
    const word = text.slice(start, cursor)
    const before = text.slice(0, start)
    const isValue = /(==|!=|<=|>=|<|>|\beq|\bne|\bcontains|\{)\s*"?$/.test(before)
    if (isValue) return this.values(word, seen, /"$/.test(before))
    if (word === '') return []
    const [, side = '', name = ''] = /^(outer\.|inner\.)?(.*)$/.exec(word) ?? []
    const found = this.words.filter((one) => one.startsWith(name) && one !== name).map((one) => side + one)
    const sides = ['outer.', 'inner.'].filter((one) => side === '' && one.startsWith(word))
    return [...sides, ...found].slice(0, MOST)
  }

  private values(word: string, seen: readonly string[], isQuoted: boolean): string[] {
    const known = new Set<string>(isQuoted ? [] : seen)
    for (const { address, name } of this.names?.all() ?? []) {
      if (known.size >= MOST * 4) break
      known.add(isQuoted ? name : address)
    }
    return [...known].filter((one) => one.startsWith(word) && one !== word).slice(0, MOST)
  }
}
