/** Which node an inner address must be on, by podCIDRs: the longest prefix that no list contradicts. */
import type { Cidr, NameBook } from './name-book.ts'
import { PrefixTable } from './prefix-table.ts'

export class NodeCidrs {
  /** CIDRs that a pod's own node contradicts, or that several nodes have. */
  readonly contradicted: { readonly prefix: string; readonly nodes: readonly string[] }[] = []
  private readonly book: NameBook
  private table: PrefixTable<Cidr | null> | undefined

  constructor(book: NameBook) {
    this.book = book
  }

  find(address: string): Cidr | undefined {
    return this.built().find(address) ?? undefined
  }

  /** Made when it is first needed: with large lists it takes a moment. */
  built(): PrefixTable<Cidr | null> {
    if (this.table !== undefined) return this.table
    this.table = new PrefixTable()
    for (const cidr of this.trusted()) {
      const known = this.table.get(cidr.prefix)
      if (known !== undefined && known?.node !== cidr.node) {
        this.contradicted.push({ prefix: cidr.prefix, nodes: [known?.node ?? '', cidr.node] })
        this.table.set(cidr.prefix, null)
      } else if (known === undefined) this.table.set(cidr.prefix, cidr)
    }
    this.dropContradicted(this.table)
    return this.table
  }

  /** Cilium's own podCIDRs where there are any: in its cluster-pool mode those of the Node objects mean nothing. */
  private trusted(): readonly Cidr[] {
    const { cidrs, caches, nodesAt } = this.book
    const cached: Cidr[] = []
    for (const [source, cache] of caches) {
      for (const { prefix, tunnelEndpoint } of cache.cidrs) {
        const [claim, ...others] = nodesAt.get(tunnelEndpoint) ?? []
        if (claim !== undefined && others.every(({ node }) => node === claim.node))
          cached.push({ prefix, node: claim.node, isCilium: true, source })
      }
    }
    const own = cidrs.filter(({ isCilium }) => isCilium)
    return [...(own.length > 0 ? own : cidrs), ...cached]
  }

  private dropContradicted(table: PrefixTable<Cidr | null>): void {
    if (!this.book.cidrs.some(({ isCilium }) => !isCilium)) return
    for (const [address, pods] of this.book.podsAt) {
      if (Array.isArray(pods) || pods.node === undefined) continue
      const cidr = table.find(address)
      if (cidr === undefined || cidr === null || cidr.isCilium || cidr.node === pods.node) continue
      this.contradicted.push({ prefix: cidr.prefix, nodes: [cidr.node, pods.node] })
      table.set(cidr.prefix, null)
    }
  }
}
