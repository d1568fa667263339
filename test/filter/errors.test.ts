import { describe, expect, it } from 'vitest'
import { UsageError } from '../../src/errors.ts'
import { compileFilter } from '../../src/index.ts'

function errorOf(text: string): string {
  try {
    compileFilter(text)
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError)
    return (error as Error).message
  }
  throw new Error(`compiled: ${text}`)
}

describe('an error in a filter', () => {
  it('shows the place with a caret, and the nearest names', () => {
    expect(errorOf('http and tcp.prot == 80')).toBe(
      [
        'filter: "tcp.prot" is neither a field nor a protocol. Did you mean tcp.port?',
        '    http and tcp.prot == 80',
        '             ^~~~~~~~',
      ].join('\n'),
    )
  })

  it('shows only what is around the place in a long filter', () => {
    const message = errorOf(`${'tcp or '.repeat(1000)}nosuch${' or tcp'.repeat(1000)}`)
    const [, shown = '', caret = ''] = message.split('\n')
    expect(shown.length).toBeLessThan(140)
    expect(shown.slice(caret.indexOf('^'), caret.length)).toBe('nosuch')
  })

  it('repeats no control characters', () => {
    expect(errorOf('tcp.port == \u001b[31m')).not.toContain('\u001b[31m')
    expect(errorOf('"\u001b[2J" == tcp.port')).not.toContain('\u001b')
  })

  it.each([
    ['', 'it is empty'],
    ['   ', 'it is empty'],
    ['tcp.port ==', 'it ends too early'],
    ['(tcp', 'it ends where ")" is needed'],
    ['tcp)', '")" is not expected here'],
    ['()', '")" is not expected here'],
    ['tcp tcp', '"tcp" is not expected here'],
    ['tcp.port = 80', '"=" (equality is written ==) is not expected here'],
    ['tcp.port <> 80', '">" is not expected here'],
    ['tcp | udp', '"|" ("or" is written ||) is not expected here'],
    ['tcp AND udp', '"AND" is not expected here: it is written and'],
    ['"tcp', 'this string has no closing quote'],
    ['http contains "\\s"', '\\s is not an escape; a backslash is written \\\\, or the string r"…"'],
    ['ip.src[', 'a bracket without its end is not expected here'],
    ['ip.src[] == 1', '[] is not a range: '],
    ['ip.src[4-2] == 1', '[4-2] is not a range: '],
    ['ip.src# == 1', '# needs a layer: #2, #[1-2] or #[-1]'],
    ['tcp.port in {}', '"}" is not expected here'],
    ['tcp.port in {80,}', '"}" is not expected here'],
    ['tcp.port in 80', '"{" is needed here'],
    ['all tcp', '"all" stands before a comparison'],
    ['80', '"80" is neither a field nor a protocol'],
    ['"a" == "a"', '"a" is no field; a comparison needs one'],
    ['ip.ttl == 256', '256 is too big for ip.ttl: at most 255'],
    ['ip.ttl == 64.0', '"64.0" is not a number'],
    ['ip.ttl == "64"', '"64" is not a number'],
    ['ip.proto == NOSUCH', '"NOSUCH" is not a number or one of the words that ip.proto can have'],
    ['ip.src == 172.20', '"172.20" is not an IPv4 address, as ip.src is'],
    ['ip.src == 10.0.0.0/33', '"10.0.0.0/33" is not an IPv4 address, as ip.src is'],
    ['ip.src == fd00::1', '"fd00::1" is not an IPv4 address, as ip.src is'],
    ['ipv6.src == 10.0.0.1', '"10.0.0.1" is not an IPv6 address, as ipv6.src is'],
    ['eth.src == 08:00', '"08:00" is not an Ethernet address, as eth.src is'],
    ['frame.time > yesterday', '"yesterday" is not a time such as "2026-11-22 20:12:57.5"'],
    ['frame.time_delta > fast', '"fast" is not a duration in seconds, as frame.time_delta is'],
    ['http[0] == G', '"G" is not a byte string such as 47:45:54 (a text stands in quotes)'],
    ['ip.src == eth.src', 'ip.src is an IPv4 address, eth.src an Ethernet address: they do not compare'],
    ['tcp.port == http', 'tcp.port is a number, http a sequence of bytes: they do not compare'],
    ['ip.ttl contains 4', 'contains searches in texts and bytes; ip.ttl is a number'],
    ['ip.src matches "172"', 'matches looks at texts and bytes; ip.src is an IPv4 address'],
    ['http matches GET', 'matches needs a regular expression in double quotes'],
    ['http matches "("', 'this is no regular expression: '],
    ['http matches "(?>a)"', 'this is no regular expression: '],
    [`http matches "${'a'.repeat(1001)}"`, 'this is no regular expression: the pattern is longer than 1000 characters'],
    ['ip.ttl[0] == 40', 'ip.ttl is a number: only texts, bytes and addresses have slices'],
    ['http.host + 1 == 2', 'http.host is a text: + cannot work with it'],
    ['ip.ttl + http.host == 2', 'ip.ttl is a number, http.host a text'],
    ['1 / 0 == ip.ttl', 'this divides by 0'],
    ['nosuch(ip.ttl) == 1', 'there is no function nosuch(); known are len, count, upper, lower, string, abs, max, min'],
    ['len(ip.ttl, ip.len) == 1', 'len() takes one field, not 2'],
    ['len() == 1', 'len() takes one field, not 0'],
    ['max() == 1', 'max() needs a field'],
    ['max(ip.ttl, http.host) == 1', 'max() needs values of one kind: ip.ttl is a number, http.host a text'],
    ['lower(ip.ttl) == "a"', 'lower() takes a text; ip.ttl is a number'],
    ['string(http.host) == "a"', 'string() makes a text of numbers, addresses and times; http.host is a text'],
    ['abs(http.host) == 1', 'abs() takes a number; http.host is a text'],
    ['@ip.ttl == 40', '"@" is not expected here'],
    ['inner.frame.number == 1', '"frame.number" belongs to the whole frame: it has no inner side'],
    ['outer.ip.scr == 1.2.3.4', 'Did you mean outer.ip.src'],
    ['_ws.col.Info#2 contains "a"', 'is not in layers: it has no #'],
  ])('%s: %s', (text, words) => {
    expect(errorOf(text)).toContain(words)
  })

  it.each(['node', 'pod', 'namespace', 'service', 'identity', 'ovl.inner.src_pod', 'inner.pod'])(
    'says that %s needs lists of names',
    (name) => {
      expect(errorOf(`${name} == "x"`)).toContain(`"${name}" needs --names`)
    },
  )

  it('ends a filter that is nested too deeply, or too long, without a stack that overflows', () => {
    expect(errorOf('('.repeat(100_000))).toContain('at most 20000 words and signs')
    expect(errorOf('('.repeat(5000))).toContain('more than 200 levels deep')
    expect(errorOf('!'.repeat(5000))).toContain('more than 200 levels deep')
    expect(errorOf(`ip.ttl == ${'+'.repeat(5000)}1`)).toContain('more than 200 levels deep')
    expect(errorOf(`ip.ttl${' + 1'.repeat(5000)} == 1`)).toContain('more than 200 levels deep')
    expect(errorOf(`ip.src${'[0]'.repeat(5000)} == 1`)).toContain('more than 200 levels deep')
    expect(errorOf(`ip.ttl${' < ip.ttl'.repeat(20_000)}`)).toContain('at most 20000 words and signs')
  })

  it('is not that a filter has many alternatives', () => {
    const row = Array.from({ length: 1500 }, (_, port) => `tcp.port == ${port} and ip.src[0:1] == ac`).join(' or ')
    expect(() => compileFilter(row)).not.toThrow()
  })
})
