/** VNIs that say nothing: 0, or not valid by the header's own word. RFC 7348 section 5. */

import { wayEnds } from './end-text.ts'
import type { FindingKind } from './finding.ts'
import { Frames } from './frames.ts'
import type { Family, Scene, Watcher } from './scene.ts'
import type { Sighting } from './sighting.ts'
import { counted } from './speaker.ts'
import { Subjects } from './subjects.ts'

export const invalidVni: FindingKind = {
  code: 'OVL501',
  title: 'VNI 0, or not valid',
  severity: 'error',
  meaning:
    'The I bit of a VXLAN header is clear, so that its VNI is not valid and receivers drop the packet; or the VNI is 0, which in Cilium is the identity "unknown". GENEVE with VNI 0 is usual in networks without identities (Antrea, AWS gateway load balancers) and only an info.',
  likely:
    'the packets are no VXLAN but something else on its port, or the sender does not know the identity of its source',
  next: ['cilium-dbg endpoint list on the sending node: has the pod an identity?'],
}

type What = 'invalid' | 'zero'

interface Invalid {
  readonly what: What
  readonly tunnel: string
  readonly source: string
  readonly destination: string
  readonly frames: Frames
}

const I_BIT = 0x08

export const tunnelHeaders: Family = {
  kinds: [invalidVni],
  begin: (scene) => new HeaderWatcher(scene),
}

class HeaderWatcher implements Watcher {
  private readonly scene: Scene
  private readonly vxlan: number
  private readonly subjects: Subjects<Invalid>

  constructor(scene: Scene) {
    this.scene = scene
    this.subjects = new Subjects(scene)
    this.vxlan = scene.tables.layers.findIndex((layer) => layer?.name === 'vxlan')
  }

  watch(seen: Sighting): void {
    const { tunnel, tunnelLayer, vni, outer } = seen.walk.marks
    // A VNI below 0: the header is cut.
    if (tunnel < 0 || vni < 0 || seen.isRepeat || outer < 0) return
    const isInvalid = tunnelLayer === this.vxlan && (seen.view.getUint8(tunnel) & I_BIT) === 0
    if (isInvalid) this.note(seen, 'invalid')
    else if (vni === 0 && this.scene.tables.layers[tunnelLayer]?.scope !== undefined) this.note(seen, 'zero')
  }

  *findings() {
    const { speak } = this.scene
    for (const { what, tunnel, source, destination, frames } of this.subjects) {
      const ends = `${speak.end(source)} → ${speak.end(destination)}`
      const isVxlan = tunnel === 'vxlan'
      yield this.scene.finding(invalidVni, {
        severity: what === 'invalid' ? 'error' : isVxlan ? 'warning' : 'info',
        sentence:
          what === 'invalid'
            ? `${ends}: the I bit of ${counted(frames.count, 'VXLAN packet')} is clear: receivers drop such packets`
            : `${ends}: ${counted(frames.count, `${isVxlan ? 'VXLAN' : 'GENEVE'} packet`)} with VNI 0`,
        ...(what === 'zero' && {
          likely: isVxlan
            ? 'the sender does not know the identity of its source yet, or this is no Cilium'
            : 'a network without identities, such as Antrea or a gateway load balancer',
        }),
        frames,
        shows: what === 'invalid' ? 'I bit clear' : 'VNI 0',
        values: { source, destination, tunnel, packets: frames.count, invalid: what === 'invalid' },
      })
    }
  }

  private note(seen: Sighting, what: What): void {
    const { source, destination } = wayEnds(seen)
    const tunnel = this.scene.tables.layers[seen.walk.marks.tunnelLayer]?.name ?? ''
    const key = `${what} ${tunnel} ${source} ${destination}`
    const subject = this.subjects.of(key, () => ({ what, tunnel, source, destination, frames: new Frames() }))
    if (subject === undefined) return
    subject.frames.see(seen)
  }
}
