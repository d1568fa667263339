/** What panes are made of: lines of spans, each with the part it plays. What it looks like is for the theme to say. */
import { cut, widthOf } from '../render/width.ts'
import type { Role } from './theme.ts'

export interface Span {
  readonly text: string
  readonly role: Role
}

export type Line = readonly Span[]

export const span = (text: string, role: Role = 'plain'): Span => ({ text, role })

export const lineWidth = (line: Line): number => line.reduce((sum, { text }) => sum + widthOf(text), 0)

export const lineText = (line: Line): string => line.map(({ text }) => text).join('')

/** `line` in exactly `width` cells: cut with an ellipsis, or filled up with blanks of the last span's role. */
export function fitLine(line: Line, width: number, fill?: Role): Line {
  const spans: Span[] = []
  let used = 0
  for (const one of line) {
    const cells = widthOf(one.text)
    if (used + cells > width) {
      const text = cut(one.text, width - used)
      spans.push({ text, role: one.role })
      used += widthOf(text)
      break
    }
    spans.push(one)
    used += cells
  }
  if (used < width) spans.push(span(' '.repeat(width - used), fill ?? line.at(-1)?.role ?? 'plain'))
  return spans
}

/** The cells `[from, to)` of a line. A wide character that lies across an end becomes a blank. */
export function sliceLine(line: Line, from: number, to: number): Line {
  const spans: Span[] = []
  let at = 0
  for (const { text, role } of line) {
    const end = at + widthOf(text)
    if (at >= from && end <= to) spans.push({ text, role })
    else if (end > from && at < to) spans.push({ text: sliceText(text, from - at, to - at), role })
    at = end
  }
  return spans
}

function sliceText(text: string, from: number, to: number): string {
  let kept = ''
  let at = 0
  for (const character of text) {
    const end = at + widthOf(character)
    if (at >= from && end <= to) kept += character
    else if (end > from && at < to) kept += ' '.repeat(Math.min(end, to) - Math.max(at, from))
    at = end
  }
  return kept
}

/** `lines` with `box` over them, its first cell in row `top` and column `left`. */
export function laidOver(lines: readonly Line[], box: readonly Line[], top: number, left: number): Line[] {
  return lines.map((line, row) => {
    const over = box[row - top]
    if (over === undefined) return line
    const width = lineWidth(over)
    return [...sliceLine(line, 0, left), ...over, ...sliceLine(line, left + width, lineWidth(line))]
  })
}
