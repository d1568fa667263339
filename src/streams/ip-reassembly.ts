/**
 * IP reassembly, RFC 791 section 3.2 and RFC 8200 section 4.5: a datagram is gone into on the frame that completes it,
 * its fragments before are not. Inside and outside of tunnels, as often as they are nested.
 */
import { sightingPlace } from '../capture/places.ts'
import type { CaptureRecord } from '../capture/record.ts'
import type { LayerNotes } from '../dissect/notes.ts'
import { RoleNumber } from '../dissect/tables.ts'
import type { Walk } from '../dissect/walk.ts'
import { type Assembled, withSource } from './assembled-record.ts'
import { carrierOf } from './conversation-key.ts'
import { type Fragment, UNIT } from './datagram.ts'
import { Fragments } from './fragments.ts'
import { MemoryBudget } from './memory-budget.ts'

export interface IpReassemblyOptions {
  /** tshark's ip.defragment and ipv6.defragment. Default true. */
  readonly ipv4?: boolean
  readonly ipv6?: boolean
}

/** Memory for all fragments that wait. */
const BUDGET = 16 << 20
const MORE_FRAGMENTS = 0x2000
const OFFSET = 0x1fff
const FRAGMENT_HEADER = 8

/** What a fragment's header says. */
interface FragmentHeader {
  /** Equal for the fragments of one datagram. */
  readonly key: string
  readonly offset: number
  readonly hasMore: boolean
  /** IP protocol number of what the datagram carries. */
  readonly protocol: number
  readonly isIpv6: boolean
}

export class IpReassembly {
  private readonly fragments = new Fragments(new MemoryBudget(BUDGET))
  private readonly hasIpv4: boolean
  private readonly hasIpv6: boolean

  constructor({ ipv4 = true, ipv6 = true }: IpReassemblyOptions = {}) {
    this.hasIpv4 = ipv4
    this.hasIpv6 = ipv6
  }

  /** For packets whose walk found a fragment: the packet, `walk` having gone on or back, and `notes` about its layers. */
  observe(frame: CaptureRecord, walk: Walk, notes: (LayerNotes | undefined)[]): Assembled {
    let packet: Assembled = { record: frame, sources: undefined }
    for (let depth = 0; depth < walk.depth && depth < walk.quote; depth++) {
      const header = this.headerAt(packet.record.view, walk, depth)
      if (header !== undefined) packet = this.take(frame, packet, walk, depth, header, notes)
    }
    return packet
  }

  private take(
    frame: CaptureRecord,
    packet: Assembled,
    walk: Walk,
    depth: number,
    header: FragmentHeader,
    notes: (LayerNotes | undefined)[],
  ): Assembled {
    const start = walk.body[depth] as number
    // Between fragments only whole units count (RFC 791 section 2.3).
    const captured = (walk.end[depth] as number) - start
    const length = header.hasMore ? captured - (captured % UNIT) : captured
    // What the capture cuts cannot be put together: it is shown as it is.
    if (length <= 0 || (walk.claimed[depth] as number) > (walk.end[depth] as number)) return packet
    const fragment: Fragment = {
      frame: frame.number,
      offset: header.offset,
      bytes: packet.record.bytes.slice(start, start + length),
      isLast: !header.hasMore,
      protocol: header.protocol,
    }
    const place = sightingPlace(frame)
    const whole = this.fragments.add(header.key, place, frame.seconds, fragment, header.isIpv6)
    if (whole === undefined) {
      walk.goOnAt(packet.record.view, depth, walk.tables.data, start, walk.end[depth] as number)
      notes[depth] = { isHeld: true }
      return packet
    }
    const { bytes, parts, protocol } = whole.assemble()
    const next = withSource(packet, walk, header.isIpv6 ? 'Reassembled IPv6' : 'Reassembled IPv4', bytes)
    const source = next.sources.at(-1) as (typeof next.sources)[number]
    walk.isFragment = false
    walk.isLaterFragment = false
    const layer = walk.tables.ipProtocol[protocol] as number
    walk.goOnAt(next.record.view, depth, layer === 0 ? walk.tables.data : layer, source.start, source.end)
    notes[depth] = { assemblies: [{ start: source.start, end: source.end, parts }] }
    return next
  }

  /** The header at `depth` if it is one of a fragment. */
  private headerAt(view: DataView, walk: Walk, depth: number): FragmentHeader | undefined {
    const { tables } = walk
    const layer = walk.layer[depth] as number
    const at = walk.start[depth] as number
    const size = (walk.body[depth] as number) - at
    if (layer === tables.ipv4 && this.hasIpv4 && size >= 20) {
      const field = view.getUint16(at + 6) & (MORE_FRAGMENTS | OFFSET)
      if (field === 0) return undefined
      const protocol = view.getUint8(at + 9)
      const ends = `${view.getUint32(at + 12)}/${view.getUint32(at + 16)}`
      return {
        key: `4/${scopeOf(view, walk, depth)}/${ends}/${protocol}/${view.getUint16(at + 4)}`,
        offset: (field & OFFSET) * UNIT,
        hasMore: (field & MORE_FRAGMENTS) !== 0,
        protocol,
        isIpv6: false,
      }
    }
    if (layer === tables.ipv6Fragment && this.hasIpv6 && size >= FRAGMENT_HEADER) return ipv6Header(view, walk, depth)
    return undefined
  }
}

function ipv6Header(view: DataView, walk: Walk, depth: number): FragmentHeader | undefined {
  const at = walk.start[depth] as number
  const field = view.getUint16(at + 2)
  const carrier = carrierOf(walk, depth)
  // A fragment that is all of its datagram is none (RFC 6946).
  if ((field & 0xfff9) === 0 || carrier < 0 || walk.layer[carrier] !== walk.tables.ipv6) return undefined
  const words = Array.from({ length: 8 }, (_, index) =>
    view.getUint32((walk.start[carrier] as number) + 8 + index * 4).toString(36),
  )
  return {
    key: `6/${scopeOf(view, walk, depth)}/${words.join('.')}/${view.getUint32(at + 4)}`,
    offset: field & 0xfff8,
    hasMore: (field & 1) !== 0,
    protocol: view.getUint8(at),
    isIpv6: true,
  }
}

/** The VNI of the tunnel around the layer at `depth`: tenants may have the same addresses. */
function scopeOf(view: DataView, walk: Walk, depth: number): number {
  const { tables } = walk
  for (let i = depth - 1; i >= 0; i--) {
    const layer = walk.layer[i] as number
    if (tables.roles[layer] === RoleNumber.tunnel)
      return tables.layers[layer]?.scope?.read(view, walk.start[i] as number) ?? -1
  }
  return -1
}
