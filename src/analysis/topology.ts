/**
 * Outer versus inner: the pairs of an overview, joined both ways and grouped by the nodes that carried them. Pairs are
 * added up in typed arrays; objects and words are made for those that somebody looks at.
 */
import type { Tables } from '../dissect/tables.ts'
import { Groups } from './groups.ts'
import type { Overview } from './overview.ts'
import type { Pair, PairRows } from './pair-rows.ts'

/** Node pairs with the most packets first; in each, pod pairs likewise. */
export function topologyOf(overview: Overview, tables: Tables): NodePair[] {
  const sums = new Sums(overview.pairs, tables)
  return sums.nodePairs().sort((x, y) => y.packets - x.packets)
}

/** Which pairs belong together, and what they add up to. */
class Sums {
  readonly pairs: PairRows
  readonly tables: Tables
  /** Pod pairs by number: their node pair, packets each way, and their pairs as a chain of numbers plus one. */
  readonly there: Float64Array
  readonly back: Float64Array
  readonly firstPair: Int32Array
  /** For each pair: the next one of its pod pair, plus one, and whether it is the way back. */
  readonly nextPair: Int32Array
  readonly isBack: Uint8Array
  private readonly nodes = new Groups()
  private readonly pods = new Groups()
  /** For each node pair: its first pair, its packets, its pod pairs as a chain of numbers plus one, and how many they are. */
  readonly firstPairOfNodes: Int32Array
  readonly packetsOfNodes: Float64Array
  readonly firstPods: Int32Array
  readonly nextPods: Int32Array
  readonly podsOfNodes: Int32Array
  private readonly lastPods: Int32Array
  private readonly lastPair: Int32Array

  constructor(pairs: PairRows, tables: Tables) {
    this.pairs = pairs
    this.tables = tables
    const { size } = pairs
    this.there = new Float64Array(size)
    this.back = new Float64Array(size)
    this.firstPair = new Int32Array(size)
    this.lastPair = new Int32Array(size)
    this.nextPair = new Int32Array(size)
    this.isBack = new Uint8Array(size)
    this.firstPods = new Int32Array(size)
    this.nextPods = new Int32Array(size)
    this.lastPods = new Int32Array(size)
    this.podsOfNodes = new Int32Array(size)
    this.firstPairOfNodes = new Int32Array(size)
    this.packetsOfNodes = new Float64Array(size)
    for (let pair = 0; pair < size; pair++) this.add(pair)
  }

  nodePairs(): NodePair[] {
    return Array.from({ length: this.nodes.size }, (_, nodes) => new NodePair(this, nodes))
  }

  pair(number: number): Pair {
    return this.pairs.pair(number, this.tables)
  }

  private add(pair: number): void {
    const { pairs } = this
    const nodes = this.nodesOf(pair)
    const pods = this.podsOf(pair, nodes)
    const first = this.firstPair[pods] as number
    if (first === 0) {
      this.firstPair[pods] = pair + 1
      const before = this.lastPods[nodes] as number
      if (before === 0) this.firstPods[nodes] = pods + 1
      else this.nextPods[before - 1] = pods + 1
      this.lastPods[nodes] = pods + 1
      this.podsOfNodes[nodes] = (this.podsOfNodes[nodes] as number) + 1
    } else this.nextPair[(this.lastPair[pods] as number) - 1] = pair + 1
    this.lastPair[pods] = pair + 1
    // With a tunnel the nodes set the direction; without one the first packet does.
    const before = pairs.isInTunnel(pair) ? (this.firstPairOfNodes[nodes] as number) : first === 0 ? pair : first - 1
    const isBack = pairs.isInTunnel(pair) ? !pairs.hasSameOuter(pair, before) : !pairs.hasSameInner(pair, before)
    const packets = pairs.packetsOf(pair)
    this.packetsOfNodes[nodes] = (this.packetsOfNodes[nodes] as number) + packets
    if (!isBack) this.there[pods] = (this.there[pods] as number) + packets
    else {
      this.isBack[pair] = 1
      this.back[pods] = (this.back[pods] as number) + packets
    }
  }

  /** The nodes of a pair, in either direction; all that is in no tunnel is one group. */
  private nodesOf(pair: number): number {
    const { pairs } = this
    const { nodes } = this
    const known = nodes.size
    const group = nodes.numberOf(pairs.outerKind(pair), pairs.lowEnd(pair, true), pairs.highEnd(pair, true))
    if (nodes.size > known) this.firstPairOfNodes[group] = pair
    return group
  }

  private podsOf(pair: number, nodes: number): number {
    const { pairs } = this
    const kind = nodes * 2 + (pairs.isInnerIpv6(pair) ? 1 : 0)
    return this.pods.numberOf(kind, pairs.lowEnd(pair, false), pairs.highEnd(pair, false))
  }
}

/** Two nodes and what they carried for others; without a tunnel `nodes` is undefined. */
export class NodePair {
  private readonly sums: Sums
  private readonly number: number
  private podPairs: PodPair[] | undefined

  constructor(sums: Sums, number: number) {
    this.sums = sums
    this.number = number
  }

  get packets(): number {
    return this.sums.packetsOfNodes[this.number] as number
  }

  /** How many pod pairs there are. */
  get size(): number {
    return this.sums.podsOfNodes[this.number] as number
  }

  get pods(): readonly PodPair[] {
    this.podPairs ??= this.podsOf(() => true)
    return this.podPairs
  }

  /** The pod pairs whose packets, in both directions, are wanted; the others are not made. */
  podsOf(isWanted: (packets: number) => boolean): PodPair[] {
    const { there, back } = this.sums
    const found: PodPair[] = []
    for (const pods of this.podNumbers())
      if (isWanted((there[pods] as number) + (back[pods] as number))) found.push(new PodPair(this.sums, pods))
    return found.sort((x, y) => y.there + y.back - (x.there + x.back))
  }

  /** Packets of each pod pair, in both directions; for these no objects are made. */
  *packetsOfPods(): Generator<number> {
    const { there, back } = this.sums
    for (const pods of this.podNumbers()) yield (there[pods] as number) + (back[pods] as number)
  }

  private *podNumbers(): Generator<number> {
    const { firstPods, nextPods } = this.sums
    for (let one = firstPods[this.number] as number; one !== 0; one = nextPods[one - 1] as number) yield one - 1
  }

  private get first(): Pair {
    return this.sums.pair(this.sums.firstPairOfNodes[this.number] as number)
  }

  get isOutside(): boolean {
    return this.first.tunnelLayer === 0
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
  private readonly sums: Sums
  private readonly number: number

  constructor(sums: Sums, number: number) {
    this.sums = sums
    this.number = number
  }

  get there(): number {
    return this.sums.there[this.number] as number
  }

  get back(): number {
    return this.sums.back[this.number] as number
  }

  /** On the wire; copies count once. */
  get bytesThere(): number {
    return this.pairs(false).reduce((sum, { bytes }) => sum + bytes, 0)
  }

  get bytesBack(): number {
    return this.pairs(true).reduce((sum, { bytes }) => sum + bytes, 0)
  }

  get a(): string {
    const [pair] = this.pairs(false)
    return pair?.source ?? this.pairs(true)[0]?.destination ?? ''
  }

  get b(): string {
    const [pair] = this.pairs(false)
    return pair?.destination ?? this.pairs(true)[0]?.source ?? ''
  }

  /** Protocol words, the highest layers only: 'HTTP', 'DNS', 'TCP' … */
  get spoke(): readonly string[] {
    const pairs = [...this.pairs(false), ...this.pairs(true)]
    return spokenBy(new Set(pairs.flatMap((pair) => pair.layers)), this.sums.tables)
  }

  get vnisThere(): readonly number[] {
    return vnisOf(this.pairs(false))
  }

  get vnisBack(): readonly number[] {
    return vnisOf(this.pairs(true))
  }

  private pairs(isBack: boolean): Pair[] {
    const { sums } = this
    const found: Pair[] = []
    for (let one = sums.firstPair[this.number] as number; one !== 0; one = sums.nextPair[one - 1] as number)
      if ((sums.isBack[one - 1] === 1) === isBack) found.push(sums.pair(one - 1))
    return found
  }
}

const vnisOf = (pairs: readonly Pair[]) => distinct(pairs.filter((pair) => pair.hasVni).map((pair) => pair.vni))

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
