/** What is said of one side of a packet: ends, ports, protocol. */
import type { Dissector } from '../dissect/dissector.ts'
import { Filter } from '../filter/filter.ts'
import type { Ends } from '../packet/list-ends.ts'
import { type Condition, labelOf, PatternError, type Place } from './condition.ts'
import type { End, EndTest } from './end-pattern.ts'
import type { Frame } from './frame.ts'
import { endWords } from './frame-words.ts'
import { numberTest, shown, type ValueTest } from './value-pattern.ts'

/** `any`: of the innermost IP header, whether it is in a tunnel or not. */
export type Side = 'outer' | 'inner' | 'any'

type CompileEnd = (pattern: unknown, place: Place) => EndTest
type Which = 'source' | 'destination'

export function sideConditions(
  side: Side,
  said: Readonly<Record<string, unknown>>,
  place: Place,
  compileEnd: CompileEnd,
  dissector: Dissector,
): Condition[] {
  const conditions: Condition[] = []
  const at = (key: string) => [...place, key]
  if (said.from !== undefined)
    conditions.push(endCondition(side, 'source', compileEnd(said.from, at('from')), at('from')))
  if (said.to !== undefined) conditions.push(endCondition(side, 'destination', compileEnd(said.to, at('to')), at('to')))
  if (said.between !== undefined) conditions.push(betweenCondition(side, said.between, at('between'), compileEnd))
  const ports: readonly [string, readonly Which[], string][] = [
    ['port', ['source', 'destination'], 'port'],
    ['sourcePort', ['source'], 'srcport'],
    ['destinationPort', ['destination'], 'dstport'],
  ]
  for (const [key, which, field] of ports) {
    if (said[key] === undefined) continue
    conditions.push(portCondition(side, which, field, numberTest(said[key], at(key), 65_535), at(key)))
  }
  if (said.protocol !== undefined) conditions.push(protocolCondition(side, said.protocol, at('protocol'), dissector))
  return conditions
}

/** The ends of a side; undefined where a packet has no such side. */
export function endsOf(side: Side, frame: Frame): Ends | undefined {
  const { outer, inner } = frame.ends
  if (side === 'outer') return outer
  return side === 'inner' && frame.walk.marks.tunnel < 0 ? undefined : inner
}

export function endOf(side: Side, which: Which, frame: Frame): End | undefined {
  const ends = endsOf(side, frame)
  if (ends === undefined) return undefined
  return {
    address: ends[which],
    port: which === 'source' ? ends.sourcePort : ends.destinationPort,
    transport: side === 'outer' ? 'udp' : transportOf(frame),
  }
}

function transportOf({ walk: { marks, tables } }: Frame): string | undefined {
  return marks.inner < 0 ? undefined : tables.layers[marks.transportLayer]?.name
}

const prefixOf = (side: Side) => (side === 'any' ? '' : `${side}.`)
const NO_SIDE = { outer: 'not in a tunnel', inner: 'not in a tunnel', any: 'no addresses' }

function actualEnd(side: Side, which: Which, frame: Frame): string {
  const end = endOf(side, which, frame)
  if (end === undefined) return NO_SIDE[side]
  // The outer source port is a hash: it says nothing.
  return endWords(side === 'outer' ? { ...end, port: undefined } : end, frame)
}

function endCondition(side: Side, which: Which, test: EndTest, place: Place): Condition {
  return {
    label: labelOf(place),
    expected: test.words,
    isTold: false,
    filter: () => endFilter(side, which === 'source' ? 'src' : 'dst', test),
    test(frame) {
      const end = endOf(side, which, frame)
      return end !== undefined && test.test(end, frame)
    },
    actual: (frame) => actualEnd(side, which, frame),
  }
}

function endFilter(side: Side, end: 'src' | 'dst', test: EndTest): string | undefined {
  const prefix = prefixOf(side)
  const address = test.address()
  const ip = address?.includes(':') === true ? 'ipv6' : 'ip'
  const parts = [
    ...(address === undefined ? [] : [`${prefix}${ip}.${end} ${address}`]),
    ...(test.port === undefined ? [] : [portFilter(prefix, `${end}port`, `== ${test.port}`)]),
  ]
  return parts.length === 0 ? undefined : parts.join(' && ')
}

const portFilter = (prefix: string, field: string, comparison: string) =>
  `(${prefix}tcp.${field} ${comparison} || ${prefix}udp.${field} ${comparison})`

function betweenCondition(side: Side, said: unknown, place: Place, compileEnd: CompileEnd): Condition {
  if (!Array.isArray(said) || said.length !== 2)
    throw new PatternError(place, `${shown(said)} is not a list of two ends`)
  const one = compileEnd(said[0], [...place, 0])
  const other = compileEnd(said[1], [...place, 1])
  return {
    label: labelOf(place),
    expected: `${one.words} and ${other.words}`,
    isTold: false,
    filter() {
      const ways = [
        [one, other],
        [other, one],
      ].map(([from, to]) =>
        [endFilter(side, 'src', from as EndTest), endFilter(side, 'dst', to as EndTest)].filter(
          (part) => part !== undefined,
        ),
      )
      return ways.some((way) => way.length < 2)
        ? undefined
        : `(${ways.map((way) => `(${way.join(' && ')})`).join(' || ')})`
    },
    test(frame) {
      const source = endOf(side, 'source', frame)
      const destination = endOf(side, 'destination', frame)
      if (source === undefined || destination === undefined) return false
      return (
        (one.test(source, frame) && other.test(destination, frame)) ||
        (other.test(source, frame) && one.test(destination, frame))
      )
    },
    actual: (frame) => `${actualEnd(side, 'source', frame)} and ${actualEnd(side, 'destination', frame)}`,
  }
}

function portCondition(
  side: Side,
  which: readonly Which[],
  field: string,
  test: ValueTest<number>,
  place: Place,
): Condition {
  const portsOf = (frame: Frame) => which.flatMap((one) => endOf(side, one, frame)?.port ?? [])
  return {
    label: labelOf(place),
    expected: test.words,
    isTold: false,
    filter: () => test.filter && portFilter(prefixOf(side), field, test.filter),
    test: (frame) => portsOf(frame).some((port) => test.test(port)),
    actual: (frame) => portsOf(frame).join(' and ') || (endsOf(side, frame) === undefined ? NO_SIDE[side] : 'no ports'),
  }
}

function protocolCondition(side: Side, said: unknown, place: Place, dissector: Dissector): Condition {
  const names = (Array.isArray(said) ? said : [said]) as unknown[]
  if (names.length === 0) throw new PatternError(place, 'an empty list matches nothing')
  for (const name of names)
    if (!dissector.layers.some((layer) => layer.name === name))
      throw new PatternError(
        place,
        `${shown(name)} is no protocol; known are ${[...new Set(dissector.layers.map((layer) => layer.name))].join(', ')}`,
      )
  const joined = names.map((name) => `${prefixOf(side)}${name}`).join(' || ')
  const text = names.length === 1 ? joined : `(${joined})`
  const filter = new Filter(text, dissector)
  return {
    label: labelOf(place),
    expected: names.join(' or '),
    isTold: !filter.isHeaderOnly,
    filter: () => text,
    test: (frame) => filter.matches(frame.dissection),
    actual: (frame) => frame.summary.protocol,
  }
}
