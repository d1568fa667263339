/** Clocks of two captures compared by packets that both saw. */
import { describe, expect, test } from 'vitest'
import { ClockSamples } from '../../src/analysis/clock-samples.ts'
import { skewBetween } from '../../src/analysis/clock-skew.ts'
import { compareClocks } from '../../src/analysis/clocks.ts'
import { ipv4, recordOf, sll2, tcp, walkOf } from '../dissect/frames.ts'

const US = 1000
const SECOND = 1_000_000_000

interface Traffic {
  /** Nanoseconds that the second clock is ahead, at a time. */
  readonly ahead: (time: number) => number
  /** How long packets take there and back. */
  readonly there?: number
  readonly back?: number
  readonly seconds?: number
  readonly isOneWay?: boolean
}

/** Two captures of a conversation, 20 packets a second each way. */
function captures({ ahead, there = 50 * US, back = 50 * US, seconds = 10, isOneWay = false }: Traffic) {
  const a = new ClockSamples(0)
  const b = new ClockSamples(0)
  let id = 0
  const add = (to: ClockSamples, time: number, ttl: number, isBack: boolean) => {
    const ends = isBack ? { from: '10.0.0.2', to: '10.0.0.1' } : { from: '10.0.0.1', to: '10.0.0.2' }
    const packet = ipv4({ ...ends, protocol: 6, id: id & 0xffff, ttl }, tcp({ sequence: id }))
    const record = recordOf(sll2({}, packet), { linkType: 276, time: Math.round(time) })
    to.observe(record, walkOf(record))
  }
  for (let n = 0; n < seconds * 20; n++) {
    const time = (n / 20) * SECOND + SECOND
    const wait = (n % 7) * 10 * US
    id++
    add(a, time, 64, false)
    add(b, time + there + wait + ahead(time), 64, false)
    if (isOneWay) continue
    id++
    const later = time + SECOND / 40
    add(b, later + ahead(later), 64, true)
    add(a, later + back + wait, 64, true)
  }
  return [a, b] as const
}

describe('two-way traffic', () => {
  test.each([0.25, -0.25, 1e-3, 3600])('tells that a clock is %d s ahead, and how wrong that may be', (seconds) => {
    const skew = skewBetween(...captures({ ahead: () => seconds * SECOND }))
    expect(skew).toMatchObject({ basis: 'two-way', drift: 0, there: 200, back: 200 })
    expect(Math.abs((skew?.offset ?? 0) - seconds * SECOND)).toBeLessThan(US)
    expect(skew?.uncertainty).toBeCloseTo(50 * US, -2)
  })

  test('over ways that differ is wrong by half of the difference, and says so much', () => {
    const skew = skewBetween(...captures({ ahead: () => SECOND, there: 3000 * US, back: 1000 * US }))
    expect((skew?.offset ?? 0) - SECOND).toBeCloseTo(1000 * US, -3)
    expect(skew?.uncertainty).toBeGreaterThanOrEqual(1000 * US)
  })

  test('says nothing of a skew below what it may be wrong by', () => {
    expect(skewBetween(...captures({ ahead: () => 20 * US }))).toMatchObject({ offset: 0, drift: 0 })
  })

  test('tells a clock that gains 50 µs a second, at every time', () => {
    const ahead = (time: number) => 0.25 * SECOND + time * 50e-6
    const skew = skewBetween(...captures({ ahead, seconds: 120 }))
    expect((skew?.drift ?? 0) / US).toBeCloseTo(50, 0)
    for (const time of [SECOND, 60 * SECOND, 120 * SECOND])
      expect(Math.abs((skew?.at(time) ?? 0) - ahead(time))).toBeLessThan(100 * US)
  })
})

describe('one-way traffic', () => {
  test('leaves clocks alone that could be right, and puts right what cannot be', () => {
    expect(skewBetween(...captures({ ahead: () => 0, isOneWay: true }))).toMatchObject({ basis: 'one-way', offset: 0 })
    expect(skewBetween(...captures({ ahead: () => SECOND, isOneWay: true }))?.offset).toBeCloseTo(SECOND, -6)
    expect(skewBetween(...captures({ ahead: () => -SECOND, isOneWay: true }))?.offset).toBeCloseTo(-SECOND, -6)
  })
})

describe('several captures', () => {
  test('without a packet in common are not compared', () => {
    expect(skewBetween(new ClockSamples(0), new ClockSamples(0))).toBeUndefined()
    expect(compareClocks([new ClockSamples(0), new ClockSamples(0)]).map(({ basis }) => basis)).toEqual([
      'reference',
      'nothing in common',
    ])
  })

  test('of long traffic keep as many samples as there is room for, and the same ones', () => {
    const [a, b] = captures({ ahead: () => 5 * SECOND, seconds: 1200 })
    expect(a.samples.size).toBeLessThanOrEqual(32_768)
    expect(a.samples.size).toBeGreaterThan(10_000)
    expect([...a.samples.keys()].filter((one) => !b.samples.has(one))).toEqual([])
    expect(skewBetween(a, b)?.offset).toBeCloseTo(5 * SECOND, -4)
  })
})
