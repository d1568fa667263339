/** The types of the doors: what compiles, and what must not. */
import { describe, expect, expectTypeOf, test } from 'vitest'
import '../../src/vitest.ts'
import type * as assertions from '../../src/assert.ts'
import type { LoadCaptureOptions, LoadedCapture, Names, Packet, PacketPattern, Pattern } from '../../src/index.ts'
import { loadCapture } from '../../src/index.ts'
import type { CaptureMatchers, Verdict } from '../../src/matchers.ts'
import * as matchers from '../../src/matchers.ts'

describe('the types', () => {
  test('of a loaded capture', () => {
    expectTypeOf(loadCapture).returns.toEqualTypeOf<Promise<LoadedCapture>>()
    expectTypeOf<LoadedCapture['names']>().toEqualTypeOf<Names | undefined>()
    expectTypeOf<ReturnType<LoadedCapture['packet']>>().toEqualTypeOf<Packet | undefined>()
    expectTypeOf<string | string[] | Names>().toExtend<LoadCaptureOptions['names']>()
  })

  test('of matchers: a verdict from what was received, and the same names behind expect', () => {
    expectTypeOf(matchers.toCarry).returns.toEqualTypeOf<Verdict>()
    expectTypeOf(matchers.toCarry).parameter(1).toEqualTypeOf<Pattern>()
    expectTypeOf<keyof typeof matchers>().toEqualTypeOf<Exclude<keyof CaptureMatchers, 'toMatchCaptureSnapshot'>>()
    expectTypeOf<keyof typeof assertions.not>().toEqualTypeOf<keyof typeof matchers>()
    expectTypeOf(expect(1).toCarry).parameter(0).toEqualTypeOf<Pattern>()
    expectTypeOf(expect(1).toCarry).returns.toEqualTypeOf<void>()
  })

  test('of patterns take what makes sense, and nothing else', () => {
    expectTypeOf<{ vni: number; inner: { from: string; http: RegExp } }>().toExtend<PacketPattern>()
    expectTypeOf<{ inner: { to: { app: string } } }>().toExtend<PacketPattern>()
    expectTypeOf<{ tunnel: 'gre' }>().not.toExtend<PacketPattern>()
    expectTypeOf<{ vni: string }>().not.toExtend<PacketPattern>()
    const wrong = () => {
      // @ts-expect-error there is no vin
      expect(1).toCarry({ vin: 3 })
      // @ts-expect-error nodes say nothing of HTTP
      expect(1).toCarry({ outer: { http: 'GET /' } })
      // @ts-expect-error two nodes
      expect(1).toReach('a', 'b', { via: ['a'] })
    }
    expect(wrong).toBeTypeOf('function')
  })
})
