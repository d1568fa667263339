/** Dissectors with every layer of the registry. */
import { Dissector, type DissectorOptions } from '../dissect/dissector.ts'
import { LAYERS } from './index.ts'
import { skim } from './skim.ts'

/**
 * A dissector: the default ports, changed by `options`.
 * @throws UsageError for a protocol or port that does not exist.
 * @example
 * ```js
 * import { createDissector, dissect } from 'ovl-dissect'
 *
 * const dissector = createDissector({ decodeAs: [{ table: 'udp.port', port: 9999, layer: 'geneve' }] })
 * const packet = dissect(new Uint8Array(60).fill(0xff), 1, { dissector })
 * console.log(packet.layers) // [ 'eth', 'data' ]
 * ```
 */
export function createDissector(options: DissectorOptions = {}): Dissector {
  return new Dissector(LAYERS, options, skim)
}

let shared: Dissector | undefined

/** The one with default ports, built when first asked for. */
export function defaultDissector(): Dissector {
  shared ??= createDissector()
  return shared
}
