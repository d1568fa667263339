import { describe, expect, it } from 'vitest'
import { regexOf } from '../../src/filter/regex.ts'

describe("a pattern of Perl's", () => {
  it.each([
    ['abc', 'xABCx', true],
    ['(?-i)abc', 'ABC', false],
    ['(?i)abc', 'ABC', true],
    ['a.c', 'a\nc', false],
    ['a.c', 'a\rc', true],
    ['(?s)a.c', 'a\nc', true],
    ['[.]', 'a', false],
    ['^b', 'a\nb', false],
    ['(?m)^b$', 'a\nb\nc', true],
    ['b$', 'ab\n', true],
    ['b$', 'ab\nc', false],
    ['b\\z', 'ab\n', false],
    ['b\\Z', 'ab\n', true],
    ['\\Aab', 'ab', true],
    ['\\Ab', 'ab', false],
    ['a\\hb', 'a\tb', true],
    ['\\x{41}', 'a', true],
    ['[[:digit:]]{3}', 'a123', true],
    ['[[:alpha:]_]+$', '12', false],
    ['(?P<x>a)b', 'ab', true],
    ['a\\$', 'a$', true],
    ['[$]', '$', true],
    ['\\.', 'a', false],
    ['a(?=b)', 'ab', true],
    ['(a)\\1', 'aa', true],
  ])('%s in %j: %s', (pattern, text, matches) => {
    expect(regexOf(pattern).test(text)).toBe(matches)
  })

  it.each(['(', '(?>a)', 'a++', '(?x)a b', '[[:nosuch:]]', '[[:^digit:]]', '\\x{110000}', 'a'.repeat(1001)])(
    'is refused where JavaScript has no such thing: %s',
    (pattern) => {
      expect(() => regexOf(pattern)).toThrow(SyntaxError)
    },
  )
})
