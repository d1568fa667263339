/**
 * What the options of known owners say. Layouts: Cilium's DSR option as bpf/lib of Cilium 1.19 writes it (service
 * address and port), OVN's as ovn-architecture(7) describes it (logical ingress and egress port).
 */
import { ipv4Text, ipv6Text } from '../../bytes/address.ts'
import { type Field, nodeOf, varying } from '../../dissect/field.ts'
import type { Node } from '../../dissect/node.ts'

const CILIUM = 0x014b
const OVN = 0x0102
/** Multicast groups start here among OVN's egress ports. */
const OVN_MULTICAST = 0x8000

const found = () => []
const dsrAddress = varying('ipv4', 'ovl.geneve.dsr.address', 'Service address', found)
const dsrAddress6 = varying('ipv6', 'ovl.geneve.dsr.address6', 'Service address', found)
const dsrPort = varying('uint16', 'ovl.geneve.dsr.port', 'Service port', found)
const ovnIngress = varying('uint16', 'ovl.geneve.ovn.ingress_port', 'Logical ingress port', found)
const ovnEgress = varying('uint16', 'ovl.geneve.ovn.egress_port', 'Logical egress port', found)

/** Their names, for the list of fields. */
export const GENEVE_MEANING_FIELDS: readonly Field[] = [dsrAddress, dsrAddress6, dsrPort, ovnIngress, ovnEgress]

export interface OptionMeaning {
  /** What the option is, in two or three words. */
  readonly name: string
  readonly nodes: readonly Node[]
}

/** The meaning of the option of `length` bytes at `at`, its header included; undefined if nobody has said. */
export function geneveOptionMeaning(view: DataView, at: number, length: number): OptionMeaning | undefined {
  const owner = view.getUint16(at)
  const type = view.getUint8(at + 2)
  const data = at + 4
  // Type 1 with or without the critical bit: both are in use.
  if (owner === CILIUM && (type & 0x7f) === 1) return dsr(view, data, length - 4)
  if (owner === OVN && type === 0x80 && length === 8) return ovn(view, data)
  return undefined
}

function dsr(view: DataView, at: number, size: number): OptionMeaning | undefined {
  if (size !== 8 && size !== 20) return undefined
  const width = size === 8 ? 4 : 16
  const address = size === 8 ? ipv4Text(view, at) : ipv6Text(view, at)
  return {
    name: 'Cilium DSR',
    nodes: [
      nodeOf(size === 8 ? dsrAddress : dsrAddress6, { value: address, start: at, end: at + width }),
      nodeOf(dsrPort, { value: view.getUint16(at + width), start: at + width, end: at + width + 2 }),
    ],
  }
}

function ovn(view: DataView, at: number): OptionMeaning {
  const egress = view.getUint16(at + 2)
  const group = egress >= OVN_MULTICAST ? ' (multicast group)' : ''
  return {
    name: 'OVN ports',
    nodes: [
      nodeOf(ovnIngress, { value: view.getUint16(at) & 0x7fff, start: at, end: at + 2 }),
      nodeOf(ovnEgress, { value: egress, start: at + 2, end: at + 4, text: `Logical egress port: ${egress}${group}` }),
    ],
  }
}
