/**
 * Cilium's numeric identities (pkg/identity/numericidentity.go): the reserved ones by name, and how a ClusterMesh puts
 * the number of a cluster before one.
 */

const RESERVED: readonly string[] = [
  'unknown',
  'host',
  'world',
  'unmanaged',
  'health',
  'init',
  'remote-node',
  'kube-apiserver',
  'ingress',
  'world-ipv4',
  'world-ipv6',
  'encrypted-overlay',
]

export const Identity = { Host: 1, World: 2, Health: 4, RemoteNode: 6, ApiServer: 7, Ingress: 8 } as const

/** From here on identities are handed out to pods; up to there they fit beneath a cluster's number. */
export const FIRST_POD_IDENTITY = 256
/** Wider than a VNI: local to one node, for CIDRs and nodes. */
export const FIRST_LOCAL_IDENTITY = 2 ** 24

/** `world`, without its `reserved:`. */
export function reservedName(id: number): string | undefined {
  return RESERVED[id]
}

/** The number of `reserved:world`. */
export function reservedNumber(label: string): number | undefined {
  const number = label.startsWith('reserved:') ? RESERVED.indexOf(label.slice('reserved:'.length)) : -1
  return number < 0 ? undefined : number
}

/** `cluster 2, identity 3258`: the parts of an identity from another cluster; undefined for one of the own. */
export function clusterParts(id: number, maxClusters = 255): { cluster: number; identity: number } | undefined {
  const shift = maxClusters > 255 ? 15 : 16
  const cluster = id >>> shift
  return cluster === 0 || id >= FIRST_LOCAL_IDENTITY ? undefined : { cluster, identity: id & ((1 << shift) - 1) }
}

/** The node a packet comes from may be called host, remote-node or kube-apiserver, the outside world three ways. */
export function sameKind(a: number, b: number): boolean {
  return kindOf(a) === kindOf(b)
}

function kindOf(id: number): number {
  if (id === Identity.Host || id === Identity.ApiServer) return Identity.RemoteNode
  if (id === 9 || id === 10 || id >= FIRST_LOCAL_IDENTITY) return Identity.World
  return id
}
