/** What is changed: every packet of every fixture, with the places where its headers and their fields lie. */
import { walkPacket } from '../../src/dissect/walk.ts'
import { defaultDissector } from '../../src/layers/create-dissector.ts'
import { CAPTURES, recordsOf } from '../packet/captures.ts'

export interface Frame {
  readonly bytes: Uint8Array
  readonly linkType: number
  readonly originalLength: number
}

/** A field at a fixed place of a frame: what a mutation may aim at. */
export interface Place {
  readonly at: number
  readonly size: number
}

export interface Header {
  readonly start: number
  /** First byte behind its fixed fields: options, names and texts are from here to `end`. */
  readonly fixed: number
  readonly body: number
  readonly end: number
  readonly isTunnel: boolean
  readonly isApplication: boolean
}

export interface Seed extends Frame {
  readonly places: readonly Place[]
  readonly headers: readonly Header[]
}

/** Each kind of packet (its chain of protocols and its length) a few times, not the same ping a thousand times. */
const OF_A_KIND = 4
/** Much of a larger packet is payload, which takes long to print and says little. */
const LARGEST = 1600

export async function corpus(): Promise<Seed[]> {
  const seeds: Seed[] = []
  const kinds = new Map<string, number>()
  for (const capture of CAPTURES) {
    for (const record of await recordsOf(capture)) {
      // Of packed captures the bytes are a Buffer, whose slice() would be no copy.
      const bytes = new Uint8Array(record.bytes.subarray(record.start, record.end))
      const seed = seedOf({ bytes, linkType: record.linkType, originalLength: record.originalLength })
      const kind = `${record.linkType} ${bytes.length} ${seed.headers.map(({ start }) => start)}`
      const known = kinds.get(kind) ?? 0
      kinds.set(kind, known + 1)
      if (known < OF_A_KIND && bytes.length <= LARGEST) seeds.push(seed)
    }
  }
  return seeds
}

const dissector = defaultDissector()
const walk = dissector.walk()

function seedOf(frame: Frame): Seed {
  const { bytes, linkType, originalLength } = frame
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  walkPacket(walk, view, 0, bytes.length, originalLength, linkType)
  const places: Place[] = []
  const headers: Header[] = []
  for (let depth = 0; depth < walk.depth; depth++) {
    const layer = dissector.tables.layers[walk.layer[depth] as number]
    if (layer === undefined) continue
    const [start, body, end] = [walk.start[depth], walk.body[depth], walk.end[depth]] as [number, number, number]
    let fixed = start
    for (const { at, size } of layer.fields) {
      if (at < 0 || size <= 0 || start + at + size > bytes.length) continue
      places.push({ at: start + at, size: Math.min(size, 4) })
      fixed = Math.max(fixed, start + at + size)
    }
    const { role } = layer
    headers.push({ start, fixed, body, end, isTunnel: role === 'tunnel', isApplication: role === 'application' })
  }
  return { ...frame, places, headers }
}
