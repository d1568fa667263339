/** Whether a text is an address, by its letters alone: what node:net knows, where there is no Node. RFC 4291 section 2.2. */

const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const IPV4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`)
const GROUP = /^[0-9A-Fa-f]{1,4}$/

export const isIPv4 = (text: string) => IPV4.test(text)

/** Also with a zone, `fe80::1%eth0`. */
export function isIPv6(text: string): boolean {
  const [plain = '', zone] = text.split('%', 2)
  if (zone !== undefined && !/^[0-9A-Za-z.:-]+$/.test(text.slice(plain.length + 1))) return false
  const parts = plain.split('::')
  if (parts.length > 2) return false
  const sizes = parts.map((part, index) => sizeOf(part, index === parts.length - 1))
  const size = sizes.reduce((sum, one) => sum + one, 0)
  return parts.length === 2 ? size <= 7 : size === 8
}

/** Groups of 16 bits; a dotted address at the end is two. Infinite for what has others. */
function sizeOf(part: string, isLast: boolean): number {
  if (part === '') return 0
  const groups = part.split(':')
  const last = groups.at(-1) as string
  const isDotted = isLast && last.includes('.')
  if (isDotted && !isIPv4(last)) return Number.POSITIVE_INFINITY
  const plain = isDotted ? groups.slice(0, -1) : groups
  return plain.every((group) => GROUP.test(group)) ? plain.length + (isDotted ? 2 : 0) : Number.POSITIVE_INFINITY
}
