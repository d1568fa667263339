/** MAC, IPv4 and IPv6 addresses: from bytes to text and back. RFC 5952 for the text of IPv6. */

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Six bytes as `08:00:27:3b:c3:54`. */
export function macText(view: DataView, at: number): string {
  let text = HEX[view.getUint8(at)] as string
  for (let i = 1; i < 6; i++) text += `:${HEX[view.getUint8(at + i)]}`
  return text
}

/** Four bytes as `192.168.10.100`. */
export function ipv4Text(view: DataView, at: number): string {
  return `${view.getUint8(at)}.${view.getUint8(at + 1)}.${view.getUint8(at + 2)}.${view.getUint8(at + 3)}`
}

/** Sixteen bytes as RFC 5952 section 4 wants them: lower case, the longest run of zero groups shortened once. */
export function ipv6Text(view: DataView, at: number): string {
  if (isMappedIpv4(view, at)) return `::ffff:${ipv4Text(view, at + 12)}`
  let runStart = -1
  let runLength = 1
  for (let group = 0; group < 8; ) {
    let past = group
    while (past < 8 && view.getUint16(at + past * 2) === 0) past++
    if (past - group > runLength) {
      runStart = group
      runLength = past - group
    }
    group = past + 1
  }
  let text = ''
  for (let group = 0; group < 8; group++) {
    if (group === runStart) {
      text += '::'
      group += runLength - 1
      continue
    }
    if (group > 0 && !text.endsWith(':')) text += ':'
    text += view.getUint16(at + group * 2).toString(16)
  }
  return text
}

function isMappedIpv4(view: DataView, at: number): boolean {
  return (
    view.getUint32(at) === 0 &&
    view.getUint32(at + 4) === 0 &&
    view.getUint16(at + 8) === 0 &&
    view.getUint16(at + 10) === 0xffff
  )
}

/** Bytes as hexadecimal digits without separators. */
export function bytesText(view: DataView, at: number, length: number): string {
  let text = ''
  for (let i = 0; i < length; i++) text += HEX[view.getUint8(at + i)]
  return text
}
