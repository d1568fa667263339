/**
 * What the two ends of a conversation said to each other. TCP payloads are put in order by their sequence numbers; copies
 * on further interfaces and retransmissions count once; what is missing is said.
 */

import { Copies } from '../../analysis/copies.ts'
import type { CaptureRecord } from '../../capture/record.ts'
import type { Walk } from '../../dissect/walk.ts'
import { skimPacket } from '../../dissect/walk.ts'
import type { Filter } from '../../filter/filter.ts'
import type { Names } from '../../names/names.ts'
import type { Dissection } from '../../packet/dissection.ts'
import { listEnds } from '../../packet/list-ends.ts'
import { escapeText } from '../../render/escape.ts'
import type { FrameStore } from '../frames/frame-reader.ts'
import type { Job } from './jobs.ts'
import { Pass } from './pass.ts'

export interface Said {
  readonly side: 'client' | 'server'
  /** Number of the packet in which it begins, from 1. */
  readonly packet: number
  readonly bytes: Uint8Array
  /** Bytes that should stand before these, and are not in the capture. */
  readonly missing: number
}

/** Bytes kept at most, and segments that wait for one before them. */
const KEPT = 1024 * 1024
const WAITING = 512

class Direction {
  /** Sequence number of the byte that comes next. */
  next: number | undefined
  readonly waiting: { readonly sequence: number; readonly packet: number; readonly bytes: Uint8Array }[] = []
}

interface End {
  readonly address: string
  readonly port: number | undefined
}

export class FollowedStream implements Job {
  readonly said: Said[] = []
  /** Bytes in `said`. */
  size = 0
  isDone = false
  isCut = false
  private readonly client: End
  private readonly server: End
  private readonly clientFirst: (record: CaptureRecord, walk: Walk) => boolean
  private readonly directions = { client: new Direction(), server: new Direction() }
  private readonly copies = new Copies()
  private readonly pass: Pass

  constructor(store: FrameStore, filter: Filter, packet: Dissection) {
    const { inner } = listEnds(packet.record, packet.walk)
    const source = { address: inner?.source ?? '', port: inner?.sourcePort }
    const destination = { address: inner?.destination ?? '', port: inner?.destinationPort }
    // Who uses the lower port is asked.
    const isAsked = (source.port ?? 0) < (destination.port ?? 0)
    this.client = isAsked ? destination : source
    this.server = isAsked ? source : destination
    this.clientFirst = (record, walk) => {
      const found = listEnds(record, walk).inner
      return found?.source === this.client.address && found.sourcePort === this.client.port
    }
    const walk = filter.dissector.walk()
    this.pass = new Pass(store, (record) => {
      if (this.isCut) return
      skimPacket(walk, record.view, record.start, record.end, record.originalLength, record.linkType)
      if (filter.matchesFrame(record, walk)) this.take(record, walk)
    })
  }

  /** Both ends in words: `default/curl-pod:34586`. */
  ends(names: Names | undefined): { readonly client: string; readonly server: string } {
    const words = ({ address, port }: End) => {
      const name = escapeText(names?.address(address)?.name ?? address)
      return port === undefined ? name : `${name}:${port}`
    }
    return { client: words(this.client), server: words(this.server) }
  }

  run(deadline: number): boolean {
    const isBusy = !this.isCut && this.pass.run(deadline)
    if (!isBusy && !this.isDone) {
      this.flush('client')
      this.flush('server')
      this.isDone = true
    }
    return isBusy
  }

  private take(record: CaptureRecord, walk: Walk): void {
    const { marks } = walk
    const isCopy = this.copies.observe(record, walk, 1)
    if (isCopy || marks.payload < 0) return
    const side = this.clientFirst(record, walk) ? 'client' : 'server'
    const bytes = record.bytes.slice(marks.payload, Math.max(marks.end, marks.payload))
    if (marks.transportLayer !== walk.tables.tcp) {
      if (bytes.length > 0) this.say(side, record.number, bytes, 0)
      return
    }
    const sequence = record.view.getUint32(marks.transport + 4)
    const flags = record.view.getUint8(marks.transport + 13)
    const direction = this.directions[side]
    if ((flags & SYN) !== 0) direction.next = (sequence + 1) >>> 0
    else if (bytes.length > 0) this.order(side, direction, { sequence, packet: record.number, bytes })
  }

  private order(side: Said['side'], direction: Direction, segment: Direction['waiting'][number]): void {
    direction.next ??= segment.sequence
    const ahead = (segment.sequence - direction.next) | 0
    if (ahead > 0) {
      direction.waiting.push(segment)
      if (direction.waiting.length > WAITING) this.flush(side)
      return
    }
    this.append(side, direction, segment, 0)
    // What waited for these bytes.
    for (let at = 0; at < direction.waiting.length; ) {
      const one = direction.waiting[at] as typeof segment
      if (((one.sequence - direction.next) | 0) > 0) at++
      else {
        direction.waiting.splice(at, 1)
        this.append(side, direction, one, 0)
        at = 0
      }
    }
  }

  /** The part of a segment that is new. */
  private append(
    side: Said['side'],
    direction: Direction,
    segment: Direction['waiting'][number],
    missing: number,
  ): void {
    const { sequence, packet, bytes } = segment
    const old = ((direction.next ?? sequence) - sequence) | 0
    if (old >= bytes.length) return
    const fresh = old > 0 ? bytes.subarray(old) : bytes
    direction.next = (sequence + bytes.length) >>> 0
    this.say(side, packet, fresh, missing)
  }

  /** Goes on behind a gap. */
  private flush(side: Said['side']): void {
    const direction = this.directions[side]
    direction.waiting.sort((a, b) => (a.sequence - b.sequence) | 0)
    for (const one of direction.waiting.splice(0)) {
      const gap = Math.max((one.sequence - (direction.next ?? one.sequence)) | 0, 0)
      if (gap > 0) direction.next = one.sequence
      this.append(side, direction, one, gap)
    }
  }

  private say(side: Said['side'], packet: number, bytes: Uint8Array, missing: number): void {
    const room = KEPT - this.size
    const kept = bytes.length > room ? bytes.subarray(0, room) : bytes
    this.isCut ||= bytes.length > room
    this.size += kept.length
    if (kept.length > 0) this.said.push({ side, packet, bytes: kept, missing })
  }
}

const SYN = 2
