/** The bytes of a packet, hexadecimal and as letters, tinted by the side of the tunnel they are on. */
import { fitLine, type Line, type Span, span } from '../line.ts'
import { type PacketDetail, type Region, regionAt } from '../model/packet-detail.ts'
import { HALF } from '../state/geometry.ts'
import type { Role } from '../theme.ts'
import { REGION_ROLES } from './tree-pane.ts'

export interface BytesPane {
  readonly columns: number
  readonly rows: number
  readonly detail: PacketDetail
  /** The first line, and bytes a line. */
  readonly top: number
  readonly width: number
  /** Bytes of what is selected in the tree: `[start, end)`. */
  readonly start: number
  readonly end: number
  /** The byte under the cursor; -1: there is no cursor here. */
  readonly cursor: number
}

const LIT: Readonly<Record<Region, Role>> = {
  outer: 'outer-lit',
  tunnel: 'tunnel-lit',
  inner: 'inner-lit',
  whole: 'inner-lit',
}

export function bytesPane(pane: BytesPane): Line[] {
  const { detail, top, width, rows, columns } = pane
  const lines: Line[] = []
  for (let line = top; line < top + rows && line * width < detail.bytes.length; line++)
    lines.push(fitLine(bytesLine(pane, line * width), columns, 'plain'))
  return lines
}

function bytesLine(pane: BytesPane, from: number): Line {
  const { detail, width } = pane
  const spans: Span[] = [span(` ${from.toString(16).padStart(4, '0')}  `, 'hint')]
  const letters: Span[] = []
  // A blank between two bytes that are lit is lit as well.
  const between = (at: number): Role => {
    const role = roleAt(pane, at)
    return at > from && at - 1 !== pane.cursor && isLit(pane, at) && isLit(pane, at - 1) ? role : 'plain'
  }
  for (let at = from; at < from + width; at++) {
    const byte = detail.bytes[at]
    const isSecondHalf = at - from === HALF
    if (at > from) push(spans, isSecondHalf ? '  ' : ' ', byte === undefined ? 'plain' : between(at))
    push(
      spans,
      byte === undefined ? '  ' : byte.toString(16).padStart(2, '0'),
      byte === undefined ? 'plain' : roleAt(pane, at),
    )
    if (byte === undefined) continue
    if (isSecondHalf) push(letters, ' ', between(at))
    push(letters, byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.', roleAt(pane, at))
  }
  return [...spans, span('   ', 'plain'), ...letters]
}

/** Spans of one role are one. */
function push(spans: Span[], text: string, role: Role): void {
  const last = spans.at(-1)
  if (last?.role === role) spans[spans.length - 1] = { text: last.text + text, role }
  else spans.push({ text, role })
}

const isLit = ({ start, end }: BytesPane, at: number): boolean => at >= start && at < end

function roleAt(pane: BytesPane, at: number): Role {
  if (at === pane.cursor) return 'cursor'
  const region = regionAt(pane.detail, at)
  return isLit(pane, at) ? LIT[region] : REGION_ROLES[region]
}
