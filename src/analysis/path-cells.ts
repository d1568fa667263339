/** Paths as named columns, for CSV and TSV: a row for each hop of a packet, or of a flow. New columns come last. */
import { decimalText } from '../bytes/time.ts'
import type { PacketPath, PathFlow } from './paths.ts'

type Cells<Columns extends readonly string[]> = Readonly<Partial<Record<Columns[number], string | number | undefined>>>

const ENDS = ['src', 'src_port', 'dst', 'dst_port', 'protocol'] as const
const PLACE = ['file', 'point', 'interface', 'direction'] as const

export const HOP_COLUMNS = [
  'packet',
  'hop',
  ...PLACE,
  'frame',
  'time',
  'since_previous',
  'ttl',
  'tunnel',
  'vni',
  'outer_src',
  'outer_dst',
  ...ENDS,
  'info',
  'kind',
  'of_file',
  'of_frame',
  'lost_before',
] as const

/** The hops of a packet, each with the packet's ends; `number`: of the packet, from 1. */
export function hopCells(packet: PacketPath, number: number): Cells<typeof HOP_COLUMNS>[] {
  return packet.hops.map((hop, at) => ({
    packet: number,
    hop: at + 1,
    file: hop.file,
    point: hop.point,
    interface: hop.interface,
    direction: hop.direction,
    frame: hop.frame,
    time: hop.time && decimalText(hop.time),
    since_previous: fixed(hop.sincePrevious),
    ttl: hop.ttl,
    tunnel: hop.tunnel?.type,
    vni: hop.tunnel?.vni,
    outer_src: hop.tunnel?.source,
    outer_dst: hop.tunnel?.destination,
    ...endCells(packet),
    info: packet.info,
    kind: packet.kind,
    of_file: packet.of?.file,
    of_frame: packet.of?.frame,
    lost_before: at === packet.hops.length - 1 ? placeWords(packet.lostBefore) : undefined,
  }))
}

export const FLOW_HOP_COLUMNS = [
  'flow',
  'hop',
  ...PLACE,
  'packets',
  'median',
  'p99',
  'lost',
  'lost_frames',
  ...ENDS,
  'identifier',
  'outer_src',
  'outer_dst',
  'flow_packets',
  'retransmissions',
  'duplicates',
] as const

/** The hops of a flow; `number`: of the flow, from 1. */
export function flowHopCells(flow: PathFlow, number: number): Cells<typeof FLOW_HOP_COLUMNS>[] {
  return flow.hops.map((hop, at) => ({
    flow: number,
    hop: at + 1,
    file: hop.file,
    point: hop.point,
    interface: hop.interface,
    direction: hop.direction,
    packets: hop.packets,
    median: fixed(hop.median),
    p99: fixed(hop.p99),
    lost: hop.lost,
    lost_frames: hop.lostFrames.map(({ frame }) => frame).join(' '),
    ...endCells(flow),
    identifier: flow.identifier,
    outer_src: flow.outer?.source,
    outer_dst: flow.outer?.destination,
    flow_packets: flow.packets,
    retransmissions: flow.retransmissions,
    duplicates: flow.duplicates,
  }))
}

function endCells({ source, sourcePort, destination, destinationPort, protocol }: PacketPath | PathFlow) {
  return { src: source, src_port: sourcePort, dst: destination, dst_port: destinationPort, protocol }
}

function placeWords(place: PacketPath['lostBefore']): string | undefined {
  return place && [place.point, place.interface, place.direction].filter((word) => word !== undefined).join(' ')
}

/** Seconds with nine digits. */
const fixed = (seconds: number | undefined) => seconds?.toFixed(9)
