/** The packet list, a row a packet as it comes. */
import type { Overview } from '../../analysis/overview.ts'
import { durationText } from '../../bytes/time.ts'
import { listEnds } from '../../packet/list-ends.ts'
import { summaryOf } from '../../packet/summary.ts'
import { ListRenderer, type ListRow } from '../../render/list.ts'
import { timeText, timeWidth } from '../../render/time-column.ts'
import { widthOf } from '../../render/width.ts'
import type { Output } from '../output.ts'
import { placeWords } from '../place-words.ts'
import type { Settings } from '../settings.ts'
import { FoldedRows } from './folded-rows.ts'
import { RowNamer } from './row-names.ts'
import type { Shown } from './session.ts'

export class ListPrinter {
  private readonly settings: Settings
  private readonly output: Output
  private readonly showHeader: (line: string) => void
  private renderer: ListRenderer | undefined
  private readonly namer: RowNamer | undefined
  private readonly folded: FoldedRows | undefined

  constructor(settings: Settings, output: Output, showHeader: (line: string) => void) {
    this.settings = settings
    this.output = output
    this.showHeader = showHeader
    this.namer = rowNamerOf(settings)
    this.folded = settings.copies === 'fold' ? new FoldedRows((row) => this.print(row)) : undefined
  }

  /** Prints a row; the first one decides whether there is a column for the place. */
  show(shown: Shown): void {
    const row = rowOf(shown, this.settings, this.namer)
    if (this.folded === undefined) this.print(row)
    else this.folded.take(shown, row)
  }

  /** Prints what has waited for copies. */
  end(): void {
    this.folded?.release()
  }

  private print(row: ListRow): void {
    if (this.renderer === undefined) {
      const { width, isStrictWidth: isStrict, style, time } = this.settings
      this.renderer = new ListRenderer({
        width,
        isStrict,
        style,
        hasPlace: row.place !== undefined,
        labelWidth: Math.max(0, ...Array.from(this.settings.labels.values(), (label) => widthOf(label) + 1)),
        timeWidth: timeWidth(time),
        ...(this.settings.names !== undefined && { nameStyle: this.settings.nameStyle }),
      })
      this.showHeader(this.renderer.header())
    }
    this.output.line(this.renderer.row(row))
  }
}

/** Undefined where rows have no names. */
export function rowNamerOf({ names, nameStyle }: Pick<Settings, 'names' | 'nameStyle'>): RowNamer | undefined {
  return names === undefined || nameStyle === 'address' ? undefined : new RowNamer(names)
}

/** What a row is made of: the packet, and the copies that have seen it last, if it is one. */
export interface RowSource extends Pick<Shown, 'packet' | 'isCopy'> {
  readonly overview: Pick<Overview, 'copies'>
}

export function rowOf(shown: RowSource, settings: Settings, namer: RowNamer | undefined): ListRow {
  const { packet, isCopy } = shown
  const { record, walk } = packet
  const ends = listEnds(record, walk)
  const { outer, vni, inner } = ends
  const { protocol, info } = summaryOf(packet)
  const names = namer?.name(shown, ends)
  return {
    number: record.number,
    time: packet.clock === undefined || !record.hasTime ? '' : timeText(record, packet.clock, settings.time),
    place: placeWords(packet, settings),
    outer: names === undefined ? outer && { source: outer.source, destination: outer.destination } : names.outer,
    vni,
    inner: names === undefined ? inner : names.inner,
    identity: names?.identity,
    protocol,
    length: record.originalLength,
    ...(isCopy ? copyWords(shown) : { info: names === undefined ? info : names.remark + info }),
    isCopy,
  }
}

/** `= 1, forwarded: TTL 64→63, +21 µs`. */
function copyWords({ packet, overview }: RowSource): { info: string; shortInfo: string } {
  const { original, originalTtl, ttl, sinceOriginal, wasTunnelled } = overview.copies
  const since = `${sinceOriginal < 0 ? '' : '+'}${durationText({ seconds: 0, nanoseconds: sinceOriginal })}`
  const isTunnelled = packet.walk.firstTunnel >= 0
  if (isTunnelled !== wasTunnelled) {
    const words = isTunnelled ? 'encapsulated' : 'decapsulated'
    return { info: `= ${original}, ${words}, ${since}`, shortInfo: `= ${original} ${words} ${since}` }
  }
  if (ttl === originalTtl) return { info: `= ${original}, again, ${since}`, shortInfo: `= ${original} ${since}` }
  const hop = `TTL ${originalTtl}→${ttl}`
  const words = ttl < originalTtl ? 'forwarded' : 'seen before it was forwarded'
  return { info: `= ${original}, ${words}: ${hop}, ${since}`, shortInfo: `= ${original} ${hop} ${since}` }
}
