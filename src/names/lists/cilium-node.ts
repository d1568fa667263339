/** `kubectl get ciliumnodes -o json`: cilium.io/v2 CiliumNode. */
import type { Fact, NodeRole } from '../facts.ts'
import { listAt, textAt, textsAt, type Unknown } from '../unknown.ts'

const ROLES: Readonly<Record<string, NodeRole>> = {
  InternalIP: 'internal',
  ExternalIP: 'external',
  CiliumInternalIP: 'router',
}

export function ciliumNodeFacts(object: Unknown): Fact[] {
  const name = textAt(object, 'metadata', 'name')
  if (name === undefined) return []
  const addresses = listAt(object, 'spec', 'addresses').flatMap((one) => {
    const role = ROLES[textAt(one, 'type') ?? '']
    const address = textAt(one, 'ip')
    return role === undefined || address === undefined ? [] : [{ address, role }]
  })
  for (const role of ['health', 'ingress'] as const) {
    for (const family of ['ipv4', 'ipv6']) {
      const address = textAt(object, 'spec', role, family)
      if (address !== undefined) addresses.push({ address, role })
    }
  }
  const pools = listAt(object, 'spec', 'ipam', 'pools', 'allocated').flatMap((pool) => textsAt(pool, 'cidrs'))
  const podCidrs = [...textsAt(object, 'spec', 'ipam', 'podCIDRs'), ...pools]
  return [{ kind: 'node', name, addresses, podCidrs, isCilium: true }]
}
