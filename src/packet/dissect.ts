/** The library's door to one frame from elsewhere. */
import type { Dissector, DissectorOptions } from '../dissect/dissector.ts'
import { type Packet, packetOf } from './packet.ts'
import { dissectorOf } from './packet-maker.ts'

/**
 * Options of `dissect`.
 * @example
 * ```js
 * import { createDissector, dissect } from 'ovl-dissect'
 *
 * const packet = dissect(new Uint8Array(20), 101, { dissector: createDissector(), originalLength: 1500 })
 * console.log(packet.capturedLength, packet.originalLength) // 20 1500
 * ```
 */
export interface DissectOptions extends DissectorOptions {
  readonly dissector?: Dissector
  /** Length on the wire in bytes, if the frame was cut; default: the length of `bytes`. */
  readonly originalLength?: number
}

/**
 * Dissects one frame from elsewhere. `bytes` is not copied and must not change while the packet is used.
 * @param linkType LINKTYPE_ number of the frame: 1 Ethernet, 113 Linux cooked v1, 276 Linux cooked v2, 101 raw IP.
 * @throws UsageError for options that make no sense; never because of what the bytes say.
 * @example
 * ```js
 * import { dissect } from 'ovl-dissect'
 *
 * const frame = Buffer.from('ffffffffffff080027aabbcc08060001080006040001080027aabbcc0a0000010000000000000a000002', 'hex')
 * console.log(dissect(frame, 1).summary) // { protocol: 'ARP', info: 'Who has 10.0.0.2? Tell 10.0.0.1' }
 * ```
 */
export function dissect(bytes: Uint8Array, linkType: number, options: DissectOptions = {}): Packet {
  return packetOf(dissectorOf(options), bytes, linkType, options.originalLength)
}
