/** `--port`, `--proto` and `-d`: which UDP ports are decoded as what. */
import type { DecodeAs, DissectorOptions } from '../dissect/dissector.ts'
import { UsageError } from '../errors.ts'
import { LAYERS } from '../layers/index.ts'

const TUNNELS = LAYERS.filter((layer) => layer.role === 'tunnel' && layer.name === layer.id)
const TUNNEL_NAMES = TUNNELS.map(({ name }) => name)

export interface PortOptions {
  readonly port: readonly string[]
  readonly proto: readonly string[]
  readonly decodeAs: readonly string[]
}

/** What the options together ask of a dissector. @throws UsageError where they do not fit together. */
export function dissectorOptions({ port, proto, decodeAs }: PortOptions): DissectorOptions {
  for (const name of proto) tunnelNamed(name)
  const named = decodeAs.map(parseDecodeAs)
  if (port.length === 0 && proto.length > 0) return { tunnels: proto, decodeAs: named }
  const ports = port.map(parsePort)
  if (proto.length === 0) return { decodeAs: [...ports.map(asKnownPort), ...named] }
  if (port.length !== proto.length) {
    throw new UsageError(
      `${port.length} --port and ${proto.length} --proto: give one --proto for each --port, in the same order (--port 14789 --proto vxlan --port 6081 --proto geneve)`,
    )
  }
  const paired = ports.map(
    (number, index): DecodeAs => ({ table: 'udp.port', port: number, layer: proto[index] as string }),
  )
  return { decodeAs: [...paired, ...named] }
}

/** Ports that the options name, for a hint when none of them occurs. */
export function namedPorts(options: DissectorOptions): number[] {
  return (options.decodeAs ?? []).filter(({ table }) => table === 'udp.port').map(({ port }) => port)
}

function parsePort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new UsageError(`--port ${text}: a port is a number from 0 to 65535`)
  return port
}

function tunnelNamed(name: string): void {
  if (TUNNEL_NAMES.includes(name)) return
  const known = `${TUNNEL_NAMES.slice(0, -1).join(', ')} and ${TUNNEL_NAMES.at(-1)}`
  throw new UsageError(`--proto ${name}: not a tunnel; known are ${known}`)
}

/** A port alone stands for what lives on it. Who comes from Hubble means a pod's port by it: say so. */
function asKnownPort(port: number): DecodeAs {
  const owner = TUNNELS.find((layer) => layer.attach.some(([table, key]) => table === 'udp.port' && key === port))
  if (owner !== undefined) return { table: 'udp.port', port, layer: owner.name }
  throw new UsageError(
    `--port ${port}: which tunnel is on it? Add --proto vxlan or --proto geneve. (--port names the tunnel's UDP port, not a pod's port as in hubble.)`,
  )
}

/** `udp.port==8472,vxlan`, as tshark has it. */
function parseDecodeAs(text: string): DecodeAs {
  const found = /^(udp|tcp)\.port==(\d+),([\w.-]+)$/.exec(text.replace(/\s+/g, ''))
  if (found === null) throw new UsageError(`-d ${text}: should look like udp.port==8472,vxlan`)
  const [, transport, port, layer] = found
  if (!LAYERS.some((one) => one.id === layer))
    throw new UsageError(`-d ${text}: "${layer}" is not decoded; known are ${LAYERS.map((one) => one.id).join(', ')}`)
  return { table: `${transport as 'udp' | 'tcp'}.port`, port: parsePort(port as string), layer: layer as string }
}
