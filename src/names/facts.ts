/** What a list says, one statement at a time, whatever list it came from. Addresses are as the list spells them. */

/** What an address is to its node. `router` is cilium_host, `health` the endpoint of Cilium's health checks. */
export type NodeRole = 'internal' | 'external' | 'router' | 'health' | 'ingress'

export interface NodeFact {
  readonly kind: 'node'
  readonly name: string
  readonly addresses: readonly { readonly address: string; readonly role: NodeRole }[]
  readonly podCidrs: readonly string[]
  /** Cilium's own podCIDRs say where a pod is; those of the Node object may be somebody else's plan. */
  readonly isCilium: boolean
}

export interface PodFact {
  readonly kind: 'pod'
  readonly namespace: string
  readonly name: string
  readonly addresses: readonly string[]
  /** Name of the node it runs on, or else one of its addresses. */
  readonly node?: string | undefined
  readonly nodeAddress?: string | undefined
  readonly isHostNetwork?: boolean
  /** 'Running', 'Succeeded' … */
  readonly phase?: string | undefined
  /** Cilium's number for its labels. */
  readonly identity?: number | undefined
  /** True if a controller made up the name's end. */
  readonly isGenerated?: boolean
}

export interface ServiceFact {
  readonly kind: 'service'
  readonly namespace: string
  readonly name: string
  readonly addresses: readonly string[]
}

/** Addresses that answer for a service, with the ports they do it on. */
export interface BackendFact {
  readonly kind: 'backend'
  readonly namespace: string
  readonly service: string
  readonly addresses: readonly string[]
  readonly ports: readonly { readonly port: number; readonly protocol: string }[]
}

/** A service's address and port, and what answers for it, without the service's name. */
export interface FrontendFact {
  readonly kind: 'frontend'
  readonly address: string
  readonly backends: readonly { readonly address: string; readonly port: number; readonly protocol: string }[]
}

export interface IdentityFact {
  readonly kind: 'identity'
  readonly id: number
  /** `k8s:app=curl`, in the list's order. */
  readonly labels: readonly string[]
}

/** A row of one agent's ipcache. */
export interface CacheFact {
  readonly kind: 'cache'
  readonly prefix: string
  readonly identity: number
  /** Address of the node behind whose tunnel it is, if the row says. */
  readonly tunnelEndpoint: string | undefined
  /** `tunnelendpoint=0.0.0.0`: on this agent's node, or reached without a tunnel. */
  readonly isDirect: boolean
}

export interface HostFact {
  readonly kind: 'host'
  readonly address: string
  readonly name: string
}

/** What cilium-config says of the cluster. */
export interface ConfigFact {
  readonly kind: 'config'
  /** 'tunnel' or 'native'. */
  readonly routingMode: string | undefined
  readonly tunnelProtocol: string | undefined
  readonly tunnelPort: number | undefined
  /** How many clusters a mesh may have: 255 or 511. */
  readonly maxClusters: number | undefined
}

export type Fact =
  | NodeFact
  | PodFact
  | ServiceFact
  | BackendFact
  | FrontendFact
  | IdentityFact
  | CacheFact
  | HostFact
  | ConfigFact
