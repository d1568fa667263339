import { describe, expect, it } from 'vitest'
import { scanRecords } from '../../src/capture/read-records.ts'
import { Dissector } from '../../src/dissect/dissector.ts'
import { walkPacket } from '../../src/dissect/walk.ts'
import { FieldOperand } from '../../src/filter/field-operand.ts'
import { Filter } from '../../src/filter/filter.ts'
import type { FilterValue } from '../../src/filter/kind.ts'
import { EVERYWHERE } from '../../src/filter/stretch.ts'
import { valueConverter } from '../../src/filter/value.ts'
import { defaultDissector } from '../../src/layers/create-dissector.ts'
import { LAYERS } from '../../src/layers/index.ts'
import { extractor } from '../../src/packet/extract.ts'
import { eachDissection } from '../support/dissections.ts'
import { fixture, LAB_CAPTURES } from '../support/fixtures.ts'

/** A dissector whose fields count how often somebody asks for their nodes. */
function counting() {
  const counter = { nodes: 0 }
  const layers = LAYERS.map((layer) => ({
    ...layer,
    fields: layer.fields.map((field) => ({
      ...field,
      nodes: (reading: Parameters<typeof field.nodes>[0]) => {
        counter.nodes++
        return field.nodes(reading)
      },
    })),
  }))
  return { counter, dissector: new Dissector(layers) }
}

async function nodesBuilt(text: string): Promise<{ nodes: number; selected: number; isHeaderOnly: boolean }> {
  const { counter, dissector } = counting()
  const filter = new Filter(text, dissector)
  const walk = dissector.walk()
  let selected = 0
  await scanRecords(fixture('vxlan.pcap'), (record) => {
    walkPacket(walk, record.view, record.start, record.end, record.originalLength, record.linkType)
    if (filter.matchesFrame(record, walk)) selected++
  })
  return { nodes: counter.nodes, selected, isHeaderOnly: filter.isHeaderOnly }
}

describe('a filter by header fields', () => {
  it.each([
    'ip.src == 172.20.0.158',
    'ip.addr == 172.20.0.0/24 && tcp.port in {80, 443}',
    'inner.ip.src == 172.20.0.158 && outer.ip.dst == 192.168.20.100',
    'vxlan.vni == 3258',
    'vni != 3258',
    'tcp.flags.syn == 1 and not tcp.flags.ack == 1',
    'tcp.flags & 2',
    'eth.src[0:3] == 00:00:00 or ip.ttl#2 == 64',
    'all ip.ttl == 64',
    'icmp.ident > 0 or udp.srcport > udp.dstport',
    'frame.number > 20 and frame.len < 200',
    'tcp contains "GET"',
    'vxlan and not icmp',
    'sll',
  ])('builds no node: %s', async (text) => {
    expect(await nodesBuilt(text)).toMatchObject({ nodes: 0, isHeaderOnly: true, selected: expect.any(Number) })
  })

  it.each(['http.request', 'dns.qry.name contains "svc"', 'tcp.stream == 0', 'tcp.option_kind == 8'])(
    'is another than %s, which must look for what it names',
    async (text) => {
      const { nodes, isHeaderOnly } = await nodesBuilt(text)
      expect(nodes).toBeGreaterThan(0)
      expect(isHeaderOnly).toBe(false)
    },
  )

  it('does not depend on applications or notes, which need not be worked out for it', () => {
    const isHeaderOnly = (text: string) => new Filter(text, defaultDissector()).isHeaderOnly
    expect(
      ['http', 'dns.id == 1', 'frame.protocols contains "http"', 'ovl.copy_of', '_ws.col.Info == "a"', 'ip or tls'].map(
        isHeaderOnly,
      ),
    ).toEqual([false, false, false, false, false, false])
  })
})

describe('a field at a fixed place', () => {
  it('has the values that its nodes have, in every packet of every capture', async () => {
    const dissector = defaultDissector()
    const fields = [...new Set(dissector.fieldNames())].flatMap((name) => {
      const operand = new FieldOperand(dissector, name, [name], EVERYWHERE)
      const convert = valueConverter(operand.field.type)
      return operand.isHeaderOnly ? [{ name, operand, convert, extract: extractor(dissector, name) }] : []
    })
    expect(fields.length).toBeGreaterThan(80)
    const wrong: string[] = []
    const plain = (values: readonly (FilterValue | undefined)[]) =>
      values.map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value))).sort()
    const seen = new Set<string>()
    for (const capture of LAB_CAPTURES) {
      await eachDissection(
        fixture(capture),
        (packet) => {
          for (const { name, operand, convert, extract } of fields) {
            const wanted = plain(extract(packet).map(({ value }) => convert(value)))
            const got = plain(operand.values(packet))
            if (got.length > 0) seen.add(name)
            if (got.join() !== wanted.join())
              wrong.push(`${capture} ${packet.record.number} ${name}: ${got}, nodes ${wanted}`)
            if (operand.exists(packet) !== wanted.length > 0)
              wrong.push(`${capture} ${packet.record.number} ${name} exists`)
          }
        },
        { relativeSequence: false },
      )
    }
    expect(wrong.slice(0, 10)).toEqual([])
    expect(seen.size).toBeGreaterThan(60)
  })
})
