/**
 * Bytes that nobody meant: arbitrary ones under every link type, and real packets with bytes changed, put in and taken
 * out. Nothing throws, nothing outside the frame is read, nothing takes long.
 */
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { Overview } from '../../src/analysis/overview.ts'
import { TableFinder } from '../../src/analysis/packet-finder.ts'
import type { Pair } from '../../src/analysis/pair-rows.ts'
import { PairTable } from '../../src/analysis/pair-table.ts'
import { flowReport } from '../../src/analysis/path-report.ts'
import { PathTable } from '../../src/analysis/path-table.ts'
import { topologyOf } from '../../src/analysis/topology.ts'
import { LinkType } from '../../src/capture/link-type.ts'
import { CaptureRecord } from '../../src/capture/record.ts'
import { type Node, walkNodes } from '../../src/dissect/node.ts'
import { MAX_DEPTH, type Walk, walkPacket } from '../../src/dissect/walk.ts'
import { dissect, packetToJson } from '../../src/index.ts'
import { defaultDissector } from '../../src/layers/create-dissector.ts'
import { knownNames } from '../../src/packet/extract.ts'
import { Packet } from '../../src/packet/packet.ts'
import { Conversations } from '../../src/streams/conversations.ts'
import * as frames from '../dissect/frames.ts'
import { CAPTURES, recordsOf } from '../packet/captures.ts'

/** Change it to look further; failures print it, and the path to the smallest one. */
const SEED = 20261122
/** A generous bound for one packet, in milliseconds: a thousand times what it takes. */
const PATIENCE = 2000
/** Bytes around a frame in its buffer, as the records around it in a file. */
const GUARD = 48

const dissector = defaultDissector()
const names = knownNames(dissector)
const linkTypes = [...Object.values(LinkType), 147]

interface Frame {
  readonly bytes: Uint8Array
  readonly linkType: number
  readonly originalLength: number
}

/** Takes everything in that this file dissects. */
const overview = new Overview()
const finder = new TableFinder()
const paths = new PathTable({ finder })

/** One real packet of every kind. */
const real: Frame[] = []

beforeAll(async () => {
  const known = new Set<string>()
  for (const capture of CAPTURES) {
    for (const record of await recordsOf(capture)) {
      const { linkType, originalLength } = record
      const bytes = record.bytes.slice(record.start, record.end)
      const kind = dissect(bytes, linkType).protocols
      if (!known.has(kind) && bytes.length < 800) real.push({ bytes, linkType, originalLength })
      known.add(kind)
    }
  }
  expect(real.length).toBeGreaterThan(40)
})

/** A record in the middle of a buffer whose other bytes are `guard`, as records lie in a chunk of a file. */
function guarded({ bytes, linkType, originalLength }: Frame, guard: Uint8Array): CaptureRecord {
  const record = new CaptureRecord()
  record.number = 1
  record.bytes = frames.join(guard, bytes, guard)
  record.view = new DataView(record.bytes.buffer)
  record.start = guard.length
  record.end = guard.length + bytes.length
  record.originalLength = originalLength
  record.linkType = linkType
  return record
}

/** All that can be said of a packet, positions counted from the frame's first byte. */
function everything(record: CaptureRecord): string {
  const walk = dissector.walk()
  walkPacket(walk, record.view, record.start, record.end, record.originalLength, record.linkType)
  checkWalk(walk, record)
  const notes = new Conversations(dissector.tables, { reassembly: false }).observe(record, walk).notes
  const told = Array.from({ length: walk.depth }, (_, depth) => notes(depth))
  const packet = new Packet(dissector, record, { notes: (depth) => told[depth] }, walk)
  const tree = packet.tree()
  const length = record.end - record.start
  for (const node of walkNodes(tree)) {
    if (!(node.start >= 0 && node.start <= node.end && node.end <= length))
      expect(`${node.text} ${node.start} ${node.end}`).toBe(`inside ${length} bytes`)
  }
  overview.add(record, walk)
  paths.observe(record, walk, 0, true)
  const pairs = new PairTable()
  pairs.count(pairs.find(record.view, walk), record, walk, false, 0)
  return JSON.stringify([
    packetToJson(packet),
    tree.map(plain),
    told,
    Array.from(pairs.pairs(dissector.tables), pairText),
  ])
}

const pairText = ({ outer, tunnel, source, destination, packets, bytes }: Pair): unknown => [
  outer,
  tunnel,
  source,
  destination,
  packets,
  bytes,
]
const plain = ({ text, start, end, value, children }: Node): unknown => [text, start, end, value, children.map(plain)]

function checkWalk(walk: Walk, { start, end }: CaptureRecord): void {
  expect(walk.depth).toBeLessThanOrEqual(MAX_DEPTH)
  let before = start
  for (let depth = 0; depth < walk.depth; depth++) {
    const span = [walk.start[depth], walk.body[depth], walk.end[depth]] as [number, number, number]
    if (!(before <= span[0] && span[0] <= span[1] && span[1] <= span[2] && span[2] <= end))
      expect({ depth, before, span, end }).toBe('in order')
    before = span[1]
  }
}

const GUARDS = [
  new Uint8Array(GUARD),
  new Uint8Array(GUARD).fill(0xff),
  Uint8Array.from({ length: GUARD }, (_, index) => 0x45 + index * 7),
]

/** Dissects with different neighbours, and with none at all, where reading outside throws. */
function check(frame: Frame): void {
  const begin = performance.now()
  const alone = everything(guarded(frame, new Uint8Array(0)))
  const took = performance.now() - begin
  if (took > PATIENCE)
    expect(`${took} ms for ${Buffer.from(frame.bytes).toString('hex')}`).toBe(`less than ${PATIENCE}`)
  for (const guard of GUARDS) {
    const between = everything(guarded(frame, guard))
    if (between !== alone) expect(JSON.parse(between)).toEqual(JSON.parse(alone))
  }
}

const byte = fc.integer({ min: 0, max: 255 })
/** What a header's length, version or type often is, among arbitrary bytes. */
const tellingByte = fc.oneof(
  byte,
  fc.constantFrom(0, 1, 4, 5, 6, 8, 17, 41, 44, 58, 0x40, 0x45, 0x60, 0x7f, 0x80, 0x81, 0xdd, 0xff),
)
const arbitraryFrame = fc.record({
  bytes: fc.uint8Array({ maxLength: 160 }),
  linkType: fc.constantFrom(...linkTypes),
  more: fc.nat(300),
})

type Change = { readonly kind: 'set' | 'insert' | 'remove' | 'cut'; readonly at: number; readonly bytes: Uint8Array }
const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom(
    'set' as const,
    'set' as const,
    'set' as const,
    'insert' as const,
    'remove' as const,
    'cut' as const,
  ),
  at: fc.nat(1000),
  bytes: fc.array(tellingByte, { minLength: 1, maxLength: 4 }).map((values) => Uint8Array.from(values)),
})

function changed(bytes: Uint8Array, changes: readonly Change[]): Uint8Array {
  let now = bytes
  for (const { kind, at, bytes: other } of changes) {
    const position = now.length === 0 ? 0 : at % now.length
    const after = kind === 'insert' ? position : position + other.length
    if (kind === 'cut') now = now.subarray(0, position)
    else
      now = frames.join(
        now.subarray(0, position),
        kind === 'remove' ? new Uint8Array(0) : other,
        now.subarray(Math.min(after, now.length)),
      )
  }
  return now
}

describe(`with seed ${SEED}`, () => {
  test('arbitrary bytes are survived under every link type', () => {
    fc.assert(
      fc.property(arbitraryFrame, ({ bytes, linkType, more }) =>
        check({ bytes, linkType, originalLength: bytes.length + more }),
      ),
      { seed: SEED, numRuns: 300 },
    )
  })

  test('arbitrary bytes behind a header that opens a tunnel are survived', () => {
    const tunnels = fc.constantFrom(4789, 8472, 6081)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), tunnels, fc.nat(65_535), (bytes, to, from) => {
        const frame = frames.ethernet({}, frames.ipv4({}, frames.udp({ from, to }, bytes)))
        check({ bytes: frame, linkType: 1, originalLength: frame.length })
      }),
      { seed: SEED, numRuns: 150 },
    )
  })

  test('arbitrary bytes behind a TCP or UDP header are survived, whatever the port makes of them', () => {
    const ports = [
      ...new Set(
        dissector.layers.flatMap((layer) =>
          layer.attach.flatMap(([table, key]) => (table === 'udp.port' || table === 'tcp.port' ? [key] : [])),
        ),
      ),
    ]
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 160 }), fc.constantFrom(...ports, 9), fc.boolean(), (bytes, to, isTcp) => {
        const transport = isTcp ? frames.tcp({ to, flags: 0x18 }, bytes) : frames.udp({ to }, bytes)
        const frame = frames.ethernet({}, frames.ipv4({ protocol: isTcp ? 6 : 17 }, transport))
        check({ bytes: frame, linkType: 1, originalLength: frame.length })
      }),
      { seed: SEED, numRuns: 250 },
    )
  })

  test('real packets are survived with bytes changed, put in and taken out', () => {
    fc.assert(
      fc.property(
        fc.nat(10_000),
        fc.array(change, { minLength: 1, maxLength: 6 }),
        fc.constantFrom(0, 0, 100),
        (which, changes, more) => {
          const { bytes, linkType } = real[which % real.length] as Frame
          const damaged = changed(bytes, changes)
          check({ bytes: damaged, linkType, originalLength: damaged.length + more })
        },
      ),
      { seed: SEED, numRuns: 500 },
    )
  })

  test('no field of a damaged packet throws when it is asked for by name', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.array(change, { minLength: 1, maxLength: 4 }), (which, changes) => {
        const { bytes, linkType } = real[which % real.length] as Frame
        const packet = dissect(changed(bytes, changes), linkType)
        for (const name of names) packet.getAll(name)
      }),
      { seed: SEED, numRuns: 150 },
    )
  })

  test('a walk that was used before finds what a new one finds', () => {
    const used = dissector.walk()
    fc.assert(
      fc.property(fc.nat(10_000), fc.array(change, { maxLength: 3 }), (which, changes) => {
        const { bytes, linkType } = real[which % real.length] as Frame
        const damaged = changed(bytes, changes)
        const view = new DataView(damaged.buffer, damaged.byteOffset, damaged.length)
        const fresh = dissector.walk()
        for (const walk of [used, fresh]) walkPacket(walk, view, 0, damaged.length, damaged.length, linkType)
        expect(state(used)).toEqual(state(fresh))
      }),
      { seed: SEED, numRuns: 1000 },
    )
  })
})

function state(walk: Walk): unknown {
  const { depth, firstTunnel, lastTunnel, quote, isFragment, isLaterFragment, stop, frameClaim } = walk
  const spans = [walk.layer, walk.start, walk.body, walk.end, walk.claimed].map((array) => [
    ...array.subarray(0, depth),
  ])
  const stopped = stop === 0 ? [] : [walk.stopLayer, walk.stopAt, walk.needed, walk.available, walk.limitSource]
  return { depth, firstTunnel, lastTunnel, quote, isFragment, isLaterFragment, stop, frameClaim, spans, stopped }
}

describe('nesting that does not end', () => {
  const nested = (
    times: number,
    around: (inside: Uint8Array) => Uint8Array,
    inside: Uint8Array = new Uint8Array(0),
  ): Uint8Array => {
    let frame = inside
    for (let i = 0; i < times; i++) frame = around(frame)
    return frame
  }
  const inVxlan = (inside: Uint8Array) => frames.ethernet({}, frames.ipv4({}, frames.udp({}, frames.vxlan({}, inside))))

  test('is followed through the layers there is room for, and then stops as too deep', () => {
    const packet = frames.dissected(nested(30, inVxlan, frames.ethernet()))
    expect(packet.layers).toHaveLength(MAX_DEPTH)
    expect(packet.layers.slice(0, 8)).toEqual(['eth', 'ip', 'udp', 'vxlan', 'eth', 'ip', 'udp', 'vxlan'])
    expect(packet.stopped).toMatchObject({ reason: 'too-deep', layer: 'eth', offset: (MAX_DEPTH / 4) * 50 })
    expect(packet.stopped?.message).toContain('too many layers')
    expect(packet.tunnels).toHaveLength(MAX_DEPTH / 4)
  })

  test('has a tree and columns all the same', () => {
    const frame = nested(30, inVxlan)
    const packet = frames.dissected(frame)
    expect(packet.tree()).toHaveLength(1 + MAX_DEPTH + 1)
    expect(packet.summary.protocol).not.toBe('')
    check({ bytes: frame, linkType: 1, originalLength: frame.length })
  })

  test.each([
    [
      'VLAN tags',
      frames.ethernet(
        { type: 0x8100 },
        nested(60, (inside) => frames.vlanTag({ type: 0x8100 }, inside)),
      ),
    ],
    [
      'IPv4 in IPv4',
      frames.ethernet(
        {},
        nested(60, (inside) => frames.ipv4({ protocol: 4 }, inside)),
      ),
    ],
    [
      'IPv6 in IPv6',
      frames.ethernet(
        { type: 0x86dd },
        nested(60, (inside) => frames.ipv6({ next: 41 }, inside)),
      ),
    ],
    [
      'IPv6 extension headers',
      frames.ethernet(
        { type: 0x86dd },
        frames.ipv6(
          { next: 60 },
          nested(60, (inside) => frames.ipv6Options({ next: 60 }, inside)),
        ),
      ),
    ],
    [
      'ICMP errors',
      frames.ethernet(
        {},
        nested(60, (inside) => frames.ipv4({ protocol: 1 }, frames.icmp({ type: 3 }, inside))),
      ),
    ],
    [
      'GENEVE',
      nested(30, (inside) => frames.ethernet({}, frames.ipv4({}, frames.udp({ to: 6081 }, frames.geneve({}, inside))))),
    ],
  ])('of %s stops as too deep', (_name, frame) => {
    const packet = frames.dissected(frame)
    expect(packet.stopped?.reason).toBe('too-deep')
    expect(packet.layers).toHaveLength(MAX_DEPTH)
    check({ bytes: frame, linkType: 1, originalLength: frame.length })
  })

  test('that just fits does not stop', () => {
    const packet = frames.dissected(
      frames.ethernet(
        {},
        nested(MAX_DEPTH - 1, (inside) => frames.ipv4({ protocol: 4 }, inside)),
      ),
    )
    expect(packet.layers).toHaveLength(MAX_DEPTH)
    expect(packet.stopped).toBeUndefined()
  })
})

test('the overview of all that can be drawn', () => {
  expect(overview.copies.frames).toBeGreaterThan(1000)
  expect(topologyOf(overview, dissector.tables).length).toBeGreaterThan(0)
})

test('the paths of all that can be drawn are told', () => {
  paths.finish()
  const reports = Array.from(paths.flows(), (flow) => flowReport(flow, paths))
  expect(reports.length).toBeGreaterThan(100)
  expect(paths.packets).toBeLessThanOrEqual(finder.copies.packets)
})

test('guards would be noticed: a decoder that reads beyond the frame gives other results', () => {
  const frame = { bytes: frames.ethernet(), linkType: 1, originalLength: 14 }
  const [zeros, ones] = GUARDS.slice(0, 2).map((guard) => {
    const { view, end } = guarded(frame, guard)
    return view.getUint16(end)
  })
  expect(zeros).not.toBe(ones)
})
