/** VLAN tags: IEEE 802.1Q-2018 section 9.6. A customer tag (0x8100) and a service tag (0x88a8) differ in their words only. */
import { bits, flag, u16 } from '../../dissect/field.ts'
import { defineLayer } from '../../dissect/layer.ts'
import { ETHER_TYPES } from '../../dissect/numbers/ether-types.ts'
import type { Walk } from '../../dissect/walk.ts'
import { nextByEtherType, truncated } from '../../dissect/walk.ts'

/** The tag control information and the EtherType behind it; the tag's own EtherType belongs to the header before. */
const TAG_SIZE = 4

/** IEEE 802.1Q-2018 table I-2, as traffic types. */
const PRIORITIES: Readonly<Record<number, string>> = {
  0: 'Best Effort (default)',
  1: 'Background',
  2: 'Excellent Effort',
  3: 'Critical Applications',
  4: 'Video, < 100ms latency and jitter',
  5: 'Voice, < 10ms latency and jitter',
  6: 'Internetwork Control',
  7: 'Network Control',
}

const customer = {
  priority: bits(2, 'vlan.priority', 'Priority', 0, 0, 3, { names: PRIORITIES }),
  dropEligible: flag(2, 'vlan.dei', 'DEI', 0, 3, { words: ['Eligible', 'Ineligible'] }),
  id: bits(2, 'vlan.id', 'ID', 0, 4, 12),
  type: u16('vlan.etype', 'Type', 2, { base: 'hex', names: ETHER_TYPES }),
}

const service = {
  priority: bits(2, 'ieee8021ad.priority', 'Priority', 0, 0, 3),
  dropEligible: bits(2, 'ieee8021ad.dei', 'DEI', 0, 3, 1),
  id: bits(2, 'ieee8021ad.id', 'ID', 0, 4, 12),
  type: u16('vlan.etype', 'Type', 2, { base: 'hex', names: ETHER_TYPES }),
}

function step(view: DataView, at: number, end: number, walk: Walk): number {
  if (end - at < TAG_SIZE) return truncated(walk, TAG_SIZE)
  nextByEtherType(walk, customer.type.read(view, at))
  return at + TAG_SIZE
}

/** 802.1Q. */
export const vlan = defineLayer({
  name: 'vlan',
  title: '802.1Q Virtual LAN',
  label: 'VLAN',
  role: 'link',
  fields: customer,
  etherType: customer.type,
  attach: [['ethertype', 0x8100]],
  step,
  heading(r) {
    if (r.body - r.start < 2) return '802.1Q Virtual LAN'
    const { priority, dropEligible, id } = customer
    return `802.1Q Virtual LAN, PRI: ${priority.read(r.view, r.start)}, DEI: ${dropEligible.read(r.view, r.start)}, ID: ${id.read(r.view, r.start)}`
  },
})

/** 802.1ad. */
export const serviceVlan = defineLayer({
  name: 'ieee8021ad',
  title: 'IEEE 802.1ad',
  label: '802.1ad',
  role: 'link',
  fields: service,
  etherType: service.type,
  attach: [['ethertype', 0x88a8]],
  step,
  heading: (r) => (r.body - r.start < 2 ? 'IEEE 802.1ad' : `IEEE 802.1ad, ID: ${service.id.read(r.view, r.start)}`),
})
