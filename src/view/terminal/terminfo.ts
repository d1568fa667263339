/** What the terminfo database says of a terminal's colours: the compiled entries of term(5), as ncurses looks them up. */
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

export interface TerminfoColors {
  /** Colours of its palette; 0: it has none. */
  readonly colors: number
  /** Whether the entry says that red, green and blue can be given: `RGB` of ncurses, or `Tc` of tmux. */
  readonly isDirect: boolean
}

/** The numbers of a file begin with one of these; in the second kind numbers have four bytes. */
const MAGIC = 0x011a
const MAGIC_WIDE = 0x021e
/** Place of `max_colors` among the numbers. */
const MAX_COLORS = 13
const HEADER = 12

/** Undefined: the database does not know the terminal, or there is none. */
export function terminfoColors(name: string, environment = process.env): TerminfoColors | undefined {
  if (!/^[\w.+-]+$/.test(name)) return undefined
  const first = name.charCodeAt(0)
  for (const folder of foldersOf(environment)) {
    // By the first letter, or by its number where file names do not tell large from small letters.
    for (const letter of [name.charAt(0), first.toString(16)]) {
      try {
        return parseTerminfo(readFileSync(join(folder, letter, name)))
      } catch {
        // The next place may have it.
      }
    }
  }
  return undefined
}

function foldersOf({ TERMINFO, TERMINFO_DIRS, HOME }: NodeJS.ProcessEnv): string[] {
  const usual = [
    '/etc/terminfo',
    '/lib/terminfo',
    '/usr/share/terminfo',
    '/usr/share/lib/terminfo',
    '/usr/local/share/terminfo',
  ]
  const listed = (TERMINFO_DIRS ?? '').split(':').filter((one) => one !== '')
  return [...(TERMINFO ? [TERMINFO] : []), join(HOME ?? homedir(), '.terminfo'), ...listed, ...usual]
}

/** Reads a compiled entry. @throws RangeError for what is none, or is cut */
export function parseTerminfo(bytes: Uint8Array): TerminfoColors {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const short = (at: number) => view.getInt16(at, true)
  const magic = short(0)
  if (magic !== MAGIC && magic !== MAGIC_WIDE) throw new RangeError('no compiled terminfo entry')
  const width = magic === MAGIC_WIDE ? 4 : 2
  const [names, booleans, numbers, strings, table] = [2, 4, 6, 8, 10].map(short) as [
    number,
    number,
    number,
    number,
    number,
  ]
  const numbersAt = even(HEADER + names + booleans)
  const at = numbersAt + MAX_COLORS * width
  const most = numbers <= MAX_COLORS ? -1 : width === 4 ? view.getInt32(at, true) : short(at)
  const extension = even(numbersAt + numbers * width + strings * 2 + table)
  return { colors: Math.max(most, 0), isDirect: hasDirectColors(bytes, extension) }
}

/** Names of further capabilities stand at the end, each with a NUL behind it. */
function hasDirectColors(bytes: Uint8Array, from: number): boolean {
  const words = Buffer.from(bytes.subarray(from)).toString('latin1').split('\0')
  return words.includes('RGB') || words.includes('Tc')
}

const even = (at: number): number => at + (at % 2)
