/** Ethernet II. IEEE 802.3-2018 section 3.2; the FCS is not part of what captures hold. */
import { macText } from '../../bytes/address.ts'
import { ether, flag, u16 } from '../../dissect/field.ts'
import { defineLayer } from '../../dissect/layer.ts'
import { ETHER_TYPES } from '../../dissect/numbers/ether-types.ts'
import { Limit } from '../../dissect/stop.ts'
import { limitTo, nextByEtherType, truncated } from '../../dissect/walk.ts'

const HEADER_SIZE = 14
/** Smaller values are lengths of 802.3 frames. */
const SMALLEST_ETHER_TYPE = 1536
/** Under this number, Linux's, stands what follows a length. */
const LLC = 4

/** What the tree shows beneath an address: the address again and its two lowest bits of the first byte. */
const addressBits = (name: string, at: number) => [
  ether('eth.addr', 'Address', at),
  flag(3, `${name}.lg`, 'LG bit', at, 6, {
    words: [
      'Locally administered address (this is NOT the factory default)',
      'Globally unique address (factory default)',
    ],
  }),
  flag(3, `${name}.ig`, 'IG bit', at, 7, {
    words: ['Group address (multicast/broadcast)', 'Individual address (unicast)'],
  }),
]

const fields = {
  destination: ether('eth.dst', 'Destination', 0, { children: addressBits('eth.dst', 0) }),
  source: ether('eth.src', 'Source', 6, { children: addressBits('eth.src', 6) }),
  type: u16('eth.type', 'Type', 12, {
    base: 'hex',
    names: ETHER_TYPES,
    when: (r) => r.view.getUint16(r.start + 12) >= SMALLEST_ETHER_TYPE,
  }),
  length: u16('eth.len', 'Length', 12, { when: (r) => r.view.getUint16(r.start + 12) < SMALLEST_ETHER_TYPE }),
}

export const ethernet = defineLayer({
  name: 'eth',
  title: 'Ethernet II',
  label: 'Ethernet',
  role: 'link',
  fields,
  ends: [fields.source, fields.destination],
  etherType: fields.type,
  attach: [
    ['link.type', 1],
    ['ethertype', 0x6558],
  ],
  step(view, at, end, walk) {
    if (end - at < HEADER_SIZE) return truncated(walk, HEADER_SIZE)
    const type = fields.type.read(view, at)
    if (type >= SMALLEST_ETHER_TYPE) nextByEtherType(walk, type)
    else {
      limitTo(walk, at + HEADER_SIZE + type, Limit.OwnLength)
      nextByEtherType(walk, LLC)
    }
    return at + HEADER_SIZE
  },
  heading(r) {
    if (r.body - r.start < 12) return 'Ethernet II'
    return `Ethernet II, Src: ${macText(r.view, r.start + 6)}, Dst: ${macText(r.view, r.start)}`
  },
})
