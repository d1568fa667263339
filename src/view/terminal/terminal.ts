/**
 * The terminal: paints lines, says what keys and mouse do, and is left as it was found, however the program ends.
 * terminal-kit compares each frame with the one before, cell by cell, and reads the keys.
 */
import { openSync, writeSync } from 'node:fs'
import { ReadStream } from 'node:tty'
import termkit from 'terminal-kit'
import { widthOf } from '../../render/width.ts'
import type { Line } from '../line.ts'
import type { ViewEvent } from '../state/events.ts'
import type { Size } from '../state/view-state.ts'
import { type Color, type Depth, lookOf, ROLES, type Role, type ThemeName } from '../theme.ts'
import { colorDepth } from './color-depth.ts'
import { keyName, mouseAction } from './key-names.ts'
import { TruePalette } from './true-palette.ts'

/** Mouse off, cursor on, own colours, and back to the screen that was there before. */
const RESTORE = '\x1b[?1000l\x1b[?1002l\x1b[?1006l\x1b[0m\x1b[?25h\x1b[?1049l'
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[2J'
const XTERM = 'xterm-256color'
/** Terminals that send other keys than xterm does. */
const OWN_KEYS = /rxvt|eterm|linux|osx|konsole|gnome|terminology/
/** Some terminals refuse more in one piece. */
const CLIPBOARD = 74_994

/** What its types leave out. */
interface Guesser {
  guessTerminal(): { readonly appId?: string; readonly generic?: string }
}

export class Terminal {
  readonly depth: Depth
  readonly hasColors: boolean
  private readonly keys: ReadStream
  private readonly term: termkit.Terminal
  private readonly hasMouse: boolean
  private readonly palette: TruePalette | undefined
  private buffer: termkit.ScreenBuffer
  /** What the last frame painted; none: nothing of it stands. */
  private shown: readonly Line[] = []
  private looks: Record<Role, number> | undefined
  private theme: ThemeName | undefined
  private isOurs = false

  /** `readsInput`: standard input is the capture, so keys come from the controlling terminal. */
  constructor(readsInput: boolean, onEvent: (event: ViewEvent) => void, onGone: () => void) {
    this.keys = readsInput ? new ReadStream(openSync('/dev/tty', 'r')) : (process.stdin as ReadStream)
    const depth = colorDepth(process.env, (environment) => process.stdout.getColorDepth(environment))
    this.hasColors = depth !== undefined
    this.depth = depth ?? 16
    this.palette = depth === 'true' ? new TruePalette() : undefined
    const guessed = (termkit as unknown as Guesser).guessTerminal()
    // It knows few terminals by name, and takes those it does not know, such as tmux, for poor ones.
    const isPoor = this.depth !== 16 && !OWN_KEYS.test(guessed.appId ?? '')
    const { appId, generic } = isPoor ? { appId: XTERM, generic: XTERM } : guessed
    this.hasMouse = appId !== 'linux' && generic !== 'linux'
    this.term = termkit.createTerminal({
      stdin: this.keys,
      stdout: process.stdout,
      stderr: process.stderr,
      generic: generic ?? 'xterm',
      ...(appId !== undefined && { appId }),
      isTTY: true,
    } as unknown as Parameters<typeof termkit.createTerminal>[0])
    this.buffer = this.newBuffer()
    this.term.on('key', (name: string) => {
      const key = keyName(name)
      if (key !== undefined) onEvent({ type: 'key', key })
    })
    this.term.on('mouse', (name: string, { x, y }: { x: number; y: number }) => {
      const action = mouseAction(name)
      if (action !== undefined) onEvent({ type: 'mouse', action, column: x - 1, row: y - 1 })
    })
    process.stdout.on('resize', () => onEvent({ type: 'resize', size: this.size }))
    process.stdout.on('error', onGone)
    this.keys.on('error', onGone)
    this.keys.on('end', onGone)
    this.keys.on('close', onGone)
  }

  get size(): Size {
    return { columns: process.stdout.columns ?? 80, rows: process.stdout.rows ?? 24 }
  }

  /** Takes the screen, the keys and the mouse. */
  enter(): void {
    this.isOurs = true
    writeSync(1, ENTER)
    // The console of Linux tells of its mouse by a daemon of its own (gpm), which is not asked.
    this.term.grabInput(this.hasMouse ? { mouse: 'drag' } : {})
    this.buffer = this.newBuffer()
  }

  /** Gives everything back. May be called at any moment, more than once. */
  restore(): void {
    if (!this.isOurs) return
    this.isOurs = false
    try {
      this.keys.setRawMode(false)
    } catch {
      // It is gone already.
    }
    try {
      writeSync(1, RESTORE)
    } catch {
      // Nobody is there to see it.
    }
  }

  /** For the end: lets the program end. */
  close(): void {
    this.restore()
    this.term.grabInput(false)
    this.keys.removeAllListeners()
    if (this.keys !== process.stdin) this.keys.destroy()
    else this.keys.unref()
  }

  paint(lines: readonly Line[], theme: ThemeName): void {
    if (!this.isOurs) return
    const { columns, rows } = this.size
    if (this.buffer.width !== columns || this.buffer.height !== rows) {
      writeSync(1, '\x1b[2J')
      this.buffer = this.newBuffer()
    }
    const looks = this.looksOf(theme)
    // A cell costs half a microsecond to compare: most lines are those that were there.
    for (let y = 0; y < lines.length; ) {
      const from = y
      while (y < lines.length && !isSameLine(lines[y] as Line, this.shown[y])) this.put(lines[y] as Line, y++, looks)
      if (y > from) this.draw(from, y)
      else y++
    }
    this.shown = lines
  }

  private put(line: Line, y: number, looks: Record<Role, number>): void {
    let x = 0
    for (const { text, role } of line) {
      if (text !== '') this.buffer.put({ x, y, attr: looks[role] } as unknown as termkit.ScreenBuffer.PutOptions, text)
      x += widthOf(text)
    }
  }

  /** The rows `[from, to)`. */
  private draw(from: number, to: number): void {
    const srcClipRect = { x: 0, y: from, width: this.buffer.width, height: to - from }
    this.buffer.draw({ delta: true, srcClipRect } as unknown as Parameters<termkit.ScreenBuffer['draw']>[0])
  }

  /** Asks the terminal to put `text` into the clipboard; whether it does, it does not say. OSC 52. */
  clipboard(text: string): boolean {
    const encoded = Buffer.from(text).toString('base64')
    if (encoded.length > CLIPBOARD) return false
    writeSync(1, `\x1b]52;c;${encoded}\x07`)
    return true
  }

  private newBuffer(): termkit.ScreenBuffer {
    this.shown = []
    const { columns, rows } = this.size
    const own = this.palette && { palette: this.palette }
    return new termkit.ScreenBuffer({ dst: this.term, width: columns, height: rows, x: 1, y: 1, ...own })
  }

  private looksOf(theme: ThemeName): Record<Role, number> {
    if (this.looks === undefined || this.theme !== theme) {
      const numbered = (color: Color | undefined): number | undefined =>
        color === undefined || this.palette === undefined ? (color as number | undefined) : this.palette.number(color)
      const attr = (role: Role) => {
        const look = lookOf(role, theme, this.depth)
        const color = numbered(look.color)
        const bgColor = numbered(look.bgColor)
        const own = { defaultColor: color === undefined, bgDefaultColor: bgColor === undefined }
        const attributes = { ...look, ...own, color, bgColor }
        return this.buffer.object2attr(attributes as termkit.ScreenBuffer.Attributes) as unknown as number
      }
      this.looks = Object.fromEntries(ROLES.map((role) => [role, attr(role)])) as Record<Role, number>
      this.shown = []
      this.theme = theme
    }
    return this.looks
  }
}

function isSameLine(line: Line, shown: Line | undefined): boolean {
  return (
    shown?.length === line.length &&
    line.every(({ text, role }, at) => text === shown[at]?.text && role === shown[at]?.role)
  )
}
