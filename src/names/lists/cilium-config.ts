/** The ConfigMap `cilium-config`: routing mode, tunnel protocol and port, size of a cluster mesh. */
import type { Fact } from '../facts.ts'
import { at, numberAt, textAt, type Unknown } from '../unknown.ts'

export function ciliumConfigFacts(object: Unknown): Fact[] {
  if (textAt(object, 'metadata', 'name') !== 'cilium-config') return []
  const data = at(object, 'data')
  // Before 1.14, `tunnel` said both: vxlan, geneve or disabled.
  const old = textAt(data, 'tunnel')
  const isOldTunnel = old === 'vxlan' || old === 'geneve'
  return [
    {
      kind: 'config',
      routingMode: textAt(data, 'routing-mode') ?? (old === 'disabled' ? 'native' : isOldTunnel ? 'tunnel' : undefined),
      tunnelProtocol: textAt(data, 'tunnel-protocol') ?? (isOldTunnel ? old : undefined),
      tunnelPort: numberAt(data, 'tunnel-port') || undefined,
      maxClusters: numberAt(data, 'max-connected-clusters'),
    },
  ]
}
