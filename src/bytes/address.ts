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

/**
 * The bytes of an address in any spelling: four of IPv4, sixteen of IPv6 (RFC 4291 section 2.2; a zone such as `%eth0`
 * is left out). Undefined for what is none.
 */
export function parseAddress(text: string): Uint8Array | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text)
}

const CANONICAL_IPV4 =
  /^(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$/
const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/

function parseIpv4(text: string): Uint8Array | undefined {
  const groups = IPV4.exec(text)?.slice(1).map(Number)
  return groups?.every((group) => group < 256) ? Uint8Array.from(groups) : undefined
}

function parseIpv6(text: string): Uint8Array | undefined {
  const [address = ''] = text.split('%')
  const halves = address.split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = halves.map(groupBytes)
  if (head === undefined) return undefined
  if (halves.length === 1) return head.length === 16 ? Uint8Array.from(head) : undefined
  if (tail === undefined || head.length + tail.length > 14) return undefined
  const bytes = new Uint8Array(16)
  bytes.set(head)
  bytes.set(tail, 16 - tail.length)
  return bytes
}

/** The bytes of `fd00:172::ffff`'s groups between two `::`; the last group may be an IPv4 address. */
function groupBytes(text: string): number[] | undefined {
  if (text === '') return []
  const bytes: number[] = []
  const groups = text.split(':')
  for (const [index, group] of groups.entries()) {
    const embedded = index === groups.length - 1 && group.includes('.') ? parseIpv4(group) : undefined
    if (embedded !== undefined) bytes.push(...embedded)
    else if (/^[0-9a-f]{1,4}$/i.test(group)) {
      const value = Number.parseInt(group, 16)
      bytes.push(value >> 8, value & 0xff)
    } else return undefined
  }
  return bytes.length > 16 ? undefined : bytes
}

/** An address in the one spelling that packets are shown with; undefined for what is none. */
export function canonicalAddress(text: string): string | undefined {
  if (CANONICAL_IPV4.test(text)) return text
  const bytes = parseAddress(text)
  if (bytes === undefined) return undefined
  const view = new DataView(bytes.buffer)
  return bytes.length === 4 ? ipv4Text(view, 0) : ipv6Text(view, 0)
}
