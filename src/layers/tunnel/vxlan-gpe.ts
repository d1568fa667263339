/** VXLAN with a next protocol, draft-ietf-nvo3-vxlan-gpe: never taken for Ethernet unless it says so. */
import { bits, u8, u16, u24 } from '../../dissect/field.ts'
import { defineLayer } from '../../dissect/layer.ts'
import { nextByEtherType, nextIsData, truncated } from '../../dissect/walk.ts'

const HEADER_SIZE = 8

/** The draft's next protocols, and the EtherType of those that have one. */
const NEXT: Readonly<Record<number, string>> = {
  1: 'IPv4',
  2: 'IPv6',
  3: 'Ethernet',
  4: 'Network Service Header',
  5: 'MPLS',
}
const ETHER_TYPE: Readonly<Record<number, number>> = { 1: 0x0800, 2: 0x86dd, 3: 0x6558, 4: 0x894f, 5: 0x8847 }

const fields = {
  flags: u8('vxlan.flags', 'Flags', 0, {
    base: 'hex',
    children: [
      bits(1, 'vxlan.ver', 'Version', 0, 2, 2),
      bits(1, 'vxlan.i_bit', 'Instance', 0, 4, 1),
      bits(1, 'vxlan.p_bit', 'Next Protocol Bit', 0, 5, 1),
      bits(1, 'vxlan.o_bit', 'OAM bit', 0, 7, 1),
    ],
  }),
  reserved: u16('vxlan.reserved_16', 'Reserved', 1),
  next: u8('vxlan.next_proto', 'Next Protocol', 3, { names: NEXT }),
  vni: u24('vxlan.vni', 'VXLAN Network Identifier (VNI)', 4),
  reservedLast: u8('vxlan.reserved8', 'Reserved', 7),
}

export const vxlanGpe = defineLayer({
  name: 'vxlan',
  id: 'vxlan-gpe',
  title: 'Virtual eXtensible Local Area Network',
  label: 'VXLAN',
  role: 'tunnel',
  fields,
  scope: fields.vni,
  attach: [['udp.port', 4790]],
  step(view, at, end, walk) {
    if (end - at < HEADER_SIZE) return truncated(walk, HEADER_SIZE)
    const etherType = ETHER_TYPE[fields.next.read(view, at)]
    if (etherType === undefined) nextIsData(walk)
    else nextByEtherType(walk, etherType)
    return at + HEADER_SIZE
  },
})
