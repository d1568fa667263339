/** One IP datagram as its fragments come in. RFC 815 keeps holes; here each unit of eight bytes has a bit. */
import type { AssemblyPart } from '../dissect/notes.ts'
import type { Holder } from './memory-budget.ts'

/** Offsets are 13 bits of units of eight bytes, and one fragment may pass the last of them by its own length. */
export const UNIT = 8
const UNITS = 2 * 8192
/** Of one datagram; the smallest fragments there can be make 8192. */
const MAX_FRAGMENTS = 10_000
/** Bytes of all its fragments, of which some may have come several times. */
const MAX_BYTES = 256 << 10

export interface Fragment {
  readonly frame: number
  /** In bytes. */
  readonly offset: number
  readonly bytes: Uint8Array
  readonly isLast: boolean
  /** What it says comes next: of IPv6 the first fragment counts. */
  readonly protocol: number
}

const NOTHING = new Uint8Array(0)

/** Bytes of memory a datagram costs beside its fragments' payloads, and one a fragment. */
export const DATAGRAM_COST = UNITS / 8 + 256
export const FRAGMENT_COST = 160

export class Datagram implements Holder {
  held = 0
  /** By offset; those of equal offset in the order in which they came. */
  private fragments: Fragment[] = []
  private bytes = 0
  private total = -1
  private covered = new Uint8Array(UNITS / 8)
  /** It has given back what it held: the next fragment begins another one. */
  isGone = false
  /** Units without a hole from the start. */
  private contiguous = 0
  private isIllegal = false
  private readonly forbidsOverlap: boolean

  /** `forbidsOverlap`: overlapping fragments that are no exact duplicates discard all of it (RFC 5722, RFC 8200 section 4.5). */
  constructor(forbidsOverlap: boolean) {
    this.forbidsOverlap = forbidsOverlap
  }

  get parts(): readonly Fragment[] {
    return this.fragments
  }

  release(): void {
    this.fragments = []
    this.covered = NOTHING
    this.isGone = true
  }

  /** Whether a fragment of so many bytes may still be kept. */
  hasRoomFor(bytes: number): boolean {
    return !this.isIllegal && this.fragments.length < MAX_FRAGMENTS && this.bytes + bytes <= MAX_BYTES
  }

  /** Takes a fragment in, for which there is room; true if nothing is missing now. */
  add(fragment: Fragment): boolean {
    const { offset, bytes, isLast } = fragment
    const end = offset + bytes.length
    this.bytes += bytes.length
    if (isLast && this.total < 0) this.total = end
    // Of the whole's last unit there may be less than eight bytes; elsewhere such a unit is not covered.
    const after = Math.min(end === this.total ? Math.ceil(end / UNIT) : Math.floor(end / UNIT), UNITS)
    let isOverlapping = false
    for (let unit = offset / UNIT; unit < after; unit++) {
      const bit = 1 << (unit & 7)
      const held = this.covered[unit >> 3] as number
      if ((held & bit) !== 0) isOverlapping = true
      else this.covered[unit >> 3] = held | bit
    }
    if (isOverlapping && this.forbidsOverlap && !this.fragments.some((one) => isSame(one, fragment))) {
      this.isIllegal = true
      this.fragments = []
      return false
    }
    this.fragments.splice(this.placeOf(offset), 0, fragment)
    return this.isWhole()
  }

  /** The datagram's payload. Where fragments overlap the one with the lower offset wins, then the earlier one. */
  assemble(): { readonly bytes: Uint8Array; readonly parts: AssemblyPart[]; readonly protocol: number } {
    const { total } = this
    const whole = new Uint8Array(total)
    const parts: AssemblyPart[] = []
    let filled = 0
    for (const { frame, offset, bytes, isLast } of this.fragments) {
      const end = offset + bytes.length
      const overlaps = offset < filled
      const shared = Math.min(filled, end, total)
      const conflicts = overlaps && !isEqual(whole.subarray(offset, shared), bytes.subarray(0, shared - offset))
      const to = Math.min(end, total)
      if (to > filled) {
        const from = Math.max(filled, offset)
        whole.set(bytes.subarray(from - offset, to - offset), from)
        filled = to
      }
      parts.push({
        frame,
        start: offset,
        end,
        ...(overlaps && { overlaps }),
        ...(conflicts && { conflicts }),
        ...(isLast && end !== total && { isOtherTail: true }),
        ...(end > total && { isTooLong: true }),
      })
    }
    return { bytes: whole, parts, protocol: (this.fragments[0] as Fragment).protocol }
  }

  private isWhole(): boolean {
    if (this.total < 0 || this.isIllegal) return false
    const units = Math.ceil(this.total / UNIT)
    while (this.contiguous < units && this.isCovered(this.contiguous)) this.contiguous++
    return this.contiguous >= units
  }

  private isCovered(unit: number): boolean {
    return (((this.covered[unit >> 3] as number) >> (unit & 7)) & 1) === 1
  }

  /** Where a fragment belongs: behind those that do not start later. */
  private placeOf(offset: number): number {
    let low = 0
    let high = this.fragments.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.fragments[middle] as Fragment).offset <= offset) low = middle + 1
      else high = middle
    }
    return low
  }
}

const isSame = (a: Fragment, b: Fragment) =>
  a.offset === b.offset && a.isLast === b.isLast && a.bytes.length === b.bytes.length && isEqual(a.bytes, b.bytes)

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0
}
