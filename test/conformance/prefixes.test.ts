/**
 * Every prefix of real packets: as a capture with a snap length leaves it (fewer bytes than were on the wire), and as
 * a frame that is simply that short. Nothing throws, nothing is read or shown that is not there.
 */
import { beforeAll, describe, expect, test } from 'vitest'
import type { CaptureRecord } from '../../src/capture/record.ts'
import type { Field } from '../../src/dissect/field.ts'
import { type Node, walkNodes } from '../../src/dissect/node.ts'
import { readingAt } from '../../src/dissect/reading.ts'
import { MAX_DEPTH, type Walk, walkPacket } from '../../src/dissect/walk.ts'
import { dissect, type Packet, packetToJson } from '../../src/index.ts'
import { defaultDissector } from '../../src/layers/create-dissector.ts'
import { knownNames } from '../../src/packet/extract.ts'
import { sidesOf } from '../../src/packet/sides.ts'
import { CAPTURES, recordsOf } from '../packet/captures.ts'

/** Packets of one capture that are looked at, evenly chosen. */
const PACKETS = 60
/** Longer frames are cut at every byte here, and at every `STRIDE`th further on, where only payload follows. */
const EVERY_BYTE = 260
const STRIDE = 32

interface Frame {
  readonly name: string
  readonly bytes: Uint8Array
  readonly linkType: number
}

const dissector = defaultDissector()
const names = knownNames(dissector)

/** One frame a kind: link type, protocols, stop and length. */
const frames: Frame[] = []
/** One frame for each link type and nesting of protocols. */
const variants: Frame[] = []
/** One frame for each nesting of protocols behind the link header: the shortest. */
const kinds: Frame[] = []

/** As a capture cuts it, and as a short frame. */
const WAYS = [
  { way: 'cut by the capture', originalLength: (frame: Frame, _length: number) => frame.bytes.length },
  { way: 'as a short frame', originalLength: (_frame: Frame, length: number) => length },
] as const

function evenly<T>(all: readonly T[]): T[] {
  const step = Math.max(1, all.length / PACKETS)
  return Array.from({ length: Math.min(all.length, PACKETS) }, (_, index) => all[Math.floor(index * step)] as T)
}

beforeAll(async () => {
  const known = new Set<string>()
  const shortest = new Map<string, Frame>()
  for (const capture of CAPTURES) {
    for (const record of evenly(await recordsOf(capture))) {
      const bytes = record.bytes.slice(record.start, record.end)
      const packet = dissect(bytes, record.linkType, { originalLength: record.originalLength })
      const kind = `${packet.protocols.replace(/^(eth|sll|null|raw):(ethertype:)?/, '')} ${packet.stopped?.reason}`
      const frame = { name: `${capture} ${record.number}`, bytes, linkType: record.linkType }
      const before = shortest.get(kind)
      if (before === undefined || before.bytes.length > bytes.length) shortest.set(kind, frame)
      const variant = `${record.linkType} ${kind}`
      if (!known.has(variant)) variants.push(frame)
      const signature = `${variant} ${bytes.length}`
      if (!known.has(signature)) frames.push(frame)
      known.add(variant).add(signature)
    }
  }
  kinds.push(...shortest.values())
})

function lengthsOf({ bytes }: Frame): number[] {
  const lengths: number[] = []
  for (let length = 0; length <= bytes.length; length += length < EVERY_BYTE ? 1 : STRIDE) lengths.push(length)
  return lengths
}

/** Protocols found, the bytes that none of them claims apart. */
function openedBy(walk: Walk): number {
  const last = walk.depth - 1
  return last >= 0 && walk.layer[last] === walk.tables.data ? last : walk.depth
}

function checkSpans(walk: Walk, length: number): void {
  let before = 0
  for (let depth = 0; depth < walk.depth; depth++) {
    const [start, body, end] = [walk.start[depth] as number, walk.body[depth] as number, walk.end[depth] as number]
    if (!(before <= start && start <= body && body <= end && end <= length)) {
      expect({ depth, before, start, body, end, length }).toBe('in order')
    }
    before = body
  }
}

function checkInside(range: { readonly start: number; readonly end: number }, length: number, where: string): void {
  if (!(range.start >= 0 && range.start <= range.end && range.end <= length))
    expect({ where, length, ...range }).toBe('inside')
}

/** `expect` for what is compared a hundred thousand times. */
function same(actual: string | undefined, expected: string | undefined, where: string): void {
  if (actual !== expected) expect(actual, where).toBe(expected)
}

const text = (value: unknown): string | undefined => JSON.stringify(value)

/** Where headers begin and end, and a byte to either side. */
function edgesOf(frame: Frame): ReadonlySet<number> {
  const layers = dissect(frame.bytes, frame.linkType).layerNodes()
  return new Set(layers.flatMap(({ node }) => [node.start, node.end]).flatMap((at) => [at - 1, at, at + 1]))
}

test('there are packets of many kinds to cut', () => {
  expect(frames.length).toBeGreaterThan(150)
  expect(variants.length).toBeGreaterThan(80)
  expect(kinds.length).toBeGreaterThan(30)
})

/** Where the outermost IP header ends; without one, the frame. */
function endOfFirstIp(bytes: Uint8Array, linkType: number): number {
  const walk = dissector.walk()
  walkPacket(walk, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length, bytes.length, linkType)
  const { ipv4, ipv6 } = walk.tables
  for (let depth = 0; depth < walk.depth; depth++)
    if (walk.layer[depth] === ipv4 || walk.layer[depth] === ipv6) return walk.body[depth] as number
  return bytes.length
}

describe.each(WAYS)('$way', ({ originalLength }) => {
  test('layers lie one after another inside the frame, and a byte less never opens another protocol', () => {
    const walk = dissector.walk()
    for (const frame of frames) {
      const { buffer, byteOffset } = frame.bytes
      let opened = MAX_DEPTH
      for (let length = frame.bytes.length; length >= 0; length--) {
        walkPacket(
          walk,
          new DataView(buffer, byteOffset, length),
          0,
          length,
          originalLength(frame, length),
          frame.linkType,
        )
        checkSpans(walk, length)
        const now = openedBy(walk)
        same(
          now > opened ? `${now} protocols` : '',
          '',
          `${frame.name} at ${length}, where ${opened} are there with a byte more`,
        )
        opened = now
      }
    }
  })

  test('sides are taken only from headers that are there', () => {
    const walk = dissector.walk()
    for (const frame of variants) {
      const whole = dissect(frame.bytes, frame.linkType)
      // Of IP in IP and GRE, which are no tunnels with sides, the carrier is the packet's own as long as nothing is behind it.
      const carrier = frame.bytes.subarray(0, endOfFirstIp(frame.bytes, frame.linkType))
      const ips = [whole.outer?.ip, whole.inner?.ip, whole.network, dissect(carrier, frame.linkType).network].map(text)
      for (const length of lengthsOf(frame)) {
        const record = recordOf(frame, length, originalLength(frame, length))
        walkPacket(walk, record.view, 0, length, record.originalLength, frame.linkType)
        const { link, outer, inner, network, tunnels } = sidesOf(record, walk)
        const where = `${frame.name} at ${length}`
        if (link !== undefined) same(text(link), text(linkUpTo(whole, link)), where)
        // Until the tunnel's port is there, its carrier is the packet's own network header.
        const first = outer?.ip ?? (network !== undefined && 'version' in network ? network : undefined)
        for (const ip of [first, inner?.ip])
          if (ip !== undefined && !ips.includes(text(ip))) expect(ips, where).toContain(text(ip))
        if (tunnels.length > whole.tunnels.length) expect(tunnels, where).toHaveLength(whole.tunnels.length)
        tunnels.forEach((tunnel, index) => {
          const { type, port } = whole.tunnels[index] ?? {}
          same(`${tunnel.type} ${tunnel.port}`, `${type} ${port}`, where)
        })
      }
    }
  })

  test('tree, columns, fields and JSON show nothing beyond the last byte', () => {
    for (const frame of kinds) {
      const edges = edgesOf(frame)
      for (const length of lengthsOf(frame)) {
        const packet = dissect(frame.bytes.subarray(0, length), frame.linkType, {
          originalLength: originalLength(frame, length),
        })
        const where = `${frame.name} at ${length}`
        for (const node of walkNodes(packet.tree())) checkInside(node, length, where)
        const { layers, frame: head } = packetToJson(packet)
        for (const layer of layers) checkInside(layer, length, where)
        same(layers.map((layer) => layer.name).join(), packet.layers.join(), where)
        same(`${head.length} ${head.capturedLength}`, `${packet.originalLength} ${length}`, where)
        if (head.protocol === '' || packet.stopped?.message === '') expect(packet.summary, where).toBe('worded')
        // One name after another costs much and reads what the tree reads: where headers begin and end, and now and then.
        if (edges.has(length) || length % 16 === 0) for (const name of names) packet.getAll(name)
      }
    }
  })

  test('fixed fields that are wholly there have the value they have in the whole packet', () => {
    const walk = dissector.walk()
    let rich = 0
    for (const frame of kinds) {
      const whole = fixedValues(frame, frame.bytes.length, frame.bytes.length, walk)
      if (whole.size > 5) rich++
      for (const length of lengthsOf(frame)) {
        const there = fixedValues(frame, length, originalLength(frame, length), walk)
        for (const [place, value] of there)
          if (value !== whole.get(place))
            expect(`${frame.name} at ${length}, ${place}: ${value}`).toBe(whole.get(place))
      }
    }
    expect(rich / kinds.length).toBeGreaterThan(0.9)
  })
})

test('a header that is cut by the capture shows its fields up to the cut, and says what it needs', () => {
  const frame = kinds.find(({ name }) => name.startsWith('vxlan')) as Frame
  const whole = dissect(frame.bytes, frame.linkType)
  const ip = whole.layerNodes().find(({ name }) => name === 'ip') as { node: Node }
  const cut = dissect(frame.bytes.subarray(0, ip.node.start + 10), frame.linkType, {
    originalLength: frame.bytes.length,
  })
  expect(cut.get('ip.ttl')).toBe(whole.get('ip.ttl'))
  expect(cut.get('ip.proto')).toBe(whole.get('ip.proto'))
  expect(cut.get('ip.checksum')).toBeUndefined()
  expect(cut.get('ip.src')).toBeUndefined()
  expect(cut.stopped).toMatchObject({
    reason: 'truncated',
    layer: 'ip',
    offset: ip.node.start,
    needed: 20,
    available: 10,
    limitedBy: 'the captured bytes',
  })
})

function recordOf(frame: Frame, length: number, originalLength: number): CaptureRecord {
  const bytes = frame.bytes.subarray(0, length)
  const view = new DataView(bytes.buffer, bytes.byteOffset, length)
  return { ...BLANK, bytes, view, end: length, originalLength, linkType: frame.linkType }
}

const BLANK = {
  number: 1,
  seconds: 0,
  nanoseconds: 0,
  hasTime: true,
  start: 0,
  section: 0,
  interface: {
    id: 0,
    linkType: 0,
    snapLength: 0,
    name: undefined,
    description: undefined,
    filter: undefined,
    ticksPerSecond: 1_000_000,
  },
  offset: 0,
  comment: undefined,
}

/** The whole packet's link header, with only the tags that the prefix has. */
function linkUpTo(whole: Packet, link: NonNullable<Packet['link']>): Packet['link'] {
  const { vlan, ...rest } = whole.link ?? { type: link.type }
  return link.vlan === undefined ? rest : { ...rest, vlan: (vlan ?? []).slice(0, link.vlan.length) }
}

function* withChildren(fields: readonly Field[]): Generator<Field> {
  for (const field of fields) {
    yield field
    yield* withChildren(field.children)
  }
}

/** `depth layer.field` → value, of every field at a fixed place that the prefix shows. */
function fixedValues(frame: Frame, length: number, originalLength: number, walk: Walk): Map<string, string> {
  const bytes = frame.bytes.subarray(0, length)
  const view = new DataView(bytes.buffer, bytes.byteOffset, length)
  walkPacket(walk, view, 0, length, originalLength, frame.linkType)
  const found = new Map<string, string>()
  for (let depth = 0; depth < walk.depth; depth++) {
    const layer = walk.tables.layers[walk.layer[depth] as number]
    const reading = readingAt(walk, depth, view, bytes)
    for (const field of withChildren(layer?.fields ?? [])) {
      if (field.at < 0 || field.size === 0) continue
      for (const node of field.nodes(reading))
        found.set(`${depth} ${layer?.id} ${field.name} ${field.at}`, String(node.value))
    }
  }
  return found
}
