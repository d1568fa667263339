/** What a scan is for: the headers of each packet from outer to inner, the VNI and the ports, read through fields. */

/** What is read of a layer. */
const Kind = { other: 0, ipv4: 1, ipv6: 2, tunnel: 3, transport: 4 }

/** The fields that are read, by kind of layer. */
const FIELDS = [
  [Kind.ipv4, 'ip.src', 'ip.dst'],
  [Kind.ipv6, 'ipv6.src', 'ipv6.dst'],
  [Kind.tunnel, 'vxlan.vni', 'vxlan.vni'],
  [Kind.tunnel, 'geneve.vni', 'geneve.vni'],
  [Kind.transport, 'tcp.srcport', 'tcp.dstport'],
  [Kind.transport, 'udp.srcport', 'udp.dstport'],
]

/**
 * A visitor for `scan` that reads the addresses of each IP header, the VNI of each tunnel and the ports of each
 * transport header, and adds them up so that nothing can be optimised away.
 * @param {import('../dist/types/index.d.ts').Dissector} dissector
 */
export function headerReader(dissector) {
  const kinds = new Uint8Array(256)
  const fields = new Map()
  for (const [kind, ...names] of FIELDS) {
    for (const name of names) {
      const [{ layer, field }] = dissector.placesOf(name)
      kinds[layer] = kind
      fields.set(name, field)
    }
  }
  const source = fields.get('ip.src')
  const destination = fields.get('ip.dst')
  // Wider than a number: the last word of each.
  const sourceTail = fields.get('ipv6.src').at + 12
  const destinationTail = fields.get('ipv6.dst').at + 12
  // VXLAN and GENEVE have it at the same place, as TCP and UDP have their ports.
  const vni = fields.get('vxlan.vni')
  const sourcePort = fields.get('udp.srcport')
  const destinationPort = fields.get('udp.dstport')
  const sums = { packets: 0, layers: 0, addresses: 0, vnis: 0, ports: 0 }

  const visit = ({ view }, walk) => {
    // The last layer of a walk that stopped is not whole.
    const depth = walk.stop === 0 ? walk.depth : walk.depth - 1
    const { layer, start } = walk
    let addresses = 0
    let ports = 0
    for (let index = 0; index < depth; index++) {
      const kind = kinds[layer[index]]
      if (kind === Kind.other) continue
      const at = start[index]
      if (kind === Kind.ipv4) addresses += source.read(view, at) + destination.read(view, at)
      else if (kind === Kind.transport) ports += sourcePort.read(view, at) + destinationPort.read(view, at)
      else if (kind === Kind.tunnel) sums.vnis += vni.read(view, at)
      else addresses += view.getUint32(at + sourceTail) + view.getUint32(at + destinationTail)
    }
    sums.packets++
    sums.layers += depth
    sums.addresses += addresses
    sums.ports += ports
  }
  return { visit, sums }
}
