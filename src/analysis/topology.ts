/** Outer versus inner: the pairs of an overview, joined both ways and grouped by the nodes that carried them. */
import type { Tables } from '../dissect/tables.ts'
import type { Overview } from './overview.ts'
import type { Pair } from './pair-table.ts'

/** Traffic between two inner ends; `there` is from `a` to `b`, the way that was seen first. */
export interface PodPair {
  readonly a: string
  readonly b: string
  /** Protocol words, the highest layers only: 'HTTP', 'DNS', 'TCP' … */
  readonly spoke: readonly string[]
  readonly there: number
  readonly back: number
  readonly vnisThere: readonly number[]
  readonly vnisBack: readonly number[]
}

/** Two nodes and what they carried for others; without a tunnel `nodes` is undefined. */
export interface NodePair {
  readonly nodes: { readonly a: string; readonly b: string } | undefined
  readonly tunnel: string | undefined
  readonly vnisThere: readonly number[]
  readonly vnisBack: readonly number[]
  readonly pods: readonly PodPair[]
  readonly packets: number
}

interface MutablePods {
  readonly a: string
  readonly b: string
  readonly layers: Set<number>
  there: number
  back: number
  readonly vnisThere: Set<number>
  readonly vnisBack: Set<number>
}

interface MutableNodes {
  readonly nodes: { readonly a: string; readonly b: string } | undefined
  readonly tunnel: string | undefined
  readonly pods: Map<string, MutablePods>
}

/** Node pairs with the most packets first; in each, pod pairs likewise. */
export function topologyOf(overview: Overview, tables: Tables): NodePair[] {
  const groups = new Map<string, MutableNodes>()
  for (const pair of overview.pairs.pairs(tables)) addPair(groups, pair)
  return [...groups.values()].map((group) => finish(group, tables)).sort((x, y) => y.packets - x.packets)
}

function addPair(groups: Map<string, MutableNodes>, pair: Pair): void {
  const { outer, tunnel } = pair
  const type = tunnel?.type ?? ''
  const there = outer === undefined ? type : `${type} ${outer.source} ${outer.destination}`
  const back = outer === undefined ? type : `${type} ${outer.destination} ${outer.source}`
  let group = groups.get(there) ?? groups.get(back)
  if (group === undefined) {
    const nodes = outer === undefined ? undefined : { a: outer.source, b: outer.destination }
    group = { nodes, tunnel: tunnel?.type, pods: new Map() }
    groups.set(there, group)
  }
  const isBack = outer !== undefined && group.nodes?.a !== outer.source
  addPods(group, pair, isBack)
}

/** Without a tunnel the first packet sets the direction; with one the nodes do. */
function addPods(group: MutableNodes, pair: Pair, isBackOfNodes: boolean): void {
  const { source, destination } = pair
  const forward = group.pods.get(`${source} ${destination}`)
  const reverse = group.pods.get(`${destination} ${source}`)
  const isBack = group.nodes === undefined ? forward === undefined && reverse !== undefined : isBackOfNodes
  const a = isBack ? destination : source
  const b = isBack ? source : destination
  let pods = group.pods.get(`${a} ${b}`)
  if (pods === undefined) {
    pods = { a, b, layers: new Set(), there: 0, back: 0, vnisThere: new Set(), vnisBack: new Set() }
    group.pods.set(`${a} ${b}`, pods)
  }
  for (const layer of pair.layers) pods.layers.add(layer)
  if (isBack) pods.back += pair.packets
  else pods.there += pair.packets
  if (pair.tunnel !== undefined) (isBack ? pods.vnisBack : pods.vnisThere).add(pair.tunnel.vni)
}

function finish(group: MutableNodes, tables: Tables): NodePair {
  const pods = [...group.pods.values()]
    .map((one) => ({
      a: one.a,
      b: one.b,
      spoke: spokenBy(one.layers, tables),
      there: one.there,
      back: one.back,
      vnisThere: [...one.vnisThere],
      vnisBack: [...one.vnisBack],
    }))
    .sort((x, y) => y.there + y.back - (x.there + x.back))
  return {
    nodes: group.nodes,
    tunnel: group.tunnel,
    vnisThere: union(pods.map((one) => one.vnisThere)),
    vnisBack: union(pods.map((one) => one.vnisBack)),
    pods,
    packets: pods.reduce((sum, one) => sum + one.there + one.back, 0),
  }
}

function union(lists: readonly (readonly number[])[]): number[] {
  return [...new Set(lists.flat())]
}

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
