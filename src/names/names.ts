/**
 * Names for addresses and VNIs, decided from all lists together and never by guessing: what two lists contradict each
 * other about has no name. An address is decided once and remembered.
 */
import { AgentNodes, type CachedAddress } from './agent-nodes.ts'
import type { Cni } from './cni.ts'
import type { NodeRole } from './facts.ts'
import { type IdentityName, identityName } from './identity-name.ts'
import { type Backend, isSame, type NameBook, type Named, type OneOrMore, type Pod } from './name-book.ts'
import { NodeCidrs } from './node-cidrs.ts'

/**
 * Whose an address is.
 * @example
 * ```js
 * import { loadNames } from 'ovl-dissect'
 *
 * const owner = (await loadNames('k8s')).address('172.20.2.115')
 * console.log(owner.kind, owner.namespace, owner.pod, owner.node) // pod default webpod-697b545f57-rl7tc k8s-w0
 * ```
 */
export interface AddressOwner {
  readonly kind: 'node' | 'pod' | 'service' | 'host'
  /** What a row shows: `k8s-ctr`, `k8s-ctr (router)`, `default/curl-pod`, `pod on k8s-w0`. Not escaped. */
  readonly name: string
  /** The node it is, or on which its pod runs. */
  readonly node?: string
  /** What the address is to its node, where it is not simply the node's own. */
  readonly role?: Exclude<NodeRole, 'internal'>
  readonly namespace?: string
  /** Undefined for a pod of which only the node is known. */
  readonly pod?: string
  readonly service?: string
  readonly host?: string
  /** 'Succeeded' or 'Failed': a pod that had this address when it ended. */
  readonly phase?: string
  /** Cilium's number for the labels of what has this address. */
  readonly identity?: number
  /** True if no list names the address, and it follows from another fact, such as a node's podCIDR. */
  readonly derived?: true
  /** The list that says so. */
  readonly source: string
}

/**
 * A service, as a list has it. Plain data.
 * @example
 * ```js
 * import { loadNames } from 'ovl-dissect'
 *
 * const { namespace, service } = (await loadNames('k8s')).service('172.20.2.115', 80, 'tcp')
 * console.log(namespace, service) // default webpod
 * ```
 */
export interface ServiceName {
  readonly namespace: string
  readonly service: string
  readonly source: string
}

/** Addresses remembered at most; a capture can hold any number of them. */
const REMEMBERED = 262_144
const FINISHED = new Set(['Succeeded', 'Failed'])

/**
 * What `loadNames` gives: whose an address is, and what a VNI stands for. It remembers at most 262,144 addresses.
 * @example
 * ```js
 * import { loadNames, read } from 'ovl-dissect'
 *
 * const names = await loadNames('k8s')
 * for await (const packet of read('vxlan.pcap', { names })) {
 *   console.log(packet.outer.source.name, packet.inner.source.name) // k8s-ctr default/curl-pod
 * }
 * ```
 */
export class Names {
  /** What the lists said; `report` puts it into words. */
  readonly book: NameBook
  private readonly cni: Cni
  private readonly agents: AgentNodes
  private readonly cidrs: NodeCidrs
  private readonly known = new Map<string, AddressOwner | undefined>()
  private readonly knownIdentities = new Map<number, IdentityName | undefined>()

  constructor(book: NameBook, cni: Cni = 'auto') {
    this.book = book
    this.cni = cni
    this.agents = new AgentNodes(book)
    this.cidrs = new NodeCidrs(book)
  }

  /** Whose `address` is, in the spelling of packets; undefined where the lists do not say, or contradict each other. */
  address(address: string): AddressOwner | undefined {
    const known = this.known.get(address)
    if (known !== undefined || this.known.has(address)) return known
    if (this.known.size >= REMEMBERED) this.known.clear()
    const found = this.decide(address)
    this.known.set(address, found)
    return found
  }

  /** Every address that the lists name, with its name. */
  *all(): Generator<{ readonly address: string; readonly name: string }> {
    const { nodesAt, podsAt, servicesAt, hostsAt } = this.book
    const seen = new Set<string>()
    for (const addresses of [nodesAt, podsAt, servicesAt, hostsAt]) {
      for (const address of addresses.keys()) {
        if (seen.has(address)) continue
        seen.add(address)
        const owner = this.decide(address)
        if (owner !== undefined) yield { address, name: owner.name }
      }
    }
  }

  /** The service with this address, or the only one for which it answers on this port. */
  service(address: string, port?: number, protocol?: string): ServiceName | undefined {
    const own = only(this.book.servicesAt.get(address))
    if (own !== undefined && !this.book.nodesAt.has(address)) return serviceName(own)
    const answers = (backend: Backend) =>
      backend.ports.some((one) => one.port === port && one.protocol === protocol) || backend.ports.length === 0
    const backend = port === undefined ? undefined : only(this.book.backendsAt.get(address)?.filter(answers))
    return backend && serviceName(backend)
  }

  /** What a VNI says as an identity; undefined where nothing speaks for its being one. `port` is the tunnel's. */
  identity(vni: number, port: number): IdentityName | undefined {
    if (this.cni !== 'cilium' && (this.cni !== 'auto' || !this.agents.isCiliumPort(port))) return undefined
    if (this.knownIdentities.has(vni)) return this.knownIdentities.get(vni)
    const found = identityName(this.book, vni, this.cni === 'cilium')
    this.knownIdentities.set(vni, found)
    return found
  }

  /** Every identity that the lists have, the lowest number first. */
  *identities(): Generator<IdentityName> {
    const { identities, podOfIdentity } = this.book
    const ids = new Set([...identities.keys(), ...podOfIdentity.keys()])
    for (const id of [...ids].sort((a, b) => a - b)) {
      const said = identityName(this.book, id, true)
      if (said !== undefined) yield said
    }
  }

  /** The labels that lists have for an identity. */
  labels(identity: number): readonly string[] | undefined {
    return this.book.identities.get(identity)?.labels
  }

  /** podCIDRs that pods contradict, or that several nodes have. */
  contradictedCidrs(): NodeCidrs['contradicted'] {
    this.cidrs.built()
    return this.cidrs.contradicted
  }

  /** The podCIDR of `node` that holds `address`, as lists have it. */
  podCidr(address: string, node: string): string | undefined {
    const cidr = this.cidrs.find(address)
    return cidr?.node === node ? cidr.prefix : undefined
  }

  private decide(address: string): AddressOwner | undefined {
    const { book } = this
    const claims = book.nodesAt.get(address)
    const row = this.agents.row(address)
    const identity = row?.identity === undefined ? {} : { identity: row.identity }
    if (claims !== undefined) {
      const claim = claims[0]
      if (claim === undefined || claims.some(({ node }) => node !== claim.node)) return undefined
      const { node, role, source } = claim
      return {
        kind: 'node',
        name: nodeText(node, role),
        node,
        ...(role !== 'internal' && { role }),
        ...identity,
        source,
      }
    }
    const pod = book.machines.has(address) ? undefined : livePod(book.podsAt.get(address))
    if (pod !== undefined) return this.podName(pod, row)
    const service = only(book.servicesAt.get(address))
    if (service !== undefined)
      return { kind: 'service', name: qualified(service.namespace, service.name), ...serviceName(service) }
    const hosts = book.hostsAt.get(address)
    const [host] = hosts ?? []
    if (host !== undefined)
      return hosts?.every(({ name }) => name === host.name)
        ? { kind: 'host', name: host.name, host: host.name, ...identity, source: host.source }
        : undefined
    return this.derive(address)
  }

  private podName(pod: Pod, row: CachedAddress | undefined): AddressOwner {
    const { namespace, name, phase, source } = pod
    // Lists of different times may not agree about it; then nothing is said.
    const isAgreed = pod.identity === undefined || row === undefined || row.identity === pod.identity
    const identity = isAgreed ? (pod.identity ?? row?.identity) : undefined
    const node = pod.node ?? (pod.nodeAddress === undefined ? undefined : this.agents.nodeAt(pod.nodeAddress))
    const isFinished = phase !== undefined && FINISHED.has(phase)
    return {
      kind: 'pod',
      name: `${qualified(namespace, name)}${isFinished ? ` (${phase})` : ''}`,
      ...(node !== undefined && { node }),
      ...(namespace !== '' && { namespace }),
      pod: name,
      ...(isFinished && { phase }),
      ...(identity !== undefined && { identity }),
      source,
    }
  }

  /** What follows from podCIDRs and ipcaches for an address that no list names. */
  private derive(address: string): AddressOwner | undefined {
    const row = this.agents.row(address)
    const cidr = this.cidrs.find(address)
    if (row?.node !== undefined && cidr !== undefined && row.node !== cidr.node) return undefined
    const node = row?.node ?? cidr?.node
    const source = row?.node === undefined ? cidr?.source : row.source
    if (node === undefined || source === undefined) return undefined
    const identity = row?.identity === undefined ? {} : { identity: row.identity }
    const role = row?.role
    // A further address of a node may belong to many machines: each Vagrant machine has 10.0.2.15.
    if (role === 'router' && cidr === undefined) return undefined
    if (role !== undefined)
      return { kind: 'node', name: nodeText(node, role), node, role, ...identity, derived: true, source }
    return { kind: 'pod', name: `pod on ${node}`, node, ...identity, derived: true, source }
  }
}

/** `k8s-ctr (router)`. */
function nodeText(node: string, role: NodeRole): string {
  return role === 'internal' || role === 'external' ? node : `${node} (${role})`
}

/** `default/curl-pod`; a table of one namespace does not say which. */
function qualified(namespace: string, name: string): string {
  return namespace === '' ? name : `${namespace}/${name}`
}

/** The pod that has an address now: a running one before those that ended; none if several say they have it. */
export function livePod(pods: OneOrMore<Pod> | undefined): Pod | undefined {
  if (!Array.isArray(pods)) return pods
  const live = pods.filter(({ phase }) => phase === undefined || !FINISHED.has(phase))
  const candidates = live.length > 0 ? live : pods
  return candidates.length === 1 ? candidates[0] : undefined
}

/** The only one of them, however often it is listed. */
function only<One extends Named>(list: readonly One[] | undefined): One | undefined {
  const [first] = list ?? []
  if (first === undefined) return undefined
  return list?.every((one) => isSame(one, first)) ? first : undefined
}

function serviceName({ namespace, name, source }: Named): ServiceName {
  return { namespace, service: name, source }
}
