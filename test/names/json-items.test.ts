import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { JsonItems } from '../../src/names/json-items.ts'

/** Items and documents of a text that comes in pieces of `size` bytes. */
function read(text: string, size: number) {
  const items: unknown[] = []
  const documents: unknown[] = []
  const reader = new JsonItems('x', {
    item: (object, kind) => items.push(kind === undefined ? object : { kind, ...object }),
    document: (object) => documents.push(object),
  })
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) reader.feed(bytes.subarray(at, at + size))
  reader.finish()
  return { items, documents }
}

describe('a list in pieces', () => {
  test('gives its items one by one, and the document without them, however it is cut', () => {
    const text =
      '{"kind":"PodList","a":{"items":[1]},"items" : [ {"x":"]}\\"{"}, null, {"y":[{"items":[]}],"é":"€"} ],"z":"items"}\n[{"q":1},2,[3]]{"b":"\\\\"}'
    for (let size = 1; size < 40; size++) {
      expect(read(text, size)).toEqual({
        items: [{ kind: 'Pod', x: ']}"{' }, { kind: 'Pod', y: [{ items: [] }], é: '€' }, { q: 1 }],
        documents: [{ kind: 'PodList', a: { items: [1] }, items: [], z: 'items' }, { b: '\\' }],
      })
    }
  })

  test('gives what JSON.parse gives, for any objects and any cuts', () => {
    const objects = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 5 })
    fc.assert(
      fc.property(objects, fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 4 }), (list, size, indent) => {
        const text = JSON.stringify({ before: 'x', items: list, after: { items: list } }, null, indent)
        const { items, documents } = read(text, size)
        expect(items).toEqual(JSON.parse(JSON.stringify(list)))
        expect(documents).toEqual([{ ...JSON.parse(text), items: [] }])
      }),
    )
  })

  test('never fails in another way than by an error with a sentence', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:\\ aitems1') }), (text) => {
        try {
          read(text, 3)
        } catch (error) {
          expect(error).toHaveProperty('name', 'UsageError')
        }
      }),
    )
  })
})
