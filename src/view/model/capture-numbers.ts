/** Which of the captures a packet is of, and its number there: findings and ways go by those. */
import type { PacketPages } from '../frames/packet-pages.ts'

/** Frames of each capture as they are taken in, in order, from the packet `from` on. */
export class CaptureNumbers {
  private readonly files: readonly string[]
  private readonly pages: PacketPages
  private readonly taken: number[][]
  private lastFile = ''
  private last = 0

  constructor(files: readonly string[], pages: PacketPages) {
    this.files = files
    this.pages = pages
    this.taken = files.map(() => [])
  }

  /** Takes the packet at `index` in; the number of its capture, from 0. */
  take(index: number): number {
    const path = this.pages.file(index)
    if (path !== this.lastFile) {
      this.lastFile = path
      this.last = Math.max(this.files.indexOf(path), 0)
    }
    // Of one capture the numbers are those of its packets.
    if (this.files.length > 1 || this.taken[0]?.length === 0) this.taken[this.last]?.push(index)
    return this.last
  }

  /** The packet that was the `frame`-th (from 1) taken in of a capture. */
  indexOf(file: number, frame: number): number | undefined {
    const numbers = this.taken[file]
    if (this.files.length > 1) return numbers?.[frame - 1]
    const first = numbers?.[0]
    return first === undefined ? undefined : first + frame - 1
  }
}
