/** A page that uses `ovl-dissect/core`, bundled for browsers from what was built. */
import { build } from 'esbuild'

/** What a page does with the door: the JSON of every packet, and numbers of those that a filter selects. */
const PAGE = `
import { compileFilter, packetToJson, readPackets } from 'ovl-dissect/core'
globalThis.dissectAll = async (bytes) => {
  const packets = []
  for await (const packet of readPackets(bytes)) packets.push(packetToJson(packet))
  const selected = []
  const filter = compileFilter('inner.ip.src == 172.20.0.0/24 && http.request && http.host contains "172" or ipv6.src == fd00::/8')
  for await (const packet of readPackets(bytes, { filter })) selected.push(packet.number)
  return JSON.stringify({ packets, selected })
}
`

export async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: PAGE, resolveDir: process.cwd() },
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
  })
  return outputFiles[0]?.text as string
}
