/** Keeps packets of a stream in a temporary file that has no name any more: nothing stays behind, however the program ends. */
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CaptureRecord } from '../../capture/record.ts'
import { UsageError } from '../../errors.ts'
import type { FrameStore } from './frame-reader.ts'
import { PacketPages } from './packet-pages.ts'

const BUFFER = 256 * 1024

export class Spool implements FrameStore {
  readonly pages = new PacketPages()
  readonly descriptor: number
  isClosed = false
  private buffer = new Uint8Array(BUFFER)
  private filled = 0
  /** Bytes in the file. */
  private written = 0

  /** @throws UsageError where no temporary file can be made */
  constructor() {
    try {
      const folder = mkdtempSync(join(tmpdir(), 'ovl-dissect-'))
      this.descriptor = openSync(join(folder, 'packets'), 'wx+', 0o600)
      rmSync(folder, { recursive: true })
    } catch (cause) {
      throw new UsageError(`the viewer keeps what it cannot read twice in ${tmpdir()}: ${(cause as Error).message}`, {
        cause,
      })
    }
  }

  add(record: CaptureRecord, file: string): void {
    const length = record.end - record.start
    if (this.filled + length > this.buffer.length) this.flush()
    if (length > this.buffer.length) this.buffer = new Uint8Array(length)
    this.buffer.set(record.bytes.subarray(record.start, record.end), this.filled)
    this.pages.add(record, this.written + this.filled, file)
    this.filled += length
  }

  flush(): void {
    let at = 0
    while (at < this.filled) at += writeSync(this.descriptor, this.buffer, at, this.filled - at, this.written + at)
    this.written += this.filled
    this.filled = 0
  }

  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    closeSync(this.descriptor)
  }
}
