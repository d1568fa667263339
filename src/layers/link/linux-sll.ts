/** Linux cooked capture v1, as `tcpdump -i any` wrote it for long. LINKTYPE_LINUX_SLL (113), pcap's own description. */
import { bytesText } from '../../bytes/address.ts'
import { ether, u16, varying } from '../../dissect/field.ts'
import { defineLayer } from '../../dissect/layer.ts'
import { ETHER_TYPES } from '../../dissect/numbers/ether-types.ts'
import { HARDWARE_TYPES } from '../../dissect/numbers/hardware-types.ts'
import { PACKET_TYPES } from '../../dissect/numbers/packet-types.ts'
import { nextByEtherType, nextIsData, truncated } from '../../dissect/walk.ts'

const HEADER_SIZE = 16
const ADDRESS = 6
const ADDRESS_ROOM = 8
const SMALLEST_ETHER_TYPE = 1536

const fields = {
  packetType: u16('sll.pkttype', 'Packet type', 0, { names: PACKET_TYPES }),
  hardwareType: u16('sll.hatype', 'Link-layer address type', 2, { names: HARDWARE_TYPES }),
  addressLength: u16('sll.halen', 'Link-layer address length', 4),
  source: ether('sll.src.eth', 'Source', ADDRESS, { when: (r) => r.view.getUint16(r.start + 4) === 6 }),
  unused: varying('bytes', 'sll.unused', 'Unused', (r) => {
    const end = r.start + ADDRESS + ADDRESS_ROOM
    if (end > r.body) return []
    const start = r.start + ADDRESS + Math.min(r.view.getUint16(r.start + 4), ADDRESS_ROOM)
    return start === end ? [] : [{ value: bytesText(r.view, start, end - start), start, end }]
  }),
  protocol: u16('sll.etype', 'Protocol', 14, { base: 'hex', names: ETHER_TYPES }),
}

export const linuxSll = defineLayer({
  name: 'sll',
  title: 'Linux cooked capture v1',
  role: 'link',
  fields,
  etherType: fields.protocol,
  attach: [['link.type', 113]],
  step(view, at, end, walk) {
    if (end - at < HEADER_SIZE) return truncated(walk, HEADER_SIZE)
    const protocol = fields.protocol.read(view, at)
    if (protocol >= SMALLEST_ETHER_TYPE) nextByEtherType(walk, protocol)
    else nextIsData(walk)
    return at + HEADER_SIZE
  },
})
