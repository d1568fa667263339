/** `kubectl get services -o json`: v1 Service. */
import type { Fact } from '../facts.ts'
import { listAt, textAt, textsAt, type Unknown } from '../unknown.ts'

export function serviceFacts(object: Unknown): Fact[] {
  const name = textAt(object, 'metadata', 'name')
  if (name === undefined) return []
  const addresses = new Set([
    ...textsAt(object, 'spec', 'clusterIPs'),
    ...textsAt(object, 'spec', 'externalIPs'),
    ...listAt(object, 'status', 'loadBalancer', 'ingress').flatMap((one) => textAt(one, 'ip') ?? []),
  ])
  const only = textAt(object, 'spec', 'clusterIP')
  if (only !== undefined) addresses.add(only)
  // A headless service says "None".
  addresses.delete('None')
  const namespace = textAt(object, 'metadata', 'namespace') ?? 'default'
  return [{ kind: 'service', namespace, name, addresses: [...addresses] }]
}
