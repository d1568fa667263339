/** `kubectl get endpointslices -o json`: discovery.k8s.io/v1 EndpointSlice; and the older v1 Endpoints. */
import type { BackendFact, Fact, PodFact } from '../facts.ts'
import { listAt, numberAt, textAt, textsAt, type Unknown } from '../unknown.ts'

export function endpointSliceFacts(object: Unknown): Fact[] {
  const namespace = textAt(object, 'metadata', 'namespace') ?? 'default'
  const service = textAt(object, 'metadata', 'labels', 'kubernetes.io/service-name')
  const endpoints = listAt(object, 'endpoints')
  const facts: Fact[] = endpoints.flatMap((one) =>
    targetPod(one, namespace, textsAt(one, 'addresses'), textAt(one, 'nodeName')),
  )
  const addresses = endpoints.flatMap((one) => textsAt(one, 'addresses'))
  if (service !== undefined && addresses.length > 0)
    facts.push({ kind: 'backend', namespace, service, addresses, ports: portsOf(object) })
  return facts
}

export function endpointsFacts(object: Unknown): Fact[] {
  const namespace = textAt(object, 'metadata', 'namespace') ?? 'default'
  const service = textAt(object, 'metadata', 'name')
  return listAt(object, 'subsets').flatMap((subset) => {
    const ready = listAt(subset, 'addresses')
    const all = [...ready, ...listAt(subset, 'notReadyAddresses')]
    const facts: Fact[] = all.flatMap((one) => {
      const address = textAt(one, 'ip')
      return address === undefined ? [] : targetPod(one, namespace, [address], textAt(one, 'nodeName'))
    })
    const addresses = ready.flatMap((one) => textAt(one, 'ip') ?? [])
    if (service !== undefined && addresses.length > 0)
      facts.push({ kind: 'backend', namespace, service, addresses, ports: portsOf(subset) })
    return facts
  })
}

function targetPod(endpoint: unknown, namespace: string, addresses: readonly string[], node?: string): PodFact[] {
  const name = textAt(endpoint, 'targetRef', 'name')
  if (textAt(endpoint, 'targetRef', 'kind') !== 'Pod' || name === undefined) return []
  return [{ kind: 'pod', namespace: textAt(endpoint, 'targetRef', 'namespace') ?? namespace, name, addresses, node }]
}

function portsOf(holder: unknown): BackendFact['ports'] {
  return listAt(holder, 'ports').flatMap((one) => {
    const port = numberAt(one, 'port')
    return port === undefined ? [] : [{ port, protocol: (textAt(one, 'protocol') ?? 'TCP').toLowerCase() }]
  })
}
