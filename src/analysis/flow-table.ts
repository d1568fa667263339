/** The library's doors to flows: of a whole capture, and of one that is still going on. */
import type { Source } from '../bytes/source.ts'
import type { CaptureRecord } from '../capture/record.ts'
import type { Tables } from '../dissect/tables.ts'
import type { Walk } from '../dissect/walk.ts'
import { type ScanOptions, scan } from '../packet/scan.ts'
import { FlowCapture } from './flow-capture.ts'
import { type Flow, FlowList, type FlowOrder } from './flows.ts'

/**
 * Options of `flows`. Plain data; not kept.
 * @example
 * ```js
 * import { flows } from 'ovl-dissect'
 *
 * for await (const { source, destination, forward } of flows('vxlan.pcap', { by: 'pod', sort: 'packets' })) {
 *   console.log(source, destination, forward.packets) // 172.20.0.158 172.20.2.115 20
 * }
 * ```
 */
export interface FlowOptions extends ScanOptions {
  /** `conversation`: with protocol and ports, the default. `pod`: one flow for each pair of inner addresses. */
  readonly by?: 'conversation' | 'pod'
  /** Which flows come first: the most bytes (default) or packets, the earliest start, the longest, the slowest handshake. */
  readonly sort?: FlowOrder
}

/**
 * Flows as packets come in. Feed it from `scan`; a snapshot may be taken at any time.
 * At most 786,432 directions of conversations (262,144 pairs of addresses) are told apart; `overflow` counts frames of
 * further ones.
 * @example
 * ```js
 * import { FlowTable, scan } from 'ovl-dissect'
 *
 * const table = new FlowTable()
 * await scan('vxlan.pcap', (record, walk) => table.add(record, walk))
 * console.log(table.frames, table.packets, table.flows().length) // 116 58 10
 * ```
 */
export class FlowTable {
  private readonly capture: FlowCapture
  private readonly detail: 'conversations' | 'pairs'
  private tables: Tables | undefined

  /** Empty; `by` as in `flows`. */
  constructor(options: Pick<FlowOptions, 'by'> = {}) {
    this.detail = options.by === 'pod' ? 'pairs' : 'conversations'
    this.capture = new FlowCapture(this.detail)
  }

  /** Takes a packet in. Record and walk are not kept. Allocates nothing for a packet of a known flow. */
  add(record: CaptureRecord, walk: Walk): void {
    this.tables = walk.tables
    this.capture.add(record, walk)
  }

  /** Frames so far. */
  get frames(): number {
    return this.capture.frames
  }

  /** Packets so far: frames without the copies that further interfaces saw. */
  get packets(): number {
    return this.capture.packets
  }

  /** Frames of flows for which the table had no room. */
  get overflow(): number {
    return this.capture.overflow
  }

  /** The flows so far, as objects that stay as they are; what comes in later changes the next snapshot only. */
  flows(sort: FlowOrder = 'bytes'): Flow[] {
    return this.tables === undefined ? [] : [...new FlowList(this.capture, this.tables, this.detail, sort)]
  }
}

/**
 * The flows of a capture, made when all of it has been read.
 * @throws CaptureError where the file cannot be read on. Use a FlowTable to have what came before.
 * @throws UsageError for options that make no sense.
 * @example
 * ```js
 * import { flows } from 'ovl-dissect'
 *
 * for await (const { source, destination, topic, state } of flows('vxlan.pcap')) {
 *   console.log(source, destination, topic, state) // 172.20.0.158 172.20.2.115 GET / HTTP/1.1 closed
 * }
 * ```
 */
export async function* flows(source: Source, options: FlowOptions = {}): AsyncGenerator<Flow, void, void> {
  const table = new FlowTable(options)
  await scan(source, (record, walk) => table.add(record, walk), options)
  yield* table.flows(options.sort)
}
