/** Pings and their answers. */
import { describe, expect, test } from 'vitest'
import { Echoes } from '../../src/streams/echoes.ts'

/** Turns to the ping with this number, in either direction. */
function ping(echoes: Echoes, number: number, isRequest = true): Echoes {
  const view = new DataView(new ArrayBuffer(28))
  const [source, destination] = isRequest ? [12, 16] : [16, 12]
  view.setUint32(source, 0x0a000001)
  view.setUint32(destination, 0x0a000002)
  view.setUint32(24, number)
  echoes.turnTo(view, 15, false, 0, 20, isRequest, false)
  return echoes
}

const request = (echoes: Echoes, number: number, frame: number, time: { seconds: number; nanoseconds: number }) =>
  ping(echoes, number).request(frame, time)
const answer = (echoes: Echoes, number: number, time: { seconds: number; nanoseconds: number }) =>
  ping(echoes, number, false).answer(time)

const at = (seconds: number, nanoseconds = 0) => ({ seconds, nanoseconds })

describe('an answer', () => {
  test('names its request and the milliseconds between', () => {
    const echoes = new Echoes()
    request(echoes, 1, 7, at(10, 999_000_000))
    expect(answer(echoes, 1, at(11, 500_600))).toEqual({ requestFrame: 7, responseTime: '1.501' })
  })

  test('takes the latest request', () => {
    const echoes = new Echoes()
    request(echoes, 1, 1, at(1))
    request(echoes, 1, 2, at(2))
    expect(answer(echoes, 1, at(3))?.requestFrame).toBe(2)
  })

  test('is the only one of its request', () => {
    const echoes = new Echoes()
    request(echoes, 1, 1, at(1))
    answer(echoes, 1, at(2))
    expect(answer(echoes, 1, at(3))).toBeUndefined()
  })

  test('to nothing has no request', () => {
    const echoes = new Echoes()
    request(echoes, 1, 1, at(1))
    expect(answer(echoes, 2, at(2))).toBeUndefined()
  })

  test('keeps the time of its request though the clock was reused', () => {
    const echoes = new Echoes()
    const clock = at(1)
    request(echoes, 1, 1, clock)
    clock.seconds = 5
    expect(answer(echoes, 1, at(2))?.responseTime).toBe('1000.000')
  })

  test('to the oldest of very many requests is not known any more', () => {
    const echoes = new Echoes()
    for (let i = 0; i < 20_000; i++) request(echoes, i, i, at(0))
    expect(answer(echoes, 0, at(1))).toBeUndefined()
    expect(answer(echoes, 19_999, at(1))?.requestFrame).toBe(19_999)
  })
})
