/** What lists were understood to say, and where they contradict each other, as plain data. */
import type { NodeRole } from './facts.ts'
import { livePod, type Names } from './names.ts'

export interface NamesReport {
  /** Each list with how many of what it holds. */
  readonly lists: readonly { readonly source: string; readonly holds: Readonly<Record<string, number>> }[]
  /** Files in folders and zips that were left out. */
  readonly skipped: readonly { readonly source: string; readonly why: string }[]
  readonly nodes: readonly NodeReport[]
  /** Pods, addresses of pods, services, identities. */
  readonly pods: number
  readonly podAddresses: number
  readonly services: number
  readonly identities: number
  /** What cilium-config says: `tunnel vxlan 8472`; absent: no list has it. */
  readonly config?: string
  readonly conflicts: readonly Conflict[]
}

export interface NodeReport {
  readonly name: string
  readonly addresses: readonly { readonly address: string; readonly role: NodeRole }[]
  readonly podCidrs: readonly string[]
}

/** Something that two lists, or two rows of one, do not agree about; it has no name for that reason. */
export interface Conflict {
  /** The address or CIDR. */
  readonly about: string
  readonly claims: readonly string[]
  readonly why: string
}

export function reportOf(names: Names): NamesReport {
  const { book } = names
  const config = configWords(names)
  return {
    lists: [...book.contents].map(([source, contents]) => ({ source, holds: Object.fromEntries(contents) })),
    skipped: [...book.skipped].map(([source, why]) => ({ source, why })),
    nodes: [...book.nodes].map(([name, { addresses, podCidrs }]) => ({
      name,
      addresses: [...addresses].map(([address, role]) => ({ address, role })),
      podCidrs: [...podCidrs],
    })),
    pods: book.pods.size,
    podAddresses: book.podsAt.size,
    services: new Set([...book.servicesAt.values()].flat().map(({ namespace, name }) => `${namespace}/${name}`)).size,
    identities: book.identities.size,
    ...(config !== '' && { config }),
    conflicts: [...conflicts(names)],
  }
}

function configWords({ book: { config } }: Names): string {
  const port = config?.tunnelPort === undefined ? undefined : `udp/${config.tunnelPort}`
  return [config?.routingMode, config?.tunnelProtocol, port].filter((word) => word !== undefined).join(' ')
}

function* conflicts(names: Names): Generator<Conflict> {
  const { book } = names
  for (const [about, claims] of book.nodesAt) {
    const nodes = new Set(claims.map(({ node }) => node))
    if (nodes.size > 1) yield { about, claims: [...nodes], why: 'several nodes have this address' }
  }
  for (const [about, pods] of book.podsAt) {
    if (!Array.isArray(pods) || livePod(pods) !== undefined) continue
    const claims = pods.map(({ namespace, name }) => `${namespace}/${name}`)
    yield { about, claims, why: 'several pods have this address' }
  }
  for (const [about, hosts] of book.hostsAt) {
    const claims = new Set(hosts.map(({ name }) => name))
    if (claims.size > 1) yield { about, claims: [...claims], why: 'hosts files do not agree' }
  }
  for (const { prefix, nodes } of names.contradictedCidrs())
    yield { about: prefix, claims: nodes, why: 'pods in this CIDR are on several nodes' }
  for (const [source, { own }] of book.caches) {
    for (const about of own) {
      if (names.address(about) === undefined && !book.nodesAt.has(about))
        yield {
          about,
          claims: [source],
          why: "an agent's own address that no list of nodes has: it may be on every machine",
        }
    }
  }
}
