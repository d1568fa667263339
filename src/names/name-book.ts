/** Everything that lists have said, by name and by address, with the list it came from. Nothing is decided here. */
import { canonicalAddress } from '../bytes/address.ts'
import { UsageError } from '../errors.ts'
import type { CacheFact, ConfigFact, Fact, FrontendFact, NodeFact, NodeRole, PodFact, ServiceFact } from './facts.ts'
import { isWhole, parsePrefix } from './prefix-table.ts'
import { FIRST_POD_IDENTITY, Identity } from './reserved-identities.ts'

export interface NodeClaim {
  readonly node: string
  readonly role: NodeRole
  readonly source: string
}

/** A pod as all lists together tell of it. */
export interface Pod {
  readonly namespace: string
  readonly name: string
  readonly source: string
  node: string | undefined
  nodeAddress: string | undefined
  phase: string | undefined
  identity: number | undefined
  isGenerated: boolean
}

export interface Named {
  readonly namespace: string
  readonly name: string
  readonly source: string
}

export interface Backend extends Named {
  readonly ports: readonly { readonly port: number; readonly protocol: string }[]
}

export interface Host {
  readonly name: string
  readonly source: string
}

export interface Cidr {
  readonly prefix: string
  readonly node: string
  readonly isCilium: boolean
  readonly source: string
}

/** A row for one address in one agent's ipcache. */
export interface CacheRow {
  readonly identity: number
  readonly tunnelEndpoint: string | undefined
  readonly isDirect: boolean
}

/** One agent's ipcache. */
export interface AgentCache {
  readonly rows: Map<string, CacheRow>
  /** CIDRs behind a tunnel. */
  readonly cidrs: { readonly prefix: string; readonly tunnelEndpoint: string }[]
  /** The agent's own addresses. */
  readonly own: string[]
}

/** One value for an address is the rule, several the exception. */
export type OneOrMore<Value> = Value | Value[]

/**
 * Entries of all tables at most, some 200 bytes each: twice what the 150,000 pods of the largest cluster that Kubernetes
 * promises come to, in all kinds of lists.
 */
const MAX_ENTRIES = 1_200_000
/** Entries are counted once in so many facts. */
const COUNTED_EVERY = 1024
/** Pods that claim one address: two are a conflict already, and each new one is compared with all of them. */
const MAX_CLAIMS = 64

export class NameBook {
  readonly nodes = new Map<string, { readonly podCidrs: Set<string>; readonly addresses: Map<string, NodeRole> }>()
  readonly nodesAt = new Map<string, NodeClaim[]>()
  readonly pods = new Map<string, Pod>()
  readonly podsAt = new Map<string, OneOrMore<Pod>>()
  readonly servicesAt = new Map<string, Named[]>()
  readonly backendsAt = new Map<string, Backend[]>()
  readonly frontends: FrontendFact[] = []
  readonly hostsAt = new Map<string, Host[]>()
  readonly cidrs: Cidr[] = []
  readonly caches = new Map<string, AgentCache>()
  readonly identities = new Map<number, { readonly labels: readonly string[]; readonly source: string }>()
  /** The only pod with an identity; null: there are several. */
  readonly podOfIdentity = new Map<number, Pod | null>()
  /** Addresses of machines, named or not: no pod has them for itself. */
  readonly machines = new Set<string>()
  config: ConfigFact | undefined
  /** What each list turned out to hold: how many of what. */
  readonly contents = new Map<string, ReadonlyMap<string, number>>()
  /** Files in folders and zips that were left out, and why. */
  readonly skipped = new Map<string, string>()

  private facts = 0
  /** Values beyond the first that one key has. */
  private further = 0

  /** @throws UsageError when lists have grown beyond any cluster */
  add(fact: Fact, source: string): void {
    if (++this.facts % COUNTED_EVERY === 0 && this.entries() > MAX_ENTRIES)
      throw new UsageError(
        `${source}: more than ${MAX_ENTRIES} names and addresses in all lists. Give those of the cluster that was captured`,
      )
    if (fact.kind === 'node') this.addNode(fact, source)
    else if (fact.kind === 'pod') this.addPod(fact, source)
    else if (fact.kind === 'service') this.addService(fact, source)
    else if (fact.kind === 'cache') this.addCacheRow(fact, source)
    else if (fact.kind === 'host') this.append(this.hostsAt, fact.address, { name: fact.name, source })
    else if (fact.kind === 'frontend') this.frontends.push(fact)
    else if (fact.kind === 'config') this.config = fact
    else if (fact.kind === 'backend') {
      const { namespace, service: name, ports } = fact
      for (const address of fact.addresses) this.append(this.backendsAt, address, { namespace, name, ports, source })
    } else if (!this.identities.has(fact.id)) this.identities.set(fact.id, { labels: fact.labels, source })
  }

  private entries(): number {
    const { pods, podsAt, nodes, nodesAt, servicesAt, backendsAt, hostsAt, identities, machines, caches } = this
    // A host takes as much as a pod, which has an entry by name and one by address.
    let entries = this.further + this.frontends.length + this.cidrs.length + hostsAt.size
    for (const { size } of [pods, podsAt, nodes, nodesAt, servicesAt, backendsAt, hostsAt, identities, machines])
      entries += size
    for (const { rows, cidrs, own } of caches.values()) entries += rows.size + cidrs.length + own.length
    return entries
  }

  private addNode(fact: NodeFact, source: string): void {
    for (const { address, role } of fact.addresses) this.claimNode(fact.name, address, role, source)
    const { podCidrs } = this.nodeNamed(fact.name)
    for (const prefix of fact.podCidrs) {
      podCidrs.add(prefix)
      this.cidrs.push({ prefix, node: fact.name, isCilium: fact.isCilium, source })
    }
  }

  private nodeNamed(name: string) {
    return made(this.nodes, name, () => ({ podCidrs: new Set(), addresses: new Map() }))
  }

  private claimNode(node: string, text: string, role: NodeRole, source: string): void {
    const { addresses } = this.nodeNamed(node)
    if (addresses.has(text)) return
    const address = canonicalAddress(text)
    if (address === undefined || addresses.has(address)) return
    addresses.set(address, role)
    this.machines.add(address)
    this.append(this.nodesAt, address, { node, role, source })
  }

  private addPod(fact: PodFact, source: string): void {
    // Pods say which address their node has; so a list of pods is one of nodes too.
    if (fact.nodeAddress !== undefined) {
      if (fact.node !== undefined) this.claimNode(fact.node, fact.nodeAddress, 'internal', source)
      else this.machines.add(canonicalAddress(fact.nodeAddress) ?? '')
    }
    const key = `${fact.namespace}/${fact.name}`
    let pod = this.pods.get(key)
    if (pod === undefined) {
      const { namespace, name, node, nodeAddress, phase, identity } = fact
      pod = { namespace, name, source, node, nodeAddress, phase, identity, isGenerated: fact.isGenerated === true }
      this.pods.set(key, pod)
    } else {
      pod.node ??= fact.node
      pod.nodeAddress ??= fact.nodeAddress
      pod.phase ??= fact.phase
      pod.identity ??= fact.identity
      pod.isGenerated ||= fact.isGenerated === true
    }
    if (fact.identity !== undefined) this.noteIdentity(fact.identity, pod)
    // A pod on the host's network has the node's address, not one of its own.
    if (fact.isHostNetwork === true) return
    for (const text of fact.addresses) this.claimPod(pod, text)
  }

  private noteIdentity(identity: number, pod: Pod): void {
    const known = this.podOfIdentity.get(identity)
    if (known === undefined) this.podOfIdentity.set(identity, pod)
    else if (known !== pod) this.podOfIdentity.set(identity, null)
  }

  private claimPod(pod: Pod, text: string): void {
    const address = canonicalAddress(text)
    if (address === undefined) return
    const known = this.podsAt.get(address)
    if (known === undefined) this.podsAt.set(address, pod)
    else if (Array.isArray(known)) {
      if (known.length < MAX_CLAIMS && !known.some((one) => isSame(one, pod))) known.push(pod)
    } else if (!isSame(known, pod)) this.podsAt.set(address, [known, pod])
    else if (known.namespace === '') this.podsAt.set(address, pod)
  }

  private addService(fact: ServiceFact, source: string): void {
    const { namespace, name } = fact
    for (const address of fact.addresses) this.append(this.servicesAt, address, { namespace, name, source })
  }

  private addCacheRow(fact: CacheFact, source: string): void {
    const prefix = parsePrefix(fact.prefix)
    if (prefix === undefined) return
    const cache = made(this.caches, source, () => ({ rows: new Map(), cidrs: [], own: [] }))
    const tunnelEndpoint = fact.tunnelEndpoint === undefined ? undefined : canonicalAddress(fact.tunnelEndpoint)
    if (tunnelEndpoint !== undefined) this.machines.add(tunnelEndpoint)
    if (!isWhole(prefix)) {
      if (tunnelEndpoint !== undefined) cache.cidrs.push({ prefix: fact.prefix, tunnelEndpoint })
      return
    }
    const address = canonicalAddress(fact.prefix.replace(/\/\d+$/, '')) as string
    const { identity, isDirect } = fact
    cache.rows.set(address, { identity, tunnelEndpoint, isDirect })
    if (identity === Identity.Host) cache.own.push(address)
    if (identity < FIRST_POD_IDENTITY && identity !== Identity.World) this.machines.add(address)
  }

  private append<Value>(map: Map<string, Value[]>, text: string, value: Value): void {
    const address = canonicalAddress(text)
    if (address === undefined) return
    const values = made(map, address, () => [])
    values.push(value)
    if (values.length > 1) this.further++
  }
}

/** The value of a key, made when it is asked for first. */
function made<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key)
  if (value === undefined) {
    value = make()
    map.set(key, value)
  }
  return value
}

/** A table of one namespace does not say which: there the name is all that can be compared. */
export function isSame(a: Named, b: Named): boolean {
  return a.name === b.name && (a.namespace === b.namespace || a.namespace === '' || b.namespace === '')
}
