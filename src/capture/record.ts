/** One record of a capture file: the cursor that every format moves. */

/**
 * An interface as a capture file describes it. Classic pcap has exactly one, without a name.
 * @example
 * ```js
 * import { scan } from 'ovl-dissect'
 *
 * await scan('vxlan.pcap', (record) => {
 *   const { linkType, ticksPerSecond } = record.interface
 *   console.log(linkType, ticksPerSecond) // 276 1000000
 *   return false
 * })
 * ```
 */
export interface CaptureInterface {
  /** Position in its section (pcapng interface id), 0 in classic pcap. */
  readonly id: number
  /** LINKTYPE_ number of the records from this interface. */
  readonly linkType: number
  /** Longest captured length in bytes that was configured; 0: no limit was said. */
  readonly snapLength: number
  /** if_name, if the file has it. Never taken from the reading machine. */
  readonly name: string | undefined
  /** if_description. */
  readonly description: string | undefined
  /** if_filter as text, such as `udp port 8472`. */
  readonly filter: string | undefined
  /** Units of a second in which time stamps are counted: 1e6 micro, 1e9 nano, or a power of two. */
  readonly ticksPerSecond: number
}

const EMPTY = new Uint8Array(0)
const EMPTY_VIEW = new DataView(EMPTY.buffer)
const NO_INTERFACE: CaptureInterface = {
  id: 0,
  linkType: 0,
  snapLength: 0,
  name: undefined,
  description: undefined,
  filter: undefined,
  ticksPerSecond: 1_000_000,
}

/**
 * The record a reader stands on. One instance is moved over a whole file: its properties, and the bytes behind
 * `view` and `bytes`, hold only until the reader moves on, unless the reader's contract says more.
 * @example
 * ```js
 * import { scan } from 'ovl-dissect'
 *
 * let bytes = 0
 * await scan('vxlan.pcap', (record) => {
 *   bytes += record.end - record.start
 * })
 * console.log(bytes) // 19958
 * ```
 */
export class CaptureRecord {
  /** Number from 1, counted over all sections of one file. */
  number = 0
  /** Seconds since 1970, whole; may be negative with if_tsoffset. */
  seconds = 0
  /** 0 to 999,999,999. */
  nanoseconds = 0
  /** False for pcapng simple packets, which have no time stamp; seconds and nanoseconds are then 0. */
  hasTime = true
  /** The packet's bytes are `bytes[start]` to `bytes[end - 1]`; positions in `view` are the same. */
  bytes: Uint8Array = EMPTY
  view: DataView = EMPTY_VIEW
  start = 0
  end = 0
  /** Length on the wire in bytes; at least `end - start`, except in files that say otherwise. */
  originalLength = 0
  /** LINKTYPE_ number. */
  linkType = 0
  /** Number of the pcapng section from 1; 0 in classic pcap, which has none. */
  section = 0
  interface: CaptureInterface = NO_INTERFACE
  /** Byte offset of the record (pcap) or block (pcapng) in the uncompressed file. */
  offset = 0
  /** opt_comment of a pcapng packet. */
  comment: string | undefined = undefined
}
