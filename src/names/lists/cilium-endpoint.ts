/**
 * Cilium's endpoints: `kubectl get ciliumendpoints -o json` (cilium.io/v2 CiliumEndpoint), `ciliumendpointslices`
 * (cilium.io/v2alpha1), and what one agent prints for `cilium-dbg endpoint list -o json`.
 */
import type { Fact } from '../facts.ts'
import { at, listAt, numberAt, textAt, textsAt, type Unknown } from '../unknown.ts'

export function ciliumEndpointFacts(object: Unknown): Fact[] {
  const name = textAt(object, 'metadata', 'name')
  if (name === undefined) return []
  const status = at(object, 'status')
  const identity = numberAt(status, 'identity', 'id')
  const pod: Fact = {
    kind: 'pod',
    namespace: textAt(object, 'metadata', 'namespace') ?? 'default',
    name,
    addresses: addressesOf(at(status, 'networking')),
    nodeAddress: textAt(status, 'networking', 'node'),
    identity,
    isGenerated: textAt(object, 'metadata', 'labels', 'pod-template-hash') !== undefined,
  }
  return [pod, ...identityFact(identity, textsAt(status, 'identity', 'labels'))]
}

/** The slice's endpoints, all of one namespace. */
export function ciliumEndpointSliceFacts(object: Unknown): Fact[] {
  const namespace = textAt(object, 'namespace') ?? textAt(object, 'metadata', 'namespace') ?? 'default'
  return listAt(object, 'endpoints').flatMap((one): Fact[] => {
    const name = textAt(one, 'name')
    if (name === undefined) return []
    const networking = at(one, 'networking')
    return [
      {
        kind: 'pod',
        namespace,
        name,
        addresses: addressesOf(networking),
        nodeAddress: textAt(networking, 'node'),
        identity: numberAt(one, 'id'),
      },
    ]
  })
}

/** An element of the agent's own list; its endpoints that are no pods are known by ciliumnodes and the ipcache. */
export function agentEndpointFacts(object: Unknown): Fact[] {
  const status = at(object, 'status')
  const identity = numberAt(status, 'identity', 'id')
  const facts = identityFact(identity, textsAt(status, 'identity', 'labels'))
  const owner = at(status, 'external-identifiers')
  const [namespace, name] = podOf(owner)
  if (namespace === undefined || name === undefined) return facts
  const addresses = listAt(status, 'networking', 'addressing').length > 0 ? addressesOf(at(status, 'networking')) : []
  return [{ kind: 'pod', namespace, name, addresses, identity }, ...facts]
}

function podOf(owner: unknown): readonly (string | undefined)[] {
  const name = textAt(owner, 'k8s-pod-name')
  if (name !== undefined) return [textAt(owner, 'k8s-namespace'), name]
  const both = textAt(owner, 'pod-name')?.split('/')
  return both?.length === 2 ? both : []
}

function addressesOf(networking: unknown): string[] {
  return listAt(networking, 'addressing').flatMap((one) =>
    [textAt(one, 'ipv4'), textAt(one, 'ipv6')].filter((address) => address !== undefined),
  )
}

/** An endpoint says its labels beside its identity, so each list of endpoints is one of identities too. */
function identityFact(id: number | undefined, labels: readonly string[]): Fact[] {
  return id === undefined || labels.length === 0 ? [] : [{ kind: 'identity', id, labels }]
}
