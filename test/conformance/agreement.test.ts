/** One definition, two speeds: what `scan` reads fast, `read` reads by name, and tree and JSON show, is one value. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { CaptureRecord } from '../../src/capture/record.ts'
import type { Field } from '../../src/dissect/field.ts'
import { type Node, type Value, walkNodes } from '../../src/dissect/node.ts'
import type { Walk } from '../../src/dissect/walk.ts'
import { CaptureError } from '../../src/errors.ts'
import { type Packet, packetToJson, scan } from '../../src/index.ts'
import { defaultDissector } from '../../src/layers/create-dissector.ts'
import { packetJsonText } from '../../src/packet/json.ts'
import { CAPTURES, captureUrl, packetsOf } from '../packet/captures.ts'

/** What a scan sees of a packet, as plain values. */
interface Scanned {
  readonly layers: readonly string[]
  readonly spans: readonly number[]
  /** `name` → its values in the order of layers, of fields that are numbers at fixed places. */
  readonly numbers: ReadonlyMap<string, readonly number[]>
}

const dissector = defaultDissector()
const fieldNames = dissector.fieldNames()
const known = new Set(fieldNames)
const aliases = new Set(fieldNames.filter((name) => dissector.placesOf(name).every(({ field }) => field.name !== name)))

/** Top-level fields that a scan can read: at a fixed place, four bytes at most, and in every packet of their layer. */
const FAST = [
  'ip.len',
  'ip.id',
  'ip.ttl',
  'ip.proto',
  'ip.flags',
  'ip.src',
  'ipv6.plen',
  'ipv6.hlim',
  'ipv6.flow',
  'udp.srcport',
  'udp.dstport',
  'udp.length',
  'tcp.srcport',
  'tcp.dstport',
  'tcp.hdr_len',
  'tcp.flags',
  'tcp.seq_raw',
  'vxlan.flags',
  'vxlan.vni',
  'geneve.vni',
  'geneve.proto_type',
  'icmp.type',
  'icmp.code',
  'icmpv6.type',
  'arp.opcode',
  'sll.etype',
  'sll.ifindex',
  'vlan.id',
]

const fastFields = new Map<number, readonly Field[]>()
for (const name of FAST) {
  for (const { layer, field } of dissector.placesOf(name))
    fastFields.set(layer, [...(fastFields.get(layer) ?? []), field])
}

function scanned(record: CaptureRecord, walk: Walk): Scanned {
  const layers: string[] = []
  const spans: number[] = []
  const numbers = new Map<string, number[]>()
  for (let depth = 0; depth < walk.depth; depth++) {
    const number = walk.layer[depth] as number
    const [start, body] = [walk.start[depth] as number, walk.body[depth] as number]
    layers.push(walk.tables.layers[number]?.name ?? '')
    spans.push(start - record.start, body - record.start)
    for (const field of fastFields.get(number) ?? []) {
      if (start + field.at + field.size > body) continue
      numbers.set(field.name, [...(numbers.get(field.name) ?? []), field.read(record.view, start)])
    }
  }
  return { layers, spans, numbers }
}

async function scanAll(capture: string): Promise<Scanned[]> {
  const all: Scanned[] = []
  try {
    await scan(captureUrl(capture), (record, walk) => void all.push(scanned(record, walk)))
  } catch (error) {
    if (!(error instanceof CaptureError) || error.code !== 'cut') throw error
  }
  return all
}

/** Values of every named node by name, in the order of the tree, and under its further names. */
function byName(nodes: readonly Node[]): Map<string, Value[]> {
  const found = new Map<string, Value[]>()
  const add = (name: string, value: Value) => found.set(name, [...(found.get(name) ?? []), value])
  for (const { field, value } of walkNodes(nodes)) {
    if (field === undefined || field.name === '') continue
    for (const name of [field.name, ...field.also]) add(name, value)
  }
  return found
}

/** Frames that an earlier capture had already; several captures of fixtures/ hold the same packets in another format. */
const seen = new Set<string>()

function isNew(packet: Packet): boolean {
  const key = `${packet.linkType} ${packet.originalLength} ${Buffer.from(packet.bytes).toString('latin1')}`
  if (seen.has(key)) return false
  seen.add(key)
  return true
}

/** Packets of one nesting of protocols that are asked for every name there is; further ones for those they show. */
const ASKED_EVERYTHING = 10
const asked = new Map<string, number>()

function namesToAsk(packet: Packet, shown: ReadonlyMap<string, unknown>): Iterable<string> {
  const before = asked.get(packet.protocols) ?? 0
  asked.set(packet.protocols, before + 1)
  return before < ASKED_EVERYTHING ? fieldNames : [...shown.keys()].filter((name) => known.has(name))
}

const text = (value: unknown): string => JSON.stringify(value) ?? ''

describe.each(CAPTURES)('%s', (capture) => {
  let packets: Packet[] = []
  /** Those that no capture before had, with what their trees show. */
  let fresh: { readonly packet: Packet; readonly shown: ReadonlyMap<string, readonly Value[]> }[] = []
  let fast: Scanned[] = []

  beforeAll(async () => {
    // Alone, without what other packets tell: a scan does not know it either.
    packets = await packetsOf(capture, { conversations: false, reassemble: false })
    fast = await scanAll(capture)
    fresh = packets.filter(isNew).map((packet) => ({ packet, shown: byName(packet.tree()) }))
  })

  test('scan finds the layers of read, where read finds them', () => {
    expect(fast.length).toBe(packets.length)
    packets.forEach((packet, index) => {
      const { layers, spans } = fast[index] as Scanned
      const there = packet.layerNodes().flatMap(({ node }) => [node.start, node.end])
      same([layers, spans], [packet.layers, there], packet, 'layers')
    })
  })

  test('scan reads the numbers of read', () => {
    packets.forEach((packet, index) => {
      for (const [name, values] of (fast[index] as Scanned).numbers) {
        // Addresses are numbers to a scan only.
        const read = packet.getAll(name).map((value) => (name === 'ip.src' ? addressNumber(String(value)) : value))
        same(values, read, packet, name)
      }
    })
  })

  test('visitLayers gives the places and values of layerNodes, in their order', async () => {
    for (const packet of await packetsOf(capture)) {
      const visited: unknown[] = []
      packet.visitLayers(
        (name, { source, start, end }) => visited.push([name, source, start, end]),
        ({ name }, value) => visited.push([name, value]),
      )
      const expected: unknown[] = []
      for (const { name, node } of packet.layerNodes()) {
        expected.push([name, node.source, node.start, node.end])
        for (const { field, value } of walkNodes(node.children))
          if (field !== undefined && value !== undefined) expected.push([field.name, value])
      }
      same(visited, expected, packet, 'values')
    }
  })

  test('the text of a packet is that of its JSON', async () => {
    for (const packet of await packetsOf(capture))
      expect(packetJsonText(packet)).toBe(JSON.stringify(packetToJson(packet)))
  })

  test('getAll gives what the tree shows, in its order', () => {
    for (const { packet, shown } of fresh) {
      for (const name of namesToAsk(packet, shown)) {
        const [found, expected] = [packet.getAll(name), shown.get(name) ?? []]
        same(found, expected, packet, name)
      }
    }
  })

  test('get is the first of getAll, and texts has a text for each', () => {
    for (const { packet, shown } of fresh.slice(0, 40)) {
      for (const name of shown.keys()) {
        const all = packet.getAll(name)
        if (packet.get(name) !== all[0]) expect(packet.get(name), name).toBe(all[0])
        const texts = packet.texts(name)
        if (
          texts.length !== all.length ||
          texts.some((one, index) => typeof all[index] === 'string' && one !== all[index])
        )
          expect(texts, name).toEqual(all)
      }
    }
  })

  test('JSON has the values of the tree, layer by layer', () => {
    for (const { packet, shown } of fresh) {
      const { layers } = packetToJson(packet)
      const collected = new Map<string, unknown[]>()
      for (const layer of layers) {
        for (const [name, value] of Object.entries(layer.fields))
          collected.set(name, [...(collected.get(name) ?? []), ...[value].flat()])
      }
      for (const [name, values] of shown) {
        if (aliases.has(name) || name.startsWith('frame.')) continue
        // What has bytes but no value is no field of JSON.
        const there = values.filter((value) => value !== undefined)
        same(collected.get(name) ?? [], there, packet, name)
      }
      for (const name of collected.keys())
        if (!shown.has(name)) expect(name, `packet ${packet.number}`).toBe('in the tree')
    }
  })

  test('the frame says the same everywhere, frame.protocols too', () => {
    for (const { packet } of fresh) {
      const { frame } = packetToJson(packet)
      const named = [
        'frame.protocols',
        'frame.number',
        'frame.len',
        'frame.cap_len',
        '_ws.col.Protocol',
        '_ws.col.Info',
      ].map((name) => packet.get(name))
      same(
        [frame.protocols, frame.number, frame.length, frame.capturedLength, frame.protocol, frame.info],
        named,
        packet,
        'frame',
      )
      same(
        packet.protocols.split(':').filter((name) => name !== 'ethertype'),
        packet.layers,
        packet,
        'layers',
      )
      const shown = byName(packet.tree().slice(0, 1))
      for (const [name, values] of shown) same(packet.getAll(name), values, packet, name)
      for (const name of ['frame.protocols', 'frame.number', 'frame.len'])
        if (!shown.has(name)) expect(name, `packet ${packet.number}`).toBe('in the tree')
    }
  })
})

/** `expect` for what is compared a hundred thousand times. */
function same(actual: unknown, expected: unknown, packet: Packet, what: string): void {
  if (text(actual) !== text(expected)) expect(actual, `packet ${packet.number}, ${what}`).toEqual(expected)
}

function addressNumber(address: string): number {
  return address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0)
}

test('the names that a scan is asked for exist', () => {
  for (const name of FAST) expect(dissector.placesOf(name).length, name).toBeGreaterThan(0)
  expect(aliases.has('ip.addr')).toBe(true)
})
