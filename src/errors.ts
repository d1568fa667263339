/**
 * The errors a user can meet. Packets never throw: what is wrong with a packet is data (see dissect/stop.ts).
 * Exceptions are for files, for command lines and for misuse of the library.
 */

/**
 * What is wrong with a capture file.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 *
 * await loadCapture('k8s/pods.json').catch(({ code }) => console.log(code)) // not-a-capture
 * ```
 */
export type CaptureErrorCode =
  | 'not-a-capture' // the first bytes are of no known format
  | 'unsupported' // a known format or version that is not read
  | 'cut' // the file ends inside a record or block
  | 'damaged' // lengths or block structure contradict each other
  | 'too-large' // a length field claims more than the bounds allow
  | 'unreadable' // the file cannot be opened or read
  | 'unwritable' // the file cannot be made or written

/**
 * A capture that cannot be read, or not further than `offset`. Every record before it has been delivered.
 * @example
 * ```js
 * import { CaptureError, read } from 'ovl-dissect'
 *
 * try {
 *   for await (const packet of read('vxlan-cut.pcap')) packet.summary
 * } catch (error) {
 *   if (!(error instanceof CaptureError)) throw error
 *   console.log(error.code, error.offset, error.path) // cut 21700 vxlan-cut.pcap
 * }
 * ```
 */
export class CaptureError extends Error {
  override readonly name = 'CaptureError'
  /** What kind of trouble it is. */
  readonly code: CaptureErrorCode
  /** Byte offset in the (uncompressed) file where the trouble starts; undefined if the file could not be opened. */
  readonly offset: number | undefined
  /** Path of the file, '-' for standard input, undefined for bytes in memory. Set by whoever knows it. */
  path: string | undefined

  /** `offset` in bytes. */
  constructor(code: CaptureErrorCode, message: string, offset?: number, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.offset = offset
  }
}

/**
 * A command line or an option that makes no sense. The message says what to do instead.
 * @example
 * ```js
 * import { compileFilter, UsageError } from 'ovl-dissect'
 *
 * try {
 *   compileFilter('vxlan.vin == 1')
 * } catch (error) {
 *   console.log(error instanceof UsageError, error.message.includes('vxlan.vni')) // true true
 * }
 * ```
 */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
