/** Tunnel packets from an address that is no known node's. */
import type { FindingKind } from './finding.ts'
import { PairGroups, tunnelledPairs } from './pair-groups.ts'
import type { Family, Scene } from './scene.ts'
import { counted, listed } from './speaker.ts'

export const unknownNode: FindingKind = {
  code: 'OVL601',
  title: 'tunnel packets from an unknown node',
  severity: 'warning',
  meaning:
    'The outer source of tunnel packets is no address of a node in the lists, though other nodes of this capture are in them. Cilium takes the identity in the VNI on trust: whoever can send to the tunnel port can claim to be any pod.',
  likely:
    'a node that was added after the lists were made, one that sends from another of its addresses, or somebody who does not belong here',
  next: ['kubectl get nodes -o wide', 'kubectl get ciliumnodes -o yaml | grep -A8 addresses'],
}

export const unknownNodes: Family = {
  kinds: [unknownNode],
  begin: (scene) => ({ findings: () => findings(scene) }),
}

function* findings(scene: Scene) {
  const { names, speak, sights } = scene
  if (names === undefined || names.book.nodesAt.size === 0) return
  const unknown = new PairGroups<{ readonly source: string; readonly destinations: Set<string> }>(scene)
  let known = 0
  for (const { number, outer } of tunnelledPairs(scene)) {
    if (names.address(outer.source)?.node !== undefined) known++
    else unknown.add(outer.source, number, () => ({ source: outer.source, destinations: new Set([outer.destination]) }))
  }
  // Lists of another cluster say nothing about this one.
  if (known === 0) return
  for (const { group, pairs } of unknown) {
    const frames = sights.framesOf(pairs)
    const vnis = [...new Set(pairs.map((pair) => scene.pairs.vniOf(pair)))]
    const claims = listed(vnis.map((vni) => speak.vni(vni, sights.port(pairs[0] as number))))
    yield scene.finding(unknownNode, {
      sentence: `${group.source} is no node in the lists, and sent ${counted(frames.count, 'tunnel packet')} to ${listed([...group.destinations].map((one) => speak.end(one)))} with VNI ${claims}`,
      next: [...unknownNode.next, `ip neigh show ${group.source} on the receiver: whose MAC address is it?`],
      frames,
      shows: `outer source ${group.source}`,
      values: { source: group.source, vnis, packets: frames.count },
    })
  }
}
