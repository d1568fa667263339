/** Packets by number: their bytes are read again from the capture, or from where a pipe was kept. */
import { readSync } from 'node:fs'
import { CaptureRecord } from '../../capture/record.ts'
import type { PacketPages } from './packet-pages.ts'

/** Where packets lie. */
export interface FrameStore {
  readonly pages: PacketPages
  /** Of the capture itself or of a temporary file. */
  readonly descriptor: number
  /** Puts what is still in memory where `descriptor` reads it. */
  flush(): void
}

const NEAR = 256 * 1024

/** Reads through one window of the file, so packets in order cost few reads. */
export class FrameReader {
  private readonly store: FrameStore
  private readonly record = new CaptureRecord()
  private window: Uint8Array
  private view: DataView
  private from = 0
  private to = 0

  constructor(store: FrameStore, windowSize = NEAR) {
    this.store = store
    this.window = new Uint8Array(windowSize)
    this.view = new DataView(this.window.buffer)
  }

  /** The packet at `index`, from 0. Always the same record, valid until the next call. */
  at(index: number): CaptureRecord {
    const { pages } = this.store
    const position = pages.position(index)
    const length = pages.capturedLength(index)
    if (position < this.from || position + length > this.to) this.load(position, length)
    const { record } = this
    pages.describe(index, record)
    record.bytes = this.window
    record.view = this.view
    record.start = position - this.from
    // A file that was cut while it is being looked at gives what is left of it.
    record.end = Math.max(record.start, Math.min(record.start + length, this.to - this.from))
    return record
  }

  /** The packet at `index` with bytes of its own. */
  copyAt(index: number): CaptureRecord {
    const shared = this.at(index)
    const record = Object.assign(new CaptureRecord(), shared)
    record.bytes = shared.bytes.slice(shared.start, shared.end)
    record.view = new DataView(record.bytes.buffer)
    record.start = 0
    record.end = record.bytes.length
    return record
  }

  private load(position: number, length: number): void {
    if (length > this.window.length) {
      this.window = new Uint8Array(length)
      this.view = new DataView(this.window.buffer)
    }
    this.store.flush()
    let filled = 0
    while (filled < this.window.length) {
      const count = readSync(this.store.descriptor, this.window, filled, this.window.length - filled, position + filled)
      if (count === 0) break
      filled += count
    }
    this.from = position
    this.to = position + filled
  }
}
