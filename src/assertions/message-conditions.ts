/** What a packet says: the first line of HTTP, the name in DNS, the Info column. */
import { extractor } from '../packet/extract.ts'
import { type Condition, labelOf, type Place } from './condition.ts'
import type { Frame } from './frame.ts'
import { type TextRelation, textTest } from './value-pattern.ts'

interface Message {
  readonly relation: TextRelation
  /** The field of a display filter that holds it, and what must be there besides. */
  readonly field: string
  readonly besides: string | undefined
  texts(frame: Frame): readonly string[]
}

const MESSAGES: Readonly<Record<'http' | 'dns' | 'info', Message>> = {
  http: {
    relation: 'begins',
    field: '_ws.col.Info',
    besides: 'http',
    texts: ({ summary }) => (summary.protocol.startsWith('HTTP') ? [summary.info.trimEnd()] : []),
  },
  dns: {
    relation: 'is',
    field: 'dns.qry.name',
    besides: undefined,
    texts: (frame) => fieldTexts(frame, 'dns.qry.name'),
  },
  info: { relation: 'contains', field: '_ws.col.Info', besides: undefined, texts: ({ summary }) => [summary.info] },
}

/** `isInner`: only packets in a tunnel are meant. */
export function messageConditions(
  said: Readonly<Record<string, unknown>>,
  place: Place,
  isInner: boolean,
): Condition[] {
  return Object.entries(MESSAGES).flatMap(([key, message]) => {
    if (said[key] === undefined) return []
    const at = [...place, key]
    const test = textTest(said[key], at, message.relation)
    const { field, besides, texts } = message
    const condition: Condition = {
      label: labelOf(at),
      expected: test.words,
      isTold: true,
      filter: () => {
        const compared = test.filter && `${field} ${test.filter}`
        return [besides, compared].filter((part) => part !== undefined).join(' && ') || undefined
      },
      test: (frame) => (!isInner || frame.walk.marks.tunnel >= 0) && texts(frame).some((text) => test.test(text)),
      nearness: (frame) => (texts(frame).length > 0 ? 0.5 : 0),
      actual: (frame) =>
        texts(frame)
          .map((text) => JSON.stringify(text))
          .join(', ') || `no ${key.toUpperCase()}: ${frame.summary.protocol}`,
    }
    return [condition]
  })
}

const known = new WeakMap<object, ReturnType<typeof extractor>>()

function fieldTexts({ dissector, dissection }: Frame, name: string): string[] {
  let found = known.get(dissector)
  if (found === undefined) {
    found = extractor(dissector, name)
    known.set(dissector, found)
  }
  return found(dissection).map(({ value }) => String(value))
}
