/** What a filter says of a packet before others have been asked: it rules out none that matches. */
import { describe, expect, test } from 'vitest'
import { conversationNumber } from '../../src/cli/commands/conversation-marks.ts'
import { survey } from '../../src/dissect/landmarks.ts'
import { payloadLayer } from '../../src/dissect/payload-layer.ts'
import { walkPacket } from '../../src/dissect/walk.ts'
import { Filter } from '../../src/filter/filter.ts'
import { defaultDissector } from '../../src/layers/create-dissector.ts'
import { eachDissection } from '../support/dissections.ts'
import { FILTERS } from '../support/filters.ts'
import { fixture, LAB_CAPTURES } from '../support/fixtures.ts'

const dissector = defaultDissector()
const MORE = [
  'not http',
  'not (http and ip.ttl == 63)',
  'http or not dns',
  'http xor dns',
  'not http.request and tcp',
  'count(http.host) == 0',
  'http.host contains "a" and (dns or ip.ttl == 63)',
  'tcp.port in {http.response.code, 80}',
]
const compiled = [...FILTERS, ...MORE].map((text) => new Filter(text, dissector))

describe.each(LAB_CAPTURES)('%s', (capture) => {
  test('has no packet that a filter selects and its headers ruled out', async () => {
    const found: string[] = []
    const alone = dissector.walk()
    /** Of each filter that asks for applications: the conversations of its packets, and those that carry one. */
    const selected = compiled.map(() => new Map<number, number>())
    const carrying = compiled.map(() => new Set<number>())
    await eachDissection(
      fixture(capture),
      (packet, frame) => {
        const { view, start, end, originalLength, linkType } = frame
        walkPacket(alone, view, start, end, originalLength, linkType)
        const { isFragment } = alone
        // Of fragments what they are put together to is asked.
        const isWhole = packet.sources !== undefined && isFragment
        const own = isWhole ? packet : { ...packet, record: frame, walk: alone, sources: undefined, notes: undefined }
        if (isWhole) survey(packet.walk, packet.record.view)
        const conversation = conversationNumber(own.record.view, own.walk)
        const payload = payloadLayer(own.walk, own.record.view)
        const { marks, tables } = own.walk
        const isPlain = marks.transportLayer === tables.tcp || marks.transportLayer === tables.udp
        const isUnsure = !isPlain || (marks.payload >= marks.end && marks.claim > marks.payload)
        compiled.forEach((filter, index) => {
          if (isUnsure || filter.applications?.has(payload) === true) carrying[index]?.add(conversation)
          if (!filter.matches(packet)) return
          if (filter.applications !== undefined) selected[index]?.set(conversation, frame.number)
          if (!isFragment && !filter.mayMatch(own)) found.push(`${filter.text}: frame ${frame.number}`)
        })
      },
      { relativeSequence: true, reassembly: {} },
    )
    selected.forEach((conversations, index) => {
      for (const [conversation, frame] of conversations)
        if (carrying[index]?.has(conversation) !== true)
          found.push(`${compiled[index]?.text}: conversation of ${frame}`)
    })
    expect(found).toEqual([])
  })
})

describe('a filter', () => {
  const filter = (text: string) => new Filter(text, dissector)

  test.each(['http', 'http and ip', 'http.host == "a" and tcp', 'http or dns', 'any http.host == "a"', 'dns.id != 1'])(
    'asks for applications: %s',
    (text) => {
      expect(filter(text).applications).toBeDefined()
    },
  )

  test.each([
    'not http',
    'ip',
    'http or ip',
    'http xor dns',
    'count(http.host) == 0',
    'data-text-lines',
    'tcp.seq == 1',
  ])('asks for none: %s', (text) => {
    expect(filter(text).applications).toBeUndefined()
  })

  test.each(['ip.src == 10.0.0.1', 'http', 'http and vni == 1', 'lower(http.host) == "a"', 'not dns'])(
    'is answered by its conversation: %s',
    (text) => {
      expect(filter(text).isOfConversation).toBe(true)
    },
  )

  test.each([
    'tcp.stream == 1',
    'udp.time_delta > 1',
    'ovl.copy_of',
    '_ws.col.Info contains "a"',
    'count(http.host) > 1',
  ])('is not: %s', (text) => {
    expect(filter(text).isOfConversation).toBe(false)
  })
})
