/** A display filter: compiled once, asked of many packets. */
import type { Dissector } from '../dissect/dissector.ts'
import type { Dissection } from '../packet/dissection.ts'
import { compile } from './compile.ts'
import { parseFilter } from './parser.ts'
import type { FilterContext } from './virtual-field.ts'

export class Filter {
  /** As the user wrote it. */
  readonly text: string
  /**
   * True: whether a packet matches depends on its headers up to transport alone, not on applications and not on other
   * packets; a walk without applications and without notes is enough.
   */
  readonly isHeaderOnly: boolean
  /** Names of the fields and protocols that it reads, as written. */
  readonly names: readonly string[]
  private readonly matcher: (packet: Dissection) => boolean

  /** Use `compileFilter`, or `new Filter` where there is a context. @throws UsageError that points at the place. */
  constructor(text: string, dissector: Dissector, context: FilterContext = {}) {
    const { matches, isHeaderOnly, names } = compile(parseFilter(text), text, dissector, context)
    this.text = text
    this.matcher = matches
    this.isHeaderOnly = isHeaderOnly
    this.names = names
  }

  /** Never throws because of the packet. */
  matches(packet: Dissection): boolean {
    return this.matcher(packet)
  }
}
