/** What other packets tell that a row shows of a transport header: what `notes` say to the rich path, as numbers. */
export interface RowNumbers {
  /** Sequence numbers that count as 0, as signed 32 bits, of the sender and of its peer; 0 where they are shown raw. */
  readonly base: number
  readonly peerBase: number
  /** Shift of the sender's window, below 0: none is known. */
  readonly windowShift: number
  /** Number of the frame that an echo answers; 0: it is a request, or none is known. */
  readonly requestFrame: number
}

/** Bytes that the info column of a transport takes at most as a row: each byte of TCP's options can say seven. */
export const TRANSPORT_ROW = 512
