/**
 * The short way to a packet's landmarks against the long one, which is its reference: over every packet of every
 * capture, every prefix of each kind, and packets with bytes changed, both find the same. And the layers that are
 * listed afterwards are the walk's.
 */
import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { linkTypeName } from '../../src/capture/link-type.ts'
import type { Landmarks } from '../../src/dissect/landmarks.ts'
import { skimPacket, type Walk, walkPacket } from '../../src/dissect/walk.ts'
import { createDissector, defaultDissector } from '../../src/layers/create-dissector.ts'
import { CAPTURES, recordsOf } from '../packet/captures.ts'

interface Frame {
  readonly bytes: Uint8Array
  readonly linkType: number
  readonly originalLength: number
}

const dissector = defaultDissector()
const real: Frame[] = []

beforeAll(async () => {
  for (const capture of CAPTURES) {
    for (const record of await recordsOf(capture)) {
      const { linkType, originalLength } = record
      real.push({ bytes: record.bytes.slice(record.start, record.end), linkType, originalLength })
    }
  }
  expect(real.length).toBeGreaterThan(2000)
})

const skimmed = dissector.walk()
const walked = dissector.walk()

/** What landmarks say: nothing of headers that are not there. */
function meaningOf(marks: Landmarks) {
  const { outer, outerLayer, tunnel, tunnelPort, firstTunnelLayer, tunnelLayer, vni, inner, ...behind } = marks
  return {
    ...(outer < 0 ? { outer } : { outer, outerLayer }),
    ...(tunnel < 0 ? { tunnel, vni, tunnelPort } : { tunnel, tunnelLayer, vni, tunnelPort, firstTunnelLayer }),
    ...(inner < 0 ? { inner, transport: behind.transport } : { inner, ...behind }),
  }
}

function layersOf(walk: Walk) {
  const { depth, firstTunnel, lastTunnel, stop } = walk
  const rows = Array.from({ length: depth }, (_, at) =>
    [walk.layer[at], walk.start[at], walk.body[at], walk.end[at], walk.claimed[at]].join(' '),
  )
  return { rows, firstTunnel, lastTunnel, stop, quote: Math.min(walk.quote, depth) }
}

/** Both ways over one frame; true if the short way was enough. */
function compare({ bytes, linkType, originalLength }: Frame): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  skimPacket(skimmed, view, 0, bytes.length, originalLength, linkType)
  walkPacket(walked, view, 0, bytes.length, originalLength, linkType)
  const wasShort =
    dissector.tables.skim?.(
      dissector.walk().marks,
      dissector.tables,
      view,
      dissector.tables.linkType[linkType] ?? 0,
      0,
      bytes.length,
      Math.max(originalLength, bytes.length),
    ) === true
  expect(meaningOf(skimmed.marks)).toEqual(meaningOf(walked.marks))
  expect(layersOf(skimmed)).toEqual(layersOf(walked))
  return wasShort
}

describe('the short way to the landmarks', () => {
  test('finds what the walk finds in every packet of every capture, and is taken by most', () => {
    const short = real.filter((frame) => compare(frame)).length
    expect(short / real.length).toBeGreaterThan(0.8)
  })

  test('finds what the walk finds in every prefix of a packet of each kind', () => {
    const known = new Set<string>()
    for (const frame of real) {
      const view = new DataView(frame.bytes.buffer)
      walkPacket(walked, view, 0, frame.bytes.length, frame.originalLength, frame.linkType)
      const kind = `${linkTypeName(frame.linkType)} ${[...walked.layer.slice(0, walked.depth)].join()}`
      if (known.has(kind)) continue
      known.add(kind)
      for (let length = 0; length < Math.min(frame.bytes.length, 200); length++)
        compare({ ...frame, bytes: frame.bytes.slice(0, length) })
    }
    expect(known.size).toBeGreaterThan(30)
  })

  test('finds what the walk finds in packets with bytes changed', () => {
    const change = fc.tuple(fc.nat({ max: 160 }), fc.nat({ max: 255 }))
    fc.assert(
      fc.property(
        fc.nat(),
        fc.array(change, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        (which, changes, isLonger) => {
          const frame = real[which % real.length] as Frame
          const bytes = frame.bytes.slice()
          for (const [at, value] of changes) bytes[at % bytes.length] = value
          compare({ ...frame, bytes, originalLength: isLonger ? frame.originalLength + 40 : frame.originalLength })
        },
      ),
      { numRuns: 20_000, seed: 20261123 },
    )
  })

  test('goes by the ports that the user named', () => {
    const { tables } = createDissector({ decodeAs: [{ table: 'udp.port', port: 8472, layer: 'geneve' }] })
    expect(tables.skim).toBeDefined()
  })

  test('is not taken where a port was given something that is neither tunnel nor application', () => {
    const odd = createDissector({ decodeAs: [{ table: 'tcp.port', port: 80, layer: 'vxlan' }] })
    expect(odd.tables.skim).toBeUndefined()
  })

  test('is made from the layers as they are now', () => {
    expect(() =>
      execFileSync(process.execPath, ['src/layers/skim.generate.mjs', '--check'], { stdio: 'pipe' }),
    ).not.toThrow()
  })
})
