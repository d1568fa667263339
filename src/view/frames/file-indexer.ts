/** The index of a plain capture file, built in slices: between two of them keys are read and rows are shown. */
import { closeSync, fstatSync, readSync } from 'node:fs'
import { openFormat } from '../../capture/open.ts'
import type { CaptureInfo } from '../../capture/read-records.ts'
import type { FormatReader } from '../../capture/reader.ts'
import { CaptureRecord } from '../../capture/record.ts'
import { CaptureError } from '../../errors.ts'
import type { FrameStore } from './frame-reader.ts'
import type { OpenedFrames } from './open-frames.ts'
import { PacketPages } from './packet-pages.ts'

const WINDOW = 256 * 1024

export class FileIndexer implements OpenedFrames {
  readonly store: FrameStore
  private readonly pages = new PacketPages()
  private readonly record = new CaptureRecord()
  private readonly file: string
  private readonly descriptor: number
  private readonly reader: FormatReader
  private readonly size: number
  private window = new Uint8Array(WINDOW)
  private view = new DataView(this.window.buffer)
  /** Place in the file of the window's first byte, and how much of the window is filled. */
  private offset = 0
  private filled = 0
  private done = false
  private error: CaptureError | undefined

  /** @throws CaptureError for what is no capture */
  constructor(descriptor: number, file: string) {
    this.descriptor = descriptor
    this.file = file
    this.size = fstatSync(descriptor).size
    this.store = { pages: this.pages, descriptor, flush: () => {} }
    this.fill()
    try {
      this.reader = openFormat(this.window.subarray(0, this.filled))
    } catch (error) {
      if (error instanceof CaptureError) error.path ??= file
      throw error
    }
  }

  step(deadline: number): boolean {
    try {
      while (!this.done && performance.now() < deadline) this.readWindow()
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error
      error.path ??= this.file
      this.error = error
      this.done = true
    }
    return !this.done
  }

  info(): CaptureInfo {
    return { format: this.reader.format, compressed: false, sections: this.reader.sections }
  }

  progress(): number {
    return this.size === 0 ? 1 : Math.min((this.offset + this.filled) / this.size, 1)
  }

  isDone(): boolean {
    return this.done
  }

  failure(): CaptureError | undefined {
    return this.error
  }

  close(): void {
    this.done = true
    if (this.descriptor > 2) closeSync(this.descriptor)
  }

  private readWindow(): void {
    const { reader, record, pages, offset, file } = this
    reader.feed(this.window, this.view, 0, this.filled, offset)
    while (reader.next(record)) pages.add(record, offset + record.start, file)
    const left = this.filled - reader.at
    this.offset += reader.at
    if (left === this.window.length) this.grow()
    else this.window.copyWithin(0, reader.at, this.filled)
    this.filled = left
    if (this.fill() === 0) {
      reader.finish(left)
      this.done = true
    }
  }

  /** One record is larger than the window. */
  private grow(): void {
    const larger = new Uint8Array(this.window.length * 2)
    larger.set(this.window)
    this.window = larger
    this.view = new DataView(larger.buffer)
  }

  /** Reads on behind what is there; returns how many bytes came. */
  private fill(): number {
    const room = this.window.length - this.filled
    const count = readSync(this.descriptor, this.window, this.filled, room, this.offset + this.filled)
    this.filled += count
    return count
  }
}
