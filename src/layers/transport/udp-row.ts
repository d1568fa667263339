/** UDP's info column as bytes, for lists of many rows: the text of `info`, without anything made for it. */
import { EncodedText, type TextBytes } from '../../bytes/text-bytes.ts'
import type { Landmarks } from '../../dissect/landmarks.ts'

const HEADER_SIZE = 8
const ARROW = new EncodedText(' → ')
const LENGTH = new EncodedText(' Len=')

export function writeUdpRow(out: TextBytes, view: DataView, { transport }: Landmarks): void {
  out.decimal(view.getUint16(transport))
  out.put(ARROW)
  out.decimal(view.getUint16(transport + 2))
  out.put(LENGTH)
  const length = view.getUint16(transport + 4)
  out.decimal(length < HEADER_SIZE ? 0 : length - HEADER_SIZE)
}
