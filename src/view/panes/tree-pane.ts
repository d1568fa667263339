/** The structure of a packet: a line a header or field, with a bar that says on which side of the tunnel it is. */
import { escapeText } from '../../render/escape.ts'
import { fitTo, widthOf } from '../../render/width.ts'
import { fitLine, type Line, span } from '../line.ts'
import type { Region } from '../model/packet-detail.ts'
import type { TreeRow } from '../model/tree-rows.ts'
import type { Role } from '../theme.ts'

export interface TreePane {
  readonly columns: number
  /** The visible rows, which of them is selected, and the region of the one above the first. */
  readonly rows: readonly TreeRow[]
  readonly selected: number
  readonly before: Region | undefined
  readonly isFocused: boolean
}

export const REGION_ROLES: Readonly<Record<Region, Role>> = {
  outer: 'outer',
  tunnel: 'tunnel',
  inner: 'inner',
  whole: 'plain',
}

export function treePane({ columns, rows, selected, before, isFocused }: TreePane): Line[] {
  return rows.map((row, at) => {
    const region = REGION_ROLES[row.region]
    const sign = row.hasChildren ? (row.isOpen ? '[-] ' : '[+] ') : row.depth === 0 ? '' : '    '
    const text = `${'  '.repeat(row.depth)}${sign}${escapeText(row.text)}`
    const role = at === selected ? (isFocused ? 'selected' : 'selected-unfocused') : row.depth === 0 ? region : 'plain'
    const isFirst = row.region !== (at === 0 ? before : rows[at - 1]?.region) && row.depth === 0
    const label = isFirst && row.region !== 'whole' ? ` ${row.region.toUpperCase()} ` : ''
    const room = columns - 1 - widthOf(label)
    return fitLine([span('▌', region), span(fitTo(text, Math.max(room, 0)), role), span(label, region)], columns)
  })
}
