/** `-T csv` and `-T tsv`: the packet list with a column for everything, whose names and order stay. */
import { listEnds } from '../../packet/list-ends.ts'
import { placeOf } from '../../packet/place.ts'
import { summaryOf } from '../../packet/summary.ts'
import { type RowFormat, RowWriter } from '../../render/rows.ts'
import { timeText } from '../../render/time-column.ts'
import type { Output } from '../output.ts'
import type { Settings } from '../settings.ts'
import type { Shown } from './session.ts'

/** New ones come last. */
export const PACKET_COLUMNS = [
  'number',
  'time',
  'interface',
  'direction',
  'outer_src',
  'outer_dst',
  'tunnel',
  'vni',
  'inner_src',
  'inner_src_port',
  'inner_dst',
  'inner_dst_port',
  'protocol',
  'length',
  'copy_of',
  'info',
  'file',
] as const

/** Digits of a second: all that a capture can have. */
const DIGITS = 9

export class PacketRows {
  private readonly settings: Settings
  private readonly rows: RowWriter<(typeof PACKET_COLUMNS)[number]>

  constructor(settings: Settings, output: Output, format: RowFormat) {
    this.settings = settings
    this.rows = new RowWriter(PACKET_COLUMNS, format, (line) => output.line(line))
  }

  header(): void {
    this.rows.header()
  }

  show({ packet, isCopy, overview }: Shown): void {
    const { record, walk, clock } = packet
    const { name, direction } = placeOf(record, this.settings.links)
    const { outer, vni, inner } = listEnds(record, walk)
    const { protocol, info } = summaryOf(packet)
    this.rows.row({
      number: record.number,
      time: clock === undefined || !record.hasTime ? undefined : timeText(record, clock, this.settings.time, DIGITS),
      interface: name,
      direction,
      outer_src: outer?.source,
      outer_dst: outer?.destination,
      tunnel: walk.lastTunnel < 0 ? undefined : walk.tables.layers[walk.layer[walk.lastTunnel] as number]?.name,
      vni,
      inner_src: inner?.source,
      inner_src_port: inner?.sourcePort,
      inner_dst: inner?.destination,
      inner_dst_port: inner?.destinationPort,
      protocol,
      length: record.originalLength,
      copy_of: isCopy ? overview.copies.original : undefined,
      info,
      file: packet.file,
    })
  }
}
