/** What every layer of the registry keeps to; a new layer is held to it without a line here. */
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import type { CaptureRecord } from '../../src/capture/record.ts'
import type { Field } from '../../src/dissect/field.ts'
import type { Layer } from '../../src/dissect/layer.ts'
import { type Node, walkNodes } from '../../src/dissect/node.ts'
import { type Reading, readingAt } from '../../src/dissect/reading.ts'
import { Stop } from '../../src/dissect/stop.ts'
import { type Walk, walkPacket } from '../../src/dissect/walk.ts'
import { defaultDissector } from '../../src/layers/create-dissector.ts'
import { LAYERS } from '../../src/layers/index.ts'
import { FRAME_FIELDS } from '../../src/packet/frame.ts'
import * as frames from '../dissect/frames.ts'
import { CAPTURES, recordsOf } from '../packet/captures.ts'

/** Layers that are the same message in another carrier, and share its names as in Wireshark. */
const CARRIERS: Readonly<Record<string, string>> = {
  mdns: 'dns',
  pppoed: 'pppoe',
  pppoes: 'pppoe',
}

/** Names that belong to another protocol than the layer that shows them, by the layer's id, and why. */
/** Of a datagram that was put together; Wireshark names them after the datagram, not after the header. */
const FRAGMENTS = Object.fromEntries(
  ['ipv6.fragments', 'ipv6.reassembled.in', 'ipv6.reassembled.length', 'ipv6.reassembled.data', 'ipv6.fragment']
    .concat(
      ['count', 'error', 'multipletails', 'overlap', 'overlap.conflict', 'toolongfragment'].map(
        (one) => `ipv6.fragment.${one}`,
      ),
    )
    .map((name) => [name, 'as Wireshark names it']),
)

const OPTIONS = Object.fromEntries(
  ['type', 'type.action', 'type.change', 'type.rest', 'length', 'padn', 'tel', 'router_alert', 'jumbo'].map((name) => [
    `ipv6.opt.${name}`,
    'options look the same in both headers that hold them, and share their names',
  ]),
)

const FOREIGN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ieee8021ad: { 'vlan.etype': 'Wireshark has one field for the EtherType behind a tag of either kind' },
  'ipv6.hopopts': OPTIONS,
  'ipv6.dstopts': OPTIONS,
  'ipv6.fraghdr': FRAGMENTS,
}

/** Names that stand twice among a layer's fields, since the two never occur in one packet, or not at one place. */
const TWICE: Readonly<Record<string, readonly string[]>> = {
  // Four bytes, or two where the next hop's MTU takes the others.
  icmp: ['icmp.unused'],
}

/** Types of Wireshark's that are the same to us. */
const SAME_TYPE: Readonly<Record<string, string>> = { stringz: 'string', framenum: 'uint32', double: 'string' }

/** Where our type is another than Wireshark's, and why. */
const OTHER_TYPE: Readonly<Record<string, string>> = {
  'vxlan-gpe vxlan.flags': 'Wireshark has two fields of this name, one byte wide with a next protocol and two without',
}

/** Where our mask is another than Wireshark's, and why. */
const OTHER_MASK: Readonly<Record<string, string>> = {
  'gtp gtp.flags.reserved': 'of version 0, whose header is another; of version 1 tshark shows one bit, as we do',
}

const dnsMessage = (flags: number) => frames.u16(1, flags, 0, 0, 0, 0)

/** Layers, and fields of them, that no capture of fixtures/ holds. */
const HAND_MADE: readonly Uint8Array[] = [
  frames.ethernet(
    { type: 0x86dd },
    frames.ipv6(
      { next: 0 },
      frames.ipv6Options(
        { next: 43 },
        frames.ipv6RoutingHeader(
          { next: 44 },
          frames.ipv6FragmentHeader({ next: 60 }, frames.ipv6Options({}, frames.udp({ to: 9 }))),
        ),
      ),
    ),
  ),
  // Neighbour solicitation and advertisement with an address option each, and the errors with a number in them.
  ...[
    frames.icmp({ type: 135, rest: 0 }, frames.join(frames.address6('fd00::9'), frames.bytesOf('0101020000000001'))),
    frames.icmp(
      { type: 136, rest: 0x6000_0000 },
      frames.join(frames.address6('fd00::9'), frames.bytesOf('0201020000000001')),
    ),
    frames.icmp({ type: 2, rest: 1280 }, frames.ipv6()),
    frames.icmp({ type: 4, rest: 6 }, frames.ipv6()),
  ].map((message) => frames.ethernet({ type: 0x86dd }, frames.ipv6({ next: 58 }, message))),
  // Fragmentation needed, redirect, parameter problem, time exceeded.
  ...[
    frames.icmp({ type: 3, code: 4, rest: 1400 }, frames.ipv4()),
    frames.icmp({ type: 5, rest: 0x0a00_0009 }, frames.ipv4()),
    frames.icmp({ type: 12, rest: 0x0800_0000 }, frames.ipv4()),
    frames.icmp({ type: 11, rest: 0 }, frames.ipv4()),
  ].map((message) => frames.ethernet({}, frames.ipv4({ protocol: 1 }, message))),
  // A question and an update, over UDP, multicast, and over TCP, where the length comes first.
  ...[0x0100, 0x2800].flatMap((flags) => [
    ...[53, 5353].map((to) => frames.ethernet({}, frames.ipv4({}, frames.udp({ to }, dnsMessage(flags))))),
    frames.ethernet(
      {},
      frames.ipv4({ protocol: 6 }, frames.tcp({ to: 53 }, frames.join(frames.u16(12), dnsMessage(flags)))),
    ),
  ]),
  // A frame of IEEE 802.3, with a length where others have a type.
  frames.ethernet({ type: 3 }, frames.u8(1, 2, 3)),
]

/** Samples kept of each layer; further ones rarely tell more. */
const SAMPLES = 150

const samples = new Map<Layer, { readonly walk: Walk; readonly reading: Reading; readonly isWhole: boolean }[]>()

function collect(record: CaptureRecord): void {
  const walk = defaultDissector().walk()
  walkPacket(walk, record.view, record.start, record.end, record.originalLength, record.linkType)
  for (let depth = 0; depth < walk.depth; depth++) {
    const layer = walk.tables.layers[walk.layer[depth] as number] as Layer
    const known = samples.get(layer) ?? []
    samples.set(layer, known)
    const isWhole = walk.stop === Stop.None || depth < walk.depth - 1
    if (known.length < SAMPLES)
      known.push({ walk, reading: readingAt(walk, depth, record.view, record.bytes), isWhole })
  }
}

beforeAll(async () => {
  for (const frame of HAND_MADE) collect(frames.recordOf(frame))
  for (const capture of CAPTURES) for (const record of await recordsOf(capture)) collect(record)
})

function* withChildren(fields: readonly Field[]): Generator<Field> {
  for (const field of fields) {
    yield field
    yield* withChildren([...field.children, ...field.members])
  }
}

/** Bits as numbers counted from the first bit of the layer. */
function bitsOf({ at, size, bits }: Field): number[] {
  const found: number[] = []
  for (let bit = 0; bit < size * 8; bit++)
    if (((bits?.mask ?? 0) >>> (size * 8 - 1 - bit)) & 1) found.push(at * 8 + bit)
  return found
}

const isFixed = (field: Field) => field.at >= 0 && field.size > 0
const nodesOf = (field: Field, reading: Reading): Node[] => [...walkNodes(field.nodes(reading))]

describe('the registry', () => {
  test('gives every layer an id of its own', () => {
    expect(new Set(LAYERS.map((layer) => layer.id)).size).toBe(LAYERS.length)
  })

  test('has layers to be held to all this', () => {
    expect(LAYERS.length).toBeGreaterThan(20)
    expect(CAPTURES.length).toBeGreaterThan(40)
  })

  test('puts no two layers under one number of a table', () => {
    const owners = new Map<string, string>()
    for (const layer of LAYERS) {
      for (const [table, key] of layer.attach) {
        expect(owners.get(`${table} ${key}`), `${table} ${key} belongs to`).toBeUndefined()
        owners.set(`${table} ${key}`, layer.id)
      }
    }
  })

  test('attaches layers to numbers that their tables have', () => {
    const least = { 'link.type': 0, ethertype: 0x600, 'ip.proto': 0, 'udp.port': 1, 'tcp.port': 1 } as const
    const most = {
      'link.type': 65_535,
      ethertype: 65_535,
      'ip.proto': 255,
      'udp.port': 65_535,
      'tcp.port': 65_535,
    } as const
    for (const layer of LAYERS) {
      for (const [table, key] of layer.attach) {
        if (table === 'media') {
          expect(key, `${layer.id}: media types are compared in lower case`).toMatch(/^[a-z0-9.+-]+\/[a-z0-9.+-]*$/)
          continue
        }
        expect(Number.isInteger(key), `${layer.id}: ${table} ${key}`).toBe(true)
        // LLC stands under Linux's own number for what follows a length.
        if (layer.id !== 'llc') expect(key, layer.id).toBeGreaterThanOrEqual(least[table])
        expect(key, layer.id).toBeLessThanOrEqual(most[table])
      }
    }
  })

  test('asks for an exact media type before its family', () => {
    const types = LAYERS.flatMap((layer) =>
      layer.attach.filter(([table]) => table === 'media').map(([, key]) => String(key)),
    )
    types.forEach((type, index) => {
      const shadow = types.slice(0, index).find((earlier) => earlier.endsWith('/') && type.startsWith(earlier))
      expect(shadow, `${type} is never reached`).toBeUndefined()
    })
  })

  test('leaves tunnels the numbers that the table of pairs has bits for, and VNIs where it reads them', () => {
    LAYERS.forEach((layer, index) => {
      if (layer.role !== 'tunnel') return
      expect(index + 1, layer.id).toBeLessThan(64)
      // GRE has none.
      if (layer.scope !== undefined) expect([layer.scope.at, layer.scope.size], layer.id).toEqual([4, 3])
    })
  })
})

describe.each(LAYERS.map((layer) => ({ id: layer.id, layer })))('$id', ({ layer }) => {
  const fields = [...withChildren(layer.fields)]

  test('names its fields after itself, or as ours', () => {
    const foreign = FOREIGN[layer.id] ?? {}
    const names = fields.flatMap((field) => [field.name, ...field.also]).filter((name) => name !== '')
    const own = `${CARRIERS[layer.id] ?? layer.name}.`
    const strange = names.filter((name) => !name.startsWith(own) && !name.startsWith('ovl.'))
    expect(new Set(strange)).toEqual(new Set(Object.keys(foreign)))
  })

  test('has no name twice at the top', () => {
    const names = layer.fields.map((field) => field.name).filter((name) => name !== '')
    const twice = names.filter((name, index) => names.indexOf(name) !== index)
    expect(new Set(twice)).toEqual(new Set(TWICE[layer.id] ?? []))
  })

  test('has a label for every field', () => {
    for (const field of fields) expect(field.label, field.name).not.toBe('')
  })

  test('shows each fixed field in a packet of a capture, or in one that is made by hand above', () => {
    const fixed = new Set(layer.fields.filter(isFixed))
    for (const { reading } of samples.get(layer) ?? [])
      for (const field of fixed) if (field.nodes(reading).length > 0) fixed.delete(field)
    expect([...fixed].map((field) => field.name)).toEqual([])
  })

  test('keeps fixed fields inside the header that its step moves over', () => {
    const whole = (samples.get(layer) ?? []).filter((sample) => sample.isWhole)
    const longest = Math.max(0, ...whole.map(({ reading }) => reading.body - reading.start))
    for (const field of fields.filter(isFixed)) {
      expect(field.at + field.size, `${field.name} ends`).toBeLessThanOrEqual(longest)
    }
    for (const { reading } of samples.get(layer) ?? []) {
      for (const field of fields.filter(isFixed)) {
        for (const node of field.nodes(reading)) {
          expect(node.start, field.name).toBe(reading.start + field.at)
          expect(node.end, field.name).toBe(reading.start + field.at + field.size)
          expect(node.end, field.name).toBeLessThanOrEqual(reading.body)
        }
      }
    }
  })

  test('keeps what it finds inside its payload, and what lies beneath a field inside the field', () => {
    const check = (node: Node, start: number, end: number) => {
      expect(node.start, node.text).toBeGreaterThanOrEqual(start)
      expect(node.end, node.text).toBeGreaterThanOrEqual(node.start)
      expect(node.end, node.text).toBeLessThanOrEqual(end)
      // What is derived has no bytes, and stands wherever it was derived from.
      for (const child of node.children)
        if (child.end > child.start && node.end > node.start) check(child, node.start, node.end)
    }
    for (const { reading } of samples.get(layer) ?? []) {
      for (const field of layer.fields)
        for (const node of field.nodes(reading)) check(node, reading.start, Math.max(reading.end, reading.body))
    }
  })

  test('reads the same number fast as in the tree', () => {
    for (const { reading } of samples.get(layer) ?? []) {
      for (const field of fields.filter(isFixed)) {
        for (const node of field.nodes(reading)) {
          if (typeof node.value === 'number')
            expect(field.read(reading.view, reading.start), field.name).toBe(node.value)
        }
      }
    }
  })

  test('lists every name that its nodes have, so that it is found', () => {
    for (const { reading } of samples.get(layer) ?? []) {
      for (const field of layer.fields) {
        const known = new Set([...withChildren([field])].map(({ name }) => name))
        const unlisted = nodesOf(field, reading).filter(
          (node) => node.field !== undefined && !known.has(node.field.name),
        )
        expect(
          unlisted.map((node) => node.field?.name),
          `beneath ${field.name || field.label}`,
        ).toEqual([])
      }
    }
  })

  test('keeps every node when it groups them', () => {
    if (layer.group === undefined) return
    for (const { reading } of samples.get(layer) ?? []) {
      const nodes = layer.fields.flatMap((field) => field.nodes(reading))
      const grouped = [...walkNodes(layer.group(nodes, reading))]
      for (const node of walkNodes(nodes)) expect(grouped, node.text).toContain(node)
    }
  })

  test('has bits that lie in their container, apart from each other', () => {
    for (const { name, size, bits } of fields) {
      if (bits === undefined) continue
      expect(bits.mask >>> 0, `${name} has bits`).toBeGreaterThan(0)
      expect(bits.mask >>> 0, `${name} fits into ${size} bytes`).toBeLessThan(2 ** (size * 8))
    }
    for (const siblings of [layer.fields, ...fields.map((field) => field.children)]) {
      const owners = new Map<number, string>()
      for (const field of siblings.filter((one) => isFixed(one) && one.bits !== undefined && one.when === undefined)) {
        for (const bit of bitsOf(field)) {
          expect(owners.get(bit), `bit ${bit} of ${field.name} belongs to`).toBeUndefined()
          owners.set(bit, field.name)
        }
      }
    }
  })

  test('has bits and fields beneath a field inside its bytes', () => {
    for (const parent of fields.filter(isFixed)) {
      for (const child of parent.children.filter(isFixed)) {
        expect(child.at, child.name).toBeGreaterThanOrEqual(parent.at)
        expect(child.at + child.size, child.name).toBeLessThanOrEqual(parent.at + parent.size)
        if (parent.bits === undefined || child.bits === undefined) continue
        const room = new Set(bitsOf(parent))
        expect(
          bitsOf(child).filter((bit) => !room.has(bit)),
          child.name,
        ).toEqual([])
      }
    }
  })

  test('has two ends that every whole header shows', () => {
    if (layer.ends === undefined) return
    const whole = (samples.get(layer) ?? []).filter((sample) => sample.isWhole)
    for (const field of layer.ends) {
      expect(isFixed(field), field.name).toBe(true)
      expect(layer.fields, field.name).toContain(field)
      expect(whole.length, `headers with ${field.name}`).toBeGreaterThan(0)
      for (const { reading } of whole) expect(field.nodes(reading), field.name).toHaveLength(1)
    }
    expect(layer.ends[0]).not.toBe(layer.ends[1])
  })

  test('has a scope, if any, that is a number in its header', () => {
    if (layer.scope === undefined) return
    expect(layer.fields).toContain(layer.scope)
    expect(isFixed(layer.scope)).toBe(true)
    expect(layer.role).toBe('tunnel')
  })

  test('has an EtherType, if any, of two bytes in its header', () => {
    if (layer.etherType === undefined) return
    expect(layer.fields).toContain(layer.etherType)
    expect([layer.etherType.type, layer.etherType.size]).toEqual(['uint16', 2])
  })
})

interface Recorded {
  readonly type: string
  readonly base: string
  readonly mask: number
}

/** fixtures/wireshark-fields.tsv; a name that Wireshark has twice is there twice. */
function recorded(): Map<string, Recorded[]> {
  const found = new Map<string, Recorded[]>()
  for (const line of readFileSync(new URL('../../fixtures/wireshark-fields.tsv', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(2)) {
    const [name = '', type = '', base = '', mask = ''] = line.split('\t')
    found.set(name, [
      ...(found.get(name) ?? []),
      {
        type: type.replace('FT_', '').toLowerCase(),
        base: base.replace('BASE_', '').toLowerCase(),
        mask: Number(mask),
      },
    ])
  }
  return found
}

describe('in the words of Wireshark (fixtures/wireshark-fields.tsv, made by node fixtures/wireshark-fields.mjs)', () => {
  const known = recorded()
  const all = [
    ...LAYERS.flatMap((layer) => [...withChildren(layer.fields)].map((field) => ({ owner: layer.id, field }))),
    ...FRAME_FIELDS.map((field) => ({ owner: 'frame', field })),
  ].filter(({ field }) => field.name !== '')
  const theirs = all.filter(({ field }) => !field.name.startsWith('ovl.'))

  test('every protocol exists, but Generic UDP Encapsulation', () => {
    const unknown = LAYERS.filter((layer) => known.get(layer.name)?.some(({ type }) => type === 'protocol') !== true)
    expect(unknown.map((layer) => layer.name)).toEqual(['gue'])
  })

  test('every name exists, or begins with ovl.', () => {
    const names = all.flatMap(({ field }) => [field.name, ...field.also])
    expect(names.filter((name) => !name.startsWith('ovl.') && !known.has(name))).toEqual([])
  })

  test('no name of ours is one of theirs', () => {
    expect([...known.keys()].filter((name) => name.startsWith('ovl.'))).toEqual([])
  })

  test('every type is theirs', () => {
    const wrong: Record<string, string> = {}
    for (const { owner, field } of theirs) {
      for (const name of [field.name, ...field.also]) {
        const types = known.get(name)?.map(({ type }) => SAME_TYPE[type] ?? type) ?? []
        if (!types.includes(field.type)) wrong[`${owner} ${name}`] = `${field.type}, theirs ${types}`
      }
    }
    expect(Object.keys(wrong).sort(), JSON.stringify(wrong, null, 2)).toEqual(Object.keys(OTHER_TYPE).sort())
  })

  test('numbers are printed in their base', () => {
    const wrong: string[] = []
    for (const { owner, field } of theirs) {
      // Listed as hexadecimal, but tshark prints it in decimal: it is a class field that OPT means as a size.
      if (field.name === 'dns.rr.udp_payload_size') continue
      const bases = known.get(field.name)?.map(({ base }) => base) ?? []
      // What the first base is decides how -T fields prints a number.
      const isHex = (base: string) => base.startsWith('hex')
      if (/^u?int\d+$/.test(field.type) && !bases.some((base) => isHex(base) === isHex(field.base)))
        wrong.push(`${owner} ${field.name}: ${field.base}, theirs ${bases}`)
    }
    expect(wrong).toEqual([])
  })

  test('bits are where theirs are', () => {
    const wrong: Record<string, string> = {}
    for (const { owner, field } of theirs) {
      if (field.bits === undefined) continue
      const masks = known.get(field.name)?.map(({ mask }) => mask) ?? []
      // A mask of 0 is a number that Wireshark's dissector puts together by itself.
      if (!masks.some((mask) => mask === 0 || mask === (field.bits?.mask ?? 0) >>> 0)) {
        wrong[`${owner} ${field.name}`] =
          `0x${(field.bits.mask >>> 0).toString(16)}, theirs ${masks.map((mask) => `0x${mask.toString(16)}`)}`
      }
    }
    expect(Object.keys(wrong).sort(), JSON.stringify(wrong, null, 2)).toEqual(Object.keys(OTHER_MASK).sort())
  })
})
