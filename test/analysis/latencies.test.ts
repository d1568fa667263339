/** Percentiles of durations: exact while there are few, nearly so when there are many. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Latencies } from '../../src/analysis/latencies.ts'

function of(values: readonly number[]): Latencies {
  const latencies = new Latencies()
  for (const value of values) latencies.add(value)
  return latencies
}

const rank = (values: readonly number[], share: number) =>
  [...values].sort((a, b) => a - b)[Math.max(1, Math.ceil(share * values.length)) - 1] as number

const durations = fc.integer({ min: 0, max: 1_000_000_000 })
const shares = fc.constantFrom(0.5, 0.9, 0.99, 1)

test('of up to 128 values they are among the values', () => {
  fc.assert(
    fc.property(fc.array(durations, { minLength: 1, maxLength: 128 }), shares, (values, share) => {
      expect(of(values).percentile(share)).toBe(rank(values, share))
    }),
  )
})

test('of more they are off by a sixteenth at most', () => {
  fc.assert(
    fc.property(fc.array(durations, { minLength: 129, maxLength: 600 }), shares, (values, share) => {
      const exact = rank(values, share)
      expect(Math.abs((of(values).percentile(share) as number) - exact)).toBeLessThanOrEqual(Math.max(1, exact / 16))
    }),
  )
})

test('of none there are none, and times that go back count as 0', () => {
  expect(new Latencies().percentile(0.5)).toBeUndefined()
  expect(of([-5]).percentile(0.5)).toBe(0)
})

test('of two together are those of all', () => {
  const all = of([1, 2, 3])
  all.addAll(of([10, 11]))
  expect([all.count, all.percentile(0.5), all.percentile(1)]).toEqual([5, 3, 11])
})
