import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CaptureRecord } from '../../src/capture/record.ts'
import { walkPacket } from '../../src/dissect/walk.ts'
import { UsageError } from '../../src/errors.ts'
import { Filter } from '../../src/filter/filter.ts'
import { defaultDissector } from '../../src/layers/create-dissector.ts'
import { Conversations } from '../../src/streams/conversations.ts'
import { eachDissection } from '../support/dissections.ts'
import { FILTERS } from '../support/filters.ts'
import { fixture } from '../support/fixtures.ts'

const dissector = defaultDissector()

/** Compiles; anything but a filter or a UsageError is a failure. */
function compiled(text: string): Filter | undefined {
  try {
    return new Filter(text, dissector)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return undefined
  }
}

/** Every nth frame of a few captures, copied. */
async function frames(every: number): Promise<{ readonly bytes: Uint8Array; readonly linkType: number }[]> {
  const found: { bytes: Uint8Array; linkType: number }[] = []
  for (const name of [
    'vxlan-mixed.pcap',
    'geneve-options.pcap',
    'vxlan-ipv6.pcap',
    'vxlan-fragneeded.pcap',
    'vxlan-qinq.pcap',
  ]) {
    await eachDissection(
      fixture(name),
      ({ record }) => {
        if (record.number % every === 1)
          found.push({ bytes: record.bytes.slice(record.start, record.end), linkType: record.linkType })
      },
      { relativeSequence: false },
    )
  }
  return found
}

function matchesAll(filters: readonly Filter[], bytes: Uint8Array, linkType: number): void {
  const record = new CaptureRecord()
  record.number = 1
  record.bytes = bytes
  record.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  record.end = bytes.length
  record.originalLength = bytes.length
  record.linkType = linkType
  const walk = dissector.walk()
  walkPacket(walk, record.view, record.start, record.end, record.originalLength, record.linkType)
  const notes = new Conversations(dissector.tables, { reassembly: false }).observe(record, walk).notes
  for (const filter of filters) filter.matches({ dissector, record, walk, notes, clock: undefined })
}

const names = dissector.fieldNames()
const word = fc.oneof(
  fc.constantFrom(...names, 'frame', 'tcp', 'http', 'vni', 'inner.ip.src', 'outer.udp', '_ws.col.Info'),
  fc.constantFrom('80', '0x1f', '-1', '172.20.0.0/24', 'fd00::/8', 'aa:bb', '"GET"', 'r"a.b"', "'a'", '"\\x41"', '0.5'),
)
const sign = fc.constantFrom(
  ...['==', '!=', '===', '!==', '>', '<=', 'contains', 'matches', '~', 'in', '&', '+', '-', '*', '/', '%', '&&', '||'],
  ...[
    '^^',
    'and',
    'or',
    'not',
    '!',
    'any',
    'all',
    '(',
    ')',
    '{',
    '}',
    '..',
    ',',
    '#2',
    '[0:2]',
    '[-1]',
    'len(',
    'max(',
  ],
)

describe('any text', () => {
  it('is a filter or a UsageError', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(fc.oneof(word, sign), { maxLength: 12 }).map((all) => all.join(' ')),
        ),
        (text) => {
          compiled(text)
        },
      ),
      { numRuns: 5000 },
    )
  })

  it('is a filter or a UsageError when a filter was changed in one place', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...FILTERS),
        fc.nat(),
        fc.nat({ max: 3 }),
        fc.string({ maxLength: 3 }),
        (filter, at, cut, added) => {
          const place = at % (filter.length + 1)
          compiled(`${filter.slice(0, place)}${added}${filter.slice(place + cut)}`)
        },
      ),
      { numRuns: 3000 },
    )
  })
})

describe('a comparison of any field with any value', () => {
  it('never throws because of a packet', async () => {
    const packets = await frames(40)
    expect(packets.length).toBeGreaterThan(10)
    let tried = 0
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        sign,
        word,
        fc.constantFrom(...packets),
        (name, relation, value, { bytes, linkType }) => {
          const filter = compiled(`${name} ${relation} ${value}`)
          if (filter === undefined) return
          tried++
          matchesAll([filter], bytes, linkType)
        },
      ),
      { numRuns: 4000 },
    )
    expect(tried).toBeGreaterThan(200)
  })
})

describe('every filter of the list', () => {
  it('never throws on a prefix of a packet', async () => {
    const filters = FILTERS.map((text) => new Filter(text, dissector))
    const packets = await frames(60)
    for (const { bytes, linkType } of packets) {
      for (let length = 0; length <= bytes.length; length += length < 160 ? 3 : 37)
        matchesAll(filters, bytes.slice(0, length), linkType)
    }
  }, 60_000)
})
