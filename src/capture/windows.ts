/** Turns chunks of any size into windows for a format reader, and puts together what straddles two chunks. */
import { MAGIC_SIZE, openFormat } from './open.ts'
import type { FormatReader } from './reader.ts'

const SMALLEST_CARRY = 512

/**
 * Offers chunks to the reader of their format. Chunks are read where they lie. Only a record that straddles two is
 * copied, into a buffer of its own that is never used again, and that grows with the bytes that are really there
 * rather than with what a length field claims.
 *
 *     windows.offer(chunk)
 *     while (windows.advance()) while (windows.reader.next(record)) …
 */
export class Windows {
  private format: FormatReader | undefined
  private chunk: Uint8Array = new Uint8Array(0)
  private view: DataView = new DataView(this.chunk.buffer)
  /** The part of the chunk not yet consumed, and its place in the file. */
  private from = 0
  private to = 0
  private offset = 0
  /** What is left of the chunks before: the beginning of something that goes on in this chunk. */
  private carry: Uint8Array = new Uint8Array(0)
  private carried = 0
  /** Where the reader stands: nowhere yet, in the carry or in the chunk. */
  private place: 'none' | 'carry' | 'chunk' = 'none'

  /** The reader; not before `advance` has said true. */
  get reader(): FormatReader {
    if (this.format === undefined) throw new Error('no window has been read yet')
    return this.format
  }

  /** Takes the next chunk. The one before has been used up: `advance` said false. */
  offer(chunk: Uint8Array): void {
    if (chunk !== this.chunk) {
      this.chunk = chunk
      this.view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    }
    this.from = 0
    this.to = chunk.length
  }

  /** Puts the reader before the next window. False when the chunk is used up and the next one is wanted. */
  advance(): boolean {
    this.settle()
    if (this.carried > 0) {
      if (!this.topUp(this.format?.needed ?? MAGIC_SIZE)) return false
      this.format ??= openFormat(this.carry.subarray(0, this.carried))
      const view = new DataView(this.carry.buffer)
      this.format.feed(this.carry, view, 0, this.carried, this.offset - this.carried)
      this.place = 'carry'
      return true
    }
    const there = this.to - this.from
    if (there === 0) return false
    if (this.format === undefined) {
      if (there < MAGIC_SIZE) {
        this.keep()
        return false
      }
      this.format = openFormat(this.chunk.subarray(this.from, this.to))
    }
    this.format.feed(this.chunk, this.view, this.from, this.to, this.offset)
    this.place = 'chunk'
    return true
  }

  /** Says that there are no more chunks. @throws CaptureError when that is in the middle of something */
  finish(): void {
    this.format ??= openFormat(this.carry.subarray(0, this.carried))
    this.format.finish(this.carried)
  }

  /** Takes over what the reader has left of its window. */
  private settle(): void {
    const { place } = this
    this.place = 'none'
    if (this.format === undefined || place === 'none') return
    if (place === 'carry') {
      this.carried -= this.format.at
      // Records may still lie in the buffer: what is left of it moves, the buffer stays as it is.
      if (this.format.at > 0) this.carry = this.carried > 0 ? this.carry.slice(this.format.at) : new Uint8Array(0)
      return
    }
    this.offset += this.format.at - this.from
    this.from = this.format.at
    this.keep()
  }

  /** Copies the rest of the chunk, as the chunk may be gone or overwritten when the next one comes. */
  private keep(): void {
    this.topUp(this.carried + this.to - this.from)
  }

  /** Appends bytes of the chunk to the carry until it has `wanted`. False when the chunk has not got that many. */
  private topUp(wanted: number): boolean {
    const count = Math.min(wanted - this.carried, this.to - this.from)
    const length = this.carried + count
    if (length > this.carry.length) {
      const grown = new Uint8Array(Math.max(length, Math.min(wanted, this.carry.length * 2), SMALLEST_CARRY))
      grown.set(this.carry.subarray(0, this.carried))
      this.carry = grown
    }
    this.carry.set(this.chunk.subarray(this.from, this.from + count), this.carried)
    this.carried = length
    this.from += count
    this.offset += count
    return length === wanted
  }
}
