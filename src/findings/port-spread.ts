/** Outer source ports that do not differ, though many flows are carried. RFC 7348 section 5: they should be a hash of the flow. */
import { mixed } from '../bytes/hash-index.ts'
import { wayEnds } from './end-text.ts'
import type { FindingKind } from './finding.ts'
import { at, Frames } from './frames.ts'
import type { Family, Scene, Watcher } from './scene.ts'
import type { Sighting } from './sighting.ts'
import { Subjects } from './subjects.ts'

export const portSpread: FindingKind = {
  code: 'OVL505',
  title: 'outer source ports hardly differ',
  severity: 'warning',
  meaning:
    'A node carries many flows to another node with very few different outer UDP source ports (an eighth of the flows or less, 32 flows or more). Routers and network cards spread tunnels over links and queues by that port: all these flows share one.',
  likely:
    "the sender's tunnel does not hash flows into the port, or its port range is narrow (Cilium: tunnel-source-port-range)",
  next: [
    'kubectl -n kube-system get configmap cilium-config -o yaml | grep tunnel-source-port-range',
    'ip -d link show cilium_vxlan: srcport',
  ],
}

/** Flows that are needed for a judgement, and how many of them may share a port. */
const MANY_FLOWS = 32
const FLOWS_A_PORT = 8
/** Bits in which flows and ports are counted: what is set tells how many there were (linear counting). */
const BITS = 4096

interface Spread {
  /** Its place among all, plus one. */
  readonly number: number
  readonly source: string
  readonly destination: string
  readonly flows: Uint32Array
  readonly ports: Uint32Array
  readonly frames: Frames
}

export const portSpreads: Family = {
  kinds: [portSpread],
  begin: (scene) => new SpreadWatcher(scene),
}

class SpreadWatcher implements Watcher {
  private readonly scene: Scene
  private readonly subjects: Subjects<Spread>
  /** For each pair of ends, its pair of nodes; a node pair's number plus one. */
  private nodesOf = new Int32Array(512)
  private readonly nodes: Spread[] = []

  constructor(scene: Scene) {
    this.scene = scene
    this.subjects = new Subjects(scene)
  }

  watch(seen: Sighting): void {
    const { pair, view, walk } = seen
    const { marks } = walk
    if (pair < 0 || marks.outer < 0 || marks.tunnelPort < 0 || seen.isRepeat) return
    // UDP lies right before the tunnel unless tunnels are nested.
    const spread = this.spreadOf(seen)
    if (spread === undefined) return
    const carrier = marks.outerLayer === walk.tables.ipv4 ? marks.outer + 20 : marks.outer + 40
    if (view.getUint16(carrier + 2) !== marks.tunnelPort) return
    const isPorted = marks.transportLayer === walk.tables.tcp || marks.transportLayer === walk.tables.udp
    const hasPorts = isPorted && marks.end - marks.transport >= 4
    const flow = mixed(
      Math.imul(pair + 1, 0x9e3779b1) ^ (hasPorts ? view.getInt32(marks.transport) : 0) ^ marks.protocol,
    )
    mark(spread.flows, flow)
    mark(spread.ports, mixed(Math.imul(view.getUint16(carrier), 0x85ebca6b)))
    if (spread.frames.count < 8) spread.frames.add(at(seen), () => `outer source port ${view.getUint16(carrier)}`)
    else spread.frames.count++
  }

  *findings() {
    const { speak } = this.scene
    for (const { source, destination, flows, ports, frames } of this.subjects) {
      const many = countOf(flows)
      const few = countOf(ports)
      if (many < MANY_FLOWS || few * FLOWS_A_PORT > many) continue
      yield this.scene.finding(portSpread, {
        sentence: `${speak.end(source)} → ${speak.end(destination)}: about ${many} flows share ${few === 1 ? 'one outer source port' : `${few} outer source ports`}`,
        frames,
        shows: 'outer source port',
        values: { source, destination, flows: many, ports: few },
      })
    }
  }

  private spreadOf(seen: Sighting): Spread | undefined {
    const { pair } = seen
    if (pair >= this.nodesOf.length) {
      const nodesOf = new Int32Array(Math.max(this.nodesOf.length * 2, pair + 1))
      nodesOf.set(this.nodesOf)
      this.nodesOf = nodesOf
    }
    const known = this.nodesOf[pair] as number
    if (known !== 0) return this.nodes[known - 1]
    const ends = wayEnds(seen)
    const spread = this.subjects.of(`${ends.source} ${ends.destination}`, () => {
      const number = this.nodes.length + 1
      const made = { number, ...ends, flows: bits(), ports: bits(), frames: new Frames() }
      this.nodes.push(made)
      return made
    })
    if (spread !== undefined) this.nodesOf[pair] = spread.number
    return spread
  }
}

const bits = () => new Uint32Array(BITS / 32)

function mark(set: Uint32Array, hash: number): void {
  const bit = hash & (BITS - 1)
  set[bit >>> 5] = (set[bit >>> 5] as number) | (1 << (bit & 31))
}

/** How many different ones were marked. */
function countOf(set: Uint32Array): number {
  let empty = 0
  for (const word of set) for (let bit = 0; bit < 32; bit++) if (((word >>> bit) & 1) === 0) empty++
  return empty === 0 ? BITS * 8 : Math.round(-BITS * Math.log(empty / BITS))
}
