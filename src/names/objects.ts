/** Objects of JSON and YAML lists by what they are: Kubernetes' and Cilium's kinds, and what an agent prints. */
import type { Fact } from './facts.ts'
import { ciliumConfigFacts } from './lists/cilium-config.ts'
import { agentEndpointFacts, ciliumEndpointFacts, ciliumEndpointSliceFacts } from './lists/cilium-endpoint.ts'
import { agentIdentityFacts, ciliumIdentityFacts } from './lists/cilium-identity.ts'
import { ciliumNodeFacts } from './lists/cilium-node.ts'
import { endpointSliceFacts, endpointsFacts } from './lists/endpoint-slice.ts'
import { ipcacheObjectFacts, ipListElementFacts, isIpcacheObject, isIpListElement } from './lists/ipcache.ts'
import { nodeFacts } from './lists/node.ts'
import { podFacts } from './lists/pod.ts'
import { serviceFacts } from './lists/service.ts'
import { agentServiceFacts } from './lists/service-list.ts'
import { at, isObject, listAt, numberAt, textAt, type Unknown } from './unknown.ts'

/** What an object is, in words, and what it says. */
export interface Understood {
  readonly what: string
  readonly facts: Iterable<Fact>
}

const KINDS: Readonly<Record<string, (object: Unknown) => Fact[]>> = {
  Node: nodeFacts,
  Pod: podFacts,
  Service: serviceFacts,
  EndpointSlice: endpointSliceFacts,
  Endpoints: endpointsFacts,
  CiliumNode: ciliumNodeFacts,
  CiliumEndpoint: ciliumEndpointFacts,
  CiliumEndpointSlice: ciliumEndpointSliceFacts,
  CiliumIdentity: ciliumIdentityFacts,
  ConfigMap: ciliumConfigFacts,
}

/** Undefined for an object that says nothing about names. `listKind`: what its list calls all of its items. */
export function understand(object: Unknown, listKind?: string): Understood | undefined {
  const kind = textAt(object, 'kind') ?? listKind
  if (kind !== undefined && Object.hasOwn(KINDS, kind)) return { what: kind, facts: KINDS[kind]?.(object) ?? [] }
  if (kind !== undefined) return undefined
  if (isIpcacheObject(object)) return { what: 'ipcache', facts: ipcacheObjectFacts(object) }
  if (isIpListElement(object)) return { what: 'IP list', facts: ipListElementFacts(object) }
  if (isObject(at(object, 'status', 'networking')) || isObject(at(object, 'status', 'external-identifiers')))
    return { what: 'agent endpoint', facts: agentEndpointFacts(object) }
  if (isObject(at(object, 'spec', 'frontend-address')))
    return { what: 'agent service', facts: agentServiceFacts(object) }
  if (numberAt(object, 'id') !== undefined && Array.isArray(at(object, 'labels')))
    return { what: 'identity', facts: agentIdentityFacts(object) }
  return undefined
}

/** What to give instead of a list that is known, but has no names of addresses. */
export function hintFor(object: Unknown): string | undefined {
  if (textAt(object, 'ifname') !== undefined)
    return 'these are interfaces of one machine: give them with --links, if it is the one that captured'
  if (isObject(at(object, 'flow')))
    return 'these are Hubble flows; names come from lists: kubectl get pods,nodes -A -o json'
  const kind = textAt(object, 'kind')
  if (kind !== undefined && listAt(object, 'items').length === 0) return `${kind} says nothing about addresses`
  return undefined
}
