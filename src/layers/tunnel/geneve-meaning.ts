/**
 * What the options of known owners say. Layouts: Cilium's DSR option as bpf/lib of Cilium 1.19 writes it (service
 * address and port), OVN's as ovn-architecture(7) describes it (logical ingress and egress port), AWS's as the gateway load
 * balancer's integration guide does, Google's as tshark knows them.
 */
import { bytesText, ipv4Text, ipv6Text } from '../../bytes/address.ts'
import { bits, childNodes, type Field, flag, nodeOf, varying } from '../../dissect/field.ts'
import type { Node } from '../../dissect/node.ts'
import type { Reading } from '../../dissect/reading.ts'

const CILIUM = 0x014b
const OVN = 0x0102
const AWS = 0x0108
const GOOGLE = 0x0132
/** Multicast groups start here among OVN's egress ports. */
const OVN_MULTICAST = 0x8000

const found = () => []
const dsrAddress = varying('ipv4', 'ovl.geneve.dsr.address', 'Service address', found)
const dsrAddress6 = varying('ipv6', 'ovl.geneve.dsr.address6', 'Service address', found)
const dsrPort = varying('uint16', 'ovl.geneve.dsr.port', 'Service port', found)
const ovnIngress = varying('uint16', 'ovl.geneve.ovn.ingress_port', 'Logical ingress port', found)
const ovnEgress = varying('uint16', 'ovl.geneve.ovn.egress_port', 'Logical egress port', found)
/** By type: the option's name, its field, and the bytes that it has. */
const AWS_OPTIONS: Readonly<Record<number, readonly [name: string, field: Field, size: number]>> = {
  1: ['AWS GWLB endpoint', varying('bytes', 'ovl.geneve.aws.endpoint', 'Endpoint id', found), 8],
  2: ['AWS GWLB attachment', varying('bytes', 'ovl.geneve.aws.attachment', 'Attachment id', found), 8],
  3: ['AWS GWLB flow cookie', varying('bytes', 'ovl.geneve.aws.cookie', 'Flow cookie', found), 4],
}
// Places count from the option's data.
const googleNetwork: readonly Field[] = [
  bits(4, 'geneve.option.gcp.vnid', 'GCP Virtual Network ID', 0, 0, 28),
  flag(4, 'geneve.option.gcp.direction', 'GCP Traffic Direction', 0, 31, { words: ['Egress', 'Ingress'] }),
  bits(4, 'geneve.option.gcp.reserved', 'GCP Reserved bits', 0, 28, 3, {
    type: 'boolean',
    text: (value) => (value === 0 ? 'False' : 'True'),
  }),
]
const googleEndpoint = varying('bytes', 'geneve.option.gcp.endpoint', 'GCP Endpoint ID', found)
const googleProfile = varying('uint64', 'geneve.option.gcp.profile', 'GCP Profile ID', found)

/** Their names, for the list of fields. */
export const GENEVE_MEANING_FIELDS: readonly Field[] = [
  ...[dsrAddress, dsrAddress6, dsrPort, ovnIngress, ovnEgress],
  ...Object.values(AWS_OPTIONS).map(([, field]) => field),
  ...[...googleNetwork, googleEndpoint, googleProfile],
]

export interface OptionMeaning {
  /** What the option is, in two or three words. */
  readonly name: string
  readonly nodes: readonly Node[]
  /** Whether they stand for the data, as tshark has it; else beneath it. */
  readonly isAllOfIt?: boolean
}

/** The meaning of the option of `length` bytes at `at`, its header included; undefined if nobody has said. */
export function geneveOptionMeaning(view: DataView, at: number, length: number): OptionMeaning | undefined {
  const owner = view.getUint16(at)
  const type = view.getUint8(at + 2)
  const data = at + 4
  // Type 1 with or without the critical bit: both are in use.
  if (owner === CILIUM && (type & 0x7f) === 1) return dsr(view, data, length - 4)
  if (owner === OVN && type === 0x80 && length === 8) return ovn(view, data)
  if (owner === AWS) return aws(view, type, data, length - 4)
  if (owner === GOOGLE) return google(view, type, data, length - 4)
  return undefined
}

function aws(view: DataView, type: number, at: number, size: number): OptionMeaning | undefined {
  const [name, field, needed] = AWS_OPTIONS[type] ?? []
  if (name === undefined || field === undefined || size !== needed) return undefined
  return { name, nodes: [nodeOf(field, { value: bytesText(view, at, size), start: at, end: at + size })] }
}

function google(view: DataView, type: number, at: number, size: number): OptionMeaning | undefined {
  const end = at + size
  if (type === 1 && size === 4) {
    const reading = { view, start: at, body: end } as Reading
    return { name: 'GCP Virtual Network ID', nodes: childNodes(googleNetwork, reading), isAllOfIt: true }
  }
  if (type === 2 && size === 8) {
    const nodes = [nodeOf(googleEndpoint, { value: bytesText(view, at, size), start: at, end })]
    return { name: 'GCP Endpoint ID', nodes, isAllOfIt: true }
  }
  if (type === 3 && size === 8) {
    const value = String(view.getBigUint64(at))
    return { name: 'GCP Profile ID', nodes: [nodeOf(googleProfile, { value, start: at, end })], isAllOfIt: true }
  }
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
