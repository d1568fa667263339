/** IPv6 addresses interned to small numbers, over typed arrays. */
import { ipv6Text } from '../bytes/address.ts'

const WORDS = 4

export class AddressTable {
  private capacity = 256
  private index = new Int32Array(this.capacity)
  private words = new Int32Array(128 * WORDS)
  private size = 0
  private isClosed = false

  /** Takes no more addresses in: those not known yet get numbers below 0, equal ones equal numbers, and have no text. */
  close(): void {
    this.isClosed = true
  }

  /** The number of the address of sixteen bytes at `at`, from 1; once the table is closed, perhaps below 0. */
  intern(view: DataView, at: number): number {
    const a = view.getInt32(at)
    const b = view.getInt32(at + 4)
    const c = view.getInt32(at + 8)
    const d = view.getInt32(at + 12)
    const mask = this.capacity - 1
    for (let slot = hash(a, b, c, d) & mask; ; slot = (slot + 1) & mask) {
      const id = this.index[slot] as number
      if (id === 0) return this.isClosed ? ~(hash(a, b, c, d) >>> 1) : this.insert(slot, a, b, c, d)
      const start = (id - 1) * WORDS
      const { words } = this
      if (words[start] === a && words[start + 1] === b && words[start + 2] === c && words[start + 3] === d) return id
    }
  }

  /** The address behind a number, as text. */
  text(id: number): string {
    const view = new DataView(new ArrayBuffer(16))
    for (let i = 0; i < WORDS; i++) view.setInt32(i * 4, this.words[(id - 1) * WORDS + i] as number)
    return ipv6Text(view, 0)
  }

  private insert(slot: number, a: number, b: number, c: number, d: number): number {
    const start = this.size * WORDS
    this.words[start] = a
    this.words[start + 1] = b
    this.words[start + 2] = c
    this.words[start + 3] = d
    const id = ++this.size
    this.index[slot] = id
    if (this.size * 2 >= this.capacity) this.grow()
    return id
  }

  private grow(): void {
    this.capacity *= 2
    this.index = new Int32Array(this.capacity)
    const words = new Int32Array((this.capacity / 2) * WORDS)
    words.set(this.words)
    this.words = words
    const mask = this.capacity - 1
    for (let id = 1; id <= this.size; id++) {
      const start = (id - 1) * WORDS
      let slot =
        hash(
          words[start] as number,
          words[start + 1] as number,
          words[start + 2] as number,
          words[start + 3] as number,
        ) & mask
      while (this.index[slot] !== 0) slot = (slot + 1) & mask
      this.index[slot] = id
    }
  }
}

function hash(a: number, b: number, c: number, d: number): number {
  let h = Math.imul(a ^ 0x9e3779b1, 0x85ebca6b)
  h = Math.imul(h ^ b ^ (h >>> 15), 0xc2b2ae35)
  h = Math.imul(h ^ c ^ (h >>> 13), 0x27d4eb2f)
  h = Math.imul(h ^ d ^ (h >>> 15), 0x165667b1)
  return h ^ (h >>> 16)
}
