import { describe, expect, it } from 'vitest'
import { parseNumber } from '../../src/filter/literal.ts'
import {
  maskBytes,
  maskIpv4,
  parseBytes,
  parseIpv4,
  parseIpv6,
  parsePrefix,
} from '../../src/filter/literal-addresses.ts'
import { parseDuration, parseTime } from '../../src/filter/literal-times.ts'

const hex = (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : Buffer.from(bytes).toString('hex'))

describe('a literal', () => {
  it.each([
    ['80', 80],
    ['0', 0],
    ['0x50', 80],
    ['0120', 80],
    ['0b1010000', 80],
    ['080', undefined],
    ['8x', undefined],
    ['1e3', undefined],
    ['', undefined],
  ])('%s is the number %s', (text, value) => {
    expect(parseNumber(text)).toBe(value)
  })

  it.each([
    ['ac', 'ac'],
    ['ac:14', 'ac14'],
    ['ac-14', 'ac14'],
    ['ac.14', 'ac14'],
    ['ac14', 'ac14'],
    ['0xac', 'ac'],
    ['0.1.d', '00010d'],
    ['158', '1508'],
    ['ag', undefined],
    ['ac::14', undefined],
  ])('%s is the bytes %s, as tshark reads them', (text, bytes) => {
    expect(hex(parseBytes(text))).toBe(bytes)
  })

  it.each([
    ['fd00::1', 'fd000000000000000000000000000001'],
    ['::', '00000000000000000000000000000000'],
    ['::ffff:1.2.3.4', '00000000000000000000ffff01020304'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['fe80::1%eth0', undefined],
    ['1.2.3.4', undefined],
  ])('%s is the IPv6 address %s', (text, bytes) => {
    expect(hex(parseIpv6(text))).toBe(bytes)
  })

  it('is an IPv4 address, or a prefix of one', () => {
    expect([parseIpv4('255.0.0.1'), parseIpv4('1.2.3'), parseIpv4('1.2.3.256')]).toEqual([
      0xff00_0001,
      undefined,
      undefined,
    ])
    expect(parsePrefix('10.0.0.0/8', 32)).toEqual({ address: '10.0.0.0', bits: 8 })
    expect([parsePrefix('10.0.0.0/33', 32), parsePrefix('10.0.0.0/', 32)]).toEqual([undefined, undefined])
    expect([maskIpv4(0xffff_ffff, 0), maskIpv4(0xffff_ffff, 9), maskIpv4(0xffff_ffff, 32)]).toEqual([
      0, 0xff80_0000, 0xffff_ffff,
    ])
    expect(hex(maskBytes(Uint8Array.of(255, 255, 255), 12))).toBe('fff000')
  })

  it.each([
    ['0.5', 500_000_000n],
    ['-3', -3_000_000_000n],
    ['12.000000001', 12_000_000_001n],
    ['.5', 500_000_000n],
    ['1.', 1_000_000_000n],
    ['', undefined],
    ['.', undefined],
    ['1s', undefined],
  ])('%s seconds are %s nanoseconds', (text, value) => {
    expect(parseDuration(text)).toBe(value)
  })

  it.each([
    ['2026-11-22T20:12:57.5Z', 1_795_378_377_500_000_000n],
    ['2026-11-22 20:12:57.5 UTC', 1_795_378_377_500_000_000n],
    ['2026-11-22 21:12:57.5+01:00', 1_795_378_377_500_000_000n],
    ['2026-11-22T19:12:57-0100', 1_795_378_377_000_000_000n],
    ['Nov 22, 2026 20:12:57.091235000 UTC', 1_795_378_377_091_235_000n],
    ['2026-11-22Z', 1_795_305_600_000_000_000n],
    ['2026-13-22', undefined],
    ['Foo 22, 2026', undefined],
    ['yesterday', undefined],
  ])('%s is the time %s', (text, value) => {
    expect(parseTime(text)).toBe(value)
  })

  it('without a time zone is in the machine’s', () => {
    const here = new Date(2026, 10, 22, 20, 12, 57).getTime()
    expect(parseTime('2026-11-22 20:12:57')).toBe(BigInt(here) * 1_000_000n)
    expect(parseTime('Nov 22, 2026 20:12:57')).toBe(BigInt(here) * 1_000_000n)
  })
})
