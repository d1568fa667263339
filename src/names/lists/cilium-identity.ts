/** `kubectl get ciliumidentities -o json`: cilium.io/v2 CiliumIdentity; and `cilium-dbg identity list -o json`. */
import type { Fact } from '../facts.ts'
import { at, isObject, numberAt, textsAt, type Unknown } from '../unknown.ts'

export function ciliumIdentityFacts(object: Unknown): Fact[] {
  const id = numberAt(object, 'metadata', 'name')
  const labels = at(object, 'security-labels')
  if (id === undefined || !isObject(labels)) return []
  const words = Object.entries(labels).map(([key, value]) => (value === '' ? key : `${key}=${String(value)}`))
  return [{ kind: 'identity', id, labels: words }]
}

export function agentIdentityFacts(object: Unknown): Fact[] {
  const id = numberAt(object, 'id')
  return id === undefined ? [] : [{ kind: 'identity', id, labels: textsAt(object, 'labels') }]
}
