/** PPP over Ethernet: discovery and session. RFC 2516. */
import { bits, nameOf, u8, u16 } from '../../dissect/field.ts'
import { defineLayer } from '../../dissect/layer.ts'
import { Limit } from '../../dissect/stop.ts'
import { limitTo, nextByEtherType, truncated } from '../../dissect/walk.ts'

const HEADER_SIZE = 6
const PPP = 0x880b

const CODES: Readonly<Record<number, string>> = {
  0: 'Session Data',
  7: 'Active Discovery Offer (PADO)',
  9: 'Active Discovery Initiation (PADI)',
  25: 'Active Discovery Request (PADR)',
  101: 'Active Discovery Session-confirmation (PADS)',
  167: 'Active Discovery Terminate (PADT)',
}

const fields = {
  version: bits(1, 'pppoe.version', 'Version', 0, 0, 4),
  type: bits(1, 'pppoe.type', 'Type', 0, 4, 4),
  code: u8('pppoe.code', 'Code', 1, { base: 'hex', names: CODES }),
  session: u16('pppoe.session_id', 'Session ID', 2, { base: 'hex' }),
  length: u16('pppoe.payload_length', 'Payload Length', 4),
}

export const pppoeDiscovery = defineLayer({
  name: 'pppoed',
  title: 'PPP-over-Ethernet Discovery',
  label: 'PPPoED',
  role: 'link',
  fields,
  attach: [['ethertype', 0x8863]],
  step(view, at, end, walk) {
    if (end - at < HEADER_SIZE) return truncated(walk, HEADER_SIZE)
    limitTo(walk, at + HEADER_SIZE + fields.length.read(view, at), Limit.OwnLength)
    return at + HEADER_SIZE
  },
  info: (r) => (r.body - r.start < 2 ? undefined : nameOf(CODES, fields.code.read(r.view, r.start))),
})

export const pppoeSession = defineLayer({
  name: 'pppoes',
  title: 'PPP-over-Ethernet Session',
  label: 'PPPoES',
  role: 'link',
  fields,
  attach: [['ethertype', 0x8864]],
  step(view, at, end, walk) {
    if (end - at < HEADER_SIZE) return truncated(walk, HEADER_SIZE)
    limitTo(walk, at + HEADER_SIZE + fields.length.read(view, at), Limit.OwnLength)
    nextByEtherType(walk, PPP)
    return at + HEADER_SIZE
  },
})
