/** IPv4 and IPv6 addresses from text to bytes. RFC 4291 section 2.2 for the text of IPv6. */
import { isIPv4, isIPv6 } from './is-address.ts'

/** Four or sixteen bytes; undefined for what is no address. A zone (`%eth0`) is left out. */
export function addressBytes(text: string): Uint8Array | undefined {
  if (isIPv4(text)) return Uint8Array.from(text.split('.'), Number)
  if (!isIPv6(text)) return undefined
  const [plain = ''] = text.split('%')
  const [head = '', tail] = plain.split('::')
  const before = groupBytes(head)
  const after = groupBytes(tail ?? '')
  const bytes = new Uint8Array(16)
  bytes.set(before, 0)
  bytes.set(after, 16 - after.length)
  return bytes
}

function groupBytes(text: string): number[] {
  if (text === '') return []
  return text.split(':').flatMap((group) => {
    if (group.includes('.')) return group.split('.').map(Number)
    const value = Number.parseInt(group, 16)
    return [value >> 8, value & 0xff]
  })
}
