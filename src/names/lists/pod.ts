/** `kubectl get pods -o json`: v1 Pod. */
import type { Fact } from '../facts.ts'
import { at, listAt, textAt, type Unknown } from '../unknown.ts'

export function podFacts(object: Unknown): Fact[] {
  const metadata = at(object, 'metadata')
  const name = textAt(metadata, 'name')
  const status = at(object, 'status')
  if (name === undefined) return []
  const addresses = listAt(status, 'podIPs').flatMap((one) => textAt(one, 'ip') ?? [])
  const only = textAt(status, 'podIP')
  if (only !== undefined && !addresses.includes(only)) addresses.push(only)
  const node = textAt(object, 'spec', 'nodeName')
  const nodeAddress = textAt(status, 'hostIP')
  return [
    {
      kind: 'pod',
      namespace: textAt(metadata, 'namespace') ?? 'default',
      name,
      addresses,
      node,
      nodeAddress,
      isHostNetwork: at(object, 'spec', 'hostNetwork') === true,
      phase: textAt(status, 'phase'),
      isGenerated: textAt(metadata, 'generateName') !== undefined,
    },
  ]
}
