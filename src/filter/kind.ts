/** What values are when a filter compares them: Wireshark's types, those that compare alike taken together. */
import type { FieldType } from '../dissect/field.ts'

/**
 * number: any integer or flag. ipv4: a number too, but written as an address. ipv6, ether, bytes: bytes. time: nanoseconds
 * since 1970. duration: nanoseconds.
 */
export type Kind = 'number' | 'ipv4' | 'ipv6' | 'ether' | 'bytes' | 'string' | 'time' | 'duration'

/** Numbers for number and ipv4, bigint for time and duration, bytes for ipv6, ether and bytes, text for string. */
export type FilterValue = number | bigint | string | Uint8Array

const KINDS: Partial<Record<FieldType, Kind>> = {
  ether: 'ether',
  ipv4: 'ipv4',
  ipv6: 'ipv6',
  bytes: 'bytes',
  protocol: 'bytes',
  none: 'bytes',
  string: 'string',
  relative_time: 'duration',
  absolute_time: 'time',
}

export const kindOf = (type: FieldType): Kind => KINDS[type] ?? 'number'

const WORDS: Readonly<Record<Kind, string>> = {
  number: 'a number',
  ipv4: 'an IPv4 address',
  ipv6: 'an IPv6 address',
  ether: 'an Ethernet address',
  bytes: 'a sequence of bytes',
  string: 'a text',
  time: 'a date and time',
  duration: 'a duration in seconds',
}

export const kindWords = (kind: Kind): string => WORDS[kind]

export const isBytes = (kind: Kind): boolean => kind === 'bytes' || kind === 'ether' || kind === 'ipv6'

/** Bytes that a value of a type takes, where that is always the same. */
const SIZES: Partial<Record<FieldType, number>> = {
  // Wireshark gives no length to these.
  boolean: 0,
  relative_time: 0,
  absolute_time: 0,
  uint8: 1,
  uint16: 2,
  uint24: 3,
  uint32: 4,
  uint64: 8,
  int16: 2,
  int32: 4,
  ether: 6,
  ipv4: 4,
  ipv6: 16,
}

export const sizeOf = (type: FieldType): number | undefined => SIZES[type]
