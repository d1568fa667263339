/** What an assertion was given: a kind word where it is something else. */
import { UsageError } from '../errors.ts'
import type { Packet } from '../packet/packet.ts'
import type { CaptureFlow, LoadedCapture } from './loaded-capture.ts'

/** By what it can do: the capture may come from another copy of this package. */
function has(value: unknown, ...methods: readonly string[]): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    methods.every((name) => typeof (value as Record<string, unknown>)[name] === 'function')
  )
}

function fail(assertion: string, what: string, value: unknown): never {
  const hint = value instanceof Promise ? 'a promise: await it first' : value === null ? 'null' : typeof value
  throw new UsageError(`${assertion} is about ${what}, not ${hint}`)
}

export function asCapture(value: unknown, assertion: string): LoadedCapture {
  return has(value, 'each', 'flows') ? (value as LoadedCapture) : fail(assertion, 'a capture from loadCapture', value)
}

export function asPacket(value: unknown, assertion: string): Packet {
  return has(value, 'getAll', 'tree')
    ? (value as Packet)
    : fail(assertion, 'a packet from read, dissect or capture.packet', value)
}

export function asFlow(value: unknown, assertion: string): CaptureFlow {
  const flow = value as Partial<CaptureFlow> | null
  return has(flow?.capture, 'each')
    ? (value as CaptureFlow)
    : fail(assertion, 'what capture.flow(from, to) gives', value)
}
