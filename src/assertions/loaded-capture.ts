/** A capture that has been loaded: its frames can be gone through at once, as often as an assertion likes. */
import { FlowTable } from '../analysis/flow-table.ts'
import type { Flow, FlowOrder } from '../analysis/flows.ts'
import { CaptureRecord } from '../capture/record.ts'
import { Windows } from '../capture/windows.ts'
import type { Dissector } from '../dissect/dissector.ts'
import { skimPacket, walkPacket } from '../dissect/walk.ts'
import { CaptureError } from '../errors.ts'
import type { Names } from '../names/names.ts'
import type { Clock, PacketFilter } from '../packet/dissection.ts'
import type { Packet } from '../packet/packet.ts'
import { packetMaker } from '../packet/packet-maker.ts'
import { Conversations } from '../streams/conversations.ts'
import { Frame } from './frame.ts'
import type { EndPattern } from './pattern.ts'
import type { StoredBytes } from './stored-bytes.ts'

/** What is known of a capture before it is gone through. */
export interface LoadedCaptureParts {
  readonly name: string
  readonly path: string | undefined
  readonly stored: StoredBytes
  readonly dissector: Dissector
  readonly names: Names | undefined
  readonly damage: CaptureError | undefined
}

/**
 * The traffic between two ends of a capture, in both directions; made by `capture.flow`.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import * as assert from 'ovl-dissect/assert'
 *
 * const capture = await loadCapture('vxlan.pcap')
 * const flow = capture.flow('172.20.0.158', '172.20.2.115:80')
 * assert.toBeAnswered(flow, { within: '50ms' })
 * ```
 */
export interface CaptureFlow {
  /** The capture that it is in. */
  readonly capture: LoadedCapture
  /** Who asks. */
  readonly from: EndPattern
  /** Who is asked. */
  readonly to: EndPattern
}

/**
 * What `loadCapture` gives: a capture that has been read to its end, and can be gone through again without waiting. It holds its
 * bytes, or its path, for as long as it is referenced; there is nothing to close.
 * @throws CaptureError from any method, if the file of a large capture has changed since.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 *
 * const capture = await loadCapture('vxlan.pcap')
 * const requests = [...capture].filter((packet) => packet.get('http.request') === 1)
 * console.log(requests.map(({ number }) => number)) // [ 15, 16, 59, 60, 103, 104 ]
 * ```
 */
export class LoadedCapture {
  /** How messages call it: its path, or `capture`. */
  readonly name: string
  /** Where it was read from; undefined for memory and streams. */
  readonly path: string | undefined
  /** The dissector that its packets are decoded with; filters for it must be compiled for the same one. */
  readonly dissector: Dissector
  /** Whose its addresses are; undefined if it was loaded without names. */
  readonly names: Names | undefined
  /** Why reading ended before the end of the file; undefined for a whole capture. */
  readonly damage: CaptureError | undefined
  private readonly stored: StoredBytes
  private table: FlowTable | undefined

  /** Use `loadCapture`. */
  constructor({ name, path, stored, dissector, names, damage }: LoadedCaptureParts) {
    this.name = name
    this.path = path
    this.stored = stored
    this.dissector = dissector
    this.names = names
    this.damage = damage
  }

  /** Frames in the capture. */
  get frames(): number {
    return this.flowTable.frames
  }

  /** Packets: frames without the copies that further interfaces saw. */
  get packets(): number {
    return this.flowTable.packets
  }

  /** Its conversations, as `flows` of the library gives them. */
  flows(sort: FlowOrder = 'bytes'): Flow[] {
    return this.flowTable.flows(sort)
  }

  /**
   * The traffic between two ends, for `toBeAnswered`. An end is an address, a prefix, a name, each with `:port` where one
   * is meant: `capture.flow('172.20.0.158', '172.20.2.115:80')`.
   */
  flow(from: EndPattern, to: EndPattern): CaptureFlow {
    return { capture: this, from, to }
  }

  /** Every packet, in the order of the capture, or those that a filter selects. Each stays valid when it is kept. */
  *read(filter?: PacketFilter): Generator<Packet, void, void> {
    const { dissector, names } = this
    const packetOf = packetMaker({ dissector, ...(filter && { filter }), ...(names && { names }) })
    for (const record of this.records()) {
      const kept = new CaptureRecord()
      Object.assign(kept, record)
      kept.bytes = record.bytes.slice(record.start, record.end)
      kept.view = new DataView(kept.bytes.buffer)
      kept.start = 0
      kept.end = kept.bytes.length
      const packet = packetOf(kept)
      if (packet !== undefined) yield packet
    }
  }

  /** Every packet, as `read()` gives them. */
  [Symbol.iterator](): Generator<Packet, void, void> {
    return this.read()
  }

  /** The packet with a number, counted from 1 as in tshark; undefined if there are not so many. */
  packet(number: number): Packet | undefined {
    let found: Packet | undefined
    this.each((frame) => {
      if (frame.number !== number) return undefined
      found = frame.packet()
      return false
    }, true)
    return found
  }

  /**
   * Visits every frame; what is visited holds during the call only. `false` from `visit` ends it. `isTold`: whether
   * frames know what others told, such as which connection is HTTP and which request an answer is for; that takes longer.
   */
  each(visit: (frame: Frame) => undefined | false, isTold: boolean): void {
    const { dissector } = this
    const walk = dissector.walk()
    const conversations = isTold ? new Conversations(dissector.tables) : undefined
    const walked = isTold ? walkPacket : skimPacket
    let frame: Frame | undefined
    let clock: Clock | undefined
    for (const record of this.records()) {
      walked(walk, record.view, record.start, record.end, record.originalLength, record.linkType)
      frame ??= new Frame(dissector, record, walk, this.names)
      const now = { seconds: record.seconds, nanoseconds: record.nanoseconds }
      const last = clock?.previousShown ?? now
      if (record.hasTime || clock === undefined)
        clock = { first: clock?.first ?? now, previous: last, previousShown: now }
      frame.moved(conversations?.observe(record, walk), clock)
      if (visit(frame) === false) return
    }
  }

  /** One record, moved over the capture. */
  private *records(): Generator<CaptureRecord, void, void> {
    const windows = new Windows()
    const record = new CaptureRecord()
    try {
      for (const chunk of this.stored.chunks()) {
        windows.offer(chunk)
        while (windows.advance()) while (windows.reader.next(record)) yield record
      }
      windows.finish()
    } catch (error) {
      // Said when it was loaded.
      if (!(error instanceof CaptureError) || this.damage === undefined) throw error
    }
  }

  private get flowTable(): FlowTable {
    if (this.table === undefined) {
      const table = new FlowTable()
      this.each((frame) => {
        table.add(frame.record, frame.walk)
        return undefined
      }, false)
      this.table = table
    }
    return this.table
  }
}
