/** `kubectl get nodes -o json`: v1 Node. */
import type { Fact, NodeRole } from '../facts.ts'
import { listAt, textAt, textsAt, type Unknown } from '../unknown.ts'

const ROLES: Readonly<Record<string, NodeRole>> = { InternalIP: 'internal', ExternalIP: 'external' }

export function nodeFacts(object: Unknown): Fact[] {
  const name = textAt(object, 'metadata', 'name')
  if (name === undefined) return []
  const addresses = listAt(object, 'status', 'addresses').flatMap((one) => {
    const role = ROLES[textAt(one, 'type') ?? '']
    const address = textAt(one, 'address')
    return role === undefined || address === undefined ? [] : [{ address, role }]
  })
  const podCidrs = textsAt(object, 'spec', 'podCIDRs')
  const only = textAt(object, 'spec', 'podCIDR')
  if (podCidrs.length === 0 && only !== undefined) podCidrs.push(only)
  return [{ kind: 'node', name, addresses, podCidrs, isCilium: false }]
}
