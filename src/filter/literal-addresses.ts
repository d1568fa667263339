/** Addresses and bytes as a filter writes them, to bytes. */
import { isIPv4, isIPv6 } from '../bytes/is-address.ts'

/** `192.168.10.100` as a number; undefined if it is none. */
export function parseIpv4(text: string): number | undefined {
  if (!isIPv4(text)) return undefined
  return text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}

/** `fd00::1` as sixteen bytes; undefined if it is none. */
export function parseIpv6(text: string): Uint8Array | undefined {
  if (!isIPv6(text) || text.includes('%')) return undefined
  let groups = text
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)
  if (dotted !== null) {
    const tail = parseIpv4(dotted[2] as string) as number
    groups = `${dotted[1]}${(tail >>> 16).toString(16)}:${(tail & 0xffff).toString(16)}`
  }
  const [head = '', tail] = groups.split('::')
  const numbers = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)))
  const before = numbers(head)
  const after = tail === undefined ? [] : numbers(tail)
  const zeros = new Array<number>(8 - before.length - after.length).fill(0)
  return Uint8Array.from([...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 0xff]))
}

/** `aa:bb`, `aa-bb`, `aa.bb`, `aabb`, `0xaa`, `0.1.d`: as Wireshark reads bytes; undefined if they are none. */
export function parseBytes(text: string): Uint8Array | undefined {
  const digits = /^0x/i.test(text) ? text.slice(2) : text
  if (!/^[0-9A-Fa-f]+(?:[:.-][0-9A-Fa-f]+)*[:.-]?$/.test(digits)) return undefined
  const bytes: number[] = []
  for (const group of digits.split(/[:.-]/)) {
    // A digit left over at the end of a group is a byte of its own.
    for (const byte of group.match(/../g) ?? []) bytes.push(Number.parseInt(byte, 16))
    if (group.length % 2 === 1) bytes.push(Number.parseInt(group.slice(-1), 16))
  }
  return Uint8Array.from(bytes)
}

/** An address with the count of its bits that matter; `/24` may be missing. */
export interface Prefix {
  readonly address: string
  /** Undefined: all of it. */
  readonly bits: number | undefined
}

/** Splits `172.20.0.0/24`; undefined where the part after the slash is no number up to `size`. */
export function parsePrefix(text: string, size: 32 | 128): Prefix | undefined {
  const found = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text)
  if (found === null) return undefined
  const bits = found[2] === undefined ? undefined : Number(found[2])
  return bits !== undefined && bits > size ? undefined : { address: found[1] as string, bits }
}

/** The first `bits` bits of an address. */
export function maskIpv4(address: number, bits: number): number {
  return bits === 0 ? 0 : (address & (-1 << (32 - bits))) >>> 0
}

export function maskBytes(bytes: Uint8Array, bits: number): Uint8Array {
  return bytes.map((byte, index) => {
    const kept = Math.max(0, Math.min(8, bits - index * 8))
    return byte & (0xff << (8 - kept)) & 0xff
  })
}
