/** Values of nodes (numbers and text) as values that a filter compares. */
import type { FieldType } from '../dissect/field.ts'
import type { Value } from '../dissect/node.ts'
import { type FilterValue, kindOf } from './kind.ts'
import { parseIpv4, parseIpv6 } from './literal-addresses.ts'
import { parseDuration, parseTime } from './literal-times.ts'

type Converter = (value: Value) => FilterValue | undefined

/** For a field of this type; what cannot be converted is no value. */
export function valueConverter(type: FieldType): Converter {
  const ofText = textConverter(type)
  const isText = kindOf(type) === 'string'
  return (value) => {
    if (value === undefined) return undefined
    if (typeof value === 'boolean') return value ? 1 : 0
    if (typeof value === 'number') return isText ? String(value) : value
    return ofText(value)
  }
}

function textConverter(type: FieldType): (text: string) => FilterValue | undefined {
  switch (kindOf(type)) {
    case 'number':
      return numberOf
    case 'ipv4':
      return parseIpv4
    case 'ipv6':
      return parseIpv6
    case 'ether':
      return (text) => hexBytes(text.replaceAll(':', ''))
    case 'bytes':
      return hexBytes
    case 'string':
      return (text) => text
    case 'time':
      return parseTime
    case 'duration':
      return parseDuration
  }
}

function numberOf(text: string): number | undefined {
  const value = Number(text)
  return Number.isNaN(value) ? undefined : value
}

function hexBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length >> 1)
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(i * 2, i * 2 + 2), 16)
  return bytes
}
