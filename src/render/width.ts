/** Text fitted to terminal cells. */
import stringWidth from 'string-width'

/** ASCII and the symbols, lines and blocks that we write ourselves: a cell each. The library is a hundred times slower. */
const PLAIN = /^[\u0020-\u007e→←↔↑↓…–·µ×\u2500-\u259f]*$/

/** Cells that `text` takes on a terminal. */
export function widthOf(text: string): number {
  return PLAIN.test(text) ? text.length : stringWidth(text)
}

/** `text` in exactly `width` cells: padded, or cut with an ellipsis. */
export function fitTo(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const own = widthOf(text)
  if (own > width) return cut(text, width)
  const padding = ' '.repeat(width - own)
  return align === 'left' ? text + padding : padding + text
}

/** `text` in at most `width` cells. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  if (width <= 0) return ''
  let kept = ''
  let used = 0
  for (const character of text) {
    const cells = widthOf(character)
    if (used + cells > width - 1) break
    kept += character
    used += cells
  }
  return `${kept}…`
}

/** `text` in at most `width` cells, without its middle: names of pods differ at their ends. */
export function cutMiddle(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  if (width < 4) return cut(text, width)
  const characters = [...text]
  const head = cut(text, Math.ceil((width + 1) / 2))
  let tail = ''
  let used = widthOf(head)
  for (let i = characters.length - 1; i >= 0; i--) {
    const character = characters[i] as string
    used += widthOf(character)
    if (used > width) break
    tail = character + tail
  }
  return `${head}${tail}`
}
