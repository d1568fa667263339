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
    ['a(?!b)', 'ab', false],
    ['(?<=a)b', 'ab', true],
    ['[[:^digit:]]', '12', false],
    ['a(?i)B', 'ab', true],
    ['[]x]y', ']y', true],
    ['[^]]y', ']y', false],
    ['[[]y', '[y', true],
    ['[a[]y', '[y', true],
    ['a\\sb', 'a\x0bb', true],
    ['a[\\s]b', 'a\x0bb', true],
    ['\\e\\[', '\x1b[', true],
    ['a\\R$', 'a\r\n', true],
    ['^(GET|POST) ', 'post /', true],
    ['\\bpod\\b', 'a pod.', true],
    ['\\/x{2,3}$', '/xxx', true],
    ['caf\\xe9', 'caf\xe9', true],
  ])('%s in %j: %s', (pattern, text, matches) => {
    expect(regexOf(pattern).test(text)).toBe(matches)
  })

  it.each(['(', '(?>a)', 'a++', '(?x)a b', '[[:nosuch:]]', '\\x{110000}', 'a'.repeat(1001), 'a{1,5000}'])(
    'is refused where there is no such thing here: %s',
    (pattern) => {
      expect(() => regexOf(pattern)).toThrow(SyntaxError)
    },
  )
})

describe('a text that was made for a pattern', () => {
  const long = 'a'.repeat(65_000)

  it.each(['(a|a)*b', '([a-zA-Z]+)*!', '(a+)+$b', '(.*a){20}b', '(a?){30}a{30}b', '(x+x+)+y|(a*)*b'])(
    '%s ends',
    (pattern) => {
      expect(regexOf(pattern).test(long)).toBe(false)
      expect(regexOf(pattern).test(`${long}bbb!`)).toBe(!pattern.includes('$'))
    },
  )

  it.each(['(?=b)(a|a)*b', '(a*)*(?!a)b', '(a)\\1*.*b', '(?=(a?){30})c', '(?<!x)a*b*'])(
    'what looks around may not choose twice: %s',
    (pattern) => {
      expect(() => regexOf(pattern)).toThrow(/look-around/)
    },
  )

  it('is looked at as far as is quick where the pattern looks around', () => {
    const pattern = regexOf('(?<!c)a*b')
    expect(pattern.test(`${'a'.repeat(4000)}b`)).toBe(true)
    expect(pattern.test(`${long}b`)).toBe(false)
  })

  it.each(['a(?!b)[*+]', 'a(?!b)\\+\\*', '(?:a)(?=b*)', '(?<name>a)(?!c)'])(
    'no choice is seen where none is: %s',
    (pattern) => {
      expect(regexOf(pattern).test('abba*a+*')).toBe(true)
    },
  )
})
