/** Encrypted traffic between nodes, in which nothing can be seen: ESP (RFC 4303), and WireGuard. */
import { wayEnds } from './end-text.ts'
import type { FindingKind } from './finding.ts'
import { Frames } from './frames.ts'
import type { Family, Scene, Watcher } from './scene.ts'
import type { Sighting } from './sighting.ts'
import { counted } from './speaker.ts'
import { Subjects } from './subjects.ts'

export const encryptedOverlay: FindingKind = {
  code: 'OVL508',
  title: 'encrypted between nodes',
  severity: 'info',
  meaning:
    'Nodes talk in IPsec (ESP) or WireGuard. Pod traffic, and the tunnel around it, is inside and cannot be seen here: that a packet is not in this capture says nothing.',
  likely: 'encryption is on in this cluster (cilium-config: enable-ipsec, enable-wireguard)',
  next: [
    "capture on 'any' of a node: the plain tunnel is seen there before it is encrypted",
    'cilium-dbg encrypt status',
  ],
}

const ESP = 50
/** Cilium's port, and WireGuard's usual one. */
const WIREGUARD_PORTS: ReadonlySet<number> = new Set([51871, 51820])

interface Encrypted {
  readonly protocol: string
  readonly source: string
  readonly destination: string
  readonly frames: Frames
}

export const encrypted: Family = {
  kinds: [encryptedOverlay],
  begin: (scene) => new EncryptedWatcher(scene),
}

class EncryptedWatcher implements Watcher {
  private readonly scene: Scene
  private readonly subjects: Subjects<Encrypted>

  constructor(scene: Scene) {
    this.scene = scene
    this.subjects = new Subjects(scene)
  }

  watch(seen: Sighting): void {
    const { marks, tables } = seen.walk
    if (marks.inner < 0 || marks.tunnel >= 0 || seen.isRepeat) return
    if (marks.protocol === ESP) this.note(seen, 'ESP')
    else if (marks.transportLayer === tables.udp && isWireguard(seen)) this.note(seen, 'WireGuard')
  }

  *findings() {
    const { speak } = this.scene
    for (const { protocol, source, destination, frames } of this.subjects)
      yield this.scene.finding(encryptedOverlay, {
        sentence: `${speak.end(source)} → ${speak.end(destination)}: ${counted(frames.count, 'packet')} of ${protocol}; nothing inside can be seen`,
        frames,
        shows: protocol,
        values: { protocol, source, destination, packets: frames.count },
      })
  }

  private note(seen: Sighting, protocol: string): void {
    const ends = wayEnds(seen)
    const make = () => ({ protocol, ...ends, frames: new Frames() })
    this.subjects.of(`${protocol} ${ends.source} ${ends.destination}`, make)?.frames.see(seen)
  }
}

/** A message type of 1 to 4 and three bytes of 0, on a port that WireGuard has. */
function isWireguard({ view, walk }: Sighting): boolean {
  const { transport, payload, end } = walk.marks
  if (end - payload < 4) return false
  if (!WIREGUARD_PORTS.has(view.getUint16(transport)) && !WIREGUARD_PORTS.has(view.getUint16(transport + 2)))
    return false
  const type = view.getUint32(payload) >>> 0
  return type >= 0x0100_0000 && type <= 0x0400_0000 && (type & 0xffffff) === 0
}
