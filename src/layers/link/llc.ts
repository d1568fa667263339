/** Logical Link Control of IEEE 802.2, and the EtherType that SNAP puts behind it (IEEE 802-2014 section 9.5). */
import { hex } from '../../bytes/integers.ts'
import { nameOf, u8, u16, u24, varying } from '../../dissect/field.ts'
import { defineLayer } from '../../dissect/layer.ts'
import { ETHER_TYPES } from '../../dissect/numbers/ether-types.ts'
import type { Reading } from '../../dissect/reading.ts'
import { nextByEtherType, nextIsData, truncated } from '../../dissect/walk.ts'

const HEADER_SIZE = 3
const SNAP_SIZE = 8
const SNAP = 0xaa
/** Both lowest bits: a frame without numbers, whose control field has one byte. */
const UNNUMBERED = 3

const SERVICES: Readonly<Record<number, string>> = {
  0: 'NULL LSAP',
  6: 'TCP/IP',
  66: 'Spanning Tree BPDU',
  170: 'SNAP',
  224: 'NetWare',
  240: 'NetBIOS',
  254: 'ISO Network Layer',
}

const ORGANIZATIONS: Readonly<Record<number, string>> = {
  0: 'Officially Xerox, but',
  12: 'Cisco Systems, Inc',
  32962: 'IEEE 802.1 Working Group',
}

const isNumbered = (r: Reading) => (r.view.getUint8(r.start + 2) & UNNUMBERED) !== UNNUMBERED
const isSnap = (r: Reading) => r.body - r.start >= SNAP_SIZE && !isNumbered(r) && r.view.getUint16(r.start) === 0xaaaa
/** IEEE 802.2 section 5.4, without the bit that asks for an answer. */
const FUNCTIONS: Readonly<Record<number, string>> = {
  3: 'UI',
  15: 'DM',
  67: 'DISC',
  99: 'UA',
  111: 'SABME',
  135: 'FRMR',
  175: 'XID',
  227: 'TEST',
}

const isEtherType = (r: Reading) => isSnap(r) && (r.view.getUint32(r.start + 2) & 0xffffff) === 0

const fields = {
  destination: u8('llc.dsap', 'DSAP', 0, { base: 'hex', names: (value) => SERVICES[value & 0xfe] }),
  source: u8('llc.ssap', 'SSAP', 1, { base: 'hex', names: (value) => SERVICES[value & 0xfe] }),
  control: varying(
    'uint16',
    'llc.control',
    'Control field',
    (r) => {
      const start = r.start + 2
      if (start >= r.body) return []
      if (!isNumbered(r)) return [{ value: r.view.getUint8(start), start, end: start + 1 }]
      return start + 2 > r.body ? [] : [{ value: r.view.getUint16(start, true), start, end: start + 2 }]
    },
    { base: 'hex', size: 2 },
  ),
  organization: u24('llc.oui', 'Organization Code', 3, { when: isSnap, names: ORGANIZATIONS }),
  type: u16('llc.type', 'Type', 6, { base: 'hex', names: ETHER_TYPES, when: isEtherType }),
}

export const llc = defineLayer({
  name: 'llc',
  title: 'Logical-Link Control',
  role: 'link',
  fields,
  // What Linux calls ETH_P_802_2; no EtherType is that small.
  attach: [['ethertype', 4]],
  step(view, at, end, walk) {
    if (end - at < HEADER_SIZE) return truncated(walk, HEADER_SIZE)
    const control = view.getUint8(at + 2)
    const isUnnumbered = (control & UNNUMBERED) === UNNUMBERED
    nextIsData(walk)
    if (!isUnnumbered) return end - at < HEADER_SIZE + 1 ? truncated(walk, HEADER_SIZE + 1) : at + HEADER_SIZE + 1
    if (fields.destination.read(view, at) !== SNAP || fields.source.read(view, at) !== SNAP) return at + HEADER_SIZE
    if (end - at < SNAP_SIZE) return truncated(walk, SNAP_SIZE)
    if (fields.organization.read(view, at) === 0) nextByEtherType(walk, fields.type.read(view, at))
    return at + SNAP_SIZE
  },
  info(r) {
    if (r.body - r.start < HEADER_SIZE || isSnap(r)) return undefined
    const to = r.view.getUint8(r.start)
    const from = r.view.getUint8(r.start + 1)
    const words = (value: number) => nameOf(SERVICES, value & 0xfe) ?? `0x${hex(value & 0xfe, 2)}`
    const kind = isNumbered(r) ? '' : `U, func=${FUNCTIONS[r.view.getUint8(r.start + 2) & 0xef] ?? 'Unknown'}; `
    return `${kind}DSAP ${words(to)} ${to & 1 ? 'Group' : 'Individual'}, SSAP ${words(from)} ${from & 1 ? 'Response' : 'Command'}`
  },
})
