/** The library's door to display filters. */
import type { Dissector } from '../dissect/dissector.ts'
import { defaultDissector } from '../layers/create-dissector.ts'
import { Filter } from './filter.ts'
import type { FilterContext } from './virtual-field.ts'

/**
 * Options of `compileFilter`.
 * @example
 * ```js
 * import { compileFilter, createDissector } from 'ovl-dissect'
 *
 * const dissector = createDissector({ applications: false })
 * console.log(compileFilter('tcp.port == 80', { dissector }).isHeaderOnly) // true
 * ```
 */
export interface FilterOptions extends FilterContext {
  /** The dissector of the packets that it will be asked about; default: the one with default ports. */
  readonly dissector?: Dissector
}

/**
 * Compiles a display filter in Wireshark's language: `tcp.port == 80 && inner.ip.src == 172.20.0.0/24`. Beside Wireshark's
 * names it knows `outer.` and `inner.` before a field or protocol, and `vni`. Give it to `read` as `filter`, or ask
 * `packet.matches(filter)`; for `scan` there is `filter.matchesFrame(record, walk)`.
 * @throws UsageError for what is no filter: unknown names, values of another type, brackets that do not close; the message
 *   shows the place with a caret.
 * @example
 * ```js
 * import { compileFilter, read } from 'ovl-dissect'
 *
 * const filter = compileFilter('http.request && inner.ip.src == 172.20.0.0/24')
 * for await (const packet of read('vxlan.pcap', { filter })) {
 *   console.log(packet.number, packet.summary.info) // 15 GET / HTTP/1.1
 * }
 * ```
 */
export function compileFilter(text: string, options: FilterOptions = {}): Filter {
  return new Filter(text, options.dissector ?? defaultDissector(), options)
}
