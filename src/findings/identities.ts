/** VNIs against the identities that lists have. */
import { Identity, sameKind } from '../names/reserved-identities.ts'
import type { FindingKind } from './finding.ts'
import { PairGroups, type TunnelledPair, tunnelledPairs } from './pair-groups.ts'
import type { Family, Scene } from './scene.ts'
import { counted, listed } from './speaker.ts'

export const otherIdentity: FindingKind = {
  code: 'OVL603',
  title: 'VNI is not the identity of the source',
  severity: 'warning',
  meaning:
    "In Cilium the VNI is the security identity of the packet's source, and policies at the destination go by it. Here the lists give the inner source another identity: policies judge it as somebody else.",
  likely:
    "the pod's labels changed and not every node knows yet, its address belonged to another pod before, or the node forwards for a client outside (VNI 2, world)",
  next: ['cilium-dbg identity get <vni>', 'cilium-dbg bpf ipcache get <address> on the sending node'],
}

export const unknownIdentity: FindingKind = {
  code: 'OVL604',
  title: 'identity unknown',
  severity: 'warning',
  meaning:
    'A VNI is no identity that the lists know, though they have identities and the tunnel is on their port. A node that does not know an identity either lets no policy match it. VNI 1 is what Flannel sends.',
  likely: 'the identity was made after the lists, was deleted while packets still carry it, or this is another network',
  next: ['cilium-dbg identity get <vni>', 'kubectl get ciliumidentities <vni> -o yaml'],
}

export const identities: Family = {
  kinds: [otherIdentity, unknownIdentity],
  begin: (scene) => ({ findings: () => findings(scene) }),
}

interface Judged extends TunnelledPair {
  /** The identity that lists give to the source; undefined: it is the VNI that they do not know. */
  readonly listed: number | undefined
}

function* findings(scene: Scene) {
  const { names, sights } = scene
  if (names === undefined) return
  const groups = new PairGroups<Judged>(scene)
  const sources = new Map<number, Set<string>>()
  for (const pair of tunnelledPairs(scene)) {
    const { vni, port, source, number } = pair
    // On a port whose VNIs are identities, Cilium's own always have a name.
    if (names.identity(Identity.World, port) === undefined || vni === 0) continue
    const identity = names.identity(vni, port)
    const own = names.address(source)?.identity
    if (identity === undefined || identity.name === undefined) {
      groups.add(`unknown ${vni}`, number, () => ({ ...pair, listed: undefined }))
      sources.set(vni, (sources.get(vni) ?? new Set()).add(source))
    } else if (own !== undefined && !sameKind(vni, own))
      groups.add(`other ${vni} ${own} ${source}`, number, () => ({ ...pair, listed: own }))
  }
  for (const { group, pairs } of groups) {
    const frames = sights.framesOf(pairs)
    yield group.listed === undefined
      ? unknown(scene, group, frames, [...(sources.get(group.vni) ?? [])])
      : other(scene, group, group.listed, frames)
  }
}

type Frames = ReturnType<Scene['sights']['framesOf']>

function other(scene: Scene, { vni, port, source, outer }: Judged, own: number, frames: Frames) {
  const { speak } = scene
  return scene.finding(otherIdentity, {
    sentence: `${speak.end(source)} has identity ${speak.vni(own, port)}, but ${counted(frames.count, 'packet')} from it (sent by ${speak.end(outer.source)}) had VNI ${speak.vni(vni, port)}`,
    next: otherIdentity.next.map((line) => line.replace('<vni>', String(vni)).replace('<address>', source)),
    frames,
    shows: `VNI ${vni}, not ${own}`,
    values: { source, vni, identity: own, packets: frames.count },
  })
}

function unknown(scene: Scene, { vni }: Judged, frames: Frames, sources: readonly string[]) {
  const { speak } = scene
  return scene.finding(unknownIdentity, {
    sentence: `no list knows the identity ${vni}, which ${counted(frames.count, 'packet')} from ${listed(sources.map((one) => speak.end(one)))} had as VNI`,
    ...(vni === Identity.Host && { likely: 'this is a Flannel network: it sends VNI 1, and Cilium never does' }),
    next: unknownIdentity.next.map((line) => line.replace('<vni>', String(vni))),
    frames,
    shows: `VNI ${vni}`,
    values: { vni, sources, packets: frames.count },
  })
}
