/** One frame as the watchers see it: refilled for each, valid during the call only. */
import { LinkType } from '../capture/link-type.ts'
import { type CaptureInterface, CaptureRecord } from '../capture/record.ts'
import type { Walk } from '../dissect/walk.ts'

/** How the capturing machine saw a frame; cooked captures say so. */
export const Direction = { In: 0, Broadcast: 1, Multicast: 2, OtherHost: 3, Out: 4, Unknown: -1 } as const

/** Interfaces told apart, so that a set of them is one number. */
export const MAX_INTERFACES = 31

export class Sighting {
  record: CaptureRecord = new CaptureRecord()
  readonly walk: Walk
  /** Number of the capture, from 0, and of the frame in it, from 1. */
  file = 0
  frame = 0
  /** Nanoseconds since the diagnosis' clock began; NaN for a frame without a time. */
  now = Number.NaN
  /** Number of its pair of ends in the table of pairs; negative: none. */
  pair = -1
  /** Whether this packet was seen before, at another interface; maybe without or with another tunnel around it. */
  isCopy = false
  /** Whether it was seen before between these very ends, outside and inside. */
  isRepeat = false
  /** Number of the interface, from 0; the last one stands for all further ones. */
  interface = 0
  direction: number = Direction.Unknown

  constructor(walk: Walk) {
    this.walk = walk
  }

  get view(): DataView {
    return this.record.view
  }

  /** Whether all bytes of the frame were captured. */
  get isWhole(): boolean {
    return this.record.end - this.record.start >= this.record.originalLength
  }
}

/** What a capture says of an interface. */
export interface SeenInterface {
  readonly file: number
  readonly interface: CaptureInterface
  /** Linux interface index of a cooked capture v2. */
  readonly index: number | undefined
  /** False where frames of all interfaces of a machine look alike: cooked v1, and `any` by its name. */
  readonly isOne: boolean
}

/** Numbers for interfaces, in the order of first sight. */
export class SeenInterfaces {
  readonly all: SeenInterface[] = []
  private readonly numbers = new Map<CaptureInterface, Map<number, number>>()
  private recent: { from: CaptureInterface | undefined; index: number; number: number } = {
    from: undefined,
    index: -1,
    number: 0,
  }

  /** Fills interface and direction. Hot. */
  place(seen: Sighting): void {
    const { record } = seen
    const { linkType, start, end, view } = record
    let index = -1
    seen.direction = Direction.Unknown
    if (linkType === LinkType.LinuxSll2 && end - start >= 20) {
      index = view.getUint32(start + 4)
      seen.direction = view.getUint8(start + 10)
    } else if (linkType === LinkType.LinuxSll && end - start >= 16) seen.direction = view.getUint16(start)
    const { recent } = this
    if (recent.from !== record.interface || recent.index !== index) {
      recent.from = record.interface
      recent.index = index
      recent.number = this.numberOf(record, seen.file, index)
    }
    seen.interface = recent.number
  }

  private numberOf(record: CaptureRecord, file: number, index: number): number {
    const known = this.numbers.get(record.interface)?.get(index)
    if (known !== undefined) return known
    if (this.all.length >= MAX_INTERFACES) return MAX_INTERFACES - 1
    const isOne = index >= 0 || (record.linkType !== LinkType.LinuxSll && record.interface.name !== 'any')
    const number = this.all.push({ file, interface: record.interface, index: index < 0 ? undefined : index, isOne }) - 1
    const numbers = this.numbers.get(record.interface) ?? new Map<number, number>()
    this.numbers.set(record.interface, numbers.set(index, number))
    return number
  }
}
