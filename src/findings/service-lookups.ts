/** Look-ups of Service names after which no connection followed here. */
import type { FindingKind } from './finding.ts'
import { Frames } from './frames.ts'
import type { Asked } from './request.ts'
import type { Family, Scene, Watcher } from './scene.ts'
import { counted } from './speaker.ts'
import { Subjects } from './subjects.ts'

export const serviceLookup: FindingKind = {
  code: 'OVL106',
  title: 'Service looked up, no connection here',
  severity: 'info',
  meaning:
    "A pod looked up the name of a Service and got an address, but no connection of that pod was seen within a second after. This is not loss: Cilium's socket load balancer, and kube-proxy on the node, choose a backend, and a backend on the pod's own node is reached without passing this place.",
  likely: 'the backend that was chosen is on the same node as the pod, or on another path than the one captured',
  next: ["capture on 'any' of the pod's own node to see its other connections"],
}

/** Two queries for one name from one port (A and AAAA) are one look-up. */
interface LookUp {
  readonly asked: Asked
  readonly name: string
  isAnswered: boolean
  isFollowed: boolean
  at: number
}

interface Subject {
  readonly client: string
  readonly name: string
  lookUps: number
  followed: number
  readonly frames: Frames
}

/** `webpod.default.svc.cluster.local`. */
const SERVICE = /^[^.]+\.[^.]+\.svc\./
/** A connection follows within this time (ns). */
const SOON = 1e9
/** A and AAAA of one look-up are asked for within this time (ns). */
const TOGETHER = 100e6
const MAX_OPEN = 32
const MAX_CLIENTS = 16_384

export const serviceLookups: Family = {
  kinds: [serviceLookup],
  begin: (scene) => new LookUpWatcher(scene),
}

class LookUpWatcher implements Watcher {
  /** For each client, look-ups that a connection may follow, the newest last. */
  private readonly open = new Map<string, LookUp[]>()
  /** The one that was answered last. */
  private answered: LookUp | undefined
  private readonly subjects: Subjects<Subject>
  private readonly scene: Scene

  constructor(scene: Scene) {
    this.scene = scene
    this.subjects = new Subjects(scene)
    scene.requests.onAsk.push((asked, seen) => {
      const { question, source } = asked.subject
      if (question === 'dns') this.lookUp(asked)
      else if (question === 'syn') this.connect(source, seen.now)
    })
    scene.requests.onAnswer.push(({ asked, code, records }) => {
      if (asked.subject.question !== 'dns' || code !== 0 || records === 0) return
      const lookUp = this.open.get(asked.subject.source)?.findLast(({ name }) => name === asked.about)
      if (lookUp === undefined) return
      lookUp.isAnswered = true
      this.answered = lookUp
    })
  }

  *findings() {
    for (const lookUps of this.open.values()) for (const one of lookUps) this.close(one)
    this.open.clear()
    const { speak } = this.scene
    for (const { client, name, lookUps, followed, frames } of this.subjects) {
      if (followed === lookUps) continue
      yield this.scene.finding(serviceLookup, {
        sentence: `${speak.end(client)} looked up ${name} ${lookUps === 1 ? 'once' : `${lookUps} times`}, and ${followed === 0 ? 'no connection' : counted(followed, 'connection')} followed here`,
        frames,
        shows: 'look-up without a connection',
        values: { client, name, lookUps, connections: followed },
      })
    }
  }

  private lookUp(asked: Asked): void {
    if (!SERVICE.test(asked.about)) return
    const { source } = asked.subject
    const known = this.open.get(source) ?? []
    const recent = known.findLast(({ name }) => name === asked.about)
    if (recent !== undefined && asked.first - recent.at < TOGETHER) return
    // Too old to be followed; likewise the oldest of very many.
    while (known[0] !== undefined && (known.length >= MAX_OPEN || asked.first - known[0].at > SOON))
      this.close(known.shift() as LookUp)
    if (known.length === 0 && this.open.size >= MAX_CLIENTS) return
    known.push({ asked, name: asked.about, isAnswered: false, isFollowed: false, at: asked.first })
    this.open.set(source, known)
  }

  /** The look-up that was answered last is the one that is followed; of IPv6 the client may have asked over IPv4. */
  private connect(client: string, now: number): void {
    const own = this.open.get(client)?.findLast(({ isAnswered }) => isAnswered)
    const lookUp = own ?? (client.includes(':') ? this.answered : undefined)
    if (lookUp === undefined || now - lookUp.at > SOON) return
    lookUp.isFollowed = true
    this.close(lookUp)
    const { source } = lookUp.asked.subject
    this.open.set(source, this.open.get(source)?.filter((one) => one !== lookUp) ?? [])
    if (this.answered === lookUp) this.answered = undefined
  }

  private close({ asked, name, isAnswered, isFollowed }: LookUp): void {
    if (!isAnswered) return
    const client = asked.subject.source
    const subject = this.subjects.of(`${client} ${name}`, () => ({
      ...{ client, name, lookUps: 0, followed: 0 },
      frames: new Frames(),
    }))
    if (subject === undefined) return
    subject.lookUps++
    const [first] = asked.sent
    if (isFollowed) subject.followed++
    else if (first !== undefined) subject.frames.add(first, () => `query for ${name}`)
  }
}
