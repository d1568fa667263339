/** Pings and their answers. */
import { describe, expect, test } from 'vitest'
import { Echoes } from '../../src/streams/echoes.ts'

const at = (seconds: number, nanoseconds = 0) => ({ seconds, nanoseconds })

describe('an answer', () => {
  test('names its request and the milliseconds between', () => {
    const echoes = new Echoes()
    echoes.request('a', 7, at(10, 999_000_000))
    expect(echoes.answer('a', at(11, 500_600))).toEqual({ requestFrame: 7, responseTime: '1.501' })
  })

  test('takes the latest request', () => {
    const echoes = new Echoes()
    echoes.request('a', 1, at(1))
    echoes.request('a', 2, at(2))
    expect(echoes.answer('a', at(3))?.requestFrame).toBe(2)
  })

  test('is the only one of its request', () => {
    const echoes = new Echoes()
    echoes.request('a', 1, at(1))
    echoes.answer('a', at(2))
    expect(echoes.answer('a', at(3))).toBeUndefined()
  })

  test('to nothing has no request', () => {
    const echoes = new Echoes()
    echoes.request('a', 1, at(1))
    expect(echoes.answer('b', at(2))).toBeUndefined()
  })

  test('keeps the time of its request though the clock was reused', () => {
    const echoes = new Echoes()
    const clock = at(1)
    echoes.request('a', 1, clock)
    clock.seconds = 5
    expect(echoes.answer('a', at(2))?.responseTime).toBe('1000.000')
  })

  test('to the oldest of very many requests is not known any more', () => {
    const echoes = new Echoes()
    for (let i = 0; i < 20_000; i++) echoes.request(String(i), i, at(0))
    expect(echoes.answer('0', at(1))).toBeUndefined()
    expect(echoes.answer('19999', at(1))?.requestFrame).toBe(19_999)
  })
})
