/** Lists beyond any cluster are refused, and claims without end cost no more than their number. */
import { describe, expect, it } from 'vitest'
import { UsageError } from '../../src/errors.ts'
import { NameBook } from '../../src/names/name-book.ts'
import { textHint, understandText } from '../../src/names/texts.ts'

const address = (number: number) => `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`
const pod = (number: number, at = address(number)) =>
  ({ kind: 'pod', namespace: 'a', name: `p-${number}`, addresses: [at], node: 'n' }) as const

describe('a text', () => {
  const size = 2 ** 21
  it.each([
    ['of empty lines', '\n'.repeat(size)],
    ['of spaces', ' '.repeat(size)],
    ['of slashes', '/'.repeat(size)],
    ['of one word', 'a'.repeat(size)],
    ['of heads', 'NAME \n'.repeat(size / 8)],
    ['of colons', 'a:1, '.repeat(size / 4)],
  ])('%s is looked at in time that is that of its length', (_, text) => {
    expect(understandText(`${text}x`)).toEqual([])
    expect(textHint(`${text}x`)).toBeUndefined()
  })
})

describe('a book of names', () => {
  it('takes all pods of the largest cluster in five kinds of lists', () => {
    const book = new NameBook()
    for (let list = 0; list < 5; list++)
      for (let number = 0; number < 150_000; number++) book.add(pod(number), `list-${list}`)
    expect(book.pods.size).toBe(150_000)
  })

  it.each([
    ['pods', (number: number) => pod(number)],
    ['hosts of one address', (number: number) => ({ kind: 'host', address: '10.0.0.1', name: `h-${number}` }) as const],
  ])('of %s without end is refused', (_, fact) => {
    const book = new NameBook()
    expect(() => {
      for (let number = 0; number < 2_000_000; number++) book.add(fact(number), 'evil.json')
    }).toThrow(
      new UsageError(
        'evil.json: more than 1200000 names and addresses in all lists. Give those of the cluster that was captured',
      ),
    )
  })

  it('knows that an address is claimed by many, and no longer by how many', () => {
    const book = new NameBook()
    for (let number = 0; number < 200_000; number++) book.add(pod(number, '10.0.0.1'), 'evil.json')
    expect(book.podsAt.get('10.0.0.1')).toHaveLength(64)
  })
})
