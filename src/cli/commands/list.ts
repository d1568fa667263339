/** The packet list, a row a packet as it comes. */
import type { Overview } from '../../analysis/overview.ts'
import { durationText } from '../../bytes/time.ts'
import type { CaptureRecord } from '../../capture/record.ts'
import type { Walk } from '../../dissect/walk.ts'
import { listEnds } from '../../packet/list-ends.ts'
import { summaryOf } from '../../packet/summary.ts'
import { escapeText } from '../../render/escape.ts'
import { ListRenderer, type ListRow } from '../../render/list.ts'
import { timeText, timeWidth } from '../../render/time-column.ts'
import { widthOf } from '../../render/width.ts'
import type { Output } from '../output.ts'
import { placeWords } from '../place-words.ts'
import type { Settings } from '../settings.ts'
import { FoldedRows } from './folded-rows.ts'
import { ListBytes, type RowWorder } from './list-bytes.ts'
import { RowNamer } from './row-names.ts'
import type { Shown } from './session.ts'

export class ListPrinter {
  private readonly settings: Settings
  private readonly output: Output
  private readonly showHeader: (line: string) => void
  private renderer: ListRenderer | undefined
  private readonly namer: RowNamer | undefined
  /** Once the first row has decided on the columns, and where nobody sees their colours. */
  bytes: ListBytes | undefined
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
    const { packet, isCopy } = shown
    const { record, walk, file = '' } = packet
    const { protocol, info } = summaryOf(packet)
    const ends = endsOf(record, walk, this.namer)
    const row: ListRow = {
      number: record.number,
      time: packet.clock === undefined || !record.hasTime ? '' : timeText(record, packet.clock, this.settings.time),
      place: placeWords(record, file, this.settings),
      ...ends,
      protocol,
      length: record.originalLength,
      ...(isCopy ? copyWords(shown) : { info: ends.remark + info }),
      isCopy,
    }
    if (this.folded === undefined) this.print(row)
    else this.folded.take(shown, row)
    this.bytes?.words.learn(record.view, escapeText(protocol), escapeText(info).trimEnd())
  }

  /** Prints what has waited for copies. */
  end(): void {
    this.folded?.release()
  }

  private print(row: ListRow): void {
    this.renderer ??= this.begin(row.place !== undefined)
    this.output.line(this.renderer.row(row))
  }

  private begin(hasPlace: boolean): ListRenderer {
    const { width, isStrictWidth: isStrict, style, time } = this.settings
    const renderer = new ListRenderer({
      width,
      isStrict,
      style,
      hasPlace,
      labelWidth: Math.max(0, ...Array.from(this.settings.labels.values(), (label) => widthOf(label) + 1)),
      timeWidth: timeWidth(time),
      ...(this.settings.names !== undefined && { nameStyle: this.settings.nameStyle }),
    })
    this.showHeader(renderer.header())
    if (renderer.hasPieces) this.bytes = new ListBytes(this.settings, this.output, this.worder(renderer))
    return renderer
  }

  private worder(renderer: ListRenderer): RowWorder {
    return {
      columns: renderer.columns,
      place: (record, file) => renderer.placeCell(placeWords(record, file, this.settings)),
      ends: (record, walk, hasPorts) => {
        const ends = endsOf(record, walk, this.namer)
        const cells = renderer.endCells(ends, hasPorts)
        return cells && { ...cells, remark: ends.remark }
      },
    }
  }
}

/** The ends in the words of a row, and what stands before its info. */
function endsOf(
  record: CaptureRecord,
  walk: Walk,
  namer: RowNamer | undefined,
): Pick<ListRow, 'outer' | 'vni' | 'inner' | 'identity'> & { remark: string } {
  const ends = listEnds(record, walk)
  const { outer, vni, inner } = ends
  if (namer !== undefined) return { vni, ...namer.name(record, walk, ends) }
  return { outer: outer && { source: outer.source, destination: outer.destination }, vni, inner, remark: '' }
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
  const { record, walk, file = '' } = packet
  const { protocol, info } = summaryOf(packet)
  const { remark, ...ends } = endsOf(record, walk, namer)
  return {
    number: record.number,
    time: packet.clock === undefined || !record.hasTime ? '' : timeText(record, packet.clock, settings.time),
    place: placeWords(record, file, settings),
    ...ends,
    protocol,
    length: record.originalLength,
    ...(isCopy ? copyWords(shown) : { info: remark + info }),
    isCopy,
  }
}

/** `= 1, forwarded: TTL 64→63, +21 µs`. */
function copyWords({ packet, overview }: RowSource): { info: string; shortInfo: string } {
  const { original, originalTtl, ttl, sinceOriginal, wasTunnelled } = overview.copies
  const since = `${sinceOriginal < 0 ? '' : '+'}${durationText({ seconds: 0, nanoseconds: sinceOriginal })}`
  // Of the frame as it was captured, which copies go by too.
  const isTunnelled = packet.walk.marks.tunnel >= 0
  if (isTunnelled !== wasTunnelled) {
    const words = isTunnelled ? 'encapsulated' : 'decapsulated'
    return { info: `= ${original}, ${words}, ${since}`, shortInfo: `= ${original} ${words} ${since}` }
  }
  if (ttl === originalTtl) return { info: `= ${original}, again, ${since}`, shortInfo: `= ${original} ${since}` }
  const hop = `TTL ${originalTtl}→${ttl}`
  const words = ttl < originalTtl ? 'forwarded' : 'seen before it was forwarded'
  return { info: `= ${original}, ${words}: ${hop}, ${since}`, shortInfo: `= ${original} ${hop} ${since}` }
}
