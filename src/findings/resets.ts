/** Connections that the other side reset: refused at once, or broken off. */

import { innerEnds } from './end-text.ts'
import type { FindingKind } from './finding.ts'
import { at, Frames } from './frames.ts'
import type { Family, Scene, Watcher } from './scene.ts'
import { counted } from './speaker.ts'
import { Subjects } from './subjects.ts'

export const reset: FindingKind = {
  code: 'OVL104',
  title: 'connection reset by the other side',
  severity: 'warning',
  meaning:
    'A TCP reset answered a request for a connection (refused), or broke off a connection that neither side had closed with FIN. Resets after a FIN are usual, and not meant.',
  likely: 'nothing listens on this port, or a program, proxy or firewall gave the connection up',
  next: [
    'kubectl get endpointslices -A -o wide: does the Service lead to a pod that is ready, on the right targetPort?',
  ],
}

interface Resets {
  /** Who sent the resets, and to whom. */
  readonly source: string
  readonly destination: string
  readonly port: number
  readonly isRefused: boolean
  readonly frames: Frames
}

export const resets: Family = {
  kinds: [reset],
  begin: (scene) => new ResetWatcher(scene),
}

class ResetWatcher implements Watcher {
  private readonly subjects: Subjects<Resets>
  private readonly scene: Scene

  constructor(scene: Scene) {
    this.scene = scene
    this.subjects = new Subjects(scene)
    scene.requests.onReset.push((seen, asked) => {
      const { transport } = seen.walk.marks
      const { source, destination } = innerEnds(seen)
      const own = seen.view.getUint16(transport)
      const other = seen.view.getUint16(transport + 2)
      // Of a connection whose beginning was not seen, the lower port is the service.
      const port = asked === undefined ? Math.min(own, other) : own
      const isRefused = asked !== undefined
      const key = `${source} ${destination} ${port} ${isRefused}`
      const subject = this.subjects.of(key, () => ({ source, destination, port, isRefused, frames: new Frames() }))
      subject?.frames.add(at(seen), () => `RST, ${isRefused ? 'answer to a SYN' : 'in the middle of a connection'}`)
    })
  }

  *findings() {
    const { speak } = this.scene
    for (const { source, destination, port, isRefused, frames } of this.subjects) {
      const many = counted(frames.count, 'connection')
      yield this.scene.finding(reset, {
        sentence: isRefused
          ? `${speak.end(source)} refused ${many} from ${speak.end(destination)} to its port ${port}`
          : `${speak.end(source)} reset ${many} with ${speak.end(destination)} (port ${port}) before either side had closed`,
        ...(isRefused && {
          likely: `nothing listens on port ${port} of ${speak.end(source)}, or a firewall rejects it`,
        }),
        next: [`on ${speak.end(source)}: ss -ltn 'sport = :${port}'`, ...reset.next],
        frames,
        shows: 'RST',
        values: { source, destination, port, connections: frames.count, refused: isRefused },
      })
    }
  }
}
