/** A map that stays small, whatever is put in. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BoundedMap } from '../../src/streams/bounded-map.ts'

const SEED = 20261122

describe('a bounded map', () => {
  test('gives back what was put in', () => {
    const map = new BoundedMap<string, number>(2)
    map.set('a', 1)
    expect([map.get('a'), map.get('b'), map.size]).toEqual([1, undefined, 1])
  })

  test('keeps the latest value of a key, once', () => {
    const map = new BoundedMap<string, number>(4)
    for (const value of [1, 2, 3]) map.set('a', value)
    expect([map.get('a'), map.size]).toEqual([3, 1])
  })

  test('forgets the oldest of very many', () => {
    const map = new BoundedMap<number, number>(100)
    for (let i = 0; i < 10_000; i++) map.set(i, i)
    const there = Array.from({ length: 10_000 }, (_, index) => map.get(index)).filter((value) => value !== undefined)
    expect(there.length).toBeGreaterThanOrEqual(50)
    expect(there.length).toBeLessThanOrEqual(100)
    expect(there.every((value) => value >= 9900)).toBe(true)
  })

  test.each([137, 150, 199, 200])('keeps of %d what was put in last, at least half of what it may hold', (count) => {
    const map = new BoundedMap<number, number>(100)
    for (let i = 0; i < count; i++) map.set(i, i)
    for (let i = count - 50; i < count; i++) expect(map.get(i), String(i)).toBe(i)
  })

  test('keeps what is put in again, though others are forgotten', () => {
    const map = new BoundedMap<number, string>(10)
    map.set(-1, 'used')
    for (let i = 0; i < 1000; i++) {
      map.set(i, 'once')
      map.set(-1, 'used')
    }
    expect([map.get(-1), map.get(0)]).toEqual(['used', undefined])
  })

  test('has nothing any more of what was taken out', () => {
    const map = new BoundedMap<string, number>(4)
    for (const [index, key] of ['a', 'b', 'c'].entries()) map.set(key, index)
    map.delete('a')
    map.delete('never there')
    expect([map.get('a'), map.get('b'), map.get('c'), map.size]).toEqual([undefined, 1, 2, 2])
  })

  test(`never holds more than it may, nor a value that is not the latest (seed ${SEED})`, () => {
    const action = fc.record({
      kind: fc.constantFrom('set', 'set', 'get', 'delete'),
      key: fc.nat(30),
      value: fc.nat(1000),
    })
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 12 }), fc.array(action, { maxLength: 120 }), (capacity, actions) => {
        const map = new BoundedMap<number, number>(capacity)
        const model = new Map<number, number>()
        for (const { kind, key, value } of actions) {
          if (kind === 'set') {
            map.set(key, value)
            model.set(key, value)
            expect(map.get(key)).toBe(value)
          } else if (kind === 'delete') {
            map.delete(key)
            model.delete(key)
            expect(map.get(key)).toBeUndefined()
          } else {
            expect([undefined, model.get(key)]).toContain(map.get(key))
          }
          expect(map.size).toBeLessThanOrEqual(capacity)
        }
      }),
      { seed: SEED, numRuns: 200 },
    )
  })
})
