/** Pairs as the kernel counts them. */
import { ipv6Text } from '../bytes/address.ts'
import type { Kernel } from './kernel.ts'
import { PairRows } from './pair-rows.ts'

const ADDRESS_WORDS = 4

export class KernelPairs extends PairRows {
  protected readonly words: Int32Array
  protected readonly floats: Float64Array
  private readonly addresses: Int32Array
  private readonly kernel: Kernel

  constructor(kernel: Kernel) {
    super()
    this.kernel = kernel
    const { words, floats } = kernel.rows('PAIRS')
    this.words = words
    this.floats = floats
    this.addresses = kernel.rows('ADDRESSES').words
  }

  get size(): number {
    return this.kernel.counter('pairCount')
  }

  get overflow(): number {
    return this.kernel.counter('overflow')
  }

  protected ipv6Text(number: number): string {
    const view = new DataView(new ArrayBuffer(16))
    for (let word = 0; word < ADDRESS_WORDS; word++)
      view.setInt32(word * 4, this.addresses[(number - 1) * ADDRESS_WORDS + word] as number)
    return ipv6Text(view, 0)
  }

  /** What was spoken is not kept here. */
  protected layersOfBits(): number[] {
    return []
  }
}
