/** Longest prefix: values for CIDRs, found by an address within them. */
import { parseAddress } from '../bytes/address.ts'

export class PrefixTable<Value> {
  /** For each family and length, by the masked bytes. */
  private readonly tables = new Map<number, Map<string, Value>>()
  private lengths: readonly number[] | undefined

  /** The value that stands for `prefix` itself. Undefined: none, or it is no CIDR. */
  get(prefix: string): Value | undefined {
    const parsed = parsePrefix(prefix)
    return parsed && this.tables.get(parsed.key)?.get(masked(parsed.bytes, parsed.length))
  }

  /** False if `prefix` is no CIDR. */
  set(prefix: string, value: Value): boolean {
    const parsed = parsePrefix(prefix)
    if (parsed === undefined) return false
    let table = this.tables.get(parsed.key)
    if (table === undefined) {
      table = new Map()
      this.tables.set(parsed.key, table)
      this.lengths = undefined
    }
    table.set(masked(parsed.bytes, parsed.length), value)
    return true
  }

  delete(prefix: string): void {
    const parsed = parsePrefix(prefix)
    if (parsed !== undefined) this.tables.get(parsed.key)?.delete(masked(parsed.bytes, parsed.length))
  }

  /** The value of the longest prefix that holds `address`. */
  find(address: string): Value | undefined {
    const bytes = parseAddress(address)
    if (bytes === undefined) return undefined
    this.lengths ??= [...this.tables.keys()].sort((a, b) => b - a)
    for (const key of this.lengths) {
      if (familyOf(bytes) !== key >> 8) continue
      const found = this.tables.get(key)?.get(masked(bytes, key & 0xff))
      if (found !== undefined) return found
    }
    return undefined
  }
}

const familyOf = (bytes: Uint8Array) => (bytes.length === 4 ? 0 : 1)

/** `172.20.0.0/24`; a bare address is a prefix of its whole length. */
export function parsePrefix(text: string): { bytes: Uint8Array; length: number; key: number } | undefined {
  const slash = text.indexOf('/')
  const bytes = parseAddress(slash < 0 ? text : text.slice(0, slash))
  if (bytes === undefined) return undefined
  const bits = bytes.length * 8
  const length = slash < 0 ? bits : Number(text.slice(slash + 1))
  if (!Number.isInteger(length) || length < 0 || length > bits || text.endsWith('/')) return undefined
  return { bytes, length, key: (familyOf(bytes) << 8) | length }
}

/** Whether the prefix is a single address. */
export function isWhole({ bytes, length }: { bytes: Uint8Array; length: number }): boolean {
  return length === bytes.length * 8
}

function masked(bytes: Uint8Array, length: number): string {
  let text = ''
  for (let i = 0; i < bytes.length && i * 8 < length; i++) {
    const bits = Math.min(length - i * 8, 8)
    text += String.fromCharCode((bytes[i] as number) & (0xff << (8 - bits)))
  }
  return text
}
