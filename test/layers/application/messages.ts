/** Application data for tests: payloads of the lab's captures, payloads made by hand, and what holds for any of them. */
import { expect } from 'vitest'
import type { Layer } from '../../../src/dissect/layer.ts'
import { type Node, walkNodes } from '../../../src/dissect/node.ts'
import { readingAt } from '../../../src/dissect/reading.ts'
import { type Walk, walkOn } from '../../../src/dissect/walk.ts'
import type { Packet } from '../../../src/index.ts'
import { defaultDissector } from '../../../src/layers/create-dissector.ts'
import { type Dissection, protocolsOf } from '../../../src/packet/dissection.ts'
import { extractor, occurrenceText } from '../../../src/packet/extract.ts'
import { summaryOf } from '../../../src/packet/summary.ts'
import { dissected, ethernet, ipv4, join, tcp, udp } from '../../dissect/frames.ts'
import { eachDissection } from '../../support/dissections.ts'
import { fixture, LAB_CAPTURES, truthTable } from '../../support/fixtures.ts'

const NEITHER = 40_000

export const ascii = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'))

/** A segment from a client to `port`, and one back. */
export const toPort = (port: number, payload: Uint8Array): Packet => segment(NEITHER, port, payload)
export const fromPort = (port: number, payload: Uint8Array): Packet => segment(port, NEITHER, payload)

function segment(from: number, to: number, payload: Uint8Array): Packet {
  return dissected(ethernet({}, ipv4({ protocol: 6 }, tcp({ from, to }, payload))))
}

/** The same segment, of which the capture lacks the last `missing` bytes. */
export function cutSegment(port: number, payload: Uint8Array, missing: number): Packet {
  const frame = ethernet({}, ipv4({ protocol: 6 }, tcp({ from: port, to: NEITHER }, payload)))
  return dissected(frame.subarray(0, frame.length - missing), { originalLength: frame.length })
}

export const datagram = (port: number, payload: Uint8Array): Packet =>
  dissected(ethernet({}, ipv4({}, udp({ from: NEITHER, to: port }, payload))))

/** The lines that a viewer sees beneath `heading` and further ones, each level four blanks deeper. */
export function lines(packet: Packet, heading: string): string[] {
  const root = packet.tree().find((node) => node.text.startsWith(heading))
  return root === undefined ? [] : shownLines([root], '')
}

function shownLines(nodes: readonly Node[], indent: string): string[] {
  return nodes
    .filter((node) => node.hidden !== true)
    .flatMap((node) => [`${indent}${node.text}`, ...shownLines(node.children, `${indent}    `)])
}

/** Every payload of the lab's captures that a layer of this name begins with, each once. */
export async function payloadsOf(name: string): Promise<Uint8Array[]> {
  const found = new Map<string, Uint8Array>()
  for (const capture of LAB_CAPTURES) {
    await eachDissection(
      fixture(capture),
      ({ walk, record }) => {
        for (let depth = 0; depth < walk.depth; depth++) {
          if (walk.tables.layers[walk.layer[depth] as number]?.name !== name) continue
          const bytes = record.bytes.slice(walk.start[depth], walk.end[depth - 1])
          found.set(Buffer.from(bytes).toString('latin1'), bytes)
        }
      },
      { relativeSequence: false },
    )
  }
  return [...found.values()]
}

/** Fields of one packet as `-T fields` prints them, several values with commas between. */
export function fieldTexts({
  packet,
  names,
}: {
  readonly packet: Dissection
  readonly names: readonly string[]
}): string[] {
  return names.map((name) => extractor(packet.dissector, name)(packet).map(occurrenceText).join(','))
}

interface Compared {
  readonly capture: string
  readonly frame: number
  readonly ours: readonly string[]
  readonly theirs: readonly string[]
}

/**
 * Packets in which tshark found a protocol, in our words and in tshark's: the layers, both columns, and `names`.
 * tshark leaves a segment of a TLS connection alone when its first four bytes happen to be printable; we do not.
 */
export async function compared(protocol: RegExp, names: readonly string[]): Promise<Compared[]> {
  const found: Compared[] = []
  for (const capture of LAB_CAPTURES) {
    const table = truthTable(capture)
    const columns = ['frame.protocols', '_ws.col.Protocol', '_ws.col.Info', ...names].map((name) =>
      table.names.indexOf(name),
    )
    let frame = 0
    await eachDissection(
      fixture(capture),
      (packet) => {
        const row = table.rows[frame++]
        if (row === undefined || !protocol.test(row[columns[0] as number] ?? '')) return
        const { protocol: column, info } = summaryOf(packet)
        const ours = [protocolsOf(packet), column, info, ...fieldTexts({ packet, names })]
        found.push({ capture, frame, ours, theirs: columns.map((index) => row[index] ?? '') })
      },
      { relativeSequence: false },
    )
  }
  return found
}

/**
 * Lets a layer read `payload`, of which `claimed` bytes were on the wire, in a view with not one byte more: whatever
 * reads beyond it throws. Asks every layer that follows for all it has to say.
 */
export function readAlone(id: string, payload: Uint8Array, claimed = payload.length): Walk {
  const bytes = payload.slice()
  const view = new DataView(bytes.buffer)
  const walk = defaultDissector().walk()
  walk.limit = bytes.length
  walk.claim = Math.max(claimed, bytes.length)
  walk.frameClaim = walk.claim
  walkOn(walk, view, 0, walk.tables.find(id))
  for (let depth = 0; depth < walk.depth; depth++) {
    const layer = walk.tables.layers[walk.layer[depth] as number] as Layer
    const r = readingAt(walk, depth, view, bytes)
    expect(r.body).toBeGreaterThanOrEqual(r.start)
    expect(Math.max(r.body, r.end)).toBeLessThanOrEqual(bytes.length)
    const nodes = layer.fields.flatMap((field) => [...walkNodes(field.nodes(r))])
    for (const node of nodes) {
      if (node.start < r.start || node.end < node.start || node.end > Math.max(r.body, r.end)) {
        expect([node.text, node.start, node.end]).toEqual(['lies in its layer', r.start, r.end])
      }
    }
    layer.heading?.(r)
    layer.protocol?.(r)
    layer.info?.(r)
    layer.converse?.(r, {}, { frame: 1, time: { seconds: 0, nanoseconds: 0 } })
    layer.recognise?.(view, r.start, r.end)
  }
  return walk
}

/** Every beginning of a payload, as a short message and as one that the capture cuts. */
export function readPrefixes(id: string, payload: Uint8Array): void {
  const step = Math.max(1, Math.floor(payload.length / 200))
  for (let length = 0; length <= payload.length; length += length < 80 ? 1 : step) {
    readAlone(id, payload.subarray(0, length))
    readAlone(id, payload.subarray(0, length), payload.length)
  }
}

/** A payload with some bytes of it turned into others. */
export function flipped(payload: Uint8Array, flips: readonly (readonly [place: number, value: number])[]): Uint8Array {
  const bytes = payload.slice()
  for (const [place, value] of flips) if (bytes.length > 0) bytes[place % bytes.length] = value
  return bytes
}

export { join }
