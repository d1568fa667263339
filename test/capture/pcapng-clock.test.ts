/** Ticks into seconds and nanoseconds, compared with whole-number arithmetic. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Clock } from '../../src/capture/pcapng-clock.ts'
import { CaptureRecord } from '../../src/capture/record.ts'

function stamped(resolution: number, ticks: bigint, offset = 0): [seconds: number, nanoseconds: number] {
  const record = new CaptureRecord()
  new Clock(resolution, offset).stamp(record, Number(ticks >> 32n), Number(ticks & 0xffff_ffffn))
  return [record.seconds, record.nanoseconds]
}

function exact(resolution: number, ticks: bigint): [seconds: number, nanoseconds: number] {
  const perSecond = (resolution & 0x80 ? 2n : 10n) ** BigInt(resolution & 0x7f)
  return [Number(ticks / perSecond), Number(((ticks % perSecond) * 1_000_000_000n) / perSecond)]
}

test('every resolution and every 64-bit count gives the exact time', () => {
  const ticks = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
  const resolution = fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 255 }))
  fc.assert(
    fc.property(resolution, ticks, (r, t) => {
      expect(stamped(r, t)).toEqual(exact(r, t))
    }),
    { numRuns: 3000 },
  )
})

test('times around a whole second are exact, where a rounded quotient would be one off', () => {
  const near = fc.tuple(
    fc.integer({ min: 0, max: 9 }),
    fc.bigInt({ min: 0n, max: 2n ** 34n }),
    fc.integer({ min: -2, max: 2 }),
  )
  fc.assert(
    fc.property(near, ([resolution, seconds, step]) => {
      const ticks = seconds * 10n ** BigInt(resolution) + BigInt(step)
      fc.pre(ticks >= 0n && ticks < 2n ** 64n)
      expect(stamped(resolution, ticks)).toEqual(exact(resolution, ticks))
    }),
    { numRuns: 3000 },
  )
})

test('the last nanosecond before a second stays before it', () => {
  expect(stamped(9, 1_795_378_376_999_999_999n)).toEqual([1_795_378_376, 999_999_999])
  expect(stamped(9, 1_795_378_377_000_000_000n)).toEqual([1_795_378_377, 0])
  expect(stamped(6, 1_795_378_376_999_999n)).toEqual([1_795_378_376, 999_999_000])
})

test('an offset is whole seconds ahead or behind', () => {
  expect(stamped(9, 5n, 1_700_000_000)).toEqual([1_700_000_000, 5])
  expect(stamped(6, 1_500_000n, -10)).toEqual([-9, 500_000_000])
})

test('a resolution says how many ticks a second has', () => {
  expect([6, 9, 0x80 | 20, 0].map((resolution) => new Clock(resolution, 0).ticksPerSecond)).toEqual([
    1e6,
    1e9,
    2 ** 20,
    1,
  ])
})
