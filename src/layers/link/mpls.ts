/** One label of an MPLS stack, RFC 3032; behind the last one an IP packet, or an Ethernet frame as RFC 4448 has it. */
import { bits } from '../../dissect/field.ts'
import { defineLayer } from '../../dissect/layer.ts'
import { looksLikeEthernet } from '../../dissect/looks-like.ts'
import { nextByEtherType, nextByIpVersion, nextIsData, nextIsEthernet, truncated } from '../../dissect/walk.ts'

const LABEL_SIZE = 4
const UNICAST = 0x8847

/** RFC 3032 section 2.1, RFC 3429, RFC 5586, RFC 6790. */
const LABELS: Readonly<Record<number, string>> = {
  0: 'IPv4 Explicit-Null',
  1: 'Router Alert',
  2: 'IPv6 Explicit-Null',
  3: 'Implicit-Null',
  7: 'Entropy Label Indicator (ELI)',
  13: 'Generic Associated Channel Label (GAL)',
  14: 'OAM Alert',
}

const fields = {
  label: bits(4, 'mpls.label', 'MPLS Label', 0, 0, 20, {
    base: 'dec_hex',
    text: (value) => (LABELS[value] === undefined ? String(value) : `${LABELS[value]} (${value})`),
  }),
  traffic: bits(4, 'mpls.exp', 'MPLS Experimental Bits', 0, 20, 3),
  bottom: bits(4, 'mpls.bottom', 'MPLS Bottom Of Label Stack', 0, 23, 1),
  timeToLive: bits(4, 'mpls.ttl', 'MPLS TTL', 0, 24, 8),
}

export const mpls = defineLayer({
  name: 'mpls',
  title: 'MultiProtocol Label Switching Header',
  role: 'link',
  fields,
  attach: [
    ['ethertype', UNICAST],
    ['ethertype', 0x8848],
  ],
  step(view, at, end, walk) {
    if (end - at < LABEL_SIZE) return truncated(walk, LABEL_SIZE)
    const payload = at + LABEL_SIZE
    if (fields.bottom.read(view, at) === 0) nextByEtherType(walk, UNICAST)
    else if (end > payload && isIp(view.getUint8(payload))) nextByIpVersion(walk, view, payload)
    else if (looksLikeEthernet(view, payload, end)) nextIsEthernet(walk)
    else nextIsData(walk)
    return payload
  },
  heading(r) {
    if (r.body - r.start < LABEL_SIZE) return 'MultiProtocol Label Switching Header'
    const [label, exp, bottom, ttl] = Object.values(fields).map((field) => field.read(r.view, r.start))
    const name = LABELS[label as number]
    const words = name === undefined ? label : `${label} (${name})`
    return `MultiProtocol Label Switching Header, Label: ${words}, Exp: ${exp}, S: ${bottom}, TTL: ${ttl}`
  },
  info: () => 'MPLS Label Switched Packet',
})

/** The first four bits are the version, as RFC 4928 asks of everything that is not IP to avoid. */
const isIp = (byte: number) => byte >> 4 === 4 || byte >> 4 === 6
