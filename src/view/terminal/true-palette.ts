/** Colours beyond the terminal's palette for terminal-kit's cells, which have eight bits for a colour: each that is used gets a number. */
import type { Color } from '../theme.ts'

/** What terminal-kit asks of a palette. */
export class TruePalette {
  /** By number: what sets a colour, and what sets it as background. */
  readonly escape: string[] = []
  readonly bgEscape: string[] = []
  private readonly numbers = new Map<Color, number>()

  /** The number of a colour. There are many fewer in all themes than the 256 that fit. */
  number(color: Color): number {
    const known = this.numbers.get(color)
    if (known !== undefined) return known
    const number = this.numbers.size
    const code = typeof color === 'number' ? `5;${color}` : `2;${channels(color).join(';')}`
    this.escape.push(`\x1b[38;${code}m`)
    this.bgEscape.push(`\x1b[48;${code}m`)
    this.numbers.set(color, number)
    return number
  }
}

const channels = (color: string): number[] => [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16))
