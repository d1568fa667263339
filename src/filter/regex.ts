/** Perl's regular expressions, as `matches` takes them. Case does not count unless (?-i) says so. */
import { linearRegex, type TextTest } from './linear-regex.ts'

/** Characters of a pattern at most. */
const MAX_PATTERN = 1000
/** Characters of a text that are looked at where the engine may go back again and again. */
const MAX_BACKTRACKED = 4096

const FLAGS = /^\(\?([imsx]*)(?:-([imsx]+))?\)/
const POSIX: Readonly<Record<string, string>> = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '\\x21-\\x7e',
  lower: 'a-z',
  print: '\\x20-\\x7e',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\s',
  upper: 'A-Z',
  word: '\\w',
  xdigit: '0-9A-Fa-f',
}

interface Dialect {
  /** What stands for Perl's escapes that mean something else in this language, or nothing. */
  readonly escapes: Readonly<Record<string, string>>
  /** Those that differ inside of brackets. */
  readonly inClass: Readonly<Record<string, string>>
  readonly group: string
  readonly isJavaScript: boolean
}

const BOTH = { h: '[ \\t]', R: '(?:\\r\\n|[\\n\\v\\f\\r])', N: '[^\\n]', e: '\\x1b' }
/** `$` and `\Z` may stand before a last line end. That it is taken in here makes no difference: nobody asks what matched. */
const RE2: Dialect = {
  escapes: { ...BOTH, s: '[\\s\\v]', S: '[^\\s\\v]', Z: '(?:\\n?\\z)' },
  inClass: { h: ' \\t', s: '\\s\\v', e: '\\x1b' },
  group: '(?P<',
  isJavaScript: false,
}
const JAVASCRIPT: Dialect = {
  escapes: { ...BOTH, A: '(?<![\\s\\S])', z: '(?![\\s\\S])', Z: '(?=\\n?(?![\\s\\S]))', a: '\\x07' },
  inClass: { h: ' \\t', a: '\\x07', e: '\\x1b' },
  group: '(?<',
  isJavaScript: true,
}

const PIECE = /\\x\{([0-9A-Fa-f]+)\}|\\([\s\S])|\[:(\^?)(\w+):\]|\(\?P?<(?![=!])|[[\].$]|[^\\[\].$(]+|\(/g
/** What looks around or back at a group: no engine does it without going back. */
const LOOKS_AROUND = /^(?:[^\\]|\\[\s\S])*?(?:\(\?<?[=!]|\\[1-9k])/
/** Where there is more than one way to go on: repetitions (also of a fixed number: what they repeat may have a choice), alternatives. */
const CHOICES = /\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]])*\]|\(\?(?:P?<\w+>|<?[=!:])|([*+?|]|\{\d*,?\d*\})\??/g

/**
 * What a pattern runs in. Captures come from others, and a backtracking engine can be kept busy for ever by a text that is made
 * for it. So all but those that look around run in RE2, and those that do may have one choice and see a short text.
 * @throws SyntaxError for a pattern that is none, or that cannot be done
 */
export function regexOf(pattern: string): TextTest {
  if (pattern.length > MAX_PATTERN) throw new SyntaxError(`the pattern is longer than ${MAX_PATTERN} characters`)
  const flags = new Set('i')
  const head = FLAGS.exec(pattern)
  if (head !== null) {
    for (const flag of head[1] as string) flags.add(flag)
    for (const flag of head[2] ?? '') flags.delete(flag)
  }
  if (flags.has('x')) throw new SyntaxError('(?x) is not supported')
  const body = pattern.slice(head?.[0].length ?? 0)
  const looksAround = LOOKS_AROUND.test(body)
  const linear = looksAround ? undefined : linearRegex(translate(body, RE2, flags), flags)
  if (linear !== undefined) return linear
  const regex = new RegExp(translate(body, JAVASCRIPT, flags), [...flags].join(''))
  if (!looksAround) return regex
  if (choices(body) > 1)
    throw new SyntaxError(
      'with a look-around or a back-reference there may be one repetition or alternative, not more: ! and && join several patterns',
    )
  return { test: (text) => regex.test(text.slice(0, MAX_BACKTRACKED)) }
}

function choices(pattern: string): number {
  let number = 0
  for (const [, choice] of pattern.matchAll(CHOICES)) if (choice !== undefined) number++
  return number
}

function translate(pattern: string, dialect: Dialect, flags: ReadonlySet<string>): string {
  const { escapes, inClass, group, isJavaScript } = dialect
  const isMultiline = flags.has('m')
  let isInClass = false
  let first = -1
  return pattern.replace(PIECE, (piece, code, escaped, not, posix, offset) => {
    if (code !== undefined) return isJavaScript ? codeUnit(code) : piece
    if (escaped !== undefined) return (isInClass ? inClass : escapes)[escaped] ?? piece
    if (posix !== undefined) return isJavaScript ? posixClass(piece, posix, not, isInClass) : piece
    if (piece.startsWith('(?')) return isInClass ? piece : group
    switch (piece) {
      case '[': {
        const opened = isInClass ? '\\[' : '['
        if (!isInClass) first = offset + (pattern[offset + 1] === '^' ? 2 : 1)
        isInClass = true
        return opened
      }
      case ']':
        // A bracket that comes first is itself.
        if (offset === first) return '\\]'
        isInClass = false
        return ']'
      case '.':
        return isInClass || flags.has('s') ? '.' : '[^\\n]'
      case '$':
        return isInClass || isMultiline ? '$' : (escapes.Z as string)
      default:
        return piece
    }
  })
}

function codeUnit(code: string): string {
  const value = Number.parseInt(code, 16)
  if (value > 0xffff) throw new SyntaxError(`\\x{${code}} is too large`)
  return `\\u${value.toString(16).padStart(4, '0')}`
}

function posixClass(piece: string, name: string, not: string, isInClass: boolean): string {
  const known = POSIX[name]
  if (!isInClass) return piece
  if (known === undefined || not !== '') throw new SyntaxError(`${piece} is not supported`)
  return known
}
