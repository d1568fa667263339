/** VXLAN on two ports in one capture. */
import type { FindingKind } from './finding.ts'
import { Frames } from './frames.ts'
import type { Family, Scene, Watcher } from './scene.ts'
import type { Sighting } from './sighting.ts'
import { counted } from './speaker.ts'

export const mixedPorts: FindingKind = {
  code: 'OVL504',
  title: 'VXLAN on several ports',
  severity: 'warning',
  meaning:
    'One capture holds VXLAN on several UDP ports, such as 8472 (Linux, Cilium, Flannel) and 4789 (IANA, Calico, Docker Swarm). What VNIs mean differs between them, and a node that sends to one port does not reach one that listens at the other.',
  likely: 'two overlays share this network, or a change of the port has not reached every node',
  next: [
    'kubectl -n kube-system get configmap cilium-config -o yaml | grep tunnel-port',
    'on each node: ss -lun | grep -E "8472|4789"',
  ],
}

export const mixedTunnelPorts: Family = {
  kinds: [mixedPorts],
  begin: (scene) => new MixedPortWatcher(scene),
}

class MixedPortWatcher implements Watcher {
  private readonly scene: Scene
  private readonly vxlan: number
  private readonly ports = new Map<number, Frames>()
  private recent: { readonly port: number; readonly frames: Frames } | undefined

  constructor(scene: Scene) {
    this.scene = scene
    this.vxlan = scene.tables.layers.findIndex((layer) => layer?.name === 'vxlan')
  }

  watch(seen: Sighting): void {
    const { tunnelPort, firstTunnelLayer } = seen.walk.marks
    if (tunnelPort < 0 || firstTunnelLayer !== this.vxlan || seen.isRepeat) return
    if (this.recent?.port !== tunnelPort) {
      const frames = this.ports.get(tunnelPort) ?? new Frames()
      this.ports.set(tunnelPort, frames)
      this.recent = { port: tunnelPort, frames }
    }
    this.recent.frames.see(seen)
  }

  *findings() {
    if (this.ports.size < 2) return
    const ports = [...this.ports].sort(([, a], [, b]) => b.count - a.count)
    const fewer = new Frames()
    for (const [port, frames] of ports.slice(1))
      for (const one of frames.kept) fewer.add(one, () => `VXLAN on udp/${port}`)
    fewer.count = ports.slice(1).reduce((sum, [, { count }]) => sum + count, 0)
    const words = ports.map(([port, { count }]) => `udp/${port} (${counted(count, 'packet')})`)
    yield this.scene.finding(mixedPorts, {
      sentence: `VXLAN goes to several ports here: ${words.join(', ')}`,
      frames: fewer,
      shows: 'VXLAN on another port',
      values: { ports: ports.map(([port]) => port) },
    })
  }
}
