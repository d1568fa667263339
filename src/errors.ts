/**
 * The errors a user can meet. Packets never throw: what is wrong with a packet is data (see dissect/stop.ts).
 * Exceptions are for files, for command lines and for misuse of the library.
 */

/** What is wrong with a capture file. */
export type CaptureErrorCode =
  | 'not-a-capture' // the first bytes are of no known format
  | 'unsupported' // a known format or version that is not read
  | 'cut' // the file ends inside a record or block
  | 'damaged' // lengths or block structure contradict each other
  | 'too-large' // a length field claims more than the bounds allow
  | 'unreadable' // the file cannot be opened or read
  | 'unwritable' // the file cannot be made or written

/** A capture that cannot be read, or not further than `offset`. Every record before it has been delivered. */
export class CaptureError extends Error {
  override readonly name = 'CaptureError'
  readonly code: CaptureErrorCode
  /** Byte offset in the (uncompressed) file where the trouble starts; undefined if the file could not be opened. */
  readonly offset: number | undefined
  /** Path of the file, '-' for standard input, undefined for bytes in memory. Set by whoever knows it. */
  path: string | undefined

  constructor(code: CaptureErrorCode, message: string, offset?: number, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.offset = offset
  }
}

/** A command line or an option that makes no sense. The message says what to do instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
