/** Outer versus inner: the pairs of an overview, joined both ways and grouped by the nodes that carried them. */
import type { Tables } from '../dissect/tables.ts'
import type { Overview } from './overview.ts'
import type { Pair } from './pair-table.ts'

/** Node pairs with the most packets first; in each, pod pairs likewise. */
export function topologyOf(overview: Overview, tables: Tables): NodePair[] {
  const builder = new Builder(tables)
  for (const pair of overview.pairs.pairs(tables)) builder.add(pair)
  for (const { pods } of builder.nodePairs) pods.sort((x, y) => y.there + y.back - (x.there + x.back))
  return builder.nodePairs.sort((x, y) => y.packets - x.packets)
}

/** Joins pairs by numbers; no words are made. */
class Builder {
  readonly nodePairs: NodePair[] = []
  private readonly nodesByKey = new Map<number, NodePair>()
  private readonly podsByKey = new Map<number, PodPair>()
  private readonly ends = new Numbering()
  private readonly podEnds = new Numbering()
  private readonly tables: Tables

  constructor(tables: Tables) {
    this.tables = tables
  }

  add(pair: Pair): void {
    const nodes = this.nodesOf(pair)
    const forward = this.podKey(nodes, pair.end(3), pair.end(4))
    const reverse = this.podKey(nodes, pair.end(4), pair.end(3))
    // Without a tunnel the first packet sets the direction; with one the nodes do.
    const isBack = nodes.isOutside
      ? !this.podsByKey.has(forward) && this.podsByKey.has(reverse)
      : pair.end(1) !== nodes.firstEnd
    const key = isBack ? reverse : forward
    let pods = this.podsByKey.get(key)
    if (pods === undefined) {
      pods = new PodPair(this.tables)
      this.podsByKey.set(key, pods)
      nodes.pods.push(pods)
    }
    pods.add(pair, isBack)
    nodes.packets += pair.packets
  }

  /** The nodes of a pair, in either direction; all that is in no tunnel is one group. */
  private nodesOf(pair: Pair): NodePair {
    const layer = pair.tunnelLayer
    const source = this.ends.of(pair.end(1))
    const destination = this.ends.of(pair.end(2))
    const there = (layer * ENDS + source) * ENDS + destination
    const known = this.nodesByKey.get(there) ?? this.nodesByKey.get((layer * ENDS + destination) * ENDS + source)
    if (known !== undefined) return known
    const nodes = new NodePair(pair, this.nodePairs.length)
    this.nodesByKey.set(there, nodes)
    this.nodePairs.push(nodes)
    return nodes
  }

  private podKey(nodes: NodePair, source: number, destination: number): number {
    return nodes.number * ENDS + this.podEnds.of(this.ends.of(source) * ENDS + this.ends.of(destination))
  }
}

/** Small numbers for large ones, so that several fit into one. */
class Numbering {
  private readonly known = new Map<number, number>()

  of(value: number): number {
    let number = this.known.get(value)
    if (number === undefined) {
      number = this.known.size
      this.known.set(value, number)
    }
    return number
  }
}

/** More than a numbering ever holds: four ends for each of the pairs told apart, or two orders of them. */
const ENDS = 2 ** 21

/** Two nodes and what they carried for others; without a tunnel `nodes` is undefined. */
export class NodePair {
  readonly pods: PodPair[] = []
  packets = 0
  /** Position among the node pairs as they were first seen. */
  readonly number: number
  private readonly first: Pair

  constructor(first: Pair, number: number) {
    this.first = first
    this.number = number
  }

  get isOutside(): boolean {
    return this.first.tunnelLayer === 0
  }

  /** The number of `nodes.a`. */
  get firstEnd(): number {
    return this.first.end(1)
  }

  get nodes(): { readonly a: string; readonly b: string } | undefined {
    const { outer } = this.first
    return outer && { a: outer.source, b: outer.destination }
  }

  get tunnel(): string | undefined {
    return this.first.tunnel?.type
  }

  get vnisThere(): readonly number[] {
    return distinct(this.pods.flatMap((pods) => pods.vnisThere))
  }

  get vnisBack(): readonly number[] {
    return distinct(this.pods.flatMap((pods) => pods.vnisBack))
  }
}

/** Traffic between two inner ends; `there` is from `a` to `b`, the way that was seen first. */
export class PodPair {
  there = 0
  back = 0
  /** On the wire; copies count once. */
  bytesThere = 0
  bytesBack = 0
  private pairsThere: Pair[] = NO_PAIRS
  private pairsBack: Pair[] = NO_PAIRS
  private readonly tables: Tables

  constructor(tables: Tables) {
    this.tables = tables
  }

  add(pair: Pair, isBack: boolean): void {
    if (isBack) {
      this.back += pair.packets
      this.bytesBack += pair.bytes
      this.pairsBack = appended(this.pairsBack, pair)
    } else {
      this.there += pair.packets
      this.bytesThere += pair.bytes
      this.pairsThere = appended(this.pairsThere, pair)
    }
  }

  get a(): string {
    return this.pairsThere[0]?.source ?? this.pairsBack[0]?.destination ?? ''
  }

  get b(): string {
    return this.pairsThere[0]?.destination ?? this.pairsBack[0]?.source ?? ''
  }

  /** Protocol words, the highest layers only: 'HTTP', 'DNS', 'TCP' … */
  get spoke(): readonly string[] {
    return spokenBy(new Set([...this.pairsThere, ...this.pairsBack].flatMap((pair) => pair.layers)), this.tables)
  }

  get vnisThere(): readonly number[] {
    return vnisOf(this.pairsThere)
  }

  get vnisBack(): readonly number[] {
    return vnisOf(this.pairsBack)
  }
}

const NO_PAIRS: Pair[] = []

/** Most lists have one element; room for more is made when there are more. */
function appended(pairs: Pair[], pair: Pair): Pair[] {
  if (pairs.length === 0) return [pair]
  pairs.push(pair)
  return pairs
}

const vnisOf = (pairs: readonly Pair[]) =>
  distinct(pairs.filter((pair) => pair.tunnelLayer !== 0).map((pair) => pair.vni))

const distinct = (numbers: readonly number[]) => [...new Set(numbers)]

/** A transport is named only where nothing that it carries was recognised. */
function spokenBy(layers: ReadonlySet<number>, tables: Tables): string[] {
  const known = [...layers].map((number) => tables.layers[number]).filter((layer) => layer !== undefined)
  const applications = known.filter(
    (layer) =>
      layer.attach.some(([table]) => table === 'udp.port' || table === 'tcp.port') && layer.role === 'application',
  )
  const carried = new Set(applications.flatMap((layer) => layer.attach.map(([table]) => String(table).split('.')[0])))
  const transports = known.filter((layer) => layer.role === 'transport' && !carried.has(layer.name))
  const words = [...applications, ...transports].map((layer) => layer.label)
  return words.length === 0 ? ['IP'] : words
}
