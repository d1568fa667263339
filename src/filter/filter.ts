/** A display filter: compiled once, asked of many packets. */
import type { CaptureRecord } from '../capture/record.ts'
import type { Dissector } from '../dissect/dissector.ts'
import type { Walk } from '../dissect/walk.ts'
import type { Dissection } from '../packet/dissection.ts'
import { compile } from './compile.ts'
import type { Matcher } from './judgement.ts'
import { parseFilter } from './parser.ts'
import type { FilterContext } from './virtual-field.ts'

/**
 * A display filter: compiled once, asked of many packets. Keeps nothing of them.
 * @example
 * ```js
 * import { compileFilter, scan } from 'ovl-dissect'
 *
 * const filter = compileFilter('vni == 9473')
 * let frames = 0
 * await scan('vxlan.pcap', (record, walk) => {
 *   if (filter.matchesFrame(record, walk)) frames++
 * }, { dissector: filter.dissector })
 * console.log(frames) // 24
 * ```
 */
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
  /** Whose walks it reads. */
  readonly dissector: Dissector
  /**
   * Numbers of the applications' layers of which one has to be in a packet that matches; undefined: it may be any packet.
   * @internal
   */
  readonly applications: ReadonlySet<number> | undefined
  /**
   * Whether no packet decides but the one at hand and those of its conversation, the innermost one.
   * @internal
   */
  readonly isOfConversation: boolean
  private readonly matcher: Matcher
  private readonly may: Matcher | undefined

  /** Use `compileFilter`, or `new Filter` where there is a context. @throws UsageError that points at the place. */
  constructor(text: string, dissector: Dissector, context: FilterContext = {}) {
    const compiled = compile(parseFilter(text), text, dissector, context)
    const { matches, mayMatch, isHeaderOnly, isOfConversation, names, applications } = compiled
    this.text = text
    this.dissector = dissector
    this.matcher = matches
    this.isHeaderOnly = isHeaderOnly
    this.names = names
    this.may = mayMatch
    this.applications = applications
    this.isOfConversation = isOfConversation
  }

  /** Whether it selects a packet. Never throws because of the packet. Of a `Packet` ask `packet.matches(filter)`. */
  matches(packet: Dissection): boolean {
    return this.matcher(packet)
  }

  /**
   * False if the packet's headers alone rule it out, whatever other packets tell. Needs a walk without notes; not for
   * fragments.
   * @internal
   */
  mayMatch(packet: Dissection): boolean {
    return this.may?.(packet) ?? true
  }

  /**
   * Whether it selects a frame of `scan`, from its bytes alone: fields that other packets tell (stream numbers, relative
   * sequence numbers, times since another packet) have no values. The walk must be of the same dissector.
   */
  matchesFrame(record: CaptureRecord, walk: Walk): boolean {
    return this.matcher({ dissector: this.dissector, record, walk, notes: undefined, clock: undefined })
  }
}
