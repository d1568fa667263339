/**
 * A filter's text as tokens. What a word means (a field, a number, an address, bytes) is left to those who know what it
 * is compared with: `aa:bb` and `2001:db8::/32` are words, as are `ip.src` and `80`.
 */
import { filterError, type Span } from './filter-error.ts'
import { unescapeText } from './string-escapes.ts'

export type TokenKind = 'word' | 'string' | 'character' | 'ranges' | 'sign' | 'end'

export interface Token extends Span {
  readonly kind: TokenKind
  /** A word or sign as written; the content of a string without quotes and escapes; what stands between brackets. */
  readonly text: string
}

/** Longer ones first. */
const SIGNS = [
  '===',
  '!==',
  '==',
  '!=',
  '~=',
  '>=',
  '<=',
  '&&',
  '||',
  '^^',
  '..',
  '>',
  '<',
  '!',
  '&',
  '~',
  '(',
  ')',
  '{',
  '}',
  ',',
  '+',
  '-',
  '*',
  '/',
  '%',
  '#',
] as const

const BLANK = /\s+/y
/** Two dots end a word: `8000..8080`. */
const WORD = /(?:[\p{L}\p{N}_:]|\.(?!\.))(?:[\p{L}\p{N}_:/\\-]|\.(?!\.))*/uy
const STRING = /r?"(?:[^"\\]|\\[\s\S])*"/y
const CHARACTER = /'(?:[^'\\]|\\[^']+|\\')'/y
const RANGES = /\[[^[\]]*\]/y

/** Tokens of a filter at most; a larger one is better written as ranges or a capture filter. */
const MAX_TOKENS = 20_000

/** @throws UsageError where the text has a character or string that no filter can have. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    return pattern.exec(text)?.[0]
  }
  for (;;) {
    at += take(BLANK)?.length ?? 0
    if (at >= text.length) break
    const token = tokenAt(text, at, take)
    tokens.push(token)
    if (tokens.length > MAX_TOKENS) throw filterError(`a filter has at most ${MAX_TOKENS} words and signs`, text, token)
    at = token.end
  }
  tokens.push({ kind: 'end', text: '', start: text.length, end: text.length })
  return tokens
}

function tokenAt(text: string, start: number, take: (pattern: RegExp) => string | undefined): Token {
  const token = (kind: TokenKind, length: number, content: string): Token => ({
    kind,
    text: content,
    start,
    end: start + length,
  })
  const quoted = take(STRING)
  if (quoted !== undefined) return token('string', quoted.length, contentOf(quoted, text, start))
  if (text[start] === '"' || text.startsWith('r"', start))
    throw filterError('this string has no closing quote', text, { start, end: text.length })
  const character = take(CHARACTER)
  if (character !== undefined) {
    const content = unescapeText(character.slice(1, -1), text, start + 1)
    return token('character', character.length, content)
  }
  const ranges = take(RANGES)
  if (ranges !== undefined) return token('ranges', ranges.length, ranges.slice(1, -1))
  const word = take(WORD)
  if (word !== undefined) return token('word', word.length, word)
  const sign = SIGNS.find((one) => text.startsWith(one, start))
  if (sign !== undefined) return token('sign', sign.length, sign)
  throw filterError(`${describe(text, start)} is not expected here`, text, { start, end: start + 1 })
}

/** In a raw string a backslash is a backslash; it only keeps a quote from ending the string. */
function contentOf(quoted: string, text: string, start: number): string {
  return quoted.startsWith('r') ? quoted.slice(2, -1) : unescapeText(quoted.slice(1, -1), text, start + 1)
}

function describe(text: string, at: number): string {
  const character = String.fromCodePoint(text.codePointAt(at) as number)
  if (character === '[') return 'a bracket without its end'
  if (character === '=') return '"=" (equality is written ==)'
  if (character === '|') return '"|" ("or" is written ||)'
  return JSON.stringify(character)
}
