/** Cilium's direct server return: an answer must leave with the address of the service, not that of the pod. */
import { ipv4Text, ipv6Text } from '../bytes/address.ts'
import { BoundedMap } from '../streams/bounded-map.ts'
import { innerEnds } from './end-text.ts'
import type { FindingKind } from './finding.ts'
import { Frames } from './frames.ts'
import { eachGeneveOption, geneveLayer } from './geneve-options.ts'
import type { Family, Scene, Watcher } from './scene.ts'
import { Direction, type Sighting } from './sighting.ts'
import { counted } from './speaker.ts'
import { Subjects } from './subjects.ts'

export const directReturn: FindingKind = {
  code: 'OVL503',
  title: 'DSR answer without the service address',
  severity: 'error',
  meaning:
    "A request carried Cilium's DSR option (GENEVE class 0x014b): it names the address and port of the Service that the client asked, and the backend's node must answer from there. Here the answer leaves with the pod's own address, which the client does not know: it drops it or resets the connection. Packets on the pod's own interface, where the address is not changed yet, are not meant.",
  likely: "the backend's node does not read the option: another Cilium version or mode there, or the option was lost",
  next: [
    'cilium-dbg status --verbose | grep -A3 -i "DSR" on both nodes: the same dispatch mode (geneve)?',
    'cilium-dbg bpf nat list on the node of the backend',
  ],
}

/** A Service that a client asked, and the backend that was chosen. */
interface Direct {
  readonly service: string
  readonly servicePort: number
  readonly client: string
  readonly backend: string
  readonly backendPort: number
  readonly wrong: Frames
  /** Whether an answer with the service's address was seen. */
  isRight: boolean
}

const CILIUM = 0x014b
const DSR = 1
const MAX_CONNECTIONS = 16_384

export const directReturns: Family = {
  kinds: [directReturn],
  begin: (scene) => new DirectReturnWatcher(scene),
}

class DirectReturnWatcher implements Watcher {
  private readonly scene: Scene
  private readonly geneve: number
  private readonly subjects: Subjects<Direct>
  /** By both ends an answer may have: that of the service and that of the pod. */
  private readonly rightAnswers = new BoundedMap<string, Direct>(MAX_CONNECTIONS)
  private readonly wrongAnswers = new BoundedMap<string, Direct>(MAX_CONNECTIONS)

  constructor(scene: Scene) {
    this.scene = scene
    this.subjects = new Subjects(scene)
    this.geneve = geneveLayer(scene)
  }

  watch(seen: Sighting): void {
    const { walk } = seen
    const { transport, transportLayer, end } = walk.marks
    const hasPorts = transportLayer === walk.tables.tcp || transportLayer === walk.tables.udp
    if (!hasPorts || end - transport < 8) return
    eachGeneveOption(seen, this.geneve, (option) => {
      const isDsr = option.class === CILIUM && (option.type & 0x7f) === DSR
      if (isDsr && (option.length === 12 || option.length === 24)) this.open(seen, option.at + 4, option.length === 12)
    })
    if (this.wrongAnswers.size > 0) this.answer(seen)
  }

  *findings() {
    const { speak } = this.scene
    for (const { service, servicePort, client, backend, backendPort, wrong, isRight } of this.subjects) {
      if (wrong.count === 0 || isRight) continue
      yield this.scene.finding(directReturn, {
        sentence: `${speak.end(client)} asked the service ${speak.endWithPort(service, servicePort)}, and ${counted(wrong.count, 'packet')} of the answer left with the address of its backend ${speak.endWithPort(backend, backendPort)}`,
        frames: wrong,
        shows: 'answer with the backend’s own address',
        values: { service, servicePort, client, backend, backendPort, packets: wrong.count },
      })
    }
  }

  private open(seen: Sighting, option: number, isIpv4: boolean): void {
    const { view, walk } = seen
    const { source: client, destination: backend } = innerEnds(seen)
    const clientPort = view.getUint16(walk.marks.transport)
    const backendPort = view.getUint16(walk.marks.transport + 2)
    const service = isIpv4 ? ipv4Text(view, option) : ipv6Text(view, option)
    const servicePort = view.getUint16(option + (isIpv4 ? 4 : 16))
    const direct = this.subjects.of(`${service} ${servicePort} ${client} ${backend} ${backendPort}`, () => ({
      ...{ service, servicePort, client, backend, backendPort },
      wrong: new Frames(),
      isRight: false,
    }))
    if (direct === undefined) return
    this.wrongAnswers.set(`${backend} ${backendPort} ${client} ${clientPort}`, direct)
    this.rightAnswers.set(`${service} ${servicePort} ${client} ${clientPort}`, direct)
  }

  private answer(seen: Sighting): void {
    const { view, walk } = seen
    const { transport, tunnel } = walk.marks
    const { source, destination } = innerEnds(seen)
    const key = `${source} ${view.getUint16(transport)} ${destination} ${view.getUint16(transport + 2)}`
    const right = this.rightAnswers.get(key)
    if (right !== undefined) right.isRight = true
    // Coming from the pod it has the pod's address still.
    const isBefore = tunnel < 0 && seen.direction !== Direction.Out && seen.direction !== Direction.Unknown
    if (isBefore || seen.isCopy) return
    this.wrongAnswers.get(key)?.wrong.see(seen)
  }
}
