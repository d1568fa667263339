/** What is an address is what Node says is one. */
import { isIPv4 as nodeIsIPv4, isIPv6 as nodeIsIPv6 } from 'node:net'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isIPv4, isIPv6 } from '../../src/bytes/is-address.ts'

const group = fc.constantFrom('0', '1', 'fd00', 'FFFF', '12345', 'g', '', '255', '256', '01', '10.0.0.1', '10.0.0.256')
const nearly = fc
  .array(fc.tuple(group, fc.constantFrom(':', '::', '.', '', '%', '%eth0')), { maxLength: 10 })
  .map((parts) => parts.flat().join(''))

test.each([
  '',
  '::',
  '::1',
  '1::',
  'fd00::1%eth0',
  'fe80::1%',
  '::ffff:10.0.0.1',
  '1:2:3:4:5:6:7:8',
  '1:2:3:4:5:6:7::',
  '1:2:3:4:5:6:7:8::',
  ':1',
  '10.0.0.1',
  '10.0.0',
  '1.2.3.4.5',
])('%j', (text) => {
  expect([isIPv4(text), isIPv6(text)]).toEqual([nodeIsIPv4(text), nodeIsIPv6(text)])
})

test('and whatever looks like one', () => {
  fc.assert(
    fc.property(fc.oneof(nearly, fc.ipV4(), fc.ipV6(), fc.string()), (text) => {
      expect([text, isIPv4(text), isIPv6(text)]).toEqual([text, nodeIsIPv4(text), nodeIsIPv6(text)])
    }),
    { numRuns: 5000 },
  )
})
