/** What a word of a filter names: a field, a protocol, a column, a registered field; with `outer.` or `inner.` before it. */
import type { Dissector } from '../dissect/dissector.ts'
import { COLUMN_NAMES, knownNames } from '../packet/extract.ts'
import { FRAME_FIELDS } from '../packet/frame.ts'
import { nearest } from '../packet/nearest.ts'
import { FieldOperand } from './field-operand.ts'
import { kindOf } from './kind.ts'
import { CombinedOperand, type Operand } from './operand.ts'
import { ColumnOperand, FrameFieldOperand, VirtualOperand } from './packet-operand.ts'
import { FrameOperand, ProtocolOperand } from './protocol-operand.ts'
import type { Range } from './ranges.ts'
import type { Side } from './stretch.ts'
import { type FilterContext, needsNames } from './virtual-field.ts'

/** The VNI of a tunnel of any kind. */
const VNI = 'vni'

export class Names {
  private readonly dissector: Dissector
  private readonly context: FilterContext

  constructor(dissector: Dissector, context: FilterContext) {
    this.dissector = dissector
    this.context = context
  }

  /** Undefined: no such name, or one that has no sides or layers but was given some. */
  find(word: string, layers?: readonly Range[]): Operand | undefined {
    const { side, name } = sideOf(word)
    const stretch = { side, layers }
    const virtual = this.virtual(name, side)
    if (virtual !== undefined) return layers === undefined ? virtual : undefined
    if (name === VNI) {
      const scopes = this.dissector.layers.flatMap(({ scope }) => (scope === undefined ? [] : [scope.name]))
      return new FieldOperand(this.dissector, word, scopes, stretch)
    }
    if (this.dissector.placesOf(name).length > 0) return new FieldOperand(this.dissector, word, [name], stretch)
    if (this.dissector.layers.some((layer) => layer.name === name))
      return new ProtocolOperand(this.dissector, name, stretch)
    if (side !== 'any' || layers !== undefined) return undefined
    const frame = FRAME_FIELDS.find((field) => field.name === name)
    if (frame !== undefined) return new FrameFieldOperand(frame)
    if (name === 'frame') return new FrameOperand()
    return COLUMN_NAMES.includes(name) ? new ColumnOperand(this.dissector, name) : undefined
  }

  /** Why `find` found nothing. */
  missing(word: string): string {
    const { side, name } = sideOf(word)
    if (needsNames(name) && this.context.virtualFields === undefined)
      return `"${word}" needs --names: the lists of nodes and pods that it is looked up in`
    if (side !== 'any' && this.find(name) !== undefined)
      return `"${name}" belongs to the whole frame: it has no ${side} side`
    const known = [...knownNames(this.dissector), 'frame', VNI, ...this.virtualNames()]
    const near = nearest(name, known).map((one) => (side === 'any' ? one : `${side}.${one}`))
    return `"${word}" is neither a field nor a protocol.${near.length === 0 ? '' : ` Did you mean ${near.join(', ')}?`}`
  }

  private virtual(name: string, side: Side): Operand | undefined {
    const fields = (this.context.virtualFields ?? []).filter((one) => one.name === name || one.also?.includes(name))
    const operands = fields.map((field) => new VirtualOperand(field, side))
    const first = operands[0]
    if (first === undefined || operands.length === 1) return first
    const same = operands.filter(({ kind }) => kind === first.kind)
    return new CombinedOperand(kindOf(first.field.type), name, same, (values) => values.flat())
  }

  private virtualNames(): string[] {
    return (this.context.virtualFields ?? []).flatMap(({ name, also }) => [name, ...(also ?? [])])
  }
}

function sideOf(word: string): { readonly side: Side; readonly name: string } {
  if (word.startsWith('outer.')) return { side: 'outer', name: word.slice(6) }
  if (word.startsWith('inner.')) return { side: 'inner', name: word.slice(6) }
  return { side: 'any', name: word }
}

/** Whether a field or protocol is read from headers up to transport, without what other packets tell. False for no name. */
export function isHeaderOnly(dissector: Dissector, name: string): boolean {
  return new Names(dissector, {}).find(name)?.isHeaderOnly === true
}
