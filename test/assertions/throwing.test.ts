/** `ovl-dissect/assert` as it is built: what it throws is an AssertionError that names the assertion. */
import { AssertionError } from 'node:assert'
import { expect, test } from 'vitest'
import type * as door from '../../src/assert.ts'
import { loadCapture } from '../../src/index.ts'

const built = new URL('../../dist/assert.js', import.meta.url).href
const assert: typeof door = await import(/* @vite-ignore */ built)
const capture = await loadCapture('fixtures/vxlan.pcap')

function thrownBy(assertion: () => void): unknown {
  try {
    assertion()
    return undefined
  } catch (error) {
    return error
  }
}

test('an assertion that does not hold throws, with its name and message', () => {
  const error = thrownBy(() => assert.toCarry(capture, 'arp')) as AssertionError
  expect(error).toBeInstanceOf(AssertionError)
  expect(error.operator).toBe('toCarry')
  expect(error.message).toMatch(/^expected fixtures\/vxlan.pcap to carry a packet: arp\nbut none is like that/)
  expect(error.stack).toContain('throwing.test.ts')
})

test('so does one behind not that holds', () => {
  const error = thrownBy(() => assert.not.toCarryOnly(capture, { tunnel: 'vxlan' })) as AssertionError
  expect(error.operator).toBe('not.toCarryOnly')
})

test('one that holds says nothing', () => {
  assert.toReach(capture, '172.20.0.158', '172.20.2.115')
  assert.not.toHaveField(capture.packet(15), 'geneve.vni')
})
