/** Point-to-Point Protocol: RFC 1661, with the two bytes that RFC 1662 puts before the protocol where they are there. */
import { nameOf, u8, varying } from '../../dissect/field.ts'
import { defineLayer } from '../../dissect/layer.ts'
import type { Reading } from '../../dissect/reading.ts'
import { nextByEtherType, nextIsData, truncated } from '../../dissect/walk.ts'

/** All stations, unnumbered information. */
const ADDRESS_AND_CONTROL = 0xff03

const PROTOCOLS: Readonly<Record<number, string>> = {
  33: 'Internet Protocol version 4',
  87: 'Internet Protocol version 6',
  641: 'MPLS Unicast',
  643: 'MPLS Multicast',
  32801: 'Internet Protocol Control Protocol',
  32855: 'IPv6 Control Protocol',
  49185: 'Link Control Protocol',
  49187: 'Password Authentication Protocol',
  49699: 'Challenge Handshake Authentication Protocol',
}

const ETHER_TYPE: Readonly<Record<number, number>> = {
  33: 0x0800,
  87: 0x86dd,
  641: 0x8847,
  643: 0x8848,
}

const isLong = (r: Reading) => r.body - r.start >= 2 && r.view.getUint16(r.start) === ADDRESS_AND_CONTROL
/** A protocol of one byte is odd, which the first of two never is. */
const sizeAt = (view: DataView, at: number) => ((view.getUint8(at) & 1) === 1 ? 1 : 2)
const protocolAt = (view: DataView, at: number) => (sizeAt(view, at) === 1 ? view.getUint8(at) : view.getUint16(at))

const fields = {
  address: u8('ppp.address', 'Address', 0, { base: 'hex', when: isLong }),
  control: u8('ppp.control', 'Control', 1, { base: 'hex', when: isLong }),
  protocol: varying(
    'uint16',
    'ppp.protocol',
    'Protocol',
    (r) => {
      const start = r.start + (isLong(r) ? 2 : 0)
      if (start >= r.body || start + sizeAt(r.view, start) > r.body) return []
      return [{ value: protocolAt(r.view, start), start, end: start + sizeAt(r.view, start) }]
    },
    { base: 'hex', names: PROTOCOLS, size: 2 },
  ),
}

export const ppp = defineLayer({
  name: 'ppp',
  title: 'Point-to-Point Protocol',
  role: 'link',
  fields,
  attach: [
    ['link.type', 9],
    ['ethertype', 0x880b],
  ],
  step(view, at, end, walk) {
    if (end - at < 2) return truncated(walk, 2)
    const start = view.getUint16(at) === ADDRESS_AND_CONTROL ? at + 2 : at
    if (end <= start || end - start < sizeAt(view, start)) return truncated(walk, 4)
    const etherType = ETHER_TYPE[protocolAt(view, start)]
    if (etherType === undefined) nextIsData(walk)
    else nextByEtherType(walk, etherType)
    return start + sizeAt(view, start)
  },
  info(r) {
    const start = r.start + (isLong(r) ? 2 : 0)
    if (start >= r.body || start + sizeAt(r.view, start) > r.body) return undefined
    return nameOf(PROTOCOLS, protocolAt(r.view, start)) ?? 'Unknown'
  },
})
