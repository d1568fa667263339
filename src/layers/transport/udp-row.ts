/** UDP's info column as bytes, for lists of many rows: the text of `info`, without anything made for it. */
import { EncodedText, type TextBytes } from '../../bytes/text-bytes.ts'
import type { Landmarks } from '../../dissect/landmarks.ts'

const HEADER_SIZE = 8
const ARROW = new EncodedText(' → ')
const LENGTH = new EncodedText(' Len=')

const JUMBOGRAM = new EncodedText(' [Jumbogram]')
const MOST = 0xffff

/**
 * Bytes of a datagram longer than its length field can say, which is 0 then (RFC 2675 section 4), header apart; 0: it is none.
 * Without a hop-by-hop option offload does the same, for less than 64 KiB.
 */
export const jumboPayload = (length: number, start: number, claim: number) =>
  length === 0 && claim - start > MOST ? claim - start - HEADER_SIZE : 0

export function writeUdpRow(out: TextBytes, view: DataView, { transport, claim }: Landmarks): void {
  out.decimal(view.getUint16(transport))
  out.put(ARROW)
  out.decimal(view.getUint16(transport + 2))
  out.put(LENGTH)
  const length = view.getUint16(transport + 4)
  const jumbo = jumboPayload(length, transport, claim)
  if (jumbo > 0) {
    out.decimal(jumbo)
    out.put(JUMBOGRAM)
  } else out.decimal(length < HEADER_SIZE ? 0 : length - HEADER_SIZE)
}
