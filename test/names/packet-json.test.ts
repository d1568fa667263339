/** Names of packets as values: JSON by its schema, the library's ends, names from a pcapng file. */
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { loadNames, packetToJson, read } from '../../src/index.ts'
import { fixture } from '../support/fixtures.ts'
import { LISTS } from './lab.ts'

const schema = JSON.parse(readFileSync(new URL('../../src/packet/packet.schema.json', import.meta.url), 'utf8'))
const validate = new Ajv2020({ strict: false, allErrors: true }).compile(schema)

describe('a packet read with names', () => {
  test.each(['vxlan.pcap', 'geneve-options.pcap', 'native-noreply.pcap', 'vxlan-unfiltered.pcap', 'vxlan-snap96.pcap'])(
    'is JSON by the schema, in %s',
    async (capture) => {
      const names = await loadNames(LISTS)
      for await (const packet of read(fixture(capture), { names })) {
        const json = packetToJson(packet)
        expect(validate(JSON.parse(JSON.stringify(json))), JSON.stringify(validate.errors)).toBe(true)
        expect(json.names).toBeDefined()
      }
    },
  )

  test('has ends, an identity and checks', async () => {
    const names = await loadNames(LISTS)
    for await (const packet of read(fixture('vxlan.pcap'), { names })) {
      expect(packet.outer?.source).toMatchObject({ address: '192.168.10.100', node: 'k8s-ctr' })
      expect(packet.inner?.source).toMatchObject({ address: '172.20.0.158', pod: 'curl-pod', namespace: 'default' })
      expect(packet.inner?.destination).toMatchObject({ node: 'k8s-w0' })
      expect(packet.names?.checks).toEqual({ source: true, identity: true, destination: true })
      const json = packetToJson(packet)
      expect(json.names?.identity).toMatchObject({ id: 3258, name: 'default/curl-pod' })
      expect(json.names?.outer?.src?.source).toMatch(/ciliumnodes\.json$/)
      expect(json.outer).not.toHaveProperty('source')
      expect(packet.getAll('ovl.inner.src_pod')).toEqual(['curl-pod'])
      break
    }
  })

  test('without names has none of it', async () => {
    for await (const packet of read(fixture('vxlan.pcap'))) {
      expect(packet.names).toBeUndefined()
      expect(packet.outer).not.toHaveProperty('source')
      expect(packetToJson(packet)).not.toHaveProperty('names')
      expect(packet.get('ovl.identity')).toBeUndefined()
      break
    }
  })
})

describe('a pcapng file', () => {
  const block = (type: number, body: Uint8Array, isLittle: boolean): Buffer => {
    const bytes = Buffer.alloc(12 + body.length)
    const put = (value: number, at: number) =>
      isLittle ? bytes.writeUInt32LE(value, at) : bytes.writeUInt32BE(value, at)
    put(type, 0)
    put(bytes.length, 4)
    bytes.set(body, 8)
    put(bytes.length, 8 + body.length)
    return bytes
  }
  const capture = (isLittle: boolean) => {
    const u16 = (value: number) => (isLittle ? [value, 0] : [0, value])
    const magic = Buffer.from('1a2b3c4d', 'hex')
    const section = Buffer.concat([
      isLittle ? magic.reverse() : magic,
      Buffer.from([...u16(1), 0, 0]),
      Buffer.alloc(8, 255),
    ])
    const ipv4 = [...u16(1), ...u16(11), 192, 168, 10, 100, ...Buffer.from('ctr\0x\0\0'), 0]
    const ipv6 = [...u16(2), ...u16(18), 0xfd, ...Array(14).fill(0), 1, ...Buffer.from('v6'), 0, 0]
    const names = Buffer.from([...ipv4, ...ipv6, 0, 0, 0, 0])
    return Buffer.concat([
      block(0x0a0d0d0a, section, isLittle),
      block(5, Buffer.alloc(5000), isLittle),
      block(4, names, isLittle),
      block(5, Buffer.alloc(8), isLittle),
      block(4, Buffer.from([...u16(1), ...u16(200), 1, 2, 3, 4]), isLittle),
    ])
  }

  test.each([true, false])(
    'gives the names of its name-resolution blocks, however it comes (little-endian: %s)',
    async (isLittle) => {
      const bytes = capture(isLittle)
      for (const size of [bytes.length, 1000, 7]) {
        async function* pieces() {
          for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
        }
        const names = await loadNames([{ origin: 'x', content: pieces() }])
        expect([names.address('192.168.10.100')?.name, names.address('fd00::1')?.name]).toEqual(['ctr', 'v6'])
      }
    },
  )

  test('without such blocks is no list of names', async () => {
    await expect(loadNames(fixture('vxlan.pcapng'))).rejects.toThrow(/a capture without name-resolution blocks/)
  })
})
