/** A followed stream as text or as bytes, each end in its colour. */
import { escapeText } from '../../render/escape.ts'
import { hexLines } from '../../render/tree.ts'
import { cut, widthOf } from '../../render/width.ts'
import { type Line, span } from '../line.ts'
import type { FollowedStream, Said } from './followed-stream.ts'

export function streamLines(
  stream: FollowedStream,
  side: 'both' | Said['side'],
  isHex: boolean,
  columns: number,
): Line[] {
  const lines: Line[] = []
  for (const said of stream.said) {
    if (side !== 'both' && said.side !== side) continue
    if (said.missing > 0) lines.push([span(`[${said.missing} bytes are not in the capture]`, 'hint')])
    const texts = isHex ? hexLines(said.bytes) : wrapped(readable(said.bytes), columns)
    for (const text of texts) lines.push([span(text, said.side)])
  }
  if (lines.length === 0) lines.push([span(stream.isDone ? 'nothing was said' : 'reading …', 'hint')])
  if (stream.isCut) lines.push([span('[more is not shown]', 'hint')])
  return lines
}

/** Text as lines; what cannot be shown is a dot. */
function readable(bytes: Uint8Array): string[] {
  const text = new TextDecoder().decode(bytes)
  const lines = text.split(/\r?\n/)
  if (lines.at(-1) === '') lines.pop()
  return lines.map((line) => escapeText(line.replaceAll('\t', '    ').replace(/[\p{Cc}\ufffd]/gu, '.')))
}

function wrapped(lines: readonly string[], columns: number): string[] {
  return lines.flatMap((line) => {
    if (widthOf(line) <= columns) return [line]
    const parts: string[] = []
    let rest = line
    while (widthOf(rest) > columns) {
      const part = cut(rest, columns + 1).slice(0, -1)
      if (part === '') break
      parts.push(part)
      rest = rest.slice(part.length)
    }
    return [...parts, rest]
  })
}
