/** A node that sends another tunnel protocol from some moment on. */
import { wayEnds } from './end-text.ts'
import type { FindingKind } from './finding.ts'
import { at, type FrameAt, Frames } from './frames.ts'
import type { Family, Scene, Watcher } from './scene.ts'
import type { Sighting } from './sighting.ts'
import { counted, listed } from './speaker.ts'
import { Subjects } from './subjects.ts'

export const tunnelChange: FindingKind = {
  code: 'OVL506',
  title: 'tunnel protocol changed',
  severity: 'error',
  meaning:
    'From some moment on a node sends another tunnel protocol than before, as when Cilium is changed from VXLAN to GENEVE. While some nodes have changed and others have not, what they send to each other is dropped: requests that went unanswered in between are counted. If there are none it is a warning.',
  likely: 'the tunnel protocol of the cluster was changed, and its agents restarted one after another',
  next: [
    'kubectl -n kube-system rollout status daemonset/cilium',
    'kubectl -n kube-system get configmap cilium-config -o yaml | grep tunnel-protocol: every agent must have started after it was changed',
  ],
}

/** What a node sent with one protocol. */
interface Period {
  readonly tunnel: string
  readonly first: FrameAt
  readonly firstTime: number
  lastFrame: number
  lastFile: number
  lastTime: number
}

interface Sender {
  readonly source: string
  readonly periods: Map<number, Period>
}

export const tunnelChanges: Family = {
  kinds: [tunnelChange],
  begin: (scene) => new ChangeWatcher(scene),
}

class ChangeWatcher implements Watcher {
  private readonly scene: Scene
  private readonly senders: Subjects<Sender>
  /** The pair of ends before, its sender, and what that sent: most packets follow one of their own. */
  private recent: { pair: number; period: Period } | undefined
  /** Times of answers to requests, by the tunnel that the request was in. */
  private readonly answered = new Map<string, { first: number; last: number }>()

  constructor(scene: Scene) {
    this.scene = scene
    this.senders = new Subjects(scene)
    scene.requests.onAnswer.push(({ asked }) => {
      const tunnel = scene.pairs.pair(asked.pair, scene.tables).tunnel?.type
      if (asked.pair < 0 || tunnel === undefined) return
      const times = this.answered.get(tunnel)
      if (times === undefined) this.answered.set(tunnel, { first: asked.first, last: asked.first })
      else times.last = Math.max(times.last, asked.first)
    })
  }

  watch(seen: Sighting): void {
    const { marks } = seen.walk
    // What mirrors or carries the cluster's traffic (GRE, ERSPAN) is another thing than what its nodes speak.
    if (marks.tunnelPort < 0 || marks.outer < 0 || seen.isRepeat) return
    const { recent } = this
    if (recent !== undefined && recent.pair === seen.pair && seen.pair >= 0) {
      moveTo(recent.period, seen)
      return
    }
    const { source } = wayEnds(seen)
    const sender = this.senders.of(source, () => ({ source, periods: new Map() }))
    if (sender === undefined) return
    let period = sender.periods.get(marks.firstTunnelLayer)
    if (period === undefined) {
      const tunnel = seen.walk.tables.layers[marks.firstTunnelLayer]?.name ?? ''
      const here = at(seen)
      period = { tunnel, first: here, firstTime: seen.now, lastFrame: 0, lastFile: 0, lastTime: 0 }
      sender.periods.set(marks.firstTunnelLayer, period)
    }
    moveTo(period, seen)
    this.recent = { pair: seen.pair, period }
  }

  *findings() {
    const changes = [...this.senders].flatMap(({ source, periods }) => {
      const [before, after, more] = [...periods.values()].sort((a, b) => a.firstTime - b.firstTime)
      // Both at once are two overlays side by side.
      if (before === undefined || after === undefined || more !== undefined) return []
      return before.lastTime <= after.firstTime ? [{ source, before, after }] : []
    })
    const [first] = changes
    if (first === undefined) return
    const { speak } = this.scene
    const frames = new Frames()
    for (const { source, before, after } of changes) {
      frames.add(
        { frame: before.lastFrame, file: before.lastFile },
        () => `last ${before.tunnel.toUpperCase()} packet of ${speak.end(source)}`,
      )
      frames.add(after.first, () => `its first ${after.tunnel.toUpperCase()} packet`)
    }
    frames.kept.sort((a, b) => a.file - b.file || a.frame - b.frame)
    const from = Math.min(...changes.map(({ before }) => before.lastTime))
    const to = Math.max(...changes.map(({ after }) => after.firstTime))
    const lost = this.unansweredBetween(first.before.tunnel, first.after.tunnel, from, to)
    const who = listed(changes.map(({ source }) => speak.end(source)))
    const [begin, end] = [this.scene.secondsAt(from), this.scene.secondsAt(to)]
    const [old, now] = [first.before.tunnel.toUpperCase(), first.after.tunnel.toUpperCase()]
    yield this.scene.finding(tunnelChange, {
      severity: lost > 0 ? 'error' : 'warning',
      sentence: `${who} changed from ${old} to ${now} between ${begin} s and ${end} s; ${lost === 0 ? 'no request' : counted(lost, 'request')} went unanswered around it`,
      frames,
      shows: 'tunnel protocol changed',
      values: {
        from: first.before.tunnel,
        to: first.after.tunnel,
        nodes: changes.map(({ source }) => source),
        seconds: Number(begin),
        until: Number(end),
        unanswered: lost,
      },
    })
  }

  /** Requests between the last one that the old tunnel and the first one that the new tunnel got an answer for. */
  private unansweredBetween(before: string, after: string, from: number, to: number): number {
    const begin = this.answered.get(before)?.last ?? from
    const end = this.answered.get(after)?.first ?? to
    let lost = 0
    for (const { unanswered, source, destination } of this.scene.requests.subjects.values()) {
      const own = unanswered.filter(({ first }) => first >= begin && first <= end).length
      if (own > 0) this.scene.explain(source, destination, tunnelChange.code)
      lost += own
    }
    return lost
  }
}

/** The frame that is seen is the last one so far. Hot: nothing is made. */
function moveTo(period: Period, { frame, file, now }: Sighting): void {
  period.lastFrame = frame
  period.lastFile = file
  period.lastTime = now
}
