/** VXLAN: an Ethernet frame inside UDP. RFC 7348; group policy bits from draft-smith-vxlan-group-policy. */
import { flag, flagsText, scattered, TRUE, u8, u16, u24 } from '../../dissect/field.ts'
import { defineLayer } from '../../dissect/layer.ts'
import { looksLikeEthernet } from '../../dissect/looks-like.ts'
import { nextIsEthernet, truncated } from '../../dissect/walk.ts'

const HEADER_SIZE = 8
/** All of the flags word but G, I, D and A. */
const RESERVED_BITS = 0x77b7

const fields = {
  flags: u16('vxlan.flags', 'Flags', 0, {
    base: 'hex',
    text: (value) =>
      flagsText(4, value, [
        [0x8000, 'GBP Extension'],
        [0x0800, 'VXLAN Network ID (VNI)'],
        [0x0040, "Don't Learn"],
        [0x0008, 'Policy Applied'],
      ]),
    children: [
      flag(2, 'vxlan.flag_g', 'GBP Extension', 0, 0, { words: ['Defined', 'Not defined'] }),
      flag(2, 'vxlan.flag_i', 'VXLAN Network ID (VNI)', 0, 4, { words: TRUE }),
      flag(2, 'vxlan.flag_d', "Don't Learn", 0, 9, { words: TRUE }),
      flag(2, 'vxlan.flag_a', 'Policy Applied', 0, 12, { words: TRUE }),
      scattered(2, 'vxlan.flags_reserved', 'Reserved(R)', 0, RESERVED_BITS, { base: 'hex' }),
    ],
  }),
  groupPolicy: u16('vxlan.gbp', 'Group Policy ID', 2),
  vni: u24('vxlan.vni', 'VXLAN Network Identifier (VNI)', 4),
  reserved: u8('vxlan.reserved8', 'Reserved', 7),
}

export const vxlan = defineLayer({
  name: 'vxlan',
  title: 'Virtual eXtensible Local Area Network',
  role: 'tunnel',
  fields,
  scope: fields.vni,
  attach: [
    // IANA's; then Linux's own default, which Cilium and Flannel use.
    ['udp.port', 4789],
    ['udp.port', 8472],
  ],
  step(_view, at, end, walk) {
    if (end - at < HEADER_SIZE) return truncated(walk, HEADER_SIZE)
    nextIsEthernet(walk)
    return at + HEADER_SIZE
  },
  /** The I bit, nothing reserved but the group policy's bits, and a frame that could be one. */
  recognise(view, at, end) {
    if (end - at < HEADER_SIZE) return false
    const flags = fields.flags.read(view, at)
    if ((flags & 0x0800) === 0 || (flags & RESERVED_BITS) !== 0 || fields.reserved.read(view, at) !== 0) return false
    return looksLikeEthernet(view, at + HEADER_SIZE, end)
  },
})
