/** ARP for IPv4 over Ethernet. RFC 826. */
import { ipv4Text, macText } from '../../bytes/address.ts'
import { ether, ipv4, nameOf, u8, u16 } from '../../dissect/field.ts'
import { defineLayer } from '../../dissect/layer.ts'
import { ETHER_TYPES } from '../../dissect/numbers/ether-types.ts'
import { HARDWARE_TYPES } from '../../dissect/numbers/hardware-types.ts'
import type { Reading } from '../../dissect/reading.ts'
import { truncated } from '../../dissect/walk.ts'

const FIXED_SIZE = 8
const WHOLE_SIZE = 28
const ETHERNET = 1
const IPV4 = 0x0800

const OPCODES: Readonly<Record<number, string>> = {
  0: 'reserved',
  1: 'request',
  2: 'reply',
  3: 'reverse request',
  4: 'reverse reply',
  5: 'drarp request',
  6: 'drarp reply',
  7: 'drarp error',
  8: 'inverse request',
  9: 'inverse reply',
  10: 'arp nak',
}

const head = {
  hardwareType: u16('arp.hw.type', 'Hardware type', 0, { names: HARDWARE_TYPES }),
  protocolType: u16('arp.proto.type', 'Protocol type', 2, { base: 'hex', names: ETHER_TYPES }),
  hardwareSize: u8('arp.hw.size', 'Hardware size', 4),
  protocolSize: u8('arp.proto.size', 'Protocol size', 5),
  opcode: u16('arp.opcode', 'Opcode', 6, { names: OPCODES }),
}

/** The addresses below are where they are for MAC and IPv4 only. */
function isIpv4OverEthernet(r: Reading): boolean {
  return isSimple(r.view, r.start)
}

function isSimple(view: DataView, at: number): boolean {
  return (
    head.hardwareType.read(view, at) === ETHERNET &&
    head.protocolType.read(view, at) === IPV4 &&
    head.hardwareSize.read(view, at) === 6 &&
    head.protocolSize.read(view, at) === 4
  )
}

const when = isIpv4OverEthernet
const fields = {
  ...head,
  senderMac: ether('arp.src.hw_mac', 'Sender MAC address', 8, { when }),
  senderIp: ipv4('arp.src.proto_ipv4', 'Sender IP address', 14, { when }),
  targetMac: ether('arp.dst.hw_mac', 'Target MAC address', 18, { when }),
  targetIp: ipv4('arp.dst.proto_ipv4', 'Target IP address', 24, { when }),
}

export const arp = defineLayer({
  name: 'arp',
  title: 'Address Resolution Protocol',
  role: 'network',
  fields,
  ends: [fields.senderIp, fields.targetIp],
  attach: [['ethertype', 0x0806]],
  step(view, at, end, walk) {
    if (end - at < FIXED_SIZE) return truncated(walk, FIXED_SIZE)
    if (!isSimple(view, at)) return at + FIXED_SIZE
    return end - at < WHOLE_SIZE ? truncated(walk, WHOLE_SIZE) : at + WHOLE_SIZE
  },
  heading(r) {
    const opcode = r.body - r.start < FIXED_SIZE ? undefined : nameOf(OPCODES, head.opcode.read(r.view, r.start))
    return opcode === undefined ? 'Address Resolution Protocol' : `Address Resolution Protocol (${opcode})`
  },
  info(r) {
    if (r.body - r.start < WHOLE_SIZE) return undefined
    const sender = ipv4Text(r.view, r.start + 14)
    const target = ipv4Text(r.view, r.start + 24)
    const isGratuitous = sender === target
    switch (head.opcode.read(r.view, r.start)) {
      case 1:
        return isGratuitous ? `ARP Announcement for ${sender}` : `Who has ${target}? Tell ${sender}`
      case 2:
        return isGratuitous ? `Gratuitous ARP for ${sender} (Reply)` : `${sender} is at ${macText(r.view, r.start + 8)}`
      default:
        return nameOf(OPCODES, head.opcode.read(r.view, r.start))
    }
  },
})
