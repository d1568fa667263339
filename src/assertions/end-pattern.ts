/** Patterns of one end of a packet: addresses, prefixes, names, labels, each perhaps with a port. */
import { ipv6Text } from '../bytes/address.ts'
import { addressBytes } from '../bytes/parse-address.ts'
import type { AddressOwner, Names } from '../names/names.ts'
import { PatternError, type Place } from './condition.ts'
import type { Frame } from './frame.ts'
import type { PacketEnd } from './pattern.ts'
import { globText, isAsymmetric, opaqueTest, shown } from './value-pattern.ts'

/** Which end of which packet: its address and port, and what its transport is called. */
export interface End {
  readonly address: string
  readonly port: number | undefined
  readonly transport: string | undefined
}

/** A question to an end. */
export interface EndTest {
  readonly words: string
  test(end: End, frame: Frame): boolean
  /** Comparisons of a display filter for the end's address and its port, as far as there are any. */
  address(): string | undefined
  readonly port: number | undefined
}

/** Addresses that a name turned out to be, remembered for the filter that shows its packets. */
const REMEMBERED = 16

export function endTest(pattern: unknown, place: Place, names: Names | undefined): EndTest {
  if (Array.isArray(pattern)) return anyEnd(pattern, place, names)
  if (typeof pattern === 'string') return textEnd(pattern, place, names)
  const opaque = opaqueTest<unknown>(pattern)
  if (opaque !== undefined) {
    const { words } = opaque
    const test: EndTest['test'] = (end, frame) => {
      if (isAsymmetric(pattern)) return opaque.test(end.address)
      if (typeof pattern === 'function') return opaque.test(packetEnd(end, frame))
      return [end.address, ...namesOfEnd(end, names)].some((text) => opaque.test(text))
    }
    return { words, port: undefined, ...remembering(test) }
  }
  if (typeof pattern === 'object' && pattern !== null) return labelledEnd(pattern, place, names)
  throw new PatternError(place, `${shown(pattern)} is neither an address nor a name`)
}

function anyEnd(patterns: readonly unknown[], place: Place, names: Names | undefined): EndTest {
  if (patterns.length === 0) throw new PatternError(place, 'an empty list matches nothing')
  const tests = patterns.map((one, index) => endTest(one, [...place, index], names))
  return {
    words: tests.map(({ words }) => words).join(' or '),
    port: undefined,
    ...remembering((end, frame) => tests.some((each) => each.test(end, frame))),
  }
}

/** Remembers which addresses passed. */
function remembering(test: EndTest['test']): Pick<EndTest, 'test' | 'address'> {
  const passed = new Set<string>()
  return {
    test(end, frame) {
      const isRight = test(end, frame)
      if (isRight && passed.size <= REMEMBERED) passed.add(end.address)
      return isRight
    },
    address: () => (passed.size === 0 || passed.size > REMEMBERED ? undefined : `in {${[...passed].join(', ')}}`),
  }
}

function textEnd(text: string, place: Place, names: Names | undefined): EndTest {
  const { host, port } = splitPort(text, place)
  const hasPort = (end: End) => port === undefined || end.port === port
  const address = addressOf(host)
  if (address !== undefined)
    return { words: text, port, test: (end) => end.address === address && hasPort(end), address: () => `== ${address}` }
  const prefix = prefixOf(host, place)
  if (prefix !== undefined)
    return { words: text, port, test: (end) => prefix(end.address) && hasPort(end), address: () => `== ${host}` }
  if (names === undefined)
    throw new PatternError(
      place,
      `"${host}" is a name, and the capture was loaded without names: loadCapture(path, { names })`,
    )
  const regex = new RegExp(`^${globText(host)}$`)
  return {
    words: text,
    port,
    ...remembering((end) => hasPort(end) && namesOfEnd(end, names).some((name) => regex.test(name))),
  }
}

/** `172.20.2.115:80`, `[fd00::2]:80`, `webpod:80`, or any of them without a port. */
function splitPort(text: string, place: Place): { readonly host: string; readonly port: number | undefined } {
  const found = /^\[([^\]]*)\](?::(\d+))?$/.exec(text) ?? /^([^:]*):(\d+)$/.exec(text)
  const host = found?.[1] ?? text
  const port = found?.[2] === undefined ? undefined : Number(found[2])
  if (host === '') throw new PatternError(place, `"${text}" names no address; for a port alone there is "port"`)
  if (port !== undefined && port > 65_535) throw new PatternError(place, `${port} is not a port: 0 to 65535`)
  return { host, port }
}

/** In the spelling of packets; undefined for what is no address. */
function addressOf(text: string): string | undefined {
  const bytes = addressBytes(text)
  if (bytes === undefined) return undefined
  return bytes.length === 4 ? text : ipv6Text(new DataView(bytes.buffer), 0)
}

function prefixOf(text: string, place: Place): ((address: string) => boolean) | undefined {
  const [head = '', bits = '', more] = text.split('/')
  const bytes = more === undefined ? addressBytes(head) : undefined
  if (bytes === undefined) return undefined
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > bytes.length * 8)
    throw new PatternError(
      place,
      `"${text}" is not a prefix: behind the slash stands a number from 0 to ${bytes.length * 8}`,
    )
  const count = Number(bits)
  const known = new Map<string, boolean>()
  return (address) => {
    let isInside = known.get(address)
    if (isInside === undefined) {
      isInside = sharesBits(bytes, addressBytes(address), count)
      if (known.size >= 65_536) known.clear()
      known.set(address, isInside)
    }
    return isInside
  }
}

function sharesBits(a: Uint8Array, b: Uint8Array | undefined, count: number): boolean {
  if (b === undefined || a.length !== b.length) return false
  for (let at = 0; at * 8 < count; at++) {
    const bits = Math.min(8, count - at * 8)
    if (((a[at] as number) ^ (b[at] as number)) >> (8 - bits) !== 0) return false
  }
  return true
}

function labelledEnd(pattern: object, place: Place, names: Names | undefined): EndTest {
  const wanted = Object.entries(pattern)
  if (wanted.length === 0) throw new PatternError(place, 'labels are needed: { app: "webpod" }')
  for (const [key, value] of wanted)
    if (typeof value !== 'string')
      throw new PatternError([...place, key], `${shown(value)} is no label: it must be a text`)
  if (names === undefined)
    throw new PatternError(
      place,
      'labels are only known of a capture that was loaded with names: loadCapture(path, { names })',
    )
  return {
    words: `{ ${wanted.map(([key, value]) => `${key}: ${value}`).join(', ')} }`,
    port: undefined,
    ...remembering((end, frame) => {
      const labels = packetEnd(end, frame).labels
      return wanted.every(([key, value]) => labels[key] === value)
    }),
  }
}

/** Everything that the lists call an end. */
export function namesOfEnd(end: End, names: Names | undefined): string[] {
  if (names === undefined) return []
  const found = names.address(end.address)
  const service = names.service(end.address, end.port, end.transport)
  const all = found === undefined ? [] : wordsOf(found)
  if (service !== undefined) all.push(`${service.namespace}/${service.service}`, service.service)
  return all
}

function wordsOf(name: AddressOwner): string[] {
  const { namespace, pod, service, host, node, kind } = name
  const words = [name.name]
  for (const one of [pod, service])
    if (one !== undefined) words.push(one, ...(namespace === undefined ? [] : [`${namespace}/${one}`]))
  if (host !== undefined) words.push(host)
  if (kind === 'node' && node !== undefined) words.push(node)
  return words
}

function packetEnd({ address, port }: End, { names, walk }: Frame): PacketEnd {
  const name = names?.address(address)
  const identity =
    name?.identity === undefined ? undefined : names?.identity(name.identity, Math.max(walk.marks.tunnelPort, 0))
  return { address, port, name, labels: labelsOf(identity?.labels ?? []) }
}

/** `k8s:app=webpod` → `{ app: 'webpod' }`. */
function labelsOf(labels: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {}
  for (const label of labels) {
    const [, key, value] = /^(?:[^:=]*:)?([^=]+)=?(.*)$/s.exec(label) ?? []
    if (key !== undefined) found[key] = value ?? ''
  }
  return found
}
