/** `ovl-dissect/core` needs no Node: it is bundled for browsers, and runs with nothing but what browsers have. */
import { readFileSync } from 'node:fs'
import { createContext, runInContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { packetToJson, read } from '../../src/index.ts'
import { bundle } from './page.ts'

async function expected(path: string): Promise<unknown[]> {
  const packets = []
  for await (const packet of read(path)) packets.push(packetToJson(packet))
  return JSON.parse(JSON.stringify(packets))
}

const CAPTURES = [
  'fixtures/vxlan.pcap',
  'fixtures/vxlan-mixed.pcap',
  'fixtures/made/vxlan.pcapng.gz',
  'fixtures/vxlan-ipv6.pcap',
]

describe('ovl-dissect/core', () => {
  test('names no module of Node', async () => {
    const text = readFileSync('dist/core.js', 'utf8')
    expect(text).not.toMatch(/\b(from|import|require\()\s*["']/)
    expect(text).not.toMatch(/["']node:/)
    expect((await bundle()).length).toBeGreaterThan(100_000)
  })

  test.each(CAPTURES)('%s is the same where there is no Node', async (path) => {
    // A realm with what browsers have too, and no Buffer, process or require.
    const context = createContext({
      TextDecoder,
      TextEncoder,
      ReadableStream,
      DecompressionStream,
      Blob,
      URL,
      setTimeout,
      console,
    })
    runInContext(await bundle(), context)
    expect(runInContext('[typeof Buffer, typeof process, typeof require]', context)).toEqual([
      'undefined',
      'undefined',
      'undefined',
    ])
    context.hex = readFileSync(path).toString('hex')
    const text = await runInContext(
      'dissectAll(Uint8Array.from(hex.match(/../g), (byte) => parseInt(byte, 16)))',
      context,
    )
    const { packets, selected } = JSON.parse(text)
    expect(packets).toEqual(await expected(path))
    expect(selected.length).toBeGreaterThan(0)
  })
})
