/** What a scan is for: the headers of each packet from outer to inner, the VNI and the ports. */

/**
 * A visitor for `scan` that reads the addresses of the outer and of the inner IP header, the VNI and the ports, and adds
 * them up so that nothing can be optimised away.
 * @param {import('../dist/types/index.d.ts').Dissector} dissector
 */
export function headerReader(dissector) {
  const place = (name) => dissector.placesOf(name)[0]
  const ipv4 = place('ip.src').layer
  const source = place('ip.src').field
  const destination = place('ip.dst').field
  // Wider than a number: the last word of each.
  const sourceTail = place('ipv6.src').field.at + 12
  const destinationTail = place('ipv6.dst').field.at + 12
  // TCP and UDP have their ports at the same place.
  const sourcePort = place('udp.srcport').field
  const destinationPort = place('udp.dstport').field
  const sums = { packets: 0, addresses: 0, vnis: 0, ports: 0 }

  const addressesAt = (view, at, layer) =>
    layer === ipv4
      ? source.read(view, at) + destination.read(view, at)
      : view.getUint32(at + sourceTail) + view.getUint32(at + destinationTail)

  const visit = ({ view }, { marks, tables }) => {
    let addresses = 0
    if (marks.outer >= 0) addresses += addressesAt(view, marks.outer, marks.outerLayer)
    if (marks.inner >= 0) {
      addresses += addressesAt(view, marks.inner, marks.innerLayer)
      if (marks.transportLayer === tables.tcp || marks.transportLayer === tables.udp)
        sums.ports += sourcePort.read(view, marks.transport) + destinationPort.read(view, marks.transport)
    }
    if (marks.tunnel >= 0) sums.vnis += marks.vni
    sums.packets++
    sums.addresses += addresses
  }
  return { visit, sums }
}
