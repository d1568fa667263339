/** A packet as JSON: complete, plain, and as packet.schema.json says. */
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { dissect, packetToJson, SCHEMA_VERSION } from '../../src/index.ts'
import * as frames from '../dissect/frames.ts'
import { CAPTURES, packetOf, packetsOf } from './captures.ts'

const schema = JSON.parse(readFileSync(new URL('../../src/packet/packet.schema.json', import.meta.url), 'utf8'))
const validate = new Ajv2020({ strict: false, allErrors: true }).compile(schema)

test('packet 15 of vxlan.pcap has the frame, both sides, the tunnel and every layer', async () => {
  const json = packetToJson(await packetOf('vxlan.pcap', 15))
  expect(json.schemaVersion).toBe(SCHEMA_VERSION)
  expect(json.frame).toMatchObject({
    number: 15,
    time: '1795378377.532469000',
    length: 198,
    capturedLength: 198,
    linkType: 'LINUX_SLL2',
    interface: { id: 0, index: 3 },
  })
  expect(json.tunnels).toEqual([{ type: 'vxlan', vni: 3258, port: 8472 }])
  expect([json.outer?.ip?.source, json.inner?.ip?.source]).toEqual(['192.168.10.100', '172.20.0.158'])
  expect(json.layers.slice(0, 4).map(({ name, start, end }) => [name, start, end])).toEqual([
    ['sll', 0, 20],
    ['ip', 20, 40],
    ['udp', 40, 48],
    ['vxlan', 48, 56],
  ])
  expect(json.layers[3]?.fields).toMatchObject({ 'vxlan.flags': 0x0800, 'vxlan.flag_i': 1, 'vxlan.vni': 3258 })
  expect(json).not.toHaveProperty('network')
})

test('what occurs once is a value, what occurs more often a list', () => {
  const options = frames.join(
    frames.geneveOption({ owner: 1 }, frames.u32(1)),
    frames.geneveOption({ owner: 2 }, frames.u32(2)),
  )
  const jsonOf = (some: Uint8Array) =>
    packetToJson(
      frames.dissected(
        frames.ethernet({}, frames.ipv4({}, frames.udp({ to: 6081 }, frames.geneve({ options: some })))),
      ),
    )
  const [one, two] = [options.subarray(0, 8), options].map(
    (some) => jsonOf(some).layers.find(({ name }) => name === 'geneve')?.fields['geneve.option.class'],
  )
  expect([one, two]).toEqual([1, [1, 2]])
})

test('a packet that stopped early says why', async () => {
  expect(packetToJson(await packetOf('vxlan-snap96.pcap', 15)).frame.stopped).toMatchObject({
    reason: 'truncated',
    layer: 'tcp',
  })
})

test('what is absent has no key', () => {
  const json = packetToJson(dissect(new Uint8Array(0), 1))
  expect(Object.keys(json).sort()).toEqual(['frame', 'layers', 'schemaVersion', 'tunnels'])
  expect(JSON.stringify(json)).not.toContain('null')
})

describe.each(CAPTURES)('%s', (capture) => {
  test('is valid by the schema, and the same after being written and read', async () => {
    for (const packet of await packetsOf(capture)) {
      const json = packetToJson(packet)
      const again = JSON.parse(JSON.stringify(json))
      if (!validate(again)) expect(validate.errors, `packet ${packet.number}`).toEqual([])
      if (packet.number <= 20) expect(again).toEqual(json)
    }
  })
})

test('the schema refuses what is no packet', async () => {
  const json = JSON.parse(JSON.stringify(packetToJson(await packetOf('vxlan.pcap', 15))))
  expect(validate(json)).toBe(true)
  for (const key of ['schemaVersion', 'frame', 'tunnels', 'layers']) {
    const { [key]: _, ...rest } = json
    expect(validate(rest), `without ${key}`).toBe(false)
  }
  expect(validate({ ...json, schemaVersion: 99 })).toBe(false)
  expect(validate({ ...json, tunnels: [{ type: 'vxlan' }] })).toBe(false)
})
