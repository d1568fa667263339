/** `cilium-dbg service list` as text and `-o json`: frontends and what answers for them, of one agent. */
import type { Fact, FrontendFact } from '../facts.ts'
import { listAt, numberAt, textAt, type Unknown } from '../unknown.ts'
import { linesOf } from './lines.ts'

export const isServiceListText = (text: string) => /^ID\s+Frontend\s+Service Type\s+Backend/m.test(text)

/** `1 => 172.20.0.233:53/UDP (active)`. */
const BACKEND = /\d+\s+=>\s+(\S+)/

export function serviceListFacts(text: string): Fact[] {
  const frontends: (FrontendFact & { readonly backends: FrontendFact['backends'][number][] })[] = []
  for (const line of linesOf(text)) {
    const head = /^\d+\s+(\S+)/.exec(line)
    const address = head === null ? undefined : addressAndPort(head[1] as string)
    if (address !== undefined) frontends.push({ kind: 'frontend', address: address.address, backends: [] })
    const backend = addressAndPort(BACKEND.exec(line)?.[1] ?? '')
    if (backend !== undefined) frontends.at(-1)?.backends.push(backend)
  }
  return frontends
}

/** `[fd00::1]:53/UDP`, `172.20.0.233:53`. */
function addressAndPort(text: string): FrontendFact['backends'][number] | undefined {
  const found = /^\[?([0-9a-fA-F:.]+?)\]?:(\d+)(?:\/(\w+))?$/.exec(text)
  if (found === null) return undefined
  return { address: found[1] as string, port: Number(found[2]), protocol: (found[3] ?? 'tcp').toLowerCase() }
}

/** An element of the list in JSON; there the agent tells the service's name too. */
export function agentServiceFacts(object: Unknown): Fact[] {
  const address = textAt(object, 'spec', 'frontend-address', 'ip')
  const name = textAt(object, 'spec', 'flags', 'name')
  const namespace = textAt(object, 'spec', 'flags', 'namespace') ?? 'default'
  if (address === undefined) return []
  const backends = listAt(object, 'spec', 'backend-addresses').flatMap((one) => {
    const backend = textAt(one, 'ip')
    const protocol = (
      textAt(one, 'protocol') ??
      textAt(object, 'spec', 'frontend-address', 'protocol') ??
      'tcp'
    ).toLowerCase()
    return backend === undefined ? [] : [{ address: backend, port: numberAt(one, 'port') ?? 0, protocol }]
  })
  if (name === undefined) return [{ kind: 'frontend', address, backends }]
  const isUnspecified = address === '0.0.0.0' || address === '::'
  return [
    ...(isUnspecified ? [] : [{ kind: 'service', namespace, name, addresses: [address] } as const]),
    ...backends.map(
      (one): Fact => ({ kind: 'backend', namespace, service: name, addresses: [one.address], ports: [one] }),
    ),
  ]
}
