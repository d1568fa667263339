/** Linux cooked capture v2, as `tcpdump -i any` writes it now. LINKTYPE_LINUX_SLL2 (276), pcap's own description. */
import { bytesText } from '../../bytes/address.ts'
import { ether, u8, u16, u32, varying } from '../../dissect/field.ts'
import { defineLayer } from '../../dissect/layer.ts'
import { ETHER_TYPES } from '../../dissect/numbers/ether-types.ts'
import { HARDWARE_TYPES } from '../../dissect/numbers/hardware-types.ts'
import { PACKET_TYPES } from '../../dissect/numbers/packet-types.ts'
import { nextByEtherType, nextIsData, truncated } from '../../dissect/walk.ts'

const HEADER_SIZE = 20
const ADDRESS_LENGTH = 11
const ADDRESS = 12
const ADDRESS_ROOM = 8
const SMALLEST_ETHER_TYPE = 1536

const fields = {
  protocol: u16('sll.etype', 'Protocol', 0, { base: 'hex', names: ETHER_TYPES }),
  interfaceIndex: u32('sll.ifindex', 'Interface index', 4),
  hardwareType: u16('sll.hatype', 'Link-layer address type', 8, { names: HARDWARE_TYPES }),
  packetType: u8('sll.pkttype', 'Packet type', 10, { type: 'uint16', names: PACKET_TYPES }),
  addressLength: u8('sll.halen', 'Link-layer address length', ADDRESS_LENGTH, { type: 'uint16' }),
  source: ether('sll.src.eth', 'Source', ADDRESS, { when: (r) => r.view.getUint8(r.start + ADDRESS_LENGTH) === 6 }),
  unused: varying('bytes', 'sll.unused', 'Unused', (r) => {
    const end = r.start + ADDRESS + ADDRESS_ROOM
    if (end > r.body) return []
    const start = r.start + ADDRESS + Math.min(r.view.getUint8(r.start + ADDRESS_LENGTH), ADDRESS_ROOM)
    return start === end ? [] : [{ value: bytesText(r.view, start, end - start), start, end }]
  }),
}

export const linuxSll2 = defineLayer({
  name: 'sll',
  id: 'sll2',
  title: 'Linux cooked capture v2',
  role: 'link',
  fields,
  etherType: fields.protocol,
  attach: [['link.type', 276]],
  step(view, at, end, walk) {
    if (end - at < HEADER_SIZE) return truncated(walk, HEADER_SIZE)
    const protocol = fields.protocol.read(view, at)
    if (protocol >= SMALLEST_ETHER_TYPE) nextByEtherType(walk, protocol)
    else nextIsData(walk)
    return at + HEADER_SIZE
  },
})
