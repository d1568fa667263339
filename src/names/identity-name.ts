/** What an identity is called: the reserved ones by their word, others by their pod or by what their labels say. */
import type { NameBook } from './name-book.ts'
import { clusterParts, Identity, reservedName } from './reserved-identities.ts'

/**
 * What a VNI says where it is the number of a Cilium identity. Plain data.
 * @example
 * ```js
 * import { loadNames } from 'ovl-dissect'
 *
 * const { id, name, labels } = (await loadNames('k8s')).identity(3258, 8472)
 * console.log(id, name, labels.includes('k8s:app=curl')) // 3258 default/curl-pod true
 * ```
 */
export interface IdentityName {
  /** The whole number, as in the VNI. */
  readonly id: number
  /** `default/curl-pod`, `kube-system/kube-dns`, `reserved:world`, `cluster 2, identity 3258`; undefined: no list has it. */
  readonly name?: string
  /** The name without its namespace. */
  readonly shortName?: string
  readonly namespace?: string
  /** `k8s:app=curl`, all of them, in the list's order. */
  readonly labels: readonly string[]
  /** ClusterMesh: the cluster that it is from. */
  readonly cluster?: number
  /** The list that says so; undefined for what Cilium's own numbers say. */
  readonly source?: string
}

/** Labels that name a workload, the most telling first. */
const NAMING = ['app.kubernetes.io/name', 'k8s-app', 'app', 'name', 'run', 'component']

/** Undefined: nothing says that this is an identity. `isCertain`: every number is one. */
export function identityName(book: NameBook, id: number, isCertain: boolean): IdentityName | undefined {
  const listed = book.identities.get(id)
  const reserved = reservedName(id)
  // Cilium never sends its own host identity; 1 is what Flannel sends.
  if (!isCertain && id <= Identity.Host) return undefined
  if (reserved !== undefined) {
    const name = `reserved:${reserved}`
    const source = listed === undefined ? {} : { source: listed.source }
    return { id, name, shortName: reserved, labels: listed?.labels ?? [name], ...source }
  }
  const pod = book.podOfIdentity.get(id)
  if (listed === undefined && !pod && pod !== null) {
    const parts = clusterParts(id, book.config?.maxClusters)
    if (parts === undefined) return isCertain ? { id, labels: [] } : undefined
    const name = `cluster ${parts.cluster}, identity ${parts.identity}`
    return { id, name, shortName: name, labels: [], cluster: parts.cluster }
  }
  const labels = listed?.labels ?? []
  const namespace = pod?.namespace ?? labelOf(labels, 'io.kubernetes.pod.namespace')
  const shortName = pod && !pod.isGenerated ? pod.name : (workloadOf(labels) ?? pod?.name)
  const source = listed?.source ?? pod?.source
  return {
    id,
    ...(shortName !== undefined && {
      name: namespace === undefined ? shortName : `${namespace}/${shortName}`,
      shortName,
    }),
    ...(namespace !== undefined && { namespace }),
    labels,
    ...(source !== undefined && { source }),
  }
}

function workloadOf(labels: readonly string[]): string | undefined {
  for (const key of NAMING) {
    const value = labelOf(labels, key)
    if (value !== undefined) return value
  }
  return labelOf(labels, 'io.cilium.k8s.policy.serviceaccount')
}

/** The value of `k8s:app=curl`, whatever the source before the colon is. */
function labelOf(labels: readonly string[], key: string): string | undefined {
  for (const label of labels) {
    const plain = label.slice(label.indexOf(':') + 1)
    if (plain.startsWith(`${key}=`)) return plain.slice(key.length + 1) || undefined
  }
  return undefined
}

/** What a Cilium adds to the labels of every pod. */
const EVERYWHERE = /^k8s:io\.(cilium\.k8s\.|kubernetes\.pod\.namespace=)/

/** `k8s:app=curl,…`: the labels that tell one workload from another. */
export function labelWords(labels: readonly string[]): string {
  const own = labels.filter((label) => !EVERYWHERE.test(label))
  if (own.length === 0) return labels.join(',')
  return own.length === labels.length ? own.join(',') : `${own.join(',')},…`
}
