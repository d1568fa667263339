/** `--copies fold`: a row a packet, which waits for its copies and then says where else it was seen. */
import type { Copies } from '../../analysis/copies.ts'
import { durationText } from '../../bytes/time.ts'
import type { ListRow } from '../../render/list.ts'
import type { Shown } from './session.ts'

/** Rows that wait at once, and seconds: as long as a copy may take, and a little more since records may come late. */
const MOST = 16_384
const PATIENCE_SECONDS = 2

interface Waiting {
  readonly row: ListRow
  readonly seconds: number
  readonly places: string[]
}

export class FoldedRows {
  private readonly waiting = new Map<number, Waiting>()
  private readonly print: (row: ListRow) => void

  constructor(print: (row: ListRow) => void) {
    this.print = print
  }

  /** Takes in a row, or the place of a copy. */
  take({ packet, isCopy, overview }: Shown, row: ListRow): void {
    const { seconds } = packet.record
    this.release(seconds - PATIENCE_SECONDS)
    if (!isCopy) {
      this.waiting.set(row.number, { row, seconds, places: [] })
      if (this.waiting.size > MOST) this.releaseFirst()
      return
    }
    const place = copyPlace(row, overview.copies)
    const first = this.waiting.get(overview.copies.original)
    // One that waited too long, or was not asked for, is not there any more: the copy stands for it.
    if (first === undefined) this.print(row)
    else first.places.push(place)
  }

  /** Prints what has waited since before `seconds`; all of it at the end. */
  release(seconds = Number.POSITIVE_INFINITY): void {
    for (const waiting of this.waiting.values()) {
      if (waiting.seconds >= seconds) return
      this.releaseFirst()
    }
  }

  private releaseFirst(): void {
    const [first] = this.waiting
    if (first === undefined) return
    const [number, { row, places }] = first
    this.waiting.delete(number)
    this.print(withCopies(row, places))
  }
}

/** Where a copy was seen, its TTL if that is another one, and how long after the first: `eth2 Out 63 +21 µs`. */
export function copyPlace({ place }: ListRow, { sinceOriginal, ttl, originalTtl }: Copies): string {
  const since = durationText({ seconds: 0, nanoseconds: sinceOriginal })
  const words = [place, ttl === originalTtl ? undefined : String(ttl), `+${since}`]
  return words.filter((word) => word !== undefined).join(' ')
}

/** A packet's row that says where its copies were seen. */
export function withCopies(row: ListRow, places: readonly string[]): ListRow {
  return places.length === 0 ? row : { ...row, info: `[→ ${places.join(' → ')}] ${row.info}` }
}
