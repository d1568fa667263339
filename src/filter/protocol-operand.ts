/** A protocol: it occurs, and its value is bytes, as in Wireshark: for searching up to the payload's end, for slices its header. */
import type { Dissector } from '../dissect/dissector.ts'
import { RoleNumber } from '../dissect/tables.ts'
import type { Dissection } from '../packet/dissection.ts'
import { applicationsAmong } from './applications.ts'
import type { FilterValue } from './kind.ts'
import { Operand } from './operand.ts'
import { isNumbered, type Stretch, sideEnd, sideStart } from './stretch.ts'

export class ProtocolOperand extends Operand {
  readonly kind = 'bytes'
  readonly name: string
  readonly isHeaderOnly: boolean
  override readonly applications: ReadonlySet<number> | undefined
  private readonly stretch: Stretch
  private readonly isHeader: boolean
  /** By layer number: 1 for layers of this name. */
  private readonly isIt: Uint8Array

  constructor(dissector: Dissector, name: string, stretch: Stretch, isHeader = false) {
    super()
    this.name = name
    this.stretch = stretch
    this.isHeader = isHeader
    const { layers, roles } = dissector.tables
    this.isIt = Uint8Array.from(layers, (layer) => (layer?.name === name ? 1 : 0))
    this.isHeaderOnly = !this.isIt.some((is, number) => is === 1 && roles[number] === RoleNumber.application)
    const numbers = layers.flatMap((layer, number) => (layer?.name === name ? number : []))
    this.applications = applicationsAmong(dissector.tables, numbers)
  }

  /** The same, its values being headers without what they carry. */
  header(dissector: Dissector): ProtocolOperand {
    return new ProtocolOperand(dissector, this.name, this.stretch, true)
  }

  override exists({ walk }: Dissection): boolean {
    const end = sideEnd(walk, this.stretch.side)
    for (let depth = sideStart(walk, this.stretch.side); depth < end; depth++)
      if (this.isIt[walk.layer[depth] as number] === 1 && isNumbered(walk, depth, this.stretch)) return true
    return false
  }

  values({ walk, record }: Dissection): readonly FilterValue[] {
    const found: FilterValue[] = []
    const end = sideEnd(walk, this.stretch.side)
    for (let depth = sideStart(walk, this.stretch.side); depth < end; depth++) {
      if (this.isIt[walk.layer[depth] as number] !== 1 || !isNumbered(walk, depth, this.stretch)) continue
      const to = this.isHeader ? walk.body[depth] : walk.end[depth]
      found.push(record.bytes.subarray(walk.start[depth], Math.max(to as number, walk.start[depth] as number)))
    }
    return found
  }
}

/** The whole frame, as captured. */
export class FrameOperand extends Operand {
  readonly kind = 'bytes'
  readonly name = 'frame'
  readonly isHeaderOnly = true

  override exists(): boolean {
    return true
  }

  values({ record }: Dissection): readonly FilterValue[] {
    return [record.bytes.subarray(record.start, record.end)]
  }
}
