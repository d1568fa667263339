/** The functions of filters: what they take and give. */

import { ipv4Text, ipv6Text, macText } from '../bytes/address.ts'
import { decimalText } from '../bytes/time.ts'
import type { Dissector } from '../dissect/dissector.ts'
import { type FilterValue, isBytes, type Kind, kindWords, sizeOf } from './kind.ts'
import { CombinedOperand, MappedOperand, type Operand } from './operand.ts'
import { ProtocolOperand } from './protocol-operand.ts'

/** What is wrong with a call; its place is that of the call. */
export type Problem = string

type Build = (values: readonly Operand[], name: string, dissector: Dissector) => Operand | Problem

const FUNCTIONS: Readonly<Record<string, Build>> = {
  len: one((value, name, dissector) => {
    const operand = value instanceof ProtocolOperand ? value.header(dissector) : value
    const size = value.field === undefined ? undefined : sizeOf(value.field.type)
    return new MappedOperand('number', name, operand, (found) => size ?? lengthOf(found))
  }),
  count: one((value, name) => counted(value, name)),
  upper: text((found) => found.toUpperCase()),
  lower: text((found) => found.toLowerCase()),
  string: one((value, name) => {
    if (value.kind === 'string' || value.kind === 'bytes')
      return `${name}() makes a text of numbers, addresses and times; ${value.name} is ${kindWords(value.kind)}`
    return new MappedOperand('string', name, value, (found) => textOf(value, found))
  }),
  abs: one((value, name) => {
    if (value.kind !== 'number' && value.kind !== 'duration')
      return `${name}() takes a number; ${value.name} is ${kindWords(value.kind)}`
    return new MappedOperand(value.kind, name, value, (found) => ((found as number) < 0 ? -(found as number) : found))
  }),
  max: extreme((candidate, best) => candidate > best),
  min: extreme((candidate, best) => candidate < best),
}

export const FUNCTION_NAMES: readonly string[] = Object.keys(FUNCTIONS)

/** The values of a call; text says what is wrong with it. */
export function callOf(name: string, values: readonly Operand[], dissector: Dissector): Operand | Problem {
  const build = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined
  if (build === undefined) return `there is no function ${name}(); known are ${FUNCTION_NAMES.join(', ')}`
  return build(values, name, dissector)
}

function one(build: (value: Operand, name: string, dissector: Dissector) => Operand | Problem): Build {
  return (values, name, dissector) => {
    const [value] = values
    if (value === undefined || values.length > 1) return `${name}() takes one field, not ${values.length}`
    return build(value, name, dissector)
  }
}

function text(map: (found: string) => string): Build {
  return one((value, name) => {
    if (value.kind !== 'string') return `${name}() takes a text; ${value.name} is ${kindWords(value.kind)}`
    return new MappedOperand('string', name, value, (found) => map(found as string))
  })
}

function counted(value: Operand, name: string): Operand {
  return new CombinedOperand('number', name, [value], ([found = []]) => (found.length === 0 ? [] : [found.length]))
}

function extreme(isBetter: (candidate: FilterValue, best: FilterValue) => boolean): Build {
  return (values, name) => {
    const [first] = values
    if (first === undefined) return `${name}() needs a field`
    const kind: Kind = first.kind
    if (isBytes(kind)) return `${name}() compares numbers, times and texts; ${first.name} is ${kindWords(kind)}`
    const other = values.find((value) => value.kind !== kind)
    if (other !== undefined)
      return `${name}() needs values of one kind: ${first.name} is ${kindWords(kind)}, ${other.name} ${kindWords(other.kind)}`
    return new CombinedOperand(kind, name, values, (lists) => {
      let best: FilterValue | undefined
      for (const list of lists) for (const found of list) if (best === undefined || isBetter(found, best)) best = found
      return best === undefined ? [] : [best]
    })
  }
}

/** Bytes of a text or byte string. */
function lengthOf(value: FilterValue): number {
  if (typeof value === 'string') return Buffer.byteLength(value)
  return (value as Uint8Array).length
}

function textOf({ kind }: Operand, value: FilterValue): string {
  if (value instanceof Uint8Array) {
    const view = new DataView(value.buffer, value.byteOffset, value.byteLength)
    return kind === 'ether' ? macText(view, 0) : ipv6Text(view, 0)
  }
  if (typeof value === 'bigint') return durationOf(value)
  if (kind === 'ipv4') return ipv4Of(value as number)
  return String(value)
}

function ipv4Of(value: number): string {
  const view = new DataView(new ArrayBuffer(4))
  view.setUint32(0, value)
  return ipv4Text(view, 0)
}

function durationOf(value: bigint): string {
  const nanoseconds = Number(((value % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n)
  return decimalText({ seconds: Number((value - BigInt(nanoseconds)) / 1_000_000_000n), nanoseconds })
}
