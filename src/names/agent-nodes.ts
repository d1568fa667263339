/**
 * What agents' ipcaches say of an address. Each is one agent's view: `tunnelendpoint=0.0.0.0` means "on my node" for
 * its pods and itself, and "no tunnel needed" for everything else; its node is the one that has the addresses of
 * identity 1.
 */
import { canonicalAddress } from '../bytes/address.ts'
import type { NodeRole } from './facts.ts'
import type { AgentCache, CacheRow, NameBook } from './name-book.ts'
import { FIRST_LOCAL_IDENTITY, FIRST_POD_IDENTITY, Identity, sameKind } from './reserved-identities.ts'

/** What all ipcaches together say. */
export interface CachedAddress {
  /** Undefined: they contradict each other. */
  readonly identity: number | undefined
  /** Name of the node it is on or is, if all that say so agree. */
  readonly node: string | undefined
  readonly role: Exclude<NodeRole, 'internal' | 'external'> | undefined
  readonly source: string
}

/** UDP ports that Cilium's tunnels have unless cilium-config says otherwise. */
const CILIUM_PORTS: ReadonlySet<number> = new Set([8472, 6081])

export class AgentNodes {
  private readonly book: NameBook
  private readonly nodes = new Map<string, string | undefined>()

  constructor(book: NameBook) {
    this.book = book
  }

  /** Whether the lists are of a Cilium whose tunnels have this port. */
  isCiliumPort(port: number): boolean {
    const { identities, caches, podOfIdentity, config } = this.book
    if (identities.size === 0 && caches.size === 0 && podOfIdentity.size === 0) return false
    return config?.tunnelPort === undefined ? CILIUM_PORTS.has(port) : config.tunnelPort === port
  }

  /** The only node with this address. */
  nodeAt(address: string): string | undefined {
    const claims = this.book.nodesAt.get(canonicalAddress(address) ?? '')
    const node = claims?.[0]?.node
    return claims?.every((claim) => claim.node === node) ? node : undefined
  }

  row(address: string): CachedAddress | undefined {
    let found:
      | { identity: number | undefined; node: string | undefined; role: CachedAddress['role']; source: string }
      | undefined
    const nodes = new Set<string>()
    for (const [source, cache] of this.book.caches) {
      const row = cache.rows.get(address)
      if (row === undefined) continue
      const node = this.nodeOf(row, cache, source)
      if (node !== undefined) nodes.add(node)
      if (found === undefined) found = { identity: row.identity, node: undefined, role: roleOf(row), source }
      else if (found.identity !== undefined && !sameKind(found.identity, row.identity)) found.identity = undefined
    }
    if (found !== undefined && nodes.size === 1) [found.node] = nodes
    return found
  }

  private nodeOf(row: CacheRow, cache: AgentCache, source: string): string | undefined {
    if (row.tunnelEndpoint !== undefined) return this.nodeAt(row.tunnelEndpoint)
    return row.isDirect && isLocal(row.identity) ? this.agentNode(cache, source) : undefined
  }

  private agentNode(cache: AgentCache, source: string): string | undefined {
    if (!this.nodes.has(source)) {
      const names = new Set(cache.own.map((address) => this.nodeAt(address)).filter((name) => name !== undefined))
      this.nodes.set(source, names.size === 1 ? [...names][0] : undefined)
    }
    return this.nodes.get(source)
  }
}

/** What an agent calls directly reachable and of this kind is on its own node. */
function isLocal(identity: number): boolean {
  if (identity === Identity.Host || identity === Identity.Health || identity === Identity.Ingress) return true
  return identity >= FIRST_POD_IDENTITY && identity < FIRST_LOCAL_IDENTITY
}

function roleOf({ identity }: CacheRow): CachedAddress['role'] {
  if (identity === Identity.Health) return 'health'
  if (identity === Identity.Ingress) return 'ingress'
  return sameKind(identity, Identity.RemoteNode) ? 'router' : undefined
}
