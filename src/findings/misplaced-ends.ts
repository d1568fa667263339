/** Pods that are not where their packets come from or go to. */
import { checksOf } from '../packet/packet-names.ts'
import type { FindingKind } from './finding.ts'
import { PairGroups, type TunnelledPair, tunnelledPairs } from './pair-groups.ts'
import type { Family, Scene } from './scene.ts'
import { counted } from './speaker.ts'

export const misplacedSource: FindingKind = {
  code: 'OVL602',
  title: 'inner source on another node',
  severity: 'warning',
  meaning:
    'The lists say that the pod that an inner packet comes from runs on another node than the one that sent the tunnel packet. A node sends for its own pods only, unless it forwards for a Service from outside.',
  likely:
    'the address belongs to another pod by now, the packet is forged, or a node sends for a client of a Service (then its VNI is 2, world)',
  next: ['kubectl get pods -A -o wide --field-selector status.podIP=<address>'],
}

export const misplacedDestination: FindingKind = {
  code: 'OVL605',
  title: 'sent to the wrong node',
  severity: 'error',
  meaning:
    'The lists say that the pod that an inner packet is for runs on another node than the one that the tunnel packet goes to. That node drops it.',
  likely: "the sender's ipcache is out of date: the pod moved, or its address was given to another one",
  next: ['cilium-dbg bpf ipcache get <address> on the sending node, against kubectl get ciliumendpoints -A -o wide'],
}

export const misplacedEnds: Family = {
  kinds: [misplacedSource, misplacedDestination],
  begin: (scene) => ({ findings: () => findings(scene) }),
}

interface Misplaced extends TunnelledPair {
  readonly isSource: boolean
}

function* findings(scene: Scene) {
  const { names, speak, sights } = scene
  if (names === undefined) return
  const groups = new PairGroups<Misplaced>(scene)
  for (const pair of tunnelledPairs(scene)) {
    const { outer, source, destination, number } = pair
    const owner = (address: string) => names.address(address)
    const checks = checksOf(owner(outer.source), owner(outer.destination), owner(source), owner(destination), undefined)
    if (checks.source === false)
      groups.add(`source ${source} ${outer.source}`, number, () => ({ ...pair, isSource: true }))
    if (checks.destination === false)
      groups.add(`destination ${destination} ${outer.destination}`, number, () => ({ ...pair, isSource: false }))
  }
  for (const { group, pairs } of groups) {
    const { isSource, outer } = group
    const kind = isSource ? misplacedSource : misplacedDestination
    const pod = isSource ? group.source : group.destination
    const node = isSource ? outer.source : outer.destination
    const frames = sights.framesOf(pairs)
    const home = names.address(pod)?.node ?? ''
    const many = counted(frames.count, 'packet')
    yield scene.finding(kind, {
      sentence: isSource
        ? `${speak.end(pod)} runs on ${home}, but ${many} from it came out of ${speak.end(node)}`
        : `${speak.end(pod)} runs on ${home}, but ${many} for it went to ${speak.end(node)} (by ${speak.end(outer.source)})`,
      next: kind.next.map((line) => line.replace('<address>', pod)),
      frames,
      shows: isSource ? `from ${speak.end(node)}` : `to ${speak.end(node)}`,
      values: { pod, home, node, packets: frames.count },
    })
  }
}
