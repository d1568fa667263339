/** Perl's regular expressions, as `matches` takes them, in JavaScript's words. Case does not count unless (?-i) says so. */

/** Characters of a pattern at most. */
const MAX_PATTERN = 1000

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

/** Escapes that mean something else in JavaScript, or nothing. `$` may stand before a last line end. */
const ESCAPES: Readonly<Record<string, string>> = {
  A: '(?<![\\s\\S])',
  z: '(?![\\s\\S])',
  Z: '(?=\\n?(?![\\s\\S]))',
  h: '[ \\t]',
  R: '(?:\\r\\n|[\\n\\v\\f\\r])',
  N: '[^\\n]',
  a: '\\x07',
  e: '\\x1b',
}

const PIECE = /\\x\{([0-9A-Fa-f]+)\}|\\([\s\S])|\[:(\^?)(\w+):\]|\(\?P<|[[\].$]|[^\\[\].$(]+|\(/g

/** @throws SyntaxError for a pattern that is none, or that JavaScript cannot do. */
export function regexOf(pattern: string): RegExp {
  if (pattern.length > MAX_PATTERN) throw new SyntaxError(`the pattern is longer than ${MAX_PATTERN} characters`)
  const flags = new Set('i')
  const head = FLAGS.exec(pattern)
  if (head !== null) {
    for (const flag of head[1] as string) flags.add(flag)
    for (const flag of head[2] ?? '') flags.delete(flag)
  }
  if (flags.has('x')) throw new SyntaxError('(?x) is not supported')
  const source = translate(pattern.slice(head?.[0].length ?? 0), flags.has('s'), flags.has('m'))
  return new RegExp(source, [...flags].join(''))
}

function translate(pattern: string, isDotAll: boolean, isMultiline: boolean): string {
  let isInClass = false
  return pattern.replace(PIECE, (piece, code, escaped, not, posix) => {
    if (code !== undefined) return codeUnit(code)
    if (escaped !== undefined) return isInClass ? piece : (ESCAPES[escaped] ?? piece)
    if (posix !== undefined) return posixClass(piece, posix, not, isInClass)
    switch (piece) {
      case '(?P<':
        return '(?<'
      case '[': {
        const opened = isInClass ? '\\[' : '['
        isInClass = true
        return opened
      }
      case ']':
        isInClass = false
        return ']'
      case '.':
        return isInClass || isDotAll ? '.' : '[^\\n]'
      case '$':
        return isInClass || isMultiline ? '$' : (ESCAPES.Z as string)
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
