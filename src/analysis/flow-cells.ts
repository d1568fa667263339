/** Flows as named columns, for CSV and TSV. */
import { decimalText } from '../bytes/time.ts'
import type { FlowGroup, GroupDirection } from './flow-groups.ts'
import type { Flow } from './flows.ts'

const COUNTS = [
  'packets_forward',
  'packets_back',
  'frames_forward',
  'frames_back',
  'bytes_forward',
  'bytes_back',
  'inner_bytes_forward',
  'inner_bytes_back',
] as const

export const FLOW_COLUMNS = [
  'outer_src',
  'outer_dst',
  'tunnel',
  'vni_forward',
  'vni_back',
  'src',
  'src_port',
  'dst',
  'dst_port',
  'identifier',
  'protocol',
  'application',
  'topic',
  ...COUNTS,
  'start',
  'duration',
  'state',
  'handshake',
] as const

export function flowCells(flow: Flow): Readonly<Record<(typeof FLOW_COLUMNS)[number], string | number | undefined>> {
  const { forward, back } = flow
  return {
    outer_src: flow.outer?.source,
    outer_dst: flow.outer?.destination,
    tunnel: flow.tunnel,
    vni_forward: forward.vni,
    vni_back: back.vni,
    src: flow.source,
    src_port: flow.sourcePort,
    dst: flow.destination,
    dst_port: flow.destinationPort,
    identifier: flow.identifier,
    protocol: flow.protocol,
    application: flow.application,
    topic: flow.topic,
    ...counts(forward, back),
    start: flow.start && decimalText(flow.start),
    duration: fixed(flow.duration),
    state: flow.state,
    handshake: flow.handshake === undefined ? undefined : fixed(flow.handshake),
  }
}

export const GROUP_COLUMNS = ['name', 'kind', 'flows', ...COUNTS, 'start', 'duration'] as const

export function groupCells(
  group: FlowGroup,
): Readonly<Record<(typeof GROUP_COLUMNS)[number], string | number | undefined>> {
  const { forward, back } = group
  return {
    name: group.name,
    kind: group.kind,
    flows: group.flows,
    ...counts(forward, back),
    start: Number.isNaN(group.start) ? undefined : fixed(group.start),
    duration: Number.isNaN(group.duration) ? undefined : fixed(group.duration),
  }
}

/** What both directions carried. */
function counts(forward: GroupDirection, back: GroupDirection): Readonly<Record<(typeof COUNTS)[number], number>> {
  return {
    packets_forward: forward.packets,
    packets_back: back.packets,
    frames_forward: forward.frames,
    frames_back: back.frames,
    bytes_forward: forward.bytes,
    bytes_back: back.bytes,
    inner_bytes_forward: forward.innerBytes,
    inner_bytes_back: back.innerBytes,
  }
}

/** Seconds with the digits that a double still holds for a time of today. */
const fixed = (seconds: number) => String(Number(seconds.toFixed(9)))
