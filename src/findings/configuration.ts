/** What cilium-config says, against what the capture carries. */
import type { FindingKind } from './finding.ts'
import type { Family, Scene, Watcher } from './scene.ts'

export const configurationDiffers: FindingKind = {
  code: 'OVL507',
  title: 'capture and cilium-config disagree',
  severity: 'warning',
  meaning:
    'A cilium-config among the lists of names says which tunnel the cluster uses (tunnel-protocol, tunnel-port, routing-mode), and the capture carries another one.',
  likely:
    'cilium-config was changed and the agents were not restarted, or it is of another cluster or time than the capture',
  next: [
    'kubectl -n kube-system rollout restart daemonset/cilium, if the change is meant',
    'cilium-dbg status --verbose | grep -i -E "routing|tunnel" on a node: what the agent really does',
  ],
}

export const configuration: Family = {
  kinds: [configurationDiffers],
  begin: (scene) => new ConfigurationWatcher(scene),
}

class ConfigurationWatcher implements Watcher {
  private readonly scene: Scene

  constructor(scene: Scene) {
    this.scene = scene
  }

  *findings() {
    const { names, pairs, sights, tables } = this.scene
    const config = names?.book.config
    if (config === undefined) return
    const { tunnelProtocol, tunnelPort, routingMode } = config
    const odd = new Map<string, number[]>()
    for (let pair = 0; pair < pairs.size; pair++) {
      const { tunnel } = pairs.pair(pair, tables)
      // Tunnels without a VNI (GRE) are none of Cilium's.
      if (tunnel?.vni === undefined) continue
      const port = sights.port(pair)
      // In native routing Cilium still sends GENEVE for direct server return.
      const isOther =
        (routingMode === 'native' && tunnel.type !== 'geneve') ||
        (routingMode !== 'native' && tunnelProtocol !== undefined && tunnelProtocol !== tunnel.type) ||
        (tunnelPort !== undefined && tunnelPort !== port)
      if (!isOther) continue
      const key = `${tunnel.type} on udp/${port}`
      const known = odd.get(key)
      if (known === undefined) odd.set(key, [pair])
      else known.push(pair)
    }
    const says = [
      routingMode === undefined ? undefined : `routing-mode ${routingMode}`,
      tunnelProtocol === undefined ? undefined : `tunnel-protocol ${tunnelProtocol}`,
      tunnelPort === undefined ? undefined : `tunnel-port ${tunnelPort}`,
    ].filter((word) => word !== undefined)
    for (const [carried, numbers] of odd) {
      const frames = sights.framesOf(numbers)
      yield this.scene.finding(configurationDiffers, {
        sentence: `cilium-config says ${says.join(', ')}, but ${frames.count === 1 ? '1 packet here is' : `${frames.count} packets here are`} ${carried}`,
        frames,
        shows: carried,
        values: { carried, configured: says },
      })
    }
  }
}
