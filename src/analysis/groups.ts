/** Numbers for combinations of numbers, in the order of first sight: a Map with a key of three words. */
import { enter, grownIndex, isFull, MAX_ROWS, mixed, NUMBERS } from '../bytes/hash-index.ts'

const KEY_WORDS = 3

export class Groups {
  size = 0
  private index: Int32Array = new Int32Array(1024)
  private keys = new Int32Array(512 * KEY_WORDS)
  private readonly most: number

  /** `most`: combinations told apart at most. */
  constructor(most = MAX_ROWS) {
    this.most = most
  }

  /** The number of a combination, from 0; made if there is none; -1: there is no room. Each is taken as 32 bits. */
  numberOf(a: number, b: number, c: number): number {
    const hash = hashOf(a, b, c)
    const known = this.find(hash, a, b, c)
    return known < 0 ? this.insert(hash, a, b, c) : known
  }

  /** The number of a combination; -1: it was not seen. */
  known(a: number, b: number, c: number): number {
    return this.find(hashOf(a, b, c), a, b, c)
  }

  private find(hash: number, a: number, b: number, c: number): number {
    const { index, keys } = this
    const mask = index.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = index[slot] as number
      if (entry === 0) return -1
      if (((entry ^ hash) & ~NUMBERS) !== 0) continue
      const group = (entry & NUMBERS) - 1
      const at = group * KEY_WORDS
      if (keys[at] === (a | 0) && keys[at + 1] === (b | 0) && keys[at + 2] === (c | 0)) return group
    }
  }

  /** One of the three numbers (0 to 2) that a group combines. */
  part(group: number, which: number): number {
    return this.keys[group * KEY_WORDS + which] as number
  }

  private insert(hash: number, a: number, b: number, c: number): number {
    if (this.size >= this.most) return -1
    const group = this.size++
    if ((group + 1) * KEY_WORDS > this.keys.length) {
      const keys = new Int32Array(this.keys.length * 2)
      keys.set(this.keys)
      this.keys = keys
    }
    const at = group * KEY_WORDS
    this.keys[at] = a
    this.keys[at + 1] = b
    this.keys[at + 2] = c
    if (isFull(this.index, this.size)) this.index = grownIndex(this.index, this.size, (one) => this.hashOfGroup(one))
    else enter(this.index, hash, group)
    return group
  }

  private hashOfGroup(group: number): number {
    const at = group * KEY_WORDS
    return hashOf(this.keys[at] as number, this.keys[at + 1] as number, this.keys[at + 2] as number)
  }
}

const hashOf = (a: number, b: number, c: number) =>
  mixed((Math.imul(a, 0x9e3779b1) + Math.imul(b, 0x85ebca6b) + Math.imul(c, 0xc2b2ae35)) | 0)
