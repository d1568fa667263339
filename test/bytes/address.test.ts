import { isIP } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalAddress, ipv4Text, ipv6Text, parseAddress } from '../../src/bytes/address.ts'

describe('an address as text', () => {
  test('is read back to the bytes that it was written from', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        const view = new DataView(bytes.buffer)
        expect(parseAddress(ipv6Text(view, 0))).toEqual(bytes)
        expect(parseAddress(ipv4Text(view, 0))).toEqual(bytes.subarray(0, 4))
      }),
    )
  })

  test('is an address exactly where Node says so too', () => {
    const anything = fc.oneof(fc.ipV4(), fc.ipV6(), fc.string({ unit: fc.constantFrom(...'0123456789abfF:.') }))
    fc.assert(
      fc.property(anything, (text) => {
        // Node takes no leading zeros in IPv4; lists have them sometimes.
        const plain = text.replace(/(^|[.:])0+(?=\d+(\.|$))/g, '$1')
        expect(parseAddress(plain) !== undefined).toBe(isIP(plain) !== 0)
      }),
    )
  })

  test('has one spelling', () => {
    const spellings = ['FD00:0:0::1', 'fd00::1', 'fd00:0:0:0:0:0:0:1', 'fd00::0001%eth0', 'fd00::0.0.0.1']
    expect(spellings.map(canonicalAddress)).toEqual(Array(5).fill('fd00::1'))
    expect(['10.1.2.3', '010.1.2.3', '10.1.2.256', '10.1.2', ''].map(canonicalAddress)).toEqual([
      '10.1.2.3',
      '10.1.2.3',
      undefined,
      undefined,
      undefined,
    ])
  })
})
