/** The map of an overlay for other programs: as one object, and a row, or a line of JSON, for each pod pair. */
import type { MapEnd, MapLink, OverlayMap } from '../../analysis/overlay-map.ts'
import type { IdentityName } from '../../names/identity-name.ts'
import type { AddressOwner } from '../../names/names.ts'
import { jsonText } from '../../render/json-text.ts'
import { RowWriter } from '../../render/rows.ts'
import type { ListFormat } from './list-formats.ts'

/** What names say of a map. */
export interface MapNames {
  address(address: string): AddressOwner | undefined
  /** `tunnel`: 'vxlan', 'geneve'. */
  identity(vni: number, tunnel: string): IdentityName | undefined
}

/** New ones come last. */
const LINK_COLUMNS = [
  'from_node',
  'from_node_name',
  'from_pod',
  'from_pod_name',
  'to_node',
  'to_node_name',
  'to_pod',
  'to_pod_name',
  'tunnel',
  'vnis',
  'identities',
  'vnis_back',
  'identities_back',
  'packets',
  'packets_back',
  'bytes',
  'bytes_back',
  'spoke',
] as const

/** The map with what names say beside each address and VNI. */
export function mapJson({ nodes, links, folded }: OverlayMap, names: MapNames) {
  const named = (address: string) => {
    const name = names.address(address)
    return { address, ...(name !== undefined && { name }) }
  }
  return {
    nodes: nodes.map(({ address, pods, packets, bytes }) => ({
      ...named(address),
      packets,
      bytes,
      pods: pods.map((pod) => ({ ...named(pod.address), vnis: pod.vnis, packets: pod.packets, bytes: pod.bytes })),
    })),
    links: links.map((link) => linkJson(link, names)),
    ...(folded > 0 && { folded }),
  }
}

export function printLinks(
  { links }: OverlayMap,
  format: ListFormat,
  names: MapNames,
  print: (line: string) => void,
): void {
  if (format === 'ndjson') {
    for (const link of links) print(jsonText(linkJson(link, names)))
    return
  }
  const rows = new RowWriter(LINK_COLUMNS, format, print)
  rows.header()
  for (const link of links) {
    const { from, to, tunnel, vnis, vnisBack } = link
    rows.row({
      from_node: from.node,
      from_node_name: names.address(from.node)?.name,
      from_pod: from.pod,
      from_pod_name: names.address(from.pod)?.name,
      to_node: to.node,
      to_node_name: names.address(to.node)?.name,
      to_pod: to.pod,
      to_pod_name: names.address(to.pod)?.name,
      tunnel,
      vnis: vnis.join(' '),
      identities: identitiesText(vnis, tunnel, names),
      vnis_back: vnisBack.join(' '),
      identities_back: identitiesText(vnisBack, tunnel, names),
      packets: link.packets,
      packets_back: link.packetsBack,
      bytes: link.bytes,
      bytes_back: link.bytesBack,
      spoke: link.spoke.join(' '),
    })
  }
}

function linkJson(link: MapLink, names: MapNames) {
  const identities = (vnis: readonly number[]) =>
    vnis.map((vni) => {
      const identity = names.identity(vni, link.tunnel)
      return { vni, ...(identity !== undefined && { identity }) }
    })
  return {
    ...link,
    from: endJson(link.from, names),
    to: endJson(link.to, names),
    vnis: identities(link.vnis),
    vnisBack: identities(link.vnisBack),
  }
}

function endJson({ node, pod }: MapEnd, names: MapNames) {
  const [nodeName, podName] = [names.address(node)?.name, names.address(pod)?.name]
  return { node, ...(nodeName !== undefined && { nodeName }), pod, ...(podName !== undefined && { podName }) }
}

/** A name for each VNI that has one. */
function identitiesText(vnis: readonly number[], tunnel: string, names: MapNames): string {
  return vnis.flatMap((vni) => names.identity(vni, tunnel)?.name ?? []).join(' ')
}
